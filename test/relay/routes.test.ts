import { createHash, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { connect } from 'node:net';
import { sign, verifySignature } from '../../lib/base/signed_request.ts';
import { addressOf, readAddress } from '../../relay/address.ts';
import { run } from '../../relay/commands.ts';
import { openPglite, type Database } from '../../relay/database.ts';
import {
  ADDRESS_KEY,
  chat,
  jivoChatPath,
  newLocation,
  REQUEST_KEY,
  signedFetch,
  subscribed,
  testRelay,
  type TestRelay,
} from './support/relay.ts';
import { startHooks, type ZapierHooks } from './support/zapier_hooks.ts';

const highlevel = generateKeyPairSync('ed25519');
const keyBefore = process.env.HIGHLEVEL_WEBHOOK_KEY;

let database: Database;
let relay: TestRelay;
let hooks: ZapierHooks;
let location: string;
let clock = Date.now();

beforeAll(async () => {
  process.env.HIGHLEVEL_WEBHOOK_KEY = highlevel.publicKey
    .export({ format: 'der', type: 'spki' })
    .toString('base64');
  database = await openPglite(undefined);
  hooks = await startHooks();
  relay = await testRelay(database, {
    config: { highlevelAppId: 'app1' },
    now: () => clock,
    requestTimeoutMs: 600,
  });
});
afterAll(async () => {
  await relay.stop();
  await hooks.close();
  await database.close();
  if (keyBefore === undefined) delete process.env.HIGHLEVEL_WEBHOOK_KEY;
  else process.env.HIGHLEVEL_WEBHOOK_KEY = keyBefore;
});
beforeEach(() => {
  clock = Date.now();
  location = newLocation();
});

/** Sends an event as HighLevel does, signed with its key. */
function fromHighLevel(event: object | string, more: { signature?: string } = {}): Promise<Response> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const signature =
    more.signature ?? signBytes(null, Buffer.from(body), highlevel.privateKey).toString('base64');
  return fetch(`${relay.url}/highlevel`, { method: 'POST', body, headers: { 'x-ghl-signature': signature } });
}

async function listed(
  of = location,
  source = 'jivochat',
  limit = 25,
): Promise<{ events: { body: string; type: string }[]; address?: string }> {
  const response = await signedFetch(
    relay.url,
    'GET',
    `/events?source=${source}&locationId=${of}&limit=${limit}`,
  );
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

describe('addresses', () => {
  test('only an address made with the key is taken', async () => {
    const [, path = ''] = /^\/jivochat\/(.*)$/.exec(jivoChatPath(location)) ?? [];
    const [, , mac = ''] = path.split('.');
    const wrong = [
      `${location}.1.${'A'.repeat(32)}`,
      `${newLocation()}.1.${mac}`,
      `${location}.2.${mac}`,
      `${location}.01.${mac}`,
      `${location}.1.${mac.slice(0, 31)}`,
      `${location}.1`,
      '..%2F..%2Fhealth',
      addressOf('another-key', { locationId: location, generation: 1 }),
    ];
    for (const address of wrong) {
      const response = await fetch(`${relay.url}/jivochat/${address}`, {
        method: 'POST',
        body: '{"event_name":"a"}',
      });
      expect([address, response.status]).toEqual([address, 404]);
    }
    expect((await listed()).events).toEqual([]);
    expect(
      (await fetch(`${relay.url}/jivochat/${path}`, { method: 'POST', body: '{"event_name":"a"}' })).status,
    ).toBe(200);
  });

  test('while a key is replaced, addresses of both are taken', () => {
    const old = addressOf('old', { locationId: location, generation: 3 });
    expect(readAddress(['new', 'old'], old)).toEqual({ locationId: location, generation: 3 });
    expect(readAddress(['new'], old)).toBeUndefined();
  });

  test('a rotated address is refused at once, and the new one is shown', async () => {
    const parts = relay.parts();
    const said = parts && (await run(['rotate', location], parts));
    expect(said).toContain(jivoChatPath(location, 2));
    expect((await chat(relay, location, { event_name: 'a' })).status).toBe(404);
    expect(`/jivochat/${(await listed()).address}`).toBe(jivoChatPath(location, 2));
    const path = relay.url + jivoChatPath(location, 2);
    expect((await fetch(path, { method: 'POST', body: '{"event_name":"a"}' })).status).toBe(200);
  });
});

describe('bodies', () => {
  test.each([
    ['no JSON', '{', 400],
    ['no event', '{"a":1}', 400],
    ['nothing', '', 400],
    ['a list', '[]', 400],
    ['nested too deeply', `{"event_name":"a","x":${'['.repeat(60)}${']'.repeat(60)}}`, 400],
    ['over 5 MB', `{"event_name":"a","x":"${'x'.repeat(5_000_000)}"}`, 413],
    ['with a NUL in a name', '{"event_name":"a\\u0000b","chat_id":"1\\u0000"}', 200],
    ['with a lone surrogate', '{"event_name":"a","chat_id":"\\ud800"}', 200],
  ])('%s', async (_, body, expected) => {
    const response = await chat(relay, location, body);
    expect(response.status).toBe(expected);
    expect((await listed()).events).toHaveLength(expected === 200 ? 1 : 0);
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const body = Buffer.concat([
      Buffer.from('{"event_name":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const response = await fetch(relay.url + jivoChatPath(location), { method: 'POST', body });
    expect(response.status).toBe(400);
  });

  test('a body without a length that never ends is ended at 5 MB', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(500_000).fill(32));
      },
    });
    const response = await fetch(relay.url + jivoChatPath(location), {
      method: 'POST',
      body,
      duplex: 'half',
    }).catch(() => undefined);
    expect(response?.status ?? 413).toBe(413);
  });

  test('a body that arrives too slowly is ended, and nothing is stored', async () => {
    const socket = connect(relay.port, '127.0.0.1');
    const ended = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('close', () => resolve(text));
      socket.on('error', () => {});
    });
    socket.write(
      `POST ${jivoChatPath(location)} HTTP/1.1\r\nHost: relay\r\nContent-Length: 100\r\n\r\n{"event_name"`,
    );
    expect(await ended).toMatch(/^(?:HTTP\/1\.1 (?:408|400) |$)/);
    expect((await listed()).events).toEqual([]);
  });
});

describe("HighLevel's events", () => {
  const event = (more: object = {}) => ({
    type: 'NoteCreate',
    locationId: location,
    id: 'note1',
    contactId: 'contact1',
    timestamp: new Date(clock).toISOString(),
    appId: 'app1',
    ...more,
  });
  const zap = (types: string[] = []) =>
    subscribed(relay, { source: 'highlevel', locationId: location, targetUrl: hooks.url(location), types });

  test('are delivered with their bytes and their signature', async () => {
    await zap(['NoteCreate']);
    const body = JSON.stringify(event(), null, 1);
    const signature = signBytes(null, Buffer.from(body), highlevel.privateKey).toString('base64');
    expect((await fromHighLevel(body)).status).toBe(200);
    expect((await fromHighLevel(event({ type: 'TaskCreate', id: 'task1' }))).status).toBe(200);
    await hooks.until(() => hooks.at(location).length === 1);
    expect(hooks.at(location)[0]).toMatchObject({ body, headers: { 'x-ghl-signature': signature } });
    // Nobody asked for the task, so it is not even kept.
    expect((await listed(location, 'highlevel')).events.map(({ type }) => type)).toEqual(['NoteCreate']);
  });

  test('without a valid signature are refused', async () => {
    await zap();
    const body = JSON.stringify(event());
    const other = generateKeyPairSync('ed25519').privateKey;
    for (const signature of ['', 'N/A', signBytes(null, Buffer.from(body), other).toString('base64')])
      expect((await fromHighLevel(body, { signature })).status).toBe(401);
    const signed = signBytes(null, Buffer.from(body), highlevel.privateKey).toString('base64');
    expect((await fromHighLevel(body.replace('note1', 'note2'), { signature: signed })).status).toBe(401);
    expect((await listed(location, 'highlevel')).events).toEqual([]);
  });

  test('older than two days, of another app, or of a location without Zaps are not kept', async () => {
    const old = event({ timestamp: new Date(clock - 2 * 86_400_000 - 60_000).toISOString() });
    expect((await fromHighLevel(old)).status).toBe(400);
    expect((await fromHighLevel(event())).status).toBe(200);
    await zap();
    expect((await fromHighLevel(old)).status).toBe(400);
    expect((await fromHighLevel(event({ appId: 'app2' }))).status).toBe(200);
    expect((await fromHighLevel({ type: 'INSTALL', companyId: 'c' })).status).toBe(200);
    expect((await listed(location, 'highlevel')).events).toEqual([]);
  });

  test('a repeat has the same webhook ID, or the same bytes within a minute', async () => {
    await zap();
    await fromHighLevel(event({ webhookId: 'w1' }));
    await fromHighLevel(event({ webhookId: 'w1', timestamp: undefined }));
    await fromHighLevel(event({ webhookId: 'w2' }));
    expect((await listed(location, 'highlevel')).events).toHaveLength(2);
    const on = event({ id: 'note2', body: 'on' });
    const off = event({ id: 'note2', body: 'off' });
    for (const one of [on, on, off, on]) await fromHighLevel(one);
    expect((await listed(location, 'highlevel')).events).toHaveLength(5);
    await database.query(
      "UPDATE relay.latest SET expires_at = now() - interval '1 second' WHERE location_id = $1",
      [location],
    );
    await fromHighLevel(on);
    expect((await listed(location, 'highlevel')).events).toHaveLength(6);
  });

  test('the deletion of a contact removes its card and hides its chats', async () => {
    await zap();
    await chat(relay, location, {
      event_name: 'chat_finished',
      widget_id: 'w',
      chat_id: 1,
      visitor: { number: '5' },
    });
    await chat(relay, location, {
      event_name: 'chat_finished',
      widget_id: 'w',
      chat_id: 2,
      visitor: { number: '6' },
    });
    await signedFetch(relay.url, 'PUT', '/cards', {
      locationId: location,
      contactId: 'contact1',
      crmLink: 'https://app.example.com/1',
      lines: [],
      visitors: [{ widgetId: 'w', number: '5' }],
    });
    await fromHighLevel({ ...event(), type: 'ContactDelete', id: 'contact1', contactId: undefined });
    expect((await listed()).events.map(({ body }) => JSON.parse(body).chat_id)).toEqual([2]);
    expect(await rowsOf('cards')).toBe(0);
    expect(await rowsOf('card_keys')).toBe(0);
    await hooks.until(() => hooks.at(location).some(({ body }) => body.includes('ContactDelete')));
  });

  test("the app's removal deletes everything of the location, if it is our own app", async () => {
    await zap();
    await chat(relay, location, { event_name: 'chat_finished', chat_id: 1 });
    await signedFetch(relay.url, 'PUT', '/cards', {
      locationId: location,
      contactId: 'contact1',
      crmLink: 'https://app.example.com/1',
      lines: [],
    });
    expect(await rowsOf('cards')).toBe(1);
    for (const appId of ['app2', undefined])
      await fromHighLevel({ type: 'UNINSTALL', appId, locationId: location });
    expect(await rowsOf('events')).toBeGreaterThan(0);
    expect(await rowsOf('cards')).toBe(1);
    await fromHighLevel({ type: 'UNINSTALL', appId: 'app1', locationId: location });
    for (const table of ['events', 'subscriptions', 'cards', 'latest'])
      expect([table, await rowsOf(table)]).toEqual([table, 0]);
  });
});

describe('signed requests', () => {
  const card = () => ({
    locationId: location,
    contactId: 'c1',
    crmLink: 'https://app.example.com/1',
    lines: [],
    visitors: [],
  });
  const subscription = () => ({
    source: 'jivochat',
    locationId: location,
    types: [],
    targetUrl: hooks.url('signed'),
  });
  const requests = (): [method: string, path: string, body?: object][] => [
    ['POST', '/subscriptions', subscription()],
    ['DELETE', `/subscriptions/some-id?locationId=${location}`],
    ['GET', `/events?source=jivochat&locationId=${location}&limit=2`],
    ['PUT', '/cards', card()],
    ['DELETE', `/cards?locationId=${location}&contactId=c1`],
  ];

  /** Sends a request under a signature that was made for another one. */
  async function sent(
    [method, path, body]: [string, string, object?],
    signature: string | undefined,
  ): Promise<number> {
    const response = await fetch(relay.url + path, {
      method,
      ...(signature !== undefined && { headers: { 'X-Relay-Signature': signature } }),
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.status;
  }
  const textOf = (body?: object) => (body ? JSON.stringify(body) : '');

  test.each([0, 1, 2, 3, 4])('request %i is refused when anything in it was changed', async (index) => {
    const [method = '', path = '', body] = requests()[index] ?? [];
    const signature = () => sign(REQUEST_KEY, { method, path, body: textOf(body) });
    const other = newLocation();
    const elsewhere = body && { ...body, locationId: other };
    const changed: [string, [string, string, object?], string | undefined][] = [
      ['no signature', [method, path, body], undefined],
      ['another key', [method, path, body], sign('another', { method, path, body: textOf(body) })],
      ['method', [method === 'PUT' ? 'POST' : 'PUT', path, body ?? card()], signature()],
      ['path', [method, path.replace(/^\/\w+/, (name) => `${name}/x`), body], signature()],
      ['query', [method, `${path}${path.includes('?') ? '&' : '?'}a=1`, body], signature()],
      [
        'body',
        [method, path, method === 'GET' ? undefined : { ...body, x: 1 }],
        method === 'GET' ? 't=1' : signature(),
      ],
      ['location', [method, path.replace(location, other), elsewhere], signature()],
      ['time', [method, path, body], signature().replace(/t=(\d+)/, (_, t) => `t=${Number(t) + 1}`)],
      [
        'nonce',
        [method, path, body],
        signature().replace(/n=\w/, (text) => (text === 'n=0' ? 'n=1' : 'n=0')),
      ],
    ];
    for (const [what, request, given] of changed) {
      const code = await sent(request, given);
      // An unknown method or path is not found; nothing else gets through.
      expect([what, [401, 404].includes(code)]).toEqual([what, true]);
    }
    expect(await sent([method, path, body], signature())).toBeLessThan(300);
  });

  test('a signature is used once, and for five minutes', async () => {
    const [method, path] = requests()[2] ?? ['', ''];
    const signature = sign(REQUEST_KEY, { method, path, body: '' });
    expect(await sent([method, path], signature)).toBe(200);
    expect(await sent([method, path], signature)).toBe(401);
    const at = Math.floor(clock / 1000);
    for (const [age, code] of [
      [-301, 401],
      [-290, 200],
      [290, 200],
      [301, 401],
    ] as const)
      expect(
        await sent([method, path], sign(REQUEST_KEY, { method, path, body: '' }, { at: at + age })),
      ).toBe(code);
  });

  test('while a key is replaced, both are taken', () => {
    const request = { method: 'GET', path: '/', body: '' };
    expect(verifySignature(['new', 'old'], sign('old', request), request)).toBeDefined();
    expect(verifySignature(['new'], sign('old', request), request)).toBeUndefined();
  });

  test.each([
    'http://hooks.zapier.com/hooks/standard/1/',
    'https://hooks.zapier.com.example.com/',
    'https://user:pass@hooks.zapier.com/',
    'https://hooks.zapier.com:8443/',
    'https://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'nothing',
  ])('%s is no target', async (targetUrl) => {
    const response = await signedFetch(relay.url, 'POST', '/subscriptions', { ...subscription(), targetUrl });
    expect(response.status).toBe(400);
  });

  test('this machine is no target unless tests allow it', async () => {
    const strict = await testRelay(database, { config: { loopbackTargets: false } });
    try {
      const post = (targetUrl: string) =>
        signedFetch(strict.url, 'POST', '/subscriptions', { ...subscription(), targetUrl });
      expect((await post('http://127.0.0.1:80/')).status).toBe(400);
      expect((await post('https://hooks.zapier.com/hooks/standard/1/2/')).status).toBe(201);
    } finally {
      await strict.stop();
    }
  });

  test('a subscription that has ended gets no more events', async () => {
    await subscribed(relay, {
      source: 'jivochat',
      locationId: location,
      targetUrl: hooks.url(`${location}/a`),
    });
    await database.query(
      "UPDATE relay.subscriptions SET expires_at = now() - interval '1 second' WHERE location_id = $1",
      [location],
    );
    await chat(relay, location, { event_name: 'chat_finished', chat_id: 1 });
    await subscribed(relay, {
      source: 'jivochat',
      locationId: location,
      targetUrl: hooks.url(`${location}/b`),
    });
    await chat(relay, location, { event_name: 'chat_finished', chat_id: 2 });
    await hooks.until(() => hooks.at(`${location}/b`).length === 1);
    expect(hooks.at(`${location}/a`)).toEqual([]);
  });

  test('a location has 500 subscriptions at most', async () => {
    await database.query(
      `INSERT INTO relay.subscriptions (id, source, location_id, types, target_url, expires_at)
       SELECT $1 || number, 'jivochat', $1, '{}', 'https://hooks.zapier.com/' || number, now() + interval '1 day'
       FROM generate_series(1, 499) AS number`,
      [location],
    );
    const post = (name: string) =>
      signedFetch(relay.url, 'POST', '/subscriptions', { ...subscription(), targetUrl: hooks.url(name) });
    expect((await post('last')).status).toBe(201);
    expect((await post('more')).status).toBe(400);
    // To renew one is not one more.
    expect((await post('last')).status).toBe(201);
  });

  test('a subscription made again is renewed, not doubled', async () => {
    const first = await subscribed(relay, {
      source: 'jivochat',
      locationId: location,
      targetUrl: hooks.url(location),
    });
    const again = await signedFetch(relay.url, 'POST', '/subscriptions', {
      ...subscription(),
      targetUrl: hooks.url(location),
    });
    const { id, expiration_date: date } = JSON.parse(await again.text());
    expect(id).toBe(first);
    const days = (Date.parse(date) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.1);
    expect(await rowsOf('subscriptions')).toBe(1);
  });
});

describe('cards', () => {
  const put = (more: object) =>
    signedFetch(relay.url, 'PUT', '/cards', {
      locationId: location,
      contactId: 'c1',
      crmLink: 'https://app.example.com/contact/c1',
      lines: [{ key: 'task', title: 'Task', content: 'Call back' }],
      ...more,
    });
  const accepted = (more: object) => ({ event_name: 'chat_accepted', widget_id: 'w1', chat_id: 9, ...more });
  const answer = async (event: object, of = location) =>
    JSON.parse(await (await chat(relay, of, event)).text());
  const known = { visitor: { number: 2198 } };

  test('a visitor known by number or token gets the whole card', async () => {
    await put({ visitors: [{ widgetId: 'w1', number: '2198' }], userTokens: ['token-1'] });
    const card = {
      result: 'ok',
      crm_link: 'https://app.example.com/contact/c1',
      enable_assign: true,
      custom_data: [{ title: 'Task', content: 'Call back' }],
    };
    expect(await answer(accepted(known))).toEqual(card);
    expect(await answer({ ...accepted({}), event_name: 'chat_updated', user_token: 'token-1' })).toEqual(
      card,
    );
    expect(await answer({ ...accepted(known), event_name: 'chat_finished' })).toEqual({ result: 'ok' });
    // The same number in another widget is another visitor.
    expect(await answer(accepted({ ...known, widget_id: 'w2' }))).toEqual({ result: 'ok' });
  });

  test('an email or phone number alone gives the link and no more', async () => {
    await put({ emails: ['Jo@Example.com'], phones: ['+14155550132'] });
    const possible = {
      result: 'ok',
      crm_link: 'https://app.example.com/contact/c1',
      enable_assign: true,
      custom_data: [{ title: 'HighLevel', content: 'Possible match, not verified' }],
    };
    expect(await answer(accepted({ visitor: { number: '1', email: ' jo@example.com' } }))).toEqual(possible);
    const phone = {
      visitor: { number: '1', phone: '(415) 555-0132' },
      session: { geoip: { country_code: 'US' } },
    };
    expect(await answer(accepted(phone))).toEqual(possible);
  });

  test('no location sees the card of another', async () => {
    await put({ visitors: [{ widgetId: 'w1', number: '2198' }], emails: ['jo@example.com'] });
    const other = newLocation();
    expect(await answer(accepted({ visitor: { number: '2198', email: 'jo@example.com' } }), other)).toEqual({
      result: 'ok',
    });
    const path = `/cards?locationId=${other}&contactId=c1`;
    expect((await signedFetch(relay.url, 'DELETE', path)).status).toBe(204);
    expect(await rowsOf('cards')).toBe(1);
  });

  test('lines are replaced, added and removed by their keys, ten at most', async () => {
    await put({ visitors: [{ widgetId: 'w1', number: '2198' }] });
    await put({ lines: [{ key: 'note', title: 'Note', content: 'Prefers mornings' }] });
    await put({ lines: [{ key: 'task', title: 'Task', content: 'Call back: completed' }] });
    const lines = async () =>
      (await answer(accepted(known))).custom_data.map(({ content }: { content: string }) => content);
    expect(await lines()).toEqual(['Call back: completed', 'Prefers mornings']);
    await put({ lines: [{ key: 'task', title: 'Task', content: null }] });
    expect(await lines()).toEqual(['Prefers mornings']);
    await put({ lines: [{ key: 'note', title: 'Note', content: ' ' }] });
    expect(await lines()).toEqual([]);
    const ten = Array.from({ length: 10 }, (_, index) => ({
      key: `k${index}`,
      title: 't',
      content: `${index}`,
    }));
    await put({ lines: ten });
    expect(await lines()).toEqual(ten.map(({ content }) => content));
    const path = `/cards?locationId=${location}&contactId=c1`;
    await signedFetch(relay.url, 'DELETE', path);
    expect(await answer(accepted(known))).toEqual({ result: 'ok' });
  });

  test('after 30 look-ups in a minute there are none, for this address alone', async () => {
    await put({ visitors: [{ widgetId: 'w1', number: '2198' }] });
    const answers = [];
    for (let number = 0; number < 31; number++)
      answers.push(await answer(accepted({ ...known, chat_id: number })));
    expect(answers.filter((one) => 'crm_link' in one)).toHaveLength(30);
    clock += 61_000;
    expect(await answer(accepted({ ...known, chat_id: 99 }))).toHaveProperty('crm_link');
  });
});

describe('events for samples', () => {
  test('the newest first, of the location and the source that were asked for', async () => {
    const other = newLocation();
    for (const number of [1, 2, 3])
      await chat(relay, location, { event_name: 'chat_finished', chat_id: number });
    await chat(relay, other, { event_name: 'chat_finished', chat_id: 4 });
    const { events, address } = await listed(location, 'jivochat', 2);
    expect(events.map(({ body }) => JSON.parse(body).chat_id)).toEqual([3, 2]);
    expect(readAddress([ADDRESS_KEY], address ?? '')).toEqual({ locationId: location, generation: 1 });
    expect((await listed(location, 'highlevel')).events).toEqual([]);
    const wrong = await signedFetch(
      relay.url,
      'GET',
      `/events?source=jivochat&locationId=${location}&limit=1000`,
    );
    expect(wrong.status).toBe(400);
  });

  test('nobody ends the subscription of another location', async () => {
    const id = await subscribed(relay, {
      source: 'jivochat',
      locationId: location,
      targetUrl: hooks.url(location),
    });
    await signedFetch(relay.url, 'DELETE', `/subscriptions/${id}?locationId=${newLocation()}`);
    await chat(relay, location, { event_name: 'chat_finished', chat_id: 1 });
    await hooks.until(() => hooks.at(location).length === 1);
    expect(await rowsOf('subscriptions')).toBe(1);
  });
});

test('forget deletes everything of a location, and nothing of another', async () => {
  const other = newLocation();
  for (const one of [location, other]) {
    await subscribed(relay, { source: 'jivochat', locationId: one, targetUrl: hooks.url(one) });
    await chat(relay, one, { event_name: 'chat_finished', chat_id: 1 });
  }
  const parts = relay.parts();
  if (parts) await run(['forget', location], parts);
  expect(await rowsOf('events')).toBe(0);
  expect(await rowsOf('subscriptions')).toBe(0);
  location = other;
  expect(await rowsOf('events')).toBe(1);
});

test('health, and metrics and a log that name no one', async () => {
  const body = JSON.stringify({
    event_name: 'chat_finished',
    chat_id: 1,
    visitor: { email: 'jo@example.com' },
  });
  await chat(relay, location, body);
  const health = await fetch(`${relay.url}/health`);
  expect([health.status, await health.json()]).toEqual([200, { ready: true }]);
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  expect(metrics).toMatch(/^relay_events_total\{source="jivochat",outcome="stored"\} \d+$/m);
  expect(metrics).toMatch(/^relay_deliveries_waiting \d+$/m);
  expect(metrics).not.toContain(location);
  const log = JSON.stringify(relay.log);
  for (const secret of ['jo@example.com', hooks.url(''), REQUEST_KEY, ADDRESS_KEY, jivoChatPath(location)])
    expect(log.includes(secret)).toBe(false);
  const hash = createHash('sha256').update(body).digest('hex');
  expect(log.includes(hash)).toBe(false);
});

async function rowsOf(table: string): Promise<number> {
  return (await database.query(`SELECT 1 FROM relay.${table} WHERE location_id = $1`, [location])).length;
}
