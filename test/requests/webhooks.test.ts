import { generateKeyPairSync, sign } from 'node:crypto';
import app from '../../index.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { answered, missed } from '../demo/events.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { Zapier } from '../support/zapier/zapier.ts';

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

  it('gives a lead with the raw event beside it, so that no word is lost on the way', async () => {
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

  it.each([60, 400])('ends quietly on what is nested %i levels deep', async (levels) => {
    const body = `{"event_name":"chat_finished","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await failed(zapier.deliver('jivochat_event', body))).toEqual(halted(/nested too deeply/));
  });

  it('asks HighLevel nothing', async () => {
    await deliver(answered);
    expect(sandbox.log).toEqual([]);
  });

  it('lets finished chats and offline messages through, and the others end quietly', async () => {
    expect(await deliver({ ...missed, event_name: 'offline_message' })).toHaveLength(1);
    expect(await deliver({ ...missed, event_name: 'chat_accepted' })).toEqual([]);
  });

  it('lets through what was chosen', async () => {
    const chosen = { events: ['chat_accepted', 'call_event'] };
    expect(await deliver({ ...missed, event_name: 'chat_accepted' }, chosen)).toHaveLength(1);
    expect(await deliver(missed, chosen)).toEqual([]);
  });

  it('keeps visitors without contact details out when asked to', async () => {
    const nobody = { ...missed, visitor: { name: 'Visitor 12' } };
    expect(await deliver(nobody)).toHaveLength(1);
    expect(await deliver(nobody, { requireContact: true })).toEqual([]);
  });

  it('says in words what is no event, and counts it as no error: errors would switch the Zap off', async () => {
    expect(await failed(zapier.deliver('jivochat_event', '<html>'))).toEqual(
      halted(/^What came to this Zap's address is not JSON\. Check that JivoChat/),
    );
    for (const body of ['{"a":1}', JSON.stringify([answered])])
      expect(await failed(zapier.deliver('jivochat_event', body))).toEqual(halted(/is not a JivoChat event/));
  });

  it.each([
    ['as it is', (body: object) => body],
    ['wrapped with method and headers', (body: object) => ({ method: 'POST', headers: {}, content: body })],
  ])('reads the body that Zapier hands over %s', async (_, shape) => {
    const method = 'triggers.jivochat_event.operation.perform';
    expect(await zapier.call(method, {}, {}, { cleanedRequest: shape(answered) })).toMatchObject([
      { chatId: '7702' },
    ]);
  });

  it('bears the names that Capture JivoChat Lead asks for', async () => {
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

describe("New HighLevel Event, from a workflow's Webhook action", () => {
  it.each([
    ['at the top', (data: object) => data],
    [
      'under customData',
      (data: object) => ({ customData: data, contact_id: contactId, location: { id: sandbox.locationId } }),
    ],
  ])('reads custom data %s and gives the full note', async (_, shape) => {
    const body = JSON.stringify(shape({ event: 'note added', contactId, noteId: noteId() }));
    const [fired] = await zapier.deliver('highlevel_event', body);
    expect(fired).toMatchObject({
      event: 'note added',
      recordType: 'note',
      fetched: true,
      note: { id: noteId(), contactId },
    });
  });

  it('gives the record that the polling trigger would give', async () => {
    const body = JSON.stringify({ event: 'x', contactId, noteId: noteId() });
    const [fired] = await zapier.deliver('highlevel_event', body);
    const polled = await zapier.call('triggers.updated_note.operation.perform', { contactId });
    expect(polled).toEqual([expect.objectContaining(fired?.note ?? { missing: true })]);
  });

  it('reads custom data that comes as JSON text', async () => {
    const customData = JSON.stringify({ event: 'x', contactId, noteId: noteId() });
    const [fired] = await zapier.deliver('highlevel_event', JSON.stringify({ customData }));
    expect(fired).toMatchObject({ event: 'x', recordType: 'note', note: { id: noteId() } });
  });

  it('takes an event and an ID that are numbers', async () => {
    const [fired] = await zapier.deliver('highlevel_event', '{"event":5,"contactId":12345}');
    expect(fired).toMatchObject({ event: '5', recordId: '12345', fetched: false });
  });

  it.each([
    ['everywhere', (deep: string) => `{"type":"ContactCreate","id":"c1","x":${deep}}`],
    ['in a field', (deep: string) => `{"type":"ContactCreate","id":"c1","dndSettings":${deep}}`],
    ['in custom data', (deep: string) => `{"customData":{"contactId":"c1","x":${deep}}}`],
    [
      'in custom data as text',
      (deep: string) => JSON.stringify({ customData: `{"contactId":"c1","x":${deep}}` }),
    ],
  ])('ends quietly on what is nested too deeply %s', async (_, body) => {
    for (const levels of [60, 400]) {
      const deep = '['.repeat(levels) + ']'.repeat(levels);
      expect(await failed(zapier.deliver('highlevel_event', body(deep)))).toEqual(
        halted(/too long or too deeply nested/),
      );
    }
    expect(sandbox.log).toEqual([]);
  });

  it('ends quietly on what is too long', async () => {
    const body = JSON.stringify({ contactId, x: 'x'.repeat(10_000_000) });
    expect(await failed(zapier.deliver('highlevel_event', body))).toEqual(
      halted(/too long or too deeply nested/),
    );
  });

  it.each(['a'.repeat(129), 'a'.repeat(100_000)])('ends quietly on an ID that is none: %.5s…', async (id) => {
    const told = await failed(zapier.deliver('highlevel_event', JSON.stringify({ contactId: id })));
    expect(told).toEqual(halted(/is not a HighLevel ID/));
    expect(sandbox.log).toEqual([]);
  });

  it.each([
    ['a record that is gone in other words', 400, { message: 'The event id is invalid.' }],
    ['a request that is refused', 422, { message: 'No' }],
    ['an address that is gone', 404, { message: 'Cannot GET /calendars/events/appointments/ev1' }],
  ])('tells what the payload has of %s', async (_, status, body) => {
    sandbox.fail({ path: '/calendars/events/appointments', status, body });
    const [fired] = await zapier.deliver('highlevel_event', '{"event":"x","appointmentId":"ev1"}');
    expect(fired).toMatchObject({ recordId: 'ev1', fetched: false, appointment: { id: 'ev1' } });
  });

  it('says which custom data is missing', async () => {
    expect(await failed(zapier.deliver('highlevel_event', '{"event":"x"}'))).toEqual(
      halted(/add custom data: event and contactId/),
    );
  });
});

describe("New HighLevel Event, from a marketplace app's webhook", () => {
  it.each([
    ['ContactUpdate', () => ({ id: contactId }), 'contact', () => contactId],
    ['NoteCreate', () => ({ id: noteId(), contactId }), 'note', noteId],
    ['TaskComplete', () => ({ id: taskId(), contactId }), 'task', taskId],
    ['TaskCreate', () => ({ id: taskId() }), 'task', taskId], // seen without its contact
  ])('%s gives the full record', async (type, data, kind, id) => {
    const [fired] = await zapier.deliver('highlevel_event', event(type, data()));
    expect(fired).toMatchObject({
      event: type,
      recordType: kind,
      fetched: true,
      [kind]: { id: id(), url: expect.stringContaining(contactId) },
    });
  });

  it('AppointmentCreate gives the full appointment', async () => {
    const [id = ''] = sandbox.store.appointments.keys();
    const [fired] = await zapier.deliver(
      'highlevel_event',
      event('AppointmentCreate', { appointment: { id } }),
    );
    expect(fired).toMatchObject({ fetched: true, appointment: { id, contactId } });
  });

  it('what was deleted, or is not found, comes as the payload has it', async () => {
    const gone = { id: 'zZ8oz9TCLMZcMgBzpv4e', contactId, body: 'Was here' };
    for (const type of ['NoteDelete', 'NoteUpdate']) {
      const [fired] = await zapier.deliver('highlevel_event', event(type, gone));
      expect(fired).toMatchObject({ fetched: false, note: gone });
    }
  });

  it('events of another sub-account end quietly, without a request', async () => {
    const body = JSON.stringify({
      type: 'ContactCreate',
      locationId: sandbox.otherLocationId,
      id: contactId,
    });
    expect(await zapier.deliver('highlevel_event', body)).toEqual([]);
    expect(sandbox.log).toEqual([]);
  });

  it('events that were not chosen end quietly', async () => {
    expect(
      await zapier.deliver('highlevel_event', event('ContactCreate', { id: contactId }), {
        events: ['NoteCreate'],
      }),
    ).toEqual([]);
  });

  it('takes what HighLevel signed', async () => {
    const body = event('ContactCreate', { id: contactId, name: 'Zoë 🙂' });
    expect(
      await zapier.deliver('highlevel_event', body, { requireSignature: true }, signed(body)),
    ).toHaveLength(1);
  });

  it.each([
    ['a signature of something else', (body: string) => signed(`${body} `)],
    ['a signature that is none', () => ({ 'Http-X-Ghl-Signature': 'not base64!' })],
  ])('refuses %s, also where none is required', async (_, headers) => {
    const body = event('ContactCreate', { id: contactId });
    await expect(zapier.deliver('highlevel_event', body, {}, headers(body))).rejects.toThrow(
      /valid signature/,
    );
    expect(sandbox.log).toEqual([]);
  });

  it('refuses what is not signed, when the user says so', async () => {
    const body = event('ContactCreate', { id: contactId });
    await expect(zapier.deliver('highlevel_event', body, { requireSignature: true })).rejects.toThrow(
      /valid signature/,
    );
  });

  it.each([
    ['INSTALL', { appId: 'a1' }, /names no record/],
    ['NoteCreate', {}, /NoteCreate came without the ID of its record/],
  ])('%s without a record is no error that would switch the Zap off', async (type, data, told) => {
    expect(await failed(zapier.deliver('highlevel_event', event(type, data)))).toEqual(halted(told));
  });

  it('an event of another kind keeps its name, and can be chosen by it', async () => {
    const body = event('CampaignStatusUpdate', { id: 'x1', contactId });
    const [fired] = await zapier.deliver('highlevel_event', body, { events: ['CampaignStatusUpdate'] });
    expect(fired).toMatchObject({ event: 'CampaignStatusUpdate', contact: { id: contactId } });
    expect(await zapier.deliver('highlevel_event', body, { events: ['workflow'] })).toEqual([]);
  });

  it('an id that is none never reaches an address', async () => {
    expect(
      await failed(zapier.deliver('highlevel_event', event('ContactCreate', { id: '../users' }))),
    ).toEqual(halted(/not a HighLevel ID/));
    expect(sandbox.log).toEqual([]);
  });
});
