import { verifySignature, deliveredEvent } from '../../lib/base/signed_request.ts';
import { run } from '../../relay/commands.ts';
import { onEachBackend } from './support/backends.ts';
import {
  chat,
  newLocation,
  REQUEST_KEY,
  signedFetch,
  subscribed,
  testRelay,
  unreliable,
  type TestRelay,
} from './support/relay.ts';
import { startHooks, status, until, type ZapierHooks } from './support/zapier_hooks.ts';

onEachBackend((database) => {
  let hooks: ZapierHooks;
  let relay: TestRelay;
  let location: string;

  beforeAll(async () => {
    hooks = await startHooks();
    relay = await testRelay(database());
  });
  afterAll(async () => {
    await relay.stop();
    await hooks.close();
  });
  beforeEach(() => {
    hooks.reply(undefined);
    location = newLocation();
  });

  const finished = (chatId: number) => ({ event_name: 'chat_finished', widget_id: '3948', chat_id: chatId });
  const zap = (name: string, types: string[] = []) =>
    subscribed(relay, { source: 'jivochat', locationId: location, targetUrl: hooks.url(name), types });

  test('an event reaches every Zap that wants it, unchanged, with its ID and a signature', async () => {
    const id = await zap(`${location}/a`);
    await zap(`${location}/b`, ['Chat Finished', 'offline_message']);
    await zap(`${location}/c`, ['call_event']);
    const body = '{ "event_name": "chat_finished",\t"chat_id": 7 }';
    expect((await chat(relay, location, body)).status).toBe(200);
    await hooks.until(() => hooks.at(`${location}/a`).length === 1 && hooks.at(`${location}/b`).length === 1);
    expect(hooks.at(`${location}/c`)).toEqual([]);
    const [delivery] = hooks.at(`${location}/a`);
    expect(delivery?.body).toBe(body);
    const eventId = delivery?.headers['x-relay-event-id'] ?? '';
    expect(hooks.at(`${location}/b`)[0]?.headers['x-relay-event-id']).toBe(eventId);
    expect(delivery?.headers['x-relay-subscription-id']).toBe(id);
    const covered = deliveredEvent({ eventId, subscriptionId: id, locationId: location, body });
    expect(verifySignature([REQUEST_KEY], delivery?.headers['x-relay-signature'], covered)).toBeDefined();
  });

  test('the same event five times, at once and one after another, is delivered once', async () => {
    await zap(location);
    await Promise.all([1, 2, 3].map(() => chat(relay, location, finished(8))));
    await chat(relay, location, finished(8));
    await chat(relay, location, finished(8));
    await chat(relay, location, finished(9));
    await hooks.until(() => hooks.at(location).length >= 2);
    expect(
      hooks
        .at(location)
        .map(({ body }) => Number(JSON.parse(body).chat_id))
        .toSorted((a, b) => a - b),
    ).toEqual([8, 9]);
  });

  test('A, B and A again are three events, in any batch', async () => {
    await zap(location);
    const changed = (tag: string) => ({ event_name: 'chat_updated', chat_id: 1, tags: [tag] });
    for (const tag of ['on', 'off', 'on']) await chat(relay, location, changed(tag));
    await hooks.until(() => hooks.at(location).length >= 3);
    expect(hooks.at(location)).toHaveLength(3);
  });

  test('410 ends the subscription', async () => {
    await zap(location);
    hooks.reply(status(410));
    await chat(relay, location, finished(1));
    await hooks.until(() => hooks.at(location).length === 1);
    await until(async () => (await ofLocation('subscriptions')) === 0, 'the end of the subscription');
    hooks.reply(undefined);
    await chat(relay, location, finished(2));
    await chat(relay, location, finished(3));
    expect(hooks.at(location)).toHaveLength(1);
  });

  test('429 is repeated after the time that Retry-After asks for', async () => {
    await zap(location);
    hooks.reply(status(429, { 'Retry-After': '2' }));
    const start = Date.now();
    await chat(relay, location, finished(1));
    await hooks.until(() => hooks.at(location).length === 1);
    hooks.reply(undefined);
    await hooks.until(() => hooks.at(location).length === 2);
    expect(Date.now() - start).toBeGreaterThanOrEqual(1_500);
  });

  test('while one Zap is throttled, the others get their events', async () => {
    await zap(`${location}/slow`);
    await zap(`${location}/fast`);
    hooks.reply((request, response) => {
      if (request.url?.endsWith('slow')) response.writeHead(429, { 'Retry-After': '3000' }).end();
      else response.end();
    });
    for (let number = 1; number <= 20; number++) await chat(relay, location, finished(number));
    await hooks.until(() => hooks.at(`${location}/fast`).length === 20);
    expect(hooks.at(`${location}/slow`).length).toBeLessThan(20);
  });

  test.each([
    ['500', status(500)],
    ['a redirect', status(302, { Location: 'http://127.0.0.1:1/' })],
    ['a reset', (request: { socket: { destroy: () => void } }) => request.socket.destroy()],
    ['no answer', () => {}],
  ])('after %s the event is delivered again', async (_, reply) => {
    await zap(location);
    hooks.reply(reply);
    await chat(relay, location, finished(1));
    await hooks.until(() => hooks.at(location).length >= 1);
    hooks.reply(undefined);
    await until(async () => (await waiting()) === 0, 'an empty queue');
    const ids = hooks.at(location).map(({ headers }) => headers['x-relay-event-id']);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });

  test('what is refused for good becomes a dead letter, which can be listed, redriven and forgotten', async () => {
    await zap(location);
    hooks.reply(status(404));
    await chat(relay, location, finished(1));
    const command = (...words: string[]) => {
      const parts = relay.parts();
      return parts ? run(words, parts) : Promise.reject(new Error('no database'));
    };
    await until(async () => (await command('dead', location)).includes('status 404'), 'a dead letter');
    const line = await command('dead', location);
    expect(line).toMatch(
      new RegExp(
        `^[\\w-]{36}  \\S+  location ${location}  event \\S+  subscription \\S+  8 attempts  status 404$`,
      ),
    );
    hooks.reply(undefined);
    const before = hooks.at(location).length;
    expect(await command('redrive', line.slice(0, 36))).toBe('1 delivery is being sent again.');
    await hooks.until(() => hooks.at(location).length === before + 1);
    expect(await command('dead', location)).toBe('No delivery was given up.');
  });

  test('an event that waits for two days is given up', async () => {
    const subscription = await zap(location);
    hooks.reply(status(503));
    await chat(relay, location, finished(1));
    await hooks.until(() => hooks.at(location).length >= 1);
    const event = hooks.at(location)[0]?.headers['x-relay-event-id'] ?? '';
    const since = Math.round(Date.now() / 1000) - 2 * 86_400;
    const { queue } = relay.parts() ?? {};
    await queue?.add([{ event, subscription, location, since, attempt: 50 }], database().queueDb);
    await until(async () => (await queue?.dead(location))?.length === 1, 'a dead letter');
    expect(await queue?.dead(location)).toMatchObject([{ event, cause: 'status 503' }]);
  });

  test('two relays on one database share the work, and neither repeats what the other has taken', async () => {
    const second = await testRelay(database(), { now: () => Date.now() - 3_600_000 });
    try {
      await zap(location);
      const events = Array.from({ length: 30 }, (_, index) => finished(index + 1));
      await Promise.all(
        events.flatMap((event, index) => [
          chat(index % 2 ? relay : second, location, event),
          // The same event by the other relay, whose clock is an hour behind.
          chat(index % 2 ? second : relay, location, event),
        ]),
      );
      await hooks.until(() => hooks.at(location).length >= 30);
      await until(async () => (await waiting()) === 0, 'an empty queue');
      expect(hooks.at(location)).toHaveLength(30);
    } finally {
      await second.stop();
    }
  });

  test('an outcome that cannot be written down is written when the database is back', async () => {
    const flaky = unreliable(database());
    // Alone: another relay on the same database may take the delivery.
    await relay.stop();
    const own = await testRelay(flaky.database);
    try {
      await subscribed(own, { source: 'jivochat', locationId: location, targetUrl: hooks.url(location) });
      hooks.reply((_request, response) => {
        flaky.away(true);
        response.end();
      });
      await chat(own, location, finished(1));
      await hooks.until(() => hooks.at(location).length === 1);
      hooks.reply(undefined);
      await until(() => own.log.some(({ event }) => event === 'outcomes wait'), 'a failed write');
      flaky.away(false);
      await until(async () => (await waiting()) === 0, 'an empty queue');
      expect(hooks.at(location)).toHaveLength(1);
    } finally {
      flaky.away(false);
      await own.stop();
      relay = await testRelay(database());
    }
  });

  test('a subscription that was ended takes its waiting deliveries along', async () => {
    const id = await zap(location);
    hooks.reply(status(500));
    await chat(relay, location, finished(1));
    await hooks.until(() => hooks.at(location).length >= 1);
    const path = `/subscriptions/${id}?locationId=${location}`;
    expect((await signedFetch(relay.url, 'DELETE', path)).status).toBe(204);
    await until(async () => (await waiting()) === 0, 'an empty queue');
  });

  async function ofLocation(table: string): Promise<number> {
    return (await database().query(`SELECT 1 FROM relay.${table} WHERE location_id = $1`, [location])).length;
  }
  async function waiting(): Promise<number> {
    const rows = await database().query(
      `SELECT 1 FROM relay_queue.job WHERE name = 'deliver' AND data->>'location' = $1`,
      [location],
    );
    return rows.length;
  }
});
