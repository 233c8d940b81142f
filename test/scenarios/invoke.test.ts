import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf, asSettings } from '../support/zapier/connect.ts';

const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

let sandbox: Sandbox;
let work: string;

/** How a command ended. */
interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

type Edition = 'oauth' | 'token';

/** A temporary copy of the integration, because Zapier's command line writes to its folder. */
function project(edition: Edition, settings: Record<string, string>) {
  const folder = mkdtempSync(join(work, 'project-'));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  cpSync(join(work, edition), join(folder, 'dist'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const given = Object.entries({ HIGHLEVEL_API_URL: sandbox.url, ...settings });
  writeFileSync(join(folder, '.env'), given.map(([key, value]) => `${key}='${value}'\n`).join(''));
  // Without this machine's environment.
  const env = {
    PATH: `${BIN}:${process.env.PATH}`,
    HOME: work,
    BROWSER: join(work, 'browser'),
    DISABLE_ZAPIER_ANALYTICS: '1',
    NO_UPDATE_NOTIFIER: '1',
    // The command line is started a dozen times; compiling it takes an eighth of each start.
    NODE_COMPILE_CACHE: join(work, 'compiled'),
  };
  return {
    /** Runs `zapier-platform invoke`. */
    invoke: (...words: string[]): Promise<Ended> =>
      new Promise((resolve) => {
        execFile(
          join(BIN, 'zapier-platform'),
          ['invoke', ...words],
          { cwd: folder, env },
          (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
        );
      }),
    /** The data that the command line saved in .env; the last line wins. */
    settings(): Map<string, string> {
      const lines = readFileSync(join(folder, '.env'), 'utf8').matchAll(/^(\w+)='(.*)'$/gm);
      return new Map([...lines].map(([, key = '', value = '']) => [key, value]));
    },
  };
}

async function bundle(edition: Edition): Promise<void> {
  const env = { PATH: `${BIN}:${process.env.PATH}`, HIGHLEVEL_AUTH: edition };
  await promisify(execFile)(join(BIN, 'node'), ['scripts/bundle.ts', join(work, edition)], {
    cwd: ROOT,
    env,
  });
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return String(typeof address === 'object' ? address?.port : '');
}

/** The README's commands for `zapier-platform invoke`, each as a list of arguments. */
function readmeCommands(): string[][] {
  const commands = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(
    /^npx zapier-platform invoke (.+)$/gm,
  );
  return [...commands].map(([, command = '']) =>
    [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = '']) => quoted ?? word),
  );
}

const connected = () => asSettings(accountOf(sandbox).authData);

beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false });
  work = mkdtempSync(join(tmpdir(), 'invoke-'));
  // A user who approves the app at once.
  writeFileSync(
    join(work, 'browser'),
    `#!/bin/sh\nexec "${process.execPath}" -e 'fetch(process.argv[1])' "$1"\n`,
    { mode: 0o755 },
  );
  await Promise.all([bundle('oauth'), bundle('token')]);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(work, { recursive: true, force: true });
});

const contact = () => [...sandbox.store.contacts.values()][0];
const inUse = () => project('oauth', connected());
const parsed = ({ stdout }: Ended): unknown => JSON.parse(stdout);
/** An error on one line, because the command line wraps it. */
const said = ({ stderr }: Ended) => stderr.replaceAll(/\s*\n\s*(›\s*)?/g, ' ');
/** Whether the output contains no token and no client secret. */
const isDiscreet = (...ended: Ended[]) =>
  !/sandbox-access-|sandbox-refresh-|pit-|sandbox-client-secret/.test(JSON.stringify(ended));

describe('zapier-platform invoke', () => {
  test('auth start, refresh and label: signs in, rotates the tokens, and names the connection', async () => {
    const client = { CLIENT_ID: sandbox.clientId, CLIENT_SECRET: sandbox.clientSecret };
    const signedOut = project('oauth', client);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const start = await signedOut.invoke('auth', 'start', '--redirect-uri', address, '--local-port', port);
    const first = signedOut.settings();
    expect(start).toMatchObject({ code: 0 });
    expect(Object.fromEntries(first)).toMatchObject({
      authData_locationId: sandbox.locationId,
      authData_userType: 'Location',
      // The command line does not ask for the access level, which means full access.
      authData_scope: expect.stringContaining('contacts.write'),
    });

    const refresh = await signedOut.invoke('auth', 'refresh');
    const second = signedOut.settings();
    expect(refresh).toMatchObject({ code: 0 });
    for (const name of ['authData_access_token', 'authData_refresh_token'])
      expect(second.get(name)).not.toBe(first.get(name));

    const label = await signedOut.invoke('auth', 'label');
    expect(label).toMatchObject({ code: 0, stdout: 'Bright Smile Dental\n' });
    expect(isDiscreet(start, refresh, label)).toBe(true);
  });

  test('auth test and template: tests the connection of each edition, and shows the request template', async () => {
    const pasted = asSettings(accountOf(sandbox, { kind: 'pit' }).authData);
    const [test, tokenTest, template, tokenTemplate] = await Promise.all([
      inUse().invoke('auth', 'test'),
      project('token', pasted).invoke('auth', 'test'),
      inUse().invoke('auth', 'template'),
      project('token', pasted).invoke('auth', 'template'),
    ]);
    const sub = { id: sandbox.locationId, name: 'Bright Smile Dental' };
    expect([parsed(test), parsed(tokenTest)]).toEqual([sub, sub]);
    const headers = { Authorization: 'Bearer {{bundle.authData.access_token}}', Version: '2021-07-28' };
    expect(parsed(template)).toMatchObject({ supported: true, authType: 'oauth2', template: { headers } });
    expect(parsed(tokenTemplate)).toMatchObject({
      supported: true,
      authType: 'custom',
      template: { headers },
    });
    expect(isDiscreet(test, tokenTest, template, tokenTemplate)).toBe(true);
  });

  test('auth refresh: works with the settings that the sandbox writes', async () => {
    const { authData } = accountOf(sandbox, { refreshToken: 'sandbox-refresh-token' });
    const client = { CLIENT_ID: sandbox.clientId, CLIENT_SECRET: sandbox.clientSecret };
    const written = project('oauth', { ...client, ...asSettings(authData) });
    const refresh = await written.invoke('auth', 'refresh');
    expect(refresh).toMatchObject({ code: 0 });
    expect(written.settings().get('authData_access_token')).not.toBe(authData.access_token);
    expect(parsed(await written.invoke('auth', 'test'))).toMatchObject({ name: 'Bright Smile Dental' });
  });

  test('trigger --isLoadingSample: returns a sample for the Zap editor', async () => {
    const loading = ['trigger', 'new_contact', '--non-interactive', '--isLoadingSample'];
    const sample = parsed(await inUse().invoke(...loading));
    expect(sample).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'lead' })]));
  });

  test('runs the commands in the README', async () => {
    const commands = readmeCommands();
    const ended = await Promise.all(commands.map((words) => inUse().invoke(...words)));
    const [test, trigger, search, upsert, capture, refused] = ended;
    if (!test || !trigger || !search || !upsert || !capture || !refused)
      throw new Error('Commands are missing');
    expect(ended.map(({ code }) => code === 0)).toEqual([true, true, true, true, true, false]);
    expect(parsed(test)).toMatchObject({ name: 'Bright Smile Dental' });
    expect(parsed(trigger)).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'lead' })]));
    expect(parsed(search)).toMatchObject([{ email: 'jane.doe@example.com' }]);
    expect(parsed(upsert)).toMatchObject({ email: 'ada@example.com' });
    expect(parsed(capture)).toMatchObject({
      contact: { email: 'ada@example.com' },
      task: { status: 'open' },
    });
    expect(said(refused)).toContain('needs a HighLevel contact ID');
    expect(isDiscreet(...ended)).toBe(true);
  });

  test('explains bad input and a missing permission', async () => {
    const reader = project('oauth', { ...connected(), authData_scope: 'contacts.readonly' });
    const note = (contactId: unknown) => [
      'create',
      'create_note',
      '-i',
      JSON.stringify({ contactId, body: 'Hi' }),
    ];
    const [bad, forbidden] = await Promise.all([
      inUse().invoke(...note('../oauth')),
      reader.invoke(...note(contact()?.id)),
    ]);
    expect([bad.code, forbidden.code]).not.toContain(0);
    expect(said(bad)).toContain('needs a HighLevel contact ID, not');
    expect(said(forbidden)).toMatch(/this connection doesn't have the .+contacts.write.+ permission/);
    expect(isDiscreet(bad, forbidden)).toBe(true);
  });
});
