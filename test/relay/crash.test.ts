import { rmSync } from 'node:fs';
import fc from 'fast-check';
import type { Database } from '../../relay/database.ts';
import { RUNS } from '../support/fuzz.ts';
import { onEachBackend } from './support/backends.ts';
import { relayProcess, type RelayProcess } from './support/relay_process.ts';
import {
  chat,
  newLocation,
  subscribed,
  temporaryFolder,
  testRelay,
  unreliable,
  type TestRelay,
} from './support/relay.ts';
import { startHooks, status, until, type ZapierHooks } from './support/zapier_hooks.ts';

const finished = (chatId: number) => ({ event_name: 'chat_finished', widget_id: '3948', chat_id: chatId });

describe('kill -9', () => {
  let folder: string;
  let hooks: ZapierHooks;
  let relay: RelayProcess | undefined;
  let location: string;

  beforeEach(async () => {
    folder = temporaryFolder();
    hooks = await startHooks();
    location = newLocation();
  });
  afterEach(async () => {
    await relay?.kill();
    await hooks.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async () => {
    relay = await relayProcess(folder);
    await relay.ready;
    return relay;
  };
  const chatIds = () => hooks.at(location).map(({ body }) => Number(JSON.parse(body).chat_id));

  test('between the storing and the delivery loses nothing, nor between the delivery and its record', async () => {
    const first = await start();
    await subscribed(first, { source: 'jivochat', locationId: location, targetUrl: hooks.url(location) });
    hooks.reply(() => {});
    // Events that are stored and acknowledged, and whose delivery is under way or waits.
    for (const number of [1, 2, 3]) expect((await chat(first, location, finished(number))).status).toBe(200);
    await first.kill();
    const before = hooks.received.length;

    // This one is killed when the first delivery has arrived, before it can be written down.
    const second = await start();
    let killed: Promise<void> | undefined;
    hooks.reply((_request, response) => {
      killed ??= second.kill();
      response.end();
    });
    await until(() => hooks.received.length > before, 'a delivery');
    await killed;

    hooks.reply(undefined);
    const third = await start();
    await hooks.until(() => new Set(chatIds()).size === 3);
    // Whatever arrives more than once has the same ID, by which the trigger knows it.
    const ids = new Map(hooks.at(location).map(({ headers, body }) => [headers['x-relay-event-id'], body]));
    expect(ids.size).toBe(3);

    // SIGTERM finishes what is under way.
    hooks.reply((_request, response) => {
      setTimeout(() => response.end(), 300);
    });
    await chat(third, location, finished(4));
    await hooks.until(() => chatIds().includes(4));
    expect(await third.terminate()).toBe(0);
    relay = undefined;
    hooks.reply(undefined);
    const fourth = await start();
    await chat(fourth, location, finished(5));
    await hooks.until(() => chatIds().includes(5));
    expect(chatIds().filter((id) => id === 4)).toHaveLength(1);
  });

  test('a folder has one relay at a time, and a killed one leaves it free', async () => {
    const first = await start();
    await expect(relayProcess(folder)).rejects.toThrow('Another relay uses');
    await first.kill();
    await start();
  });
});

/** What may happen to a relay, in any order. */
type Step =
  | { kind: 'event'; tenant: number; number: number }
  | { kind: 'away' | 'back' | 'crash' | 'failing' | 'working' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('event' as const), tenant: fc.nat(2), number: fc.nat(9) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('away', 'back', 'crash', 'failing', 'working') }),
  },
);

onEachBackend((database) => {
  test('whatever happens, nothing acknowledged is lost, and no tenant sees the event of another', async () => {
    const hooks = await startHooks();
    try {
      expect.hasAssertions();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) =>
          play(steps, database(), hooks),
        ),
        { numRuns: RUNS.crashes, endOnFailure: true },
      );
    } finally {
      await hooks.close();
    }
  });
});

/** Plays the steps on relays that follow one another in one folder, and then waits until all is delivered. */
async function play(steps: readonly Step[], database: Database, hooks: ZapierHooks): Promise<void> {
  const folder = temporaryFolder();
  const tenants = [0, 1, 2].map(newLocation);
  const acknowledged = new Set<string>();
  let isAway = false;
  let current = await started();
  hooks.reply(undefined);
  for (const [index, locationId] of tenants.entries())
    for (const zap of Array(index + 1).keys())
      await subscribed(current.relay, {
        source: 'jivochat',
        locationId,
        targetUrl: hooks.url(`${locationId}/${zap}`),
      });

  for (const one of steps) {
    switch (one.kind) {
      case 'event': {
        const locationId = tenants[one.tenant] ?? '';
        const answer = await chat(current.relay, locationId, { ...finished(one.number), tenant: locationId });
        if (answer.status === 200) acknowledged.add(`${locationId} ${one.number}`);
        break;
      }
      case 'crash': {
        // From now on nothing that it does reaches the database.
        current.away(true);
        await current.relay.stop();
        current = await started();
        current.away(isAway);
        break;
      }
      case 'away':
      case 'back':
        isAway = one.kind === 'away';
        current.away(isAway);
        break;
      case 'failing':
        hooks.reply(status(503));
        break;
      case 'working':
        hooks.reply(undefined);
        break;
    }
  }
  current.away(false);
  hooks.reply(undefined);
  const expected = [...acknowledged].flatMap((key) => {
    const [locationId = '', number] = key.split(' ');
    return [...Array(tenants.indexOf(locationId) + 1).keys()].map((zap) => `${locationId}/${zap} ${number}`);
  });
  const delivered = () =>
    new Set(
      hooks.received.map(({ path, body }) => `${path.replace('/hooks/', '')} ${JSON.parse(body).chat_id}`),
    );
  await until(() => {
    const now = delivered();
    return expected.every((key) => now.has(key));
  }, `all of ${expected.length} deliveries`);
  for (const { path, body } of hooks.received) expect(path).toContain(JSON.parse(body).tenant);
  // What arrived again did so under the same ID: each Zap saw each event as one.
  const ids = new Map<string, Set<string | undefined>>();
  for (const { path, body, headers } of hooks.received) {
    const key = `${path} ${JSON.parse(body).chat_id}`;
    ids.set(key, (ids.get(key) ?? new Set()).add(headers['x-relay-event-id']));
  }
  for (const [key, seen] of ids) expect([key, seen.size]).toEqual([key, 1]);
  await current.relay.stop();
  rmSync(folder, { recursive: true, force: true });

  async function started(): Promise<{ relay: TestRelay; away: (is: boolean) => void }> {
    const { database: flaky, away } = unreliable(database);
    const relay = await testRelay(flaky, {
      folder,
      intake: { patienceMs: 500 },
      delivery: { firstDelaySeconds: 0.1 },
      queue: { expireSeconds: 1, superviseSeconds: 1 },
    });
    return { relay, away };
  }
}
