import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPglite, type Database } from '../../relay/database.ts';
import { Spool, SpoolFull } from '../../relay/spool.ts';
import { chat, newLocation, subscribed, temporaryFolder, testRelay, unreliable } from './support/relay.ts';
import { startHooks, until, type ZapierHooks } from './support/zapier_hooks.ts';

let database: Database;
let hooks: ZapierHooks;
let location: string;

beforeAll(async () => {
  database = await openPglite(undefined);
  hooks = await startHooks();
});
afterAll(async () => {
  await hooks.close();
  await database.close();
});
beforeEach(() => {
  location = newLocation();
});

const finished = (chatId: number) => ({ event_name: 'chat_finished', widget_id: '3948', chat_id: chatId });
const chatIds = () => hooks.at(location).map(({ body }) => Number(JSON.parse(body).chat_id));
const zap = (relay: { url: string }) =>
  subscribed(relay, { source: 'jivochat', locationId: location, targetUrl: hooks.url(location) });

describe('while the database is away', () => {
  test('events are taken for ten minutes, and each is delivered once when it is back', async () => {
    let clock = Date.now();
    const flaky = unreliable(database);
    const relay = await testRelay(flaky.database, { now: () => clock });
    try {
      await zap(relay);
      await chat(relay, location, finished(0));
      flaky.away(true);
      for (let minute = 1; minute <= 10; minute++) {
        clock += 60_000;
        expect(await (await chat(relay, location, finished(minute))).json()).toEqual({ result: 'ok' });
        // JivoChat repeats what it did not hear about in time.
        await chat(relay, location, finished(minute));
      }
      expect((await fetch(`${relay.url}/health`)).status).toBe(503);
      expect(relay.spool.bytes).toBeGreaterThan(0);
      flaky.away(false);
      await hooks.until(() => chatIds().length >= 11);
      await until(() => relay.spool.bytes === 0, 'an empty spool');
      expect(chatIds().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const [{ minutes } = { minutes: 0 }] = await received();
      expect(minutes).toBeGreaterThan(9);
    } finally {
      flaky.away(false);
      await relay.stop();
    }
  });

  /** How long before the storing the oldest event was received. */
  async function received(): Promise<{ minutes: number }[]> {
    const rows = await database.query(
      `SELECT extract(epoch FROM max(received_at) - min(received_at))::float8 / 60 AS minutes
       FROM relay.events WHERE location_id = $1`,
      [location],
    );
    return rows.map((row) => ({ minutes: Number(Object(row).minutes) }));
  }

  test('A, B and A again stay three events', async () => {
    const flaky = unreliable(database);
    const relay = await testRelay(flaky.database);
    try {
      await zap(relay);
      flaky.away(true);
      for (const tag of ['on', 'on', 'off', 'on'])
        await chat(relay, location, { event_name: 'chat_updated', chat_id: 1, tags: [tag] });
      flaky.away(false);
      await hooks.until(() => hooks.at(location).length >= 3);
      await until(() => relay.spool.bytes === 0, 'an empty spool');
      expect(hooks.at(location)).toHaveLength(3);
    } finally {
      flaky.away(false);
      await relay.stop();
    }
  });

  test('a database that hangs keeps no sender waiting, and what it stores late is not stored twice', async () => {
    const waiting: (() => void)[] = [];
    const release = () => waiting.splice(0).forEach((go) => go());
    const hangs: Database = {
      ...database,
      transaction: async (work) => {
        const result = await database.transaction(work);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
        return result;
      },
    };
    let isSlow = false;
    const relay = await testRelay(
      { ...database, transaction: (work) => (isSlow ? hangs : database).transaction(work) },
      { intake: { patienceMs: 50 } },
    );
    try {
      await zap(relay);
      isSlow = true;
      expect((await chat(relay, location, finished(1))).status).toBe(200);
      expect(relay.metrics.valueOf('events_total', { source: 'jivochat', outcome: 'spooled' })).toBe(1);
      isSlow = false;
      release();
      await hooks.until(() => hooks.at(location).length >= 1);
      await until(() => relay.spool.bytes === 0, 'an empty spool');
      await chat(relay, location, finished(2));
      await hooks.until(() => chatIds().includes(2));
      expect(chatIds()).toEqual([1, 2]);
    } finally {
      isSlow = false;
      release();
      await relay.stop();
    }
  });

  test('signed requests fail with 503, and nothing waits for ever', async () => {
    const flaky = unreliable(database);
    const relay = await testRelay(flaky.database);
    try {
      flaky.away(true);
      await expect(zap(relay)).rejects.toThrow('Subscribing gave 503');
    } finally {
      flaky.away(false);
      await relay.stop();
    }
  });
});

test('a full spool is said with 429, and what was taken is kept', async () => {
  const flaky = unreliable(database);
  const relay = await testRelay(flaky.database, { spoolBytes: 3_000 });
  try {
    await zap(relay);
    flaky.away(true);
    const codes: number[] = [];
    for (let number = 1; number <= 20; number++)
      codes.push((await chat(relay, location, finished(number))).status);
    const taken = codes.filter((code) => code === 200).length;
    expect(taken).toBeGreaterThan(2);
    expect(codes).toEqual([...Array(taken).fill(200), ...Array(20 - taken).fill(429)]);
    expect(relay.log.filter(({ event }) => event === 'not taken')).toHaveLength(20 - taken);
    flaky.away(false);
    await hooks.until(() => hooks.at(location).length === taken);
  } finally {
    flaky.away(false);
    await relay.stop();
  }
});

test('a flood is taken, and none of it is lost', async () => {
  const relay = await testRelay(database);
  try {
    await zap(relay);
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, number) =>
        chat(relay, location, finished(number)).then(({ status }) => status),
      ),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    await hooks.until(() => new Set(chatIds()).size === 600);
    expect(chatIds()).toHaveLength(600);
  } finally {
    await relay.stop();
  }
});

test('an event that the database refuses is set aside, and stops no other', async () => {
  const refusing = (events: unknown[]) =>
    events.some((value) => Array.isArray(value) && value.some((one) => String(one).includes('poison')));
  const picky: Database = {
    ...database,
    transaction: (work) =>
      database.transaction((sql) =>
        work({
          query: async (text, values = []) => {
            if (text.includes('INSERT INTO relay.events') && refusing(values))
              throw Object.assign(new Error('invalid input'), { code: '22P02' });
            return sql.query(text, values);
          },
        }),
      ),
  };
  const relay = await testRelay(picky);
  try {
    await zap(relay);
    const events = [finished(1), { ...finished(2), note: 'poison' }, finished(3)];
    const answers = await Promise.all(events.map((event) => chat(relay, location, event)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await hooks.until(() => hooks.at(location).length === 2);
    await until(() => relay.spool.bytes === 0, 'an empty spool');
    const refused = readFileSync(join(relay.folder, 'spool', 'refused.jsonl'), 'utf8');
    expect(JSON.parse(refused)).toMatchObject({ locationId: location, type: 'chat_finished' });
  } finally {
    await relay.stop();
  }
});

describe('the spool', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const drained = async (spool: Spool, size = 10) => {
    const records: unknown[] = [];
    await spool.drain(size, async (part) => {
      records.push(...part);
    });
    return records;
  };

  test('gives back in order what was written, also by an earlier process', async () => {
    const first = new Spool(folder, 1_000_000);
    await Promise.all([1, 2, 3].map((number) => first.append({ number })));
    await first.close();
    const second = new Spool(folder, 1_000_000);
    await second.append({ number: 4 });
    expect(await drained(second, 2)).toEqual([1, 2, 3, 4].map((number) => ({ number })));
    expect(second.bytes).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    await second.append({ number: 5 });
    expect(await drained(second)).toEqual([{ number: 5 }]);
    await second.close();
  });

  test('keeps everything when the taking fails', async () => {
    const spool = new Spool(folder, 1_000_000);
    await spool.append({ number: 1 });
    await expect(spool.drain(10, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await spool.append({ number: 2 });
    expect(await drained(spool)).toEqual([{ number: 1 }, { number: 2 }]);
    await spool.close();
  });

  test('skips a line that a crash cut off, which was never acknowledged', async () => {
    const first = new Spool(folder, 1_000_000);
    await first.append({ number: 1 });
    await first.close();
    appendFileSync(join(folder, readdirSync(folder)[0] ?? ''), '{"number":');
    const second = new Spool(folder, 1_000_000);
    await second.append({ number: 2 });
    expect(await drained(second)).toEqual([{ number: 1 }, { number: 2 }]);
    await second.close();
  });

  test('refuses what does not fit, and counts what an earlier process left', async () => {
    writeFileSync(
      join(folder, '000000007.jsonl'),
      `${JSON.stringify({ number: 1, text: 'x'.repeat(500) })}\n`,
    );
    const spool = new Spool(folder, 600);
    await expect(spool.append({ text: 'x'.repeat(100) })).rejects.toThrow(SpoolFull);
    await spool.append({ number: 2 });
    expect(await drained(spool)).toHaveLength(2);
    await spool.close();
  });

  test('takes new records while it is emptied', async () => {
    const spool = new Spool(folder, 1_000_000);
    for (let number = 0; number < 50; number++) await spool.append({ number });
    const records: unknown[] = [];
    let late = 50;
    await spool.drain(10, async (part) => {
      records.push(...part);
      if (late < 55) void spool.append({ number: late++ });
      await sleep(2);
    });
    expect(records).toEqual(Array.from({ length: 55 }, (_, number) => ({ number })));
    await spool.close();
  });
});
