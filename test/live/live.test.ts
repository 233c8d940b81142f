import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import app from '../../index.ts';
import { scopes as everyScope } from '../sandbox/scopes.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { isLiveAddress } from './connection.ts';
import { runLive } from './run.ts';
import { runSignIn } from './sign_in.ts';

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
      'settled: Does the search of all notes accept this token, and answer newest first and with their contacts? 200; newest first: yes; a relation has objectKey, recordId',
      expect.stringMatching(/^settled: Does the contact lookup of v3 .*\? refused with 401 /),
      expect.stringMatching(
        /^settled: Does an appointment .*\? yes: 200 appointment, traceId \(.*startTime.*\)$/,
      ),
      'settled: Do 100 filters by id fit in one group of the contact search? yes',
      'settled: How long does a new opportunity take to show in the search? at most 6 seconds',
      'settled: Does Do Not Disturb accept the channel RCS? accepted with 200, and kept',
      expect.stringMatching(/^settled: Does the export of messages .*\? 200 messages, nextCursor, total/),
      expect.stringMatching(
        /^settled: Do the days of form submissions .* its day in UTC alone: yes; the day before alone: no;/,
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
    // Else the step would find the contact at once.
    sandbox.fail({ method: 'POST', path: '^/contacts/$', kind: 'reset', when: 'after' });
    sandbox.fail({ path: '/contacts/search/duplicate', status: 500, times: 4 });
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

describe('Live stories without a working connection', () => {
  beforeEach(start);
  afterEach(() => sandbox.close());

  test('end with one sentence, before anything is created', async () => {
    sandbox.fail({ status: 401, body: { message: 'Invalid Private Integration token' }, times: 9 });
    const { good, lines } = await live();
    expect(good).toBe(false);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^Not run: the connection test failed\. [A-Z][^{}]+\.$/);
    // A search, which the connection test sends, is a POST too.
    const writes = sandbox.log.filter(({ path, method }) => method !== 'GET' && !/search|oauth/.test(path));
    expect(writes).toEqual([]);
  });
});

describe('npm run test:live against npm run sandbox', () => {
  const ROOT = join(__dirname, '../..');
  const env = { PATH: process.env.PATH, NODE_ENV: 'test', HIGHLEVEL_AUTH: 'token' };

  test('finds the sandbox by its settings, and says in one sentence that the token is wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'live-'));
    const settings = join(folder, '.env');
    const mock = spawn(process.execPath, ['test/sandbox/main.ts', '--port', '0', '--env', settings], {
      cwd: ROOT,
      env,
    });
    try {
      let printed = '';
      for await (const chunk of mock.stdout) {
        printed += String(chunk);
        if (printed.includes('Clear log')) break;
      }
      const named = new Map(
        [...readFileSync(settings, 'utf8').matchAll(/^(\w+)='(.*)'$/gm)].map(([, key, value]) => [
          key,
          value,
        ]),
      );
      expect(named.get('authData_refresh_token')).toBe('sandbox-refresh-token');
      const ended = spawnSync(process.execPath, ['test/live/main.ts'], {
        cwd: ROOT,
        encoding: 'utf8',
        env: {
          ...env,
          HIGHLEVEL_API_URL: named.get('HIGHLEVEL_API_URL'),
          HIGHLEVEL_LIVE_TOKEN: 'pit-wrong',
          HIGHLEVEL_LIVE_LOCATION: named.get('authData_locationId'),
        },
      });
      expect(ended.stdout.trim().split('\n').at(-1)).toMatch(/^Not run: the connection test failed\. .+\.$/);
      expect(ended.status).toBe(1);
    } finally {
      mock.kill();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('A question that HighLevel does not answer', () => {
  beforeEach(start);
  afterEach(() => sandbox.close());

  test('stays open with the reason, which fails nothing; nothing is left behind', async () => {
    sandbox.fail({ path: '/notes/A+$', status: 503, times: 9 });
    const { good, said } = await live({
      scopes: everyScope.filter((scope) => !/opportunities|forms|export/.test(scope)),
    });
    expect(said).toMatch(/open: {4}Which status has a note .*\? It could not be told: refused with 503/);
    expect(said).toMatch(/open: {4}How long does a new opportunity .*\? Not tried: refused with 401/);
    expect(said).toMatch(/open: {4}Do the days of form submissions .*\? Not tried: refused with 401/);
    expect(good).toBe(true);
    expect(said).toContain('Cleaned up: nothing is left.');
  });
});

describe('A sign-in against the sandbox', () => {
  beforeEach(start);
  afterEach(() => sandbox.close());

  const signIn = async (clientSecret: string) => {
    const lines: string[] = [];
    const { url, clientId } = sandbox;
    const good = await runSignIn(
      app,
      { url, clientId, clientSecret, redirectUri: 'http://localhost:9000' },
      {
        print: (line) => lines.push(line),
        visit: async (page) => {
          const allowed = await fetch(page, { redirect: 'manual' });
          return new URL(allowed.headers.get('location') ?? '');
        },
      },
    );
    return { good, lines };
  };

  test('passes, and says that the refresh token rotates', async () => {
    const { good, lines } = await signIn(sandbox.clientSecret);
    expect(lines).toEqual([
      'passed   Signing in returns a connection to one sub-account',
      'passed   The connection test passes',
      'settled: Does the refresh token rotate? yes',
      'settled: Is a refresh token accepted a second time at once? yes, with the same new tokens',
      'passed   Refreshing returns new tokens, and the connection test passes with them',
      'passed   The new refresh token works too',
    ]);
    expect(good).toBe(true);
  });

  test('fails with a sentence if the client secret is wrong', async () => {
    const { good, lines } = await signIn('wrong-secret');
    expect(good).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^FAILED {3}Signing in .*\n {9}[A-Z][^{}]+\.$/);
    expect(lines[0]).not.toContain('wrong-secret');
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
