import { connection, CONTACT, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const EVENTS = 'GET /calendars/events';
const CALENDARS = 'GET /calendars/';
const HOUR = 3_600_000;
const now = () => Math.floor(Date.now() / 1000) * 1000;
const clock = () => ({ Date: new Date(now()).toUTCString() });
const iso = (hours: number) => new Date(now() + hours * HOUR).toISOString().replace(/\.\d+/, '');
const event = (id: string, startsIn: number, more: object = {}) => ({
  id,
  calendarId: 'cal1',
  contactId: CONTACT,
  appointmentStatus: 'confirmed',
  startTime: iso(startsIn),
  dateAdded: iso(-5000),
  dateUpdated: iso(-5000),
  ...more,
});
const ids = (rows: unknown) => (Array.isArray(rows) ? rows.map(({ id }) => id) : rows);

describe('Appointment Starting Soon', () => {
  test('returns what starts in the stretch and is not cancelled, the same for a poll and for the dedupe table', async () => {
    const events = [
      event('later', 25),
      event('second', 20),
      event('first', 1),
      event('cancelled', 2, { appointmentStatus: 'cancelled' }),
      event('begun', -1),
    ];
    for (const meta of [{}, { isPopulatingDedupe: true }]) {
      highlevel.answers(EVENTS, 200, { events }, clock());
      const input = { calendarId: 'cal1' };
      expect(ids(await run('triggers', 'appointment_starting', input, meta))).toEqual(['first', 'second']);
    }
    const { startTime, endTime, ...query } = highlevel.sent[0]?.query ?? {};
    expect(query).toEqual({ locationId: LOCATION, calendarId: 'cal1' });
    expect(Number(endTime) - Number(startTime)).toBe(24 * HOUR);
    expect(Math.abs(Number(startTime) - Date.now())).toBeLessThan(60_000);
  });

  test('asks for its stretch again when HighLevel’s clock differs', async () => {
    const inAnHour = { Date: new Date(now() + HOUR).toUTCString() };
    highlevel.answers(EVENTS, 200, { events: [] }, inAnHour);
    highlevel.answers(EVENTS, 200, { events: [event('a', 1.5)] }, inAnHour);
    const input = { calendarId: 'cal1', hoursBefore: 1 };
    expect(ids(await run('triggers', 'appointment_starting', input))).toEqual(['a']);
    const starts = highlevel.sent.map(({ query }) => Number(query?.startTime));
    expect(Math.abs((starts[1] ?? 0) - (starts[0] ?? 0) - HOUR)).toBeLessThan(60_000);
  });

  test('without a filter asks each calendar, and at most 30', async () => {
    highlevel.answers(CALENDARS, 200, { calendars: [{ id: 'cal1' }, { id: 'cal2' }] }, clock());
    highlevel.answers(EVENTS, 200, { events: [event('a', 2)] }, clock());
    highlevel.answers(EVENTS, 200, { events: [event('b', 1, { calendarId: 'cal2' })] }, clock());
    expect(ids(await run('triggers', 'appointment_starting', {}))).toEqual(['b', 'a']);

    const calendars = Array.from({ length: 31 }, (_, index) => ({ id: `cal${index}` }));
    highlevel.answers(CALENDARS, 200, { calendars }, clock());
    expect((await failure(run('triggers', 'appointment_starting', {}))).message).toBe(
      'This sub-account has 31 calendars, too many to watch at once. Choose a calendar, a user, or a contact.',
    );
  });

  test('with a user leaves out the appointments of others', async () => {
    const events = [event('hers', 1, { assignedUserId: 'u1' }), event('his', 2, { assignedUserId: 'u2' })];
    highlevel.answers(EVENTS, 200, { events }, clock());
    expect(ids(await run('triggers', 'appointment_starting', { assignedUserId: 'u1' }))).toEqual(['hers']);
    expect(highlevel.sent[0]?.query).toMatchObject({ userId: 'u1' });
  });

  test('fails if HighLevel refuses every calendar', async () => {
    highlevel.answers(CALENDARS, 200, { calendars: [{ id: 'cal1' }, { id: 'cal2' }] }, clock());
    for (const _ of [1, 2]) highlevel.answers(EVENTS, 422, { message: 'calendarId is odd' });
    expect((await failure(run('triggers', 'appointment_starting', {}))).message).toContain(
      'calendarId is odd',
    );
  });

  test.each([0, 9000])('rejects %s hours before any request', async (hoursBefore) => {
    const { message } = await failure(run('triggers', 'appointment_starting', { hoursBefore }));
    expect(message).toMatch(/^"Hours Before" can't be (less than 0\.1|more than 8760)\.$/);
    expect(highlevel.sent).toEqual([]);
  });
});

describe('Appointment Status Changed', () => {
  const day = () => {
    const zap = connection();
    return async (...events: object[]) => {
      highlevel.answers(EVENTS, 200, { events }, clock());
      const found = await zap.run('triggers', 'appointment_status_changed', { calendarId: 'cal1' });
      return Array.isArray(found)
        ? found.map(({ id, appointmentStatus }) => `${id} ${appointmentStatus}`)
        : [];
    };
  };
  const justNow = { dateUpdated: iso(0) };

  test('leaves out the first status of a booking, also when something else is edited later', async () => {
    const poll = day();
    const booked = { dateAdded: iso(0), ...justNow };
    expect(await poll(event('a', 48, booked))).toEqual([]);
    expect(await poll(event('a', 72, { ...booked, title: 'Moved' }))).toEqual([]);
    expect(await poll(event('a', 72, { ...booked, appointmentStatus: 'cancelled' }))).toEqual([
      'a cancelled',
    ]);
    expect(await poll(event('a', 72, booked))).toEqual(['a confirmed']);
  });

  test('returns a booking that is cancelled before the first poll', async () => {
    const poll = day();
    const gone = { dateAdded: iso(0), ...justNow, appointmentStatus: 'cancelled' };
    expect(await poll(event('a', 48, gone))).toEqual(['a cancelled']);
  });

  test('returns older appointments that were updated, and leaves it to Zapier whether the status is new', async () => {
    const poll = day();
    expect(await poll(event('a', 48, justNow), event('b', 48))).toEqual(['a confirmed']);
  });

  test('with a status returns bookings with it too', async () => {
    const booked = { dateAdded: iso(0), ...justNow };
    highlevel.answers(
      EVENTS,
      200,
      { events: [event('a', 48, booked), event('b', 48, { ...booked, appointmentStatus: 'new' })] },
      clock(),
    );
    const input = { calendarId: 'cal1', appointmentStatus: 'Confirmed' };
    expect(ids(await run('triggers', 'appointment_status_changed', input))).toEqual(['a']);
  });

  test('fills the dedupe table with the present status of every appointment', async () => {
    highlevel.answers(
      EVENTS,
      200,
      { events: [event('a', 48), event('b', 24, { appointmentStatus: 'showed' })] },
      clock(),
    );
    const input = { calendarId: 'cal1' };
    const learned = await run('triggers', 'appointment_status_changed', input, { isPopulatingDedupe: true });
    expect(learned).toEqual(
      expect.arrayContaining([
        { id: 'a', appointmentStatus: 'confirmed' },
        { id: 'b', appointmentStatus: 'showed' },
      ]),
    );
  });
});
