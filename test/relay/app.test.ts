import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { isObject } from '../../lib/base/json.ts';
import { openPglite, type Database } from '../../relay/database.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { startInstantZaps, type InstantZaps } from '../support/zapier/instant_zaps.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';
import { chat, jivoChatPath, REQUEST_KEY, testRelay, type TestRelay } from './support/relay.ts';
import { until } from './support/zapier_hooks.ts';

const highlevel = generateKeyPairSync('ed25519');
const WEBHOOK_KEY = highlevel.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

let database: Database;
let relay: TestRelay;
let sandbox: Sandbox;
let zaps: InstantZaps;
let app: object;
let zapier: Zapier;

beforeAll(async () => {
  process.env.HIGHLEVEL_WEBHOOK_KEY = WEBHOOK_KEY;
  database = await openPglite(undefined);
  relay = await testRelay(database);
  zaps = await startInstantZaps();
  // The edition is chosen when the app is loaded.
  process.env.RELAY_URL = relay.url;
  ({ default: app } = await import('../../index.ts'));
});
afterAll(async () => {
  await relay.stop();
  await zaps.close();
  await database.close();
  delete process.env.RELAY_URL;
  delete process.env.HIGHLEVEL_WEBHOOK_KEY;
});
beforeEach(async () => {
  sandbox = await startSandbox();
  for (const table of ['events', 'latest', 'subscriptions', 'cards'])
    await database.query(`DELETE FROM relay.${table}`);
  zapier = connected();
});
afterEach(() => sandbox.close());

function connected(environment: Record<string, string> = {}, authData: Record<string, string> = {}): Zapier {
  const account = accountOf(sandbox);
  return new Zapier(app, {
    authData: { ...account.authData, ...authData },
    timezone: 'America/New_York',
    environment: {
      ...account.environment,
      RELAY_URL: relay.url,
      RELAY_KEY: REQUEST_KEY,
      HIGHLEVEL_WEBHOOK_KEY: WEBHOOK_KEY,
      ...environment,
    },
  });
}

const visitor = { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+14155550177', number: '2198' };
const finished = (more: object = {}) => ({
  event_name: 'chat_finished',
  widget_id: '3948',
  chat_id: 7607,
  visitor,
  agents: [],
  chat: { messages: [{ message: 'Hello?', timestamp: 1769594400, type: 'visitor' }] },
  ...more,
});
const fromJivoChat = (event: object) => chat(relay, sandbox.locationId, event);
const accepted = async (more: object = {}): Promise<Item> => {
  const response = await fromJivoChat({
    event_name: 'chat_accepted',
    widget_id: '3948',
    chat_id: 8000,
    visitor,
    ...more,
  });
  return JSON.parse(await response.text());
};

function fromHighLevel(event: object): Promise<Response> {
  const body = JSON.stringify({ locationId: sandbox.locationId, ...event });
  const signature = signBytes(null, Buffer.from(body), highlevel.privateKey).toString('base64');
  return fetch(`${relay.url}/highlevel`, { method: 'POST', body, headers: { 'x-ghl-signature': signature } });
}
const subscriptions = () =>
  database.query('SELECT source, location_id, types FROM relay.subscriptions ORDER BY types');

describe('New JivoChat Event', () => {
  test('two Zaps share one channel, and each gets what it asks for', async () => {
    const leads = await zaps.turnOn(zapier, 'jivochat_event');
    const calls = await zaps.turnOn(zapier, 'jivochat_event', { events: ['Call', 'chat_finished'] });
    await fromJivoChat(finished());
    await fromJivoChat({
      event_name: 'call_event',
      widget_id: '3948',
      call: { type: 'incoming', phone: '+14155550100' },
    });
    await until(() => leads.items.length === 1 && calls.items.length === 2, 'three runs');
    expect(leads.items[0]).toMatchObject({ name: 'Ada Lovelace', payload: JSON.stringify(finished()) });
    expect(leads.failures).toEqual([]);
    await leads.turnOff();
    await calls.turnOff();
    expect(await subscriptions()).toEqual([]);
  });

  test('the editor shows the URL to paste, and the latest events as samples', async () => {
    const fields = await zapier.call('triggers.jivochat_event.operation.inputFields.0');
    const help = String(Reflect.get(Object(Array.isArray(fields) ? fields[0] : fields), 'helpText'));
    expect(help).toContain(`\`${relay.url}${jivoChatPath(sandbox.locationId)}\``);
    expect(await zapier.samples('jivochat_event')).toEqual([]);
    await fromJivoChat(finished({ chat_id: 1 }));
    await accepted();
    await fromJivoChat(finished({ chat_id: 2 }));
    const samples = await zapier.samples('jivochat_event');
    expect(samples.map(({ chatId }) => chatId)).toEqual(['2', '1']);
    expect(await zapier.samples('jivochat_event', { events: ['chat_accepted'] })).toHaveLength(1);
  });

  test('a delivery is used once, and again only if its run failed', async () => {
    let key = '';
    const calls: [body: string, headers: Record<string, string>, data: Item][] = [];
    const own = connected();
    const deliver = own.deliver.bind(own);
    own.deliver = (name, body, input, headers, data) => {
      calls.push([body, headers ?? {}, data ?? {}]);
      key = name;
      return deliver(name, body, input, headers, data);
    };
    const zap = await zaps.turnOn(own, 'jivochat_event');
    await fromJivoChat(finished());
    await until(() => zap.items.length === 1, 'a run');
    const [body = '', headers = {}, data = {}] = calls[0] ?? [];
    for (let again = 0; again < 4; again++) expect(await deliver(key, body, {}, headers, data)).toEqual([]);
    // Another Zap of the same connection has its own.
    own.forget();
    expect(await deliver(key, body, {}, headers, data)).toHaveLength(1);
  });

  test('what the relay has not signed for this sub-account is ignored, unless the URL was pasted', async () => {
    const body = JSON.stringify(finished());
    const data = { id: 'subscription-1' };
    const deliver = (headers: Record<string, string>, subscribeData?: Item) =>
      zapier.deliver('jivochat_event', body, {}, headers, subscribeData);
    expect(await deliver({})).toHaveLength(1);
    const forged = { 'Http-X-Relay-Event-Id': 'e1', 'Http-X-Relay-Signature': 't=1,n=12345678,v1=00' };
    for (const headers of [{}, forged])
      expect(await failed(deliver(headers, data))).toMatchObject({
        kind: 'HaltedError',
        message: expect.stringContaining("isn't signed by the relay"),
      });
    expect((await failed(deliver(forged))).kind).toBe('HaltedError');
  });
});

describe('New HighLevel Event', () => {
  test('gets an event at once, with its record', async () => {
    const note = [...sandbox.store.notes.values()][0];
    const zap = await zaps.turnOn(zapier, 'highlevel_event', {
      events: ['Note Added'],
      requireSignature: true,
    });
    await fromHighLevel({ type: 'NoteCreate', id: note?.id, contactId: note?.contactId, webhookId: 'w1' });
    await fromHighLevel({ type: 'NoteCreate', id: note?.id, contactId: note?.contactId, webhookId: 'w1' });
    await fromHighLevel({ type: 'TaskDelete', id: 'task1', webhookId: 'w2' });
    await until(() => zap.items.length > 0, 'a run');
    await zaps.idle();
    expect(zap.items).toMatchObject([{ event: 'NoteCreate', fetched: true, note: { id: note?.id } }]);
    expect(zap.failures).toEqual([]);
    expect(await zapier.samples('highlevel_event')).toMatchObject([{ recordId: note?.id }]);
    await zap.turnOff();
  });

  test('subscribes to no events whose records the connection may not read', async () => {
    const reader = connected({}, { scope: 'contacts.readonly locations.readonly' });
    await reader.subscribe('highlevel_event', 'http://127.0.0.1:9/a');
    const [row] = await subscriptions();
    const types: unknown = Reflect.get(Object(row), 'types');
    expect(types).toContain('notecreate');
    expect(types).not.toContain('appointmentcreate');
    const refused = await failed(
      reader.subscribe('highlevel_event', 'http://127.0.0.1:9/b', { events: ['AppointmentCreate'] }),
    );
    expect(refused).toMatchObject({ code: 'Forbidden', message: expect.stringContaining('may not read') });
  });
});

describe('subscribing', () => {
  test('asks HighLevel first, and signs for no other sub-account', async () => {
    const other = connected({}, { locationId: 'anotherLocation00001' });
    const refused = await failed(other.subscribe('jivochat_event', 'http://127.0.0.1:9/'));
    expect(refused.message).toMatch(/not for that sub-account/);
    expect(sandbox.log.map(({ path }) => path)).toEqual(['/locations/anotherLocation00001']);
    expect((await failed(other.samples('jivochat_event'))).message).toMatch(/not for that sub-account/);
    expect(await subscriptions()).toEqual([]);
  });

  test('turning a Zap off needs no valid token', async () => {
    const data = await zapier.subscribe('jivochat_event', 'http://127.0.0.1:9/');
    await connected({}, { access_token: 'revoked' }).unsubscribe('jivochat_event', data);
    expect(await subscriptions()).toEqual([]);
    // A Zap that was turned on with a pasted URL.
    await zapier.unsubscribe('jivochat_event', {});
  });

  test.each([
    ['no key', { RELAY_KEY: '' }, /RELAY_KEY/],
    ['another key', { RELAY_KEY: 'x'.repeat(32) }, /didn't accept this integration's key/],
    ['no relay there', { RELAY_URL: 'http://127.0.0.1:9' }, /didn't respond/],
  ])('with %s, it says what to do', async (_, environment, message) => {
    const { message: said } = await failed(
      connected(environment).subscribe('jivochat_event', 'http://127.0.0.1:9/'),
    );
    expect(said).toMatch(message);
    process.env.RELAY_URL = relay.url;
  });

  test('returns the date at which Zapier subscribes again', async () => {
    const { expiration_date: date } = await zapier.subscribe('jivochat_event', 'http://127.0.0.1:9/');
    expect(Date.parse(String(date)) - Date.now()).toBeGreaterThan(6 * 86_400_000);
  });
});

describe('the card', () => {
  const capture = (more: Item = {}) =>
    zapier.create('capture_jivochat_lead', {
      payload: JSON.stringify(finished()),
      chatId: '7607',
      createTask: 'always',
      ...more,
    });

  test('Capture JivoChat Lead shows the contact to the agent who takes the next chat', async () => {
    const { contact, warnings } = await capture({ assignedTo: sandbox.store.users[0]?.id });
    expect(warnings).toEqual([]);
    expect(await accepted()).toEqual({
      result: 'ok',
      crm_link: Reflect.get(Object(contact), 'url'),
      enable_assign: true,
      custom_data: [
        { title: 'Tags', content: 'jivochat' },
        {
          title: 'Tasks',
          content: expect.stringMatching(
            /^Follow up with Ada Lovelace: due \w{3} \d{1,2}, \d{1,2}:\d\d [AP]M$/,
          ),
        },
      ],
    });
    // Anybody can type this email.
    expect(await accepted({ visitor: { number: '1', email: 'ada@example.com' } })).toMatchObject({
      custom_data: [{ title: 'HighLevel', content: 'Possible match, not verified' }],
    });
  });

  test('Show on JivoChat Card shows tasks, the latest note, the opportunity and a message, and keeps the rest', async () => {
    const { contact } = await capture();
    const contactId = String(Reflect.get(Object(contact), 'id'));
    const task = [...sandbox.store.tasks.values()].find((one) => one.contactId === contactId);
    if (task) task.completed = true;
    await zapier.create('create_note', { contactId, body: 'Prefers calls after 5 pm.' });
    const pipelineId = sandbox.store.pipelines[0]?.id ?? '';
    sandbox.store.newOpportunity({ contactId, pipelineId, name: 'Implants' });
    const shown = await zapier.create('set_jivochat_card', {
      contactId,
      fields: ['tasks', 'note', 'opportunity'],
      text: 'Asked for a refund.',
    });
    expect(shown).toMatchObject({
      contactId,
      shown: true,
      card: expect.stringContaining('Follow up with Ada Lovelace: completed'),
    });
    expect((await accepted()).custom_data).toEqual([
      { title: 'Tags', content: 'jivochat' },
      { title: 'Tasks', content: 'Follow up with Ada Lovelace: completed' },
      { title: 'Opportunity', content: 'Implants: New Lead' },
      { title: 'Latest Note', content: 'Prefers calls after 5 pm.' },
      { title: 'Message', content: 'Asked for a refund.' },
    ]);
  });

  test('a chat, a visitor number or a user token makes a contact known', async () => {
    const contactId = [...sandbox.store.contacts.keys()][0] ?? '';
    await fromJivoChat(finished({ chat_id: 9001, visitor: { number: '31' } }));
    await zapier.create('set_jivochat_card', {
      contactId,
      fields: ['tags'],
      chatId: '9001',
      widgetId: 'w2',
      visitorNumber: '32',
      userToken: 'token-33',
    });
    for (const event of [
      { visitor: { number: 31 } },
      { widget_id: 'w2', visitor: { number: 32 } },
      { user_token: 'token-33', visitor: {} },
    ])
      expect(await accepted(event)).toMatchObject({
        enable_assign: true,
        crm_link: expect.stringContaining(contactId),
      });
    const { message } = await failed(zapier.create('set_jivochat_card', { contactId, visitorNumber: '32' }));
    expect(message).toBe('Please fill in "Widget ID". Each widget counts its visitors itself.');
  });

  test('a card that fails is a warning of Capture, and an error of its own action', async () => {
    const broken = connected({ RELAY_URL: 'http://127.0.0.1:9' });
    try {
      const { contact, warnings } = await broken.create('capture_jivochat_lead', {
        payload: JSON.stringify(finished()),
        chatId: '7607',
      });
      expect(isObject(contact)).toBe(true);
      expect(warnings).toEqual([
        expect.stringMatching(/^The contact isn't shown on the card in JivoChat\. The relay didn't respond/),
      ]);
      const contactId = String(Reflect.get(Object(contact), 'id'));
      expect((await failed(broken.create('set_jivochat_card', { contactId }))).message).toMatch(
        /didn't respond/,
      );
    } finally {
      process.env.RELAY_URL = relay.url;
    }
  });
});
