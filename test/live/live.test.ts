import app from '../../index.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { isLiveAddress } from './connection.ts';
import { runLive } from './run.ts';

const MINUTE = 60_000;
let now = Date.now();
let sandbox: Sandbox;

// With a trial account's rate limit and a search that lags. The mock clock advances with each sleep.
async function start(): Promise<void> {
  now = Date.now();
  sandbox = await startSandbox({ now: () => now, indexLagMs: 5_000, rateLimit: { max: 25 } });
}

const stands = (): string[][] => {
  const { contacts, tasks, notes, tags } = sandbox.store;
  return [contacts, tasks, notes, tags].map((records) => [...records.keys()]);
};

async function live({ scopes, stopped }: { scopes?: string[]; stopped?: () => boolean } = {}) {
  const lines: string[] = [];
  const { accessToken: token } = sandbox.token({ kind: 'pit', ...(scopes && { scopes }) });
  const good = await runLive(
    app,
    { url: sandbox.url, token, locationId: sandbox.locationId },
    {
      print: (line) => lines.push(line),
      clock: { now: () => now, sleep: async (ms) => void (now += ms) },
      ...(stopped && { stopped }),
    },
  );
  return { good, lines, said: lines.join('\n'), token };
}

describe('Live stories against the sandbox', () => {
  let before: string[][];
  let ran: Awaited<ReturnType<typeof live>>;
  let took = 0;
  beforeAll(async () => {
    await start();
    const started = now;
    before = stands();
    ran = await live();
    took = now - started;
  });
  afterAll(() => sandbox.close());

  test('all pass', () => {
    expect(ran.said).not.toMatch(/FAILED|open:/);
    expect(ran.said.match(/^passed /gm)).toHaveLength(8);
    expect(ran.good).toBe(true);
    expect(ran.said).not.toContain(ran.token);
  });

  test('clean up after themselves', () => {
    expect(ran.lines.at(-1)).toBe('Cleaned up: nothing is left.');
    expect(stands()).toEqual(before);
  });

  test('stay below the rate limit of a trial account, and take less than five minutes', () => {
    expect(sandbox.log.filter(({ status }) => status === 429)).toEqual([]);
    expect(took).toBeLessThan(5 * MINUTE);
  });

  test('answer the open questions of the docs, one per line', () => {
    expect(ran.lines.filter((line) => line.startsWith('settled:'))).toEqual([
      "settled: Does a note or a task move the contact's dateUpdated? a note: no; a task: no; a tag: yes",
      'settled: In which order does the task search answer, and does it take sortKey? status 201, by due date, the earliest first; sortKey: refused with 422 property sortKey should not exist, property sortDirection should not exist',
      'settled: Does a range in the contact search take ISO 8601 or epoch milliseconds? ISO 8601: finds the contact; epoch: finds the contact',
      'settled: Does PUT take companyName? accepted with 200, and kept',
      'settled: What does the duplicate lookup answer when there is no match? 200 {"contact":null,"traceId":"..."}',
      'settled: How is a field cleared? null: clears it; an empty text: clears it',
      expect.stringMatching(/^settled: Which status has a note .*\? 400 Note not found for id:A+$/),
      'settled: Does the search of all notes answer, newest first and with their contacts? 200; newest first: yes; a relation has objectKey, recordId',
      expect.stringMatching(/^settled: Does the contact lookup of v3 .*\? refused with 401 /),
      expect.stringMatching(
        /^settled: Does an appointment .*\? yes: 200 appointment, traceId \(.*startTime.*\)$/,
      ),
    ]);
  });
});

describe('Live stories that fail', () => {
  beforeEach(start);
  afterEach(() => sandbox.close());

  test('report each failure, run the others, and delete all records, even a contact whose response was lost', async () => {
    const before = stands();
    sandbox.fail({ method: 'PUT', path: '/tasks/', status: 400, body: { message: 'No tasks today' } });
    sandbox.fail({ method: 'POST', path: '^/contacts/$', kind: 'reset', when: 'after' });
    const { good, said } = await live();
    expect(good).toBe(false);
    expect(said).toMatch(/FAILED {3}A contact is created/);
    expect(said).toMatch(/FAILED {3}A task is created.*\n +.*No tasks today/);
    expect(said.match(/FAILED/g)).toHaveLength(2);
    expect(said).toContain('Cleaned up: nothing is left.');
    expect(stands()).toEqual(before);
  });

  test('stop on request, delete their records, and report what they may not delete', async () => {
    const [before] = stands();
    const { good, said } = await live({
      scopes: ['contacts.readonly', 'contacts.write', 'locations.readonly', 'locations/tags.readonly'],
      stopped: () => sandbox.log.length > 12,
    });
    expect(good).toBe(false);
    expect(said).toContain('Stopped.');
    expect(sandbox.log.length).toBeLessThan(40);
    expect(stands()[0]).toEqual(before);
    expect(said).toMatch(
      /Left behind:\n {2}tags that begin with zapier-live-\w+: 401 The token is not authorized/,
    );
  });
});

describe('Hosts of the live stories', () => {
  test.each([
    ['https://services.leadconnectorhq.com', true],
    ['http://127.0.0.1:4010', true],
    ['http://localhost:4010', true],
    ['http://services.leadconnectorhq.com', false],
    ['https://services.leadconnectorhq.com.example.com', false],
    ['https://example.com', false],
    ['nonsense', false],
  ])('%s is allowed: %s', (address, goes) => {
    expect(isLiveAddress(address)).toBe(goes);
  });
});
