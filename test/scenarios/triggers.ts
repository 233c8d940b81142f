import { answered, events, missed } from '../demo/events.ts';
import { aDay } from './story.ts';

/** Stories about triggers. */
export const triggers = () =>
  describe('Triggers', () => {
    const day = aDay();

    test('each trigger returns what matches its filters, and nothing else', async () => {
      const { zapier } = day;
      const user = await day.pick('triggers.new_contact', 'assignedTo', 'Tom Baker');
      const businessId = await day.pick('triggers.new_contact', 'businessId', 'Example Ltd');
      const vips = await zapier.switchOn('new_contact', { tags: ['VIP', 'spring'], assignedTo: user });
      const ofBusiness = await zapier.switchOn('updated_contact', { businessId });
      const tasks = await zapier.switchOn('new_task', { assignedTo: user, completed: 'no' });
      const notes = await zapier.switchOn('new_note', { tags: ['vip'] });

      const made = (email: string, more: object) => zapier.create('create_contact', { email, ...more });
      const { id: contactId } = await made('a@story.example.com', {
        tags: ['vip', 'spring', 'x'],
        assignedTo: user,
      });
      const { id: other } = await made('b@story.example.com', { tags: ['vip'], assignedTo: user });
      await zapier.create('set_business', { contactIds: [other], businessId });
      const task = { contactId, title: 'Call', dueDate: '2026-03-01' };
      const { id: taskId } = await zapier.create('create_task', { ...task, assignedTo: user });
      await zapier.create('create_task', task);
      const { id: noteId } = await zapier.create('create_note', { contactId: other, body: 'Hello' });
      const jane = await day.pick('creates.create_note', 'contactId', 'Jane Doe');
      await zapier.create('create_note', { contactId: jane, body: 'Hello' });

      expect(await vips.poll()).toMatchObject([{ id: contactId }]);
      expect(await ofBusiness.poll()).toMatchObject([{ id: other, businessId }]);
      expect(await tasks.poll()).toMatchObject([{ id: taskId }]);
      expect(await notes.poll()).toMatchObject([{ id: noteId, contactId: other }]);
    });

    test('triggers that watch a field, a status or the time return each news once, and say whose it is', async () => {
      const { zapier, sandbox } = day;
      const field = await day.pick('triggers.contact_field_updated', 'field', 'City');
      const contactId = await day.pick('creates.create_note', 'contactId', 'Jane Doe');
      const calendarId = await day.pick('creates.book_appointment', 'calendarId', 'First consultation');
      const assignedTo = await day.pick('creates.create_task', 'assignedTo', 'Tom Baker');
      const moved = await zapier.switchOn('contact_field_updated', { field });
      const toOslo = await zapier.switchOn('contact_field_updated', { field: 'City', value: 'oslo' });
      const due = await zapier.switchOn('task_due', { hoursBefore: 24 });
      const statuses = await zapier.switchOn('appointment_status_changed', { calendarId });
      const soon = await zapier.switchOn('appointment_starting', { hoursBefore: 200, calendarId });
      const polls = async () =>
        [
          await moved.poll(),
          await toOslo.poll(),
          await due.poll(),
          await statuses.poll(),
          await soon.poll(),
        ] as const;
      expect(await polls()).toEqual([[], [], [], [], []]);

      await zapier.create('update_contact', { contactId, city: 'Oslo' });
      const dueDate = new Date(sandbox.store.now() + 20 * 3_600_000).toISOString();
      const { id: taskId } = await zapier.create('create_task', {
        contactId,
        title: 'Call',
        dueDate,
        assignedTo,
      });
      const from = new Date(sandbox.store.now() + 5 * 86_400_000).toISOString();
      const [slot] = await zapier.search('find_free_slots', { calendarId, from });
      const booking = { calendarId, contactId, startTime: slot?.startTime };
      const { id: appointmentId } = await zapier.create('book_appointment', booking);
      const person = { contactName: 'Jane Doe', contactEmail: 'jane.doe@example.com' };
      expect(await polls()).toMatchObject([
        [{ id: contactId, field: 'City', value: 'Oslo' }],
        [{ id: contactId, value: 'Oslo' }],
        [
          {
            id: taskId,
            ...person,
            assignedToName: 'Tom Baker',
            assignedToEmail: expect.stringContaining('@'),
          },
        ],
        [],
        [
          {
            id: appointmentId,
            ...person,
            calendarName: 'First consultation',
            startTimeText: expect.stringMatching(/day, /),
          },
        ],
      ]);

      await zapier.create('update_contact', { contactId, lastName: 'Roe' });
      await zapier.create('cancel_appointment', { appointmentId });
      expect(await polls()).toMatchObject([
        [],
        [],
        [],
        [{ id: appointmentId, appointmentStatus: 'cancelled', contactEmail: 'jane.doe@example.com' }],
        [],
      ]);
      expect(await polls()).toEqual([[], [], [], [], []]);
    });

    test('a missed chat becomes a contact with a note and a task, once, and the agents are notified', async () => {
      const { zapier, sandbox } = day;
      const [lead] = await zapier.deliver('jivochat_event', JSON.stringify(missed));
      const input = { payload: lead?.payload, chatId: lead?.chatId, createTask: 'missed' };
      const captured = await zapier.create('capture_jivochat_lead', input);
      expect(captured).toMatchObject({
        isNew: true,
        contact: { email: 'luis.ortega@example.com', source: 'JivoChat', tags: ['jivochat'] },
        note: { body: expect.stringContaining('Do you open on Sunday?') },
        task: { title: 'Follow up with Luis Ortega', status: 'open' },
      });
      const stands = JSON.stringify([
        ...sandbox.store.contacts.values(),
        ...sandbox.store.notes,
        ...sandbox.store.tasks,
      ]);
      expect(await zapier.create('capture_jivochat_lead', input)).toEqual({
        ...captured,
        isNew: false,
        contact: expect.any(Object),
      });
      expect(
        JSON.stringify([...sandbox.store.contacts.values(), ...sandbox.store.notes, ...sandbox.store.tasks]),
      ).toBe(stands);

      const [contact] = await zapier.search('find_contact', { email: missed.visitor.email });
      const told = await zapier.create('send_jivochat_update', {
        contactId: contact?.id,
        text: 'We are open from ten.',
      });
      expect(told).toMatchObject({
        delivered: true,
        text: expect.stringMatching(/^We are open from ten\.\n\nIn HighLevel: https/),
      });
      expect(sandbox.store.jivoMessages).toMatchObject([
        { sender: { name: 'HighLevel: Luis Ortega' }, message: { id: told.id, text: told.text } },
      ]);
    });

    test('a transcript mapped as the chat id by mistake still creates one note per chat', async () => {
      const { zapier, sandbox } = day;
      const input = {
        email: 'nora.berg@example.com',
        chatId: 'Nora: Hello! '.repeat(20_000),
        message: 'Hello!',
      };
      const first = await zapier.create('capture_jivochat_lead', input);
      const notes = sandbox.store.notes.size;
      const again = await zapier.create('capture_jivochat_lead', input);
      expect(first).toMatchObject({ note: { body: expect.stringMatching(/\nJivoChat [0-9a-f]{16}$/) } });
      expect(again.note).toEqual(first.note);
      expect(sandbox.store.notes.size).toBe(notes);
    });

    test('every documented event of the demo returns a lead of the same shape', async () => {
      for (const { event } of [...events, { event: answered }]) {
        const wanted = { events: [String(event.event_name)] };
        const [lead] = await day.zapier.deliver('jivochat_event', JSON.stringify(event), wanted);
        expect(lead).toMatchObject({ event: event.event_name, chatId: String(event.chat_id) });
      }
    });

    test('a HighLevel event returns the record that it is about', async () => {
      const { zapier, sandbox } = day;
      const { store, locationId } = sandbox;
      const [note] = store.notes.values();
      const [task] = store.tasks.values();
      const [appointment] = store.appointments.values();
      const told = (type: string, more: object) =>
        zapier.deliver('highlevel_event', JSON.stringify({ type, locationId, ...more }));
      expect(await told('ContactUpdate', { id: note?.contactId })).toMatchObject([
        { fetched: true, recordType: 'contact', contact: { id: note?.contactId }, note: null },
      ]);
      expect(await told('NoteCreate', { ...note })).toMatchObject([
        { fetched: true, note: { body: note?.body } },
      ]);
      expect(await told('TaskComplete', { ...task })).toMatchObject([
        { fetched: true, task: { title: task?.title } },
      ]);
      expect(await told('AppointmentUpdate', { appointment })).toMatchObject([
        { fetched: true, appointment: { id: appointment?.id } },
      ]);
      expect(await told('NoteDelete', { ...note })).toMatchObject([
        { fetched: false, note: { id: note?.id } },
      ]);
    });

    test.each([
      [
        'creates.capture_jivochat_lead',
        { payload: '{"chat_id":' },
        '"JivoChat Event Data" is not JSON. Map the raw body that JivoChat sent, not a single field of it.',
      ],
      [
        'creates.capture_jivochat_lead',
        { email: 'a@example.com', dueInHours: 'soon' },
        '"Task Due In (Hours)" isn\'t a number: "soon".',
      ],
      [
        'creates.capture_jivochat_lead',
        { email: 'a@example.com', dueInHours: '1e300' },
        '"Task Due In (Hours)" can\'t be more than 87600.',
      ],
      ['creates.send_jivochat_update', {}, 'Please fill in "Message", "Task", or "Note".'],
      [
        'creates.send_jivochat_update',
        { taskId: 't1' },
        'Please fill in "Contact". HighLevel keeps tasks and notes with their contacts.',
      ],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });

    test.each([
      [
        'triggers.jivochat_event',
        'name=Jane',
        "What came to this Zap's URL is not JSON. Check that JivoChat, and nothing else, has this URL as its Webhooks Endpoint URL.",
      ],
      [
        'triggers.jivochat_event',
        '{"chat_id": 1}',
        "What came to this Zap's URL is not a JivoChat event: it has no event name. Check that JivoChat, and nothing else, has this URL as its Webhooks Endpoint URL.",
      ],
      ['triggers.highlevel_event', '<html>', "The webhook isn't JSON, so it didn't come from HighLevel."],
      [
        'triggers.highlevel_event',
        '{"event": "note added"}',
        "The webhook didn't say which record it is about. Add contactId, and taskId or noteId, to the custom data of the workflow's Webhook action.",
      ],
    ])('%s rejects the delivery %j', async (operation, delivery, sentence) => {
      expect(await day.refusal(operation, {}, delivery)).toBe(sentence);
    });
  });
