import { generateKeyPairSync, sign } from 'node:crypto';
import app from '../../index.ts';
import { SAMPLE_EVENT } from '../../lib/jivochat/sample_event.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { answered, missed } from '../demo/events.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { Zapier } from '../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const WEBHOOK_KEY = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const signed = (body: string) => ({
  'Http-X-Ghl-Signature': sign(null, Buffer.from(body), privateKey).toString('base64'),
});

let sandbox: Sandbox;
let zapier: Zapier;
let contactId: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  const { authData, environment } = accountOf(sandbox);
  zapier = new Zapier(app, {
    authData,
    environment: { ...environment, HIGHLEVEL_WEBHOOK_KEY: WEBHOOK_KEY },
  });
  contactId = [...sandbox.store.notes.values()][0]?.contactId ?? '';
});
afterEach(() => sandbox.close());

const halted = (message: RegExp) => ({ kind: 'HaltedError', message: expect.stringMatching(message) });
const event = (type: string, more: object) =>
  JSON.stringify({ type, locationId: sandbox.locationId, ...more });
const noteId = () => [...sandbox.store.notes.keys()][0] ?? '';
const taskId = () => [...sandbox.store.tasks.values()].find((task) => task.contactId === contactId)?.id ?? '';

describe('New JivoChat Event', () => {
  const deliver = (body: unknown, input = {}) =>
    zapier.deliver('jivochat_event', JSON.stringify(body), input);

  test('returns the lead with the raw event', async () => {
    const [lead] = await deliver(answered);
    expect(lead).toMatchObject({
      id: 'jivo:chat_finished:7702',
      chatId: '7702',
      name: 'Luis Ortega',
      email: 'luis.ortega@example.com',
      missed: false,
      agentName: 'Maria Keller',
      messageCount: 2,
      payload: JSON.stringify(answered),
    });
    expect(lead?.transcript).toContain('Maria Keller: Yes, from ten to two.');
  });

  test.each([60, 400])('halts on a payload nested %i levels deep', async (levels) => {
    const body = `{"event_name":"chat_finished","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await failed(zapier.deliver('jivochat_event', body))).toEqual(halted(/nested too deeply/));
  });

  test('sends no requests to HighLevel', async () => {
    await deliver(answered);
    expect(sandbox.log).toEqual([]);
  });

  test('triggers on finished chats and offline messages by default, and ignores others', async () => {
    expect(await deliver({ ...missed, event_name: 'offline_message' })).toHaveLength(1);
    expect(await deliver({ ...missed, event_name: 'chat_accepted' })).toEqual([]);
  });

  test('triggers on the chosen events', async () => {
    const chosen = { events: ['chat_accepted', 'call_event'] };
    expect(await deliver({ ...missed, event_name: 'chat_accepted' }, chosen)).toHaveLength(1);
    expect(await deliver(missed, chosen)).toEqual([]);
  });

  test.each([
    [['chat_accepted,call_event']],
    [['Chat Accepted']],
    ['CALL, chat accepted'],
    [['call_event', 'CHAT_ACCEPTED', 'chat_archived']],
  ])('triggers on the events %j, by key or label', async (events) => {
    expect(await deliver({ ...missed, event_name: 'chat_accepted' }, { events })).toHaveLength(1);
    expect(await deliver(missed, { events })).toEqual([]);
  });

  test('accepts an unknown event next to a known one', async () => {
    const events = ['chat_archived', 'Chat Finished'];
    expect(await deliver({ ...missed, event_name: 'chat_archived' }, { events })).toHaveLength(1);
  });

  test.each([['chat_finnished'], ['Everything, else']])(
    'rejects a list of events with only %j',
    async (name) => {
      expect(await failed(deliver(missed, { events: [name] }))).toMatchObject({
        kind: 'AppError',
        message: expect.stringMatching(
          new RegExp(`^"Events": "${name}" isn't a JivoChat event\\. Use Chat Finished, Offline Message, `),
        ),
      });
    },
  );

  test('returns the details of a client created in JivoChat’s CRM', async () => {
    const created = {
      event_name: 'created_client',
      client_id: 1217,
      name: 'Jane Doe',
      contacts: [{ contact_type: 'email', contact: 'jane@example.com' }],
    };
    expect(await deliver(created)).toEqual([]);
    expect(await deliver(created, { events: ['created_client'], requireContact: true })).toMatchObject([
      { event: 'created_client', name: 'Jane Doe', email: 'jane@example.com', visitorNumber: '1217' },
    ]);
  });

  test('ignores visitors without contact details when configured', async () => {
    const nobody = { ...missed, visitor: { name: 'Visitor 12' } };
    expect(await deliver(nobody)).toHaveLength(1);
    expect(await deliver(nobody, { requireContact: true })).toEqual([]);
  });

  test.each([
    { phone: '(415) 555-2671' },
    { phone: '030 901820' },
    { phone: '79998291550' },
    { phone: '5511987654321' },
    { phone: '020 7946 0018 (work)' },
    { email: 'zoe@example..com' },
    { email: 'my email is a @ x.com' },
    { name: 'Anna 415 555 0132' },
  ])('accepts %j without a session if contact details are required', async (visitor) => {
    const withoutSession = { ...missed, visitor, session: undefined };
    expect(await deliver(withoutSession, { requireContact: true })).toHaveLength(1);
  });

  test('has a sample that matches the output for its payload', async () => {
    const sampled = app.triggers?.jivochat_event?.operation.sample;
    expect(sampled).toMatchObject({ payload: JSON.stringify(SAMPLE_EVENT) });
    expect(await deliver(SAMPLE_EVENT)).toEqual([sampled]);
  });

  test('halts on a delivery that is not an event, because errors would turn the Zap off', async () => {
    expect(await failed(zapier.deliver('jivochat_event', '<html>'))).toEqual(
      halted(/^What came to this Zap's URL is not JSON\. Check that JivoChat/),
    );
    for (const body of ['{"a":1}', JSON.stringify([answered])])
      expect(await failed(zapier.deliver('jivochat_event', body))).toEqual(halted(/is not a JivoChat event/));
  });

  test.each([
    ['as it is', (body: object) => body],
    ['wrapped with method and headers', (body: object) => ({ method: 'POST', headers: {}, content: body })],
  ])('reads the body that Zapier passes %s', async (_, shape) => {
    const method = 'triggers.jivochat_event.operation.perform';
    expect(await zapier.call(method, {}, {}, { cleanedRequest: shape(answered) })).toMatchObject([
      { chatId: '7702' },
    ]);
  });

  test('has the same keys as the inputs of Capture JivoChat Lead', async () => {
    const asked = app.creates?.capture_jivochat_lead?.operation.inputFields ?? [];
    const [lead] = await deliver(answered);
    for (const key of 'payload chatId name email phone description message transcript missed pageUrl pageTitle agentName agentEmail'.split(
      ' ',
    )) {
      expect(Object.keys(lead ?? {})).toContain(key);
      expect(asked).toContainEqual(expect.objectContaining({ key }));
    }
  });
});

describe('The events of an instant trigger', () => {
  const finished = JSON.stringify(answered);
  test.each([
    ['one text', 'chat_finished,offline_message', true],
    ['a label', 'Chat Finished', true],
    ['any case', ['CHAT_FINISHED', 'call'], true],
    ['JSON text', '["offline_message"]', false],
    ['lines', 'Call\nOffline Message', false],
  ])('of JivoChat may be %s', async (_, events, fires) => {
    expect(await zapier.deliver('jivochat_event', finished, { events })).toHaveLength(fires ? 1 : 0);
  });

  test.each([
    ['note added', 'Note Added', true],
    ['NoteCreate', 'note added, Task Created', true],
    ['note added', ['NoteCreate'], true],
    ['Note-Added', 'NOTECREATE', true],
    ['my own event', 'Note Added; My Own Event', true],
    ['my own event', 'Note Added', false],
  ])('of HighLevel: %s passes %j: %s', async (name, events, fires) => {
    const body = JSON.stringify({ customData: { event: name, contactId } });
    expect(await zapier.deliver('highlevel_event', body, { events })).toHaveLength(fires ? 1 : 0);
  });
});

describe('New HighLevel Event from a workflow', () => {
  test.each([
    ['at the top', (data: object) => data],
    [
      'under customData',
      (data: object) => ({ customData: data, contact_id: contactId, location: { id: sandbox.locationId } }),
    ],
  ])('reads custom data %s and returns the full note', async (_, shape) => {
    const body = JSON.stringify(shape({ event: 'note added', contactId, noteId: noteId() }));
    const [fired] = await zapier.deliver('highlevel_event', body);
    expect(fired).toMatchObject({
      event: 'note added',
      recordType: 'note',
      fetched: true,
      note: { id: noteId(), contactId },
    });
  });

  test('has the contact’s name from the payload of a workflow, without a request for it', async () => {
    const body = {
      contact_id: contactId,
      full_name: 'Jane Roe',
      email: 'roe@example.com',
      customData: { event: 'note added', contactId, noteId: noteId() },
    };
    const [fired] = await zapier.deliver('highlevel_event', JSON.stringify(body));
    expect(fired).toMatchObject({ note: { contactName: 'Jane Roe', contactEmail: 'roe@example.com' } });
    expect(sandbox.log.map(({ path }) => path)).not.toContain(`/contacts/${contactId}`);
  });

  test('reads the contact of a note if the payload does not have its name', async () => {
    const [fired] = await zapier.deliver('highlevel_event', event('NoteCreate', { id: noteId(), contactId }));
    const { email } = sandbox.store.contacts.get(contactId) ?? {};
    expect(fired).toMatchObject({ note: { contactId, contactEmail: email } });
  });

  test('returns the same record as the polling trigger', async () => {
    const body = JSON.stringify({ event: 'x', contactId, noteId: noteId() });
    const [fired] = await zapier.deliver('highlevel_event', body);
    const polled = await zapier.call('triggers.updated_note.operation.perform', { contactId });
    expect(polled).toEqual([expect.objectContaining(fired?.note ?? { missing: true })]);
  });

  test('reads custom data sent as JSON text', async () => {
    const customData = JSON.stringify({ event: 'x', contactId, noteId: noteId() });
    const [fired] = await zapier.deliver('highlevel_event', JSON.stringify({ customData }));
    expect(fired).toMatchObject({ event: 'x', recordType: 'note', note: { id: noteId() } });
  });

  test.each(['null', 'undefined', ' ', '-'])('takes an id of %j in custom data for none', async (empty) => {
    const customData = { event: 'x', contactId: empty, taskId: empty, noteId: noteId() };
    const body = { customData, contact_id: contactId, location: { id: sandbox.locationId } };
    const [fired] = await zapier.deliver('highlevel_event', JSON.stringify(body));
    expect(fired).toMatchObject({ recordType: 'note', fetched: true, note: { id: noteId(), contactId } });
  });

  test('accepts a numeric event and ID', async () => {
    const [fired] = await zapier.deliver('highlevel_event', '{"event":5,"contactId":12345}');
    expect(fired).toMatchObject({ event: '5', recordId: '12345', fetched: false });
  });

  test.each([
    ['everywhere', (deep: string) => `{"type":"ContactCreate","id":"c1","x":${deep}}`],
    ['in a field', (deep: string) => `{"type":"ContactCreate","id":"c1","dndSettings":${deep}}`],
    ['in custom data', (deep: string) => `{"customData":{"contactId":"c1","x":${deep}}}`],
    [
      'in custom data as text',
      (deep: string) => JSON.stringify({ customData: `{"contactId":"c1","x":${deep}}` }),
    ],
  ])('halts on a payload nested too deeply %s', async (_, body) => {
    for (const levels of [60, 400]) {
      const deep = '['.repeat(levels) + ']'.repeat(levels);
      expect(await failed(zapier.deliver('highlevel_event', body(deep)))).toEqual(
        halted(/too long or too deeply nested/),
      );
    }
    expect(sandbox.log).toEqual([]);
  });

  test('halts on a payload that is too long', async () => {
    const body = JSON.stringify({ contactId, x: 'x'.repeat(10_000_000) });
    expect(await failed(zapier.deliver('highlevel_event', body))).toEqual(
      halted(/too long or too deeply nested/),
    );
  });

  test.each(['a'.repeat(129), 'a'.repeat(100_000)])('halts on an invalid ID: %.5s…', async (id) => {
    const told = await failed(zapier.deliver('highlevel_event', JSON.stringify({ contactId: id })));
    expect(told).toEqual(halted(/isn't a HighLevel ID/));
    expect(sandbox.log).toEqual([]);
  });

  test.each([
    ['a record that is gone in other words', 400, { message: 'The event id is invalid.' }],
    ['a request that is refused', 422, { message: 'No' }],
    ['an address that is gone', 404, { message: 'Cannot GET /calendars/events/appointments/ev1' }],
  ])('returns the payload’s part of %s', async (_, status, body) => {
    sandbox.fail({ path: '/calendars/events/appointments', status, body });
    const [fired] = await zapier.deliver('highlevel_event', '{"event":"x","appointmentId":"ev1"}');
    expect(fired).toMatchObject({ recordId: 'ev1', fetched: false, appointment: { id: 'ev1' } });
  });

  test('names the missing custom data', async () => {
    expect(await failed(zapier.deliver('highlevel_event', '{"event":"x"}'))).toEqual(
      halted(/Add contactId, and taskId or noteId, to the custom data/),
    );
  });
});

describe('New HighLevel Event from a marketplace app', () => {
  test.each([
    ['ContactUpdate', () => ({ id: contactId }), 'contact', () => contactId],
    ['NoteCreate', () => ({ id: noteId(), contactId }), 'note', noteId],
    ['TaskComplete', () => ({ id: taskId(), contactId }), 'task', taskId],
    ['TaskCreate', () => ({ id: taskId() }), 'task', taskId], // seen without its contact
  ])('%s returns the full record', async (type, data, kind, id) => {
    const [fired] = await zapier.deliver('highlevel_event', event(type, data()));
    expect(fired).toMatchObject({
      event: type,
      recordType: kind,
      fetched: true,
      [kind]: { id: id(), url: expect.stringContaining(contactId) },
    });
  });

  test('AppointmentCreate returns the full appointment', async () => {
    const [id = ''] = sandbox.store.appointments.keys();
    const [fired] = await zapier.deliver(
      'highlevel_event',
      event('AppointmentCreate', { appointment: { id } }),
    );
    expect(fired).toMatchObject({ fetched: true, appointment: { id, contactId } });
  });

  test('returns the payload’s record if it was deleted or is not found', async () => {
    const gone = { id: 'zZ8oz9TCLMZcMgBzpv4e', contactId, body: 'Was here' };
    for (const type of ['NoteDelete', 'NoteUpdate']) {
      const [fired] = await zapier.deliver('highlevel_event', event(type, gone));
      expect(fired).toMatchObject({ fetched: false, note: gone });
    }
  });

  test('ignores events of another sub-account, without a request', async () => {
    const body = JSON.stringify({
      type: 'ContactCreate',
      locationId: sandbox.otherLocationId,
      id: contactId,
    });
    expect(await zapier.deliver('highlevel_event', body)).toEqual([]);
    expect(sandbox.log).toEqual([]);
  });

  test.each(['NoteCreate', 'Note Added', 'note added', 'notecreate, contactcreate'])(
    'accepts an added note if %j is chosen, whatever a workflow calls it',
    async (events) => {
      const appEvent = event('NoteCreate', { id: noteId(), contactId });
      const workflowEvent = JSON.stringify({ event: 'note added', contactId, noteId: noteId() });
      for (const body of [appEvent, workflowEvent])
        expect(await zapier.deliver('highlevel_event', body, { events: [events] })).toHaveLength(1);
    },
  );

  test('ignores events that were not chosen', async () => {
    expect(
      await zapier.deliver('highlevel_event', event('ContactCreate', { id: contactId }), {
        events: ['NoteCreate'],
      }),
    ).toEqual([]);
  });

  test('accepts a valid signature', async () => {
    const body = event('ContactCreate', { id: contactId, name: 'Zoë 🙂' });
    expect(
      await zapier.deliver('highlevel_event', body, { requireSignature: true }, signed(body)),
    ).toHaveLength(1);
  });

  test.each([
    ['a signature of something else', (body: string) => signed(`${body} `)],
    ['a signature that is none', () => ({ 'Http-X-Ghl-Signature': 'not base64!' })],
  ])('rejects %s, even when no signature is required', async (_, headers) => {
    const body = event('ContactCreate', { id: contactId });
    await expect(zapier.deliver('highlevel_event', body, {}, headers(body))).rejects.toThrow(
      /isn't signed by HighLevel/,
    );
    expect(sandbox.log).toEqual([]);
  });

  test('rejects an unsigned delivery when a signature is required', async () => {
    const body = event('ContactCreate', { id: contactId });
    await expect(zapier.deliver('highlevel_event', body, { requireSignature: true })).rejects.toThrow(
      /isn't signed by HighLevel/,
    );
  });

  test.each([
    ['NoteCreate', {}, /NoteCreate webhook has no record ID/],
    ['AppointmentUpdate', { appointment: {} }, /AppointmentUpdate webhook has no record ID/],
  ])('halts on %s without a record, which does not turn the Zap off', async (type, data, told) => {
    expect(await failed(zapier.deliver('highlevel_event', event(type, data)))).toEqual(halted(told));
  });

  test('keeps the name of other events, so that it can be chosen', async () => {
    const body = event('CampaignStatusUpdate', { id: 'x1', contactId });
    const [fired] = await zapier.deliver('highlevel_event', body, { events: ['CampaignStatusUpdate'] });
    expect(fired).toMatchObject({ event: 'CampaignStatusUpdate', contact: { id: contactId } });
    expect(await zapier.deliver('highlevel_event', body, { events: ['workflow'] })).toEqual([]);
  });

  test('never puts an invalid id into a path', async () => {
    expect(
      await failed(zapier.deliver('highlevel_event', event('ContactCreate', { id: '../users' }))),
    ).toEqual(halted(/isn't a HighLevel ID/));
    expect(sandbox.log).toEqual([]);
  });
});

describe('Standard data of a workflow', () => {
  /** The standard data of a workflow's Webhook action. */
  const standard = () => ({
    contact_id: contactId,
    first_name: 'Jane',
    full_name: 'Jane Doe',
    contact_type: 'lead',
    date_created: '2026-01-28T09:12:41.809Z',
    location: { id: sandbox.locationId, name: 'Bright Smile' },
    workflow: { id: 'w1', name: 'Notes' },
  });
  /** Custom fields of the sub-account, by their labels. */
  const hijackers = {
    type: 'ContactDelete',
    note_id: 'nobody',
    noteId: 'nobody',
    task_id: 'nobody',
    taskId: 'nobody',
    event: 'Wedding',
    appointment_id: 'nobody',
  };
  const deliver = async (body: object, input = {}) =>
    (await zapier.deliver('highlevel_event', JSON.stringify(body), input))[0];

  test('ignores custom fields with the same labels as custom data', async () => {
    expect(await deliver({ ...standard(), ...hijackers })).toMatchObject({
      event: 'workflow',
      recordType: 'contact',
      recordId: contactId,
      fetched: true,
      contact: { id: contactId },
    });
  });

  test('gives its contact’s details to no record of another contact', async () => {
    const other = [...sandbox.store.tasks.values()].find((task) => task.contactId !== contactId);
    const customData = { event: 'x', contactId: other?.contactId, taskId: other?.id };
    const known = sandbox.store.contacts.get(other?.contactId ?? '');
    const body = { ...standard(), email: 'of-the-payload@example.com', phone: '+14155550199', customData };
    expect(await deliver(body)).toMatchObject({
      task: { id: other?.id, contactEmail: known?.email ?? null, contactPhone: known?.phone ?? null },
    });
  });

  test('does not override custom data', async () => {
    const customData = { event: 'note added', contactId, noteId: noteId() };
    expect(await deliver({ ...standard(), ...hijackers, customData })).toMatchObject({
      event: 'note added',
      note: { id: noteId() },
    });
  });

  test.each([
    ['a note', () => ({ event: 'x', note_id: noteId() }), () => ({ recordType: 'note', recordId: noteId() })],
    ['a task', () => ({ taskId: taskId() }), () => ({ recordType: 'task', recordId: taskId() })],
    [
      'the contact alone',
      () => ({ event: 'x', contactId }),
      () => ({ recordType: 'contact', recordId: contactId }),
    ],
  ])('has lower precedence than custom data that names %s', async (_, customData, meant) => {
    const [appointmentId = ''] = sandbox.store.appointments.keys();
    const body = { ...standard(), ...hijackers, calendar: { appointmentId }, customData: customData() };
    expect(await deliver(body)).toMatchObject({ ...meant(), fetched: true });
  });

  test.each([[undefined], [{ event: 'booked' }], ['{"event":"booked"}']])(
    'has the appointment under calendar, with the custom data %j',
    async (customData) => {
      const [appointmentId = ''] = sandbox.store.appointments.keys();
      expect(await deliver({ ...standard(), calendar: { appointmentId }, customData })).toMatchObject({
        event: customData ? 'booked' : 'workflow',
        appointment: { id: appointmentId },
        fetched: true,
      });
    },
  );

  test('may be next to custom data at the top level', async () => {
    const body = { ...standard(), event: 'note added', contactId, noteId: noteId() };
    expect(await deliver(body)).toMatchObject({ event: 'note added', note: { id: noteId() } });
  });

  test.each([
    ['contact.created', () => ({ contact: { id: contactId } }), 'contact'],
    ['contact.updated', () => ({ id: contactId }), 'contact'],
    ['note.created', () => ({ note: { id: noteId(), contactId } }), 'note'],
    ['task_completed', () => ({ task: { id: taskId() }, contact: { id: contactId } }), 'task'],
    ['NoteUpdate', () => ({ note: { id: noteId(), contactId } }), 'note'],
    ['ContactCreate', () => ({ contactId }), 'contact'],
    ['CONTACT_UPDATE', () => ({ id: contactId }), 'contact'],
  ])('is parsed with the record of %s', async (type, data, kind) => {
    expect(await deliver({ type, locationId: sandbox.locationId, ...data() })).toMatchObject({
      event: type,
      recordType: kind,
      fetched: true,
      [kind]: { id: expect.any(String) },
    });
  });

  test('includes a record without a type, found by its key', async () => {
    expect(await deliver({ event: 'x', contact: { id: contactId } })).toMatchObject({
      contact: { id: contactId },
    });
  });

  test.each([
    ['contact.created', ['ContactCreate'], 1],
    ['contact.created', ['ContactUpdate'], 0],
    ['contact_updated', ['ContactUpdate'], 1],
  ])('%s is the event %j (%i)', async (type, events, count) => {
    const body = { type, locationId: sandbox.locationId, contact: { id: contactId } };
    expect(await zapier.deliver('highlevel_event', JSON.stringify(body), { events })).toHaveLength(count);
  });

  test('may have a custom event name', async () => {
    const customData = { event: 'please delete', contactId };
    expect(await deliver({ ...standard(), customData })).toMatchObject({ fetched: true });
  });

  test('is used for a deleted record, without a request', async () => {
    const body = { type: 'contact.deleted', contact: { id: contactId, firstName: 'Jane' } };
    expect(await deliver(body)).toMatchObject({
      fetched: false,
      contact: { id: contactId, firstName: 'Jane' },
    });
    expect(sandbox.log).toEqual([]);
  });
});

describe('App events about other records', () => {
  test.each([
    ['INSTALL', { appId: 'a1', companyId: 'c1' }],
    ['UNINSTALL', { appId: 'a1' }],
    ['PLAN_CHANGE', { appId: 'a1', newPlanId: 'p2' }],
    ['AppInstall', { appId: 'a1' }],
    ['OpportunityCreate', { id: 'o1', contactId: 'c1', pipelineId: 'p1' }],
    ['OpportunityStageUpdate', { id: 'o1', contactId: 'c1' }],
    ['ProductCreate', { _id: 'p1', name: 'Tea' }],
    ['OrderStatusUpdate', { altId: 'l1', altType: 'location' }],
    ['LCEmailStats', { webhookPayload: {} }],
    ['InboundMessage', { contactId: 'c1', body: 'Hi' }],
    ['UserCreate', { id: 'u1', email: 'a@b.co' }],
    ['LocationUpdate', { id: 'l1' }],
    ['invoice.paid', { invoice: { id: 'i1' } }],
    [undefined, { _id: 'i1', status: 'paid', altId: 'l1', altType: 'location' }],
    [undefined, { _id: 'p1', productType: 'SERVICE', locationId: 'other' }],
    [undefined, { id: 'r1', associationId: 'x', firstRecordId: 'y', locationId: 'other' }],
  ])('%s %j is ignored quietly', async (type, more) => {
    const body = JSON.stringify({ ...(type && { type, locationId: sandbox.locationId }), ...more });
    expect(await zapier.deliver('highlevel_event', body)).toEqual([]);
    expect(sandbox.log).toEqual([]);
  });

  test('returns its contact if it is chosen by name', async () => {
    const body = event('OpportunityCreate', { id: 'o1', contactId });
    const [fired] = await zapier.deliver('highlevel_event', body, { events: ['OpportunityCreate'] });
    expect(fired).toMatchObject({ event: 'OpportunityCreate', contact: { id: contactId } });
  });

  test.each([['{"event":"x"}'], ['{"customData":{"event":"x"}}'], ['{"type":"gold","note":"x"}']])(
    '%s still reports the missing custom data',
    async (body) => {
      expect(await failed(zapier.deliver('highlevel_event', body))).toEqual(
        halted(/Add contactId, and taskId or noteId, to the custom data/),
      );
    },
  );
});

describe('A record that HighLevel does not return', () => {
  const payload = () => event('NoteUpdate', { id: noteId(), contactId, body: 'In the payload' });
  const path = /\/notes\//;

  test.each([
    ['an answer that cannot be read', { kind: 'invalid-json', times: 4 }],
    ['a web page', { kind: 'html', times: 4 }],
    ['an empty answer', { kind: 'empty', times: 4 }],
    ['not found', { status: 404, body: { message: 'Note not found' } }],
    ['refused', { status: 422, body: { message: ['id must be a mongodb id'] } }],
    ['a missing permission', { status: 401, body: { message: 'not authorized for this scope' }, times: 4 }],
  ] as const)('(%s) is taken from the payload', async (_, fault) => {
    sandbox.fail({ path, ...fault });
    expect(await zapier.deliver('highlevel_event', payload())).toMatchObject([
      { fetched: false, note: { body: 'In the payload' } },
    ]);
  });

  test.each([
    ['HighLevel’s own trouble', { status: 503, times: 4 }, 'AppError'],
    ['the rate limit', { status: 429, times: 4, headers: { 'Retry-After': '60' } }, 'ThrottledError'],
  ])('(%s) fails the run, so that Zapier repeats it', async (_, fault, kind) => {
    sandbox.fail({ path, ...fault });
    expect(await failed(zapier.deliver('highlevel_event', payload()))).toMatchObject({ kind });
  });
});
