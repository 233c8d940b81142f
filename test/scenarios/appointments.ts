import { aDay, toldBy } from './story.ts';

const DAY = 86_400_000;

/** Stories about appointments. */
export const appointments = () =>
  describe('Appointments', () => {
    const day = aDay();

    test('a free slot is found, booked, moved and cancelled, and the triggers return each change', async () => {
      const { zapier, sandbox } = day;
      const calendarId = await day.pick('creates.book_appointment', 'calendarId', 'First consultation');
      const contactId = await day.pick('creates.book_appointment', 'contactId', 'Omar Haddad');
      const booked = await zapier.switchOn('new_appointment');
      const changed = await zapier.switchOn('updated_appointment', { calendarId });
      const polls = async () => [await booked.poll(), await changed.poll()];
      expect(await polls()).toEqual([[], []]);

      const from = new Date(sandbox.store.now() + 5 * DAY).toISOString();
      const [slot, next] = await zapier.search('find_free_slots', { calendarId, from });
      if (!slot || !next) throw new Error('There is no free time');
      expect(Date.parse(String(slot.startTime))).toBeGreaterThan(Date.parse(from));
      const visit = { calendarId, contactId, startTime: slot.startTime, title: 'Braces' };
      const appointment = await zapier.create('book_appointment', visit);
      const { id: appointmentId } = appointment;
      expect(appointment).toMatchObject({
        contactId,
        calendarId,
        title: 'Braces',
        appointmentStatus: 'confirmed',
      });
      expect(await polls()).toMatchObject([
        [{ id: appointmentId }],
        [{ id: appointmentId, title: 'Braces' }],
      ]);

      expect(await toldBy(zapier.create('book_appointment', visit))).toBe(
        'HighLevel did not book the appointment. HighLevel says: "The slot you have selected is no longer available". Please check the fields of this step.',
      );

      const moved = { appointmentId, startTime: next.startTime, title: ' ', description: 'Second floor' };
      await zapier.create('update_appointment', moved);
      const there = sandbox.store.appointments.get(String(appointmentId));
      expect(there).toMatchObject({ title: 'Braces', description: 'Second floor' });
      expect(Date.parse(there?.startTime ?? '')).toBe(Date.parse(String(next.startTime)));
      expect(await polls()).toMatchObject([[], [{ id: appointmentId, notes: 'Second floor' }]]);

      // A contact's own list has times without a zone: they are converted to the same moment.
      const [found] = await zapier.search('find_appointments', { contactId, upcoming: 'yes' });
      expect(found).toMatchObject({ id: appointmentId, contactId });
      expect(Date.parse(String(found?.startTime))).toBe(Date.parse(String(next.startTime)));

      const cancelled = await zapier.create('cancel_appointment', { appointmentId, toNotify: 'no' });
      expect(cancelled).toMatchObject({ id: appointmentId, appointmentStatus: 'cancelled' });
      expect(await polls()).toMatchObject([[], [{ id: appointmentId, appointmentStatus: 'cancelled' }]]);
      expect(await polls()).toEqual([[], []]);
      expect(await zapier.create('book_appointment', { ...visit, startTime: next.startTime })).toMatchObject({
        title: 'Braces',
      });
    });

    test.each([
      ['creates.book_appointment', {}, 'Please fill in "Calendar", "Contact", and "Start Time".'],
      [
        'creates.book_appointment',
        { calendarId: 'k1', contactId: 'c1', startTime: '2026-06-31 10:00' },
        '"Start Time" isn\'t a date we can read: "2026-06-31 10:00". Use a format such as 2026-01-31 or 2026-01-31 15:00.',
      ],
      [
        'creates.update_appointment',
        { appointmentId: 'a1', title: '' },
        'Nothing to update. Please fill in at least one field besides "Appointment".',
      ],
      [
        'creates.update_appointment',
        { appointmentId: 'a1', appointmentStatus: 'maybe' },
        '"Status" can\'t be "maybe". Use New, Confirmed, Cancelled, Showed, No-Show, or Invalid.',
      ],
      ['creates.cancel_appointment', {}, 'Please fill in "Appointment".'],
      ['searches.find_appointments', {}, 'Please fill in "Contact".'],
      ['searches.find_free_slots', {}, 'Please fill in "Calendar".'],
      [
        'searches.find_free_slots',
        { calendarId: 'k1', from: '2026-03-01T00:00Z', to: '2026-04-02T00:00Z' },
        '"From" and "To" can be at most 31 days apart. Choose a shorter range.',
      ],
      [
        'searches.find_free_slots',
        { calendarId: 'k1', from: '2026-03-02T00:00Z', to: '2026-03-01T00:00Z' },
        '"To" must be later than "From".',
      ],
      [
        'searches.find_free_slots',
        { calendarId: 'k1', timezone: 'Mars/Olympus' },
        '"Time Zone": "Mars/Olympus" isn\'t a time zone. Choose one from the list, such as America/New_York.',
      ],
      ['triggers.appointment_starting', { hoursBefore: 0 }, '"Hours Before" can\'t be less than 0.1.'],
      [
        'triggers.appointment_status_changed',
        { appointmentStatus: 'late' },
        '"Status" can\'t be "late". Use New, Confirmed, Cancelled, Showed, No-Show, or Invalid.',
      ],
      [
        'triggers.new_appointment',
        { calendarId: 'First consultation' },
        '"Calendar" needs a HighLevel calendar ID, not "First consultation". Choose a calendar from the list.',
      ],
      [
        'triggers.updated_appointment',
        { appointmentStatus: 'gone' },
        '"Status" can\'t be "gone". Use New, Confirmed, Cancelled, Showed, No-Show, or Invalid.',
      ],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });
