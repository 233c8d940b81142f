import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { startSandbox } from '../sandbox/sandbox.ts';
import { readOptions } from '../support/command_line.ts';
import { pushingTo, startPlatform } from '../support/zapier/platform.ts';

readOptions(
  `npm run test:release: plays a release, from a clone of the last commit to a step that runs, with a mock of Zapier and the sandbox.
Takes some minutes, and needs the npm registry.`,
  {},
);

const ROOT = join(import.meta.dirname, '../..');
const { version } = packageJson;
const work = mkdtempSync(join(tmpdir(), 'release-'));
const clone = join(work, 'clone');
const linked = join(work, 'linked.json');
const platform = await startPlatform();
const sandbox = await startSandbox();
writeFileSync(linked, platform.linked);
// A user who approves the app at once.
const browser = join(work, 'browser');
writeFileSync(browser, `#!/bin/sh\nexec "${process.execPath}" -e 'fetch(process.argv[1])' "$1"\n`, {
  mode: 0o755,
});
// Without what npm says about the checkout that this runs in.
const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_ENV$|^HIGHLEVEL_/.test(name));
const env = { ...Object.fromEntries(own), BROWSER: browser, ...pushingTo(platform, linked) };

/** Runs a command, shows its output only if it fails, and returns what it printed. */
async function run(command: string, ...words: string[]): Promise<string> {
  const child = spawn(command, words, { cwd: command === 'git' ? work : clone, env, stdio: 'pipe' });
  child.stdin.end();
  let stdout = '';
  let all = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    all += String(chunk);
  });
  child.stderr.on('data', (chunk) => (all += String(chunk)));
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${String(code)}:\n${all}`);
  return stdout;
}
const zapier = (...words: string[]) => run('npx', 'zapier-platform', ...words);
const invoke = (...words: string[]) => zapier('invoke', ...words);

/** Fails unless the mock of Zapier got a request whose method and path fit. */
function needSent(request: RegExp): void {
  const sent = [...platform.sent.keys()];
  if (!sent.some((one) => request.test(one)))
    throw new Error(`Zapier got no ${request.source}, but:\n${sent.join('\n')}`);
}
function need(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`"${part}" is missing in:\n${text}`);
}

const inThreeWeeks = new Date(Date.now() + 25 * 86_400_000).toISOString().slice(0, 10);
const steps: [string, () => Promise<void>][] = [
  ['Clone the last commit', async () => void (await run('git', 'clone', '--quiet', ROOT, clone))],
  ['Install the packages', async () => void (await run('npm', 'ci'))],
  [
    `Push version ${version}`,
    async () => {
      await run('npm', 'run', 'push');
      needSent(new RegExp(`^PUT .*/apps/123/versions/${version}$`));
    },
  ],
  [
    'Invite a person to it',
    async () => {
      await zapier('users:add', 'jane@example.com', version, '--force');
      needSent(new RegExp(`^POST .*/apps/123/invitees/jane@example\\.com/${version}$`));
    },
  ],
  [
    'Migrate a tenth of the users from 0.0.1',
    async () => {
      await zapier('migrate', '0.0.1', version, '10', '--yes');
      needSent(/^POST .*\/apps\/123\/migrations$/);
    },
  ],
  [
    'Deprecate 0.0.1',
    async () => {
      await zapier('deprecate', '0.0.1', inThreeWeeks, '--force', '--reason', 'critical bug');
      needSent(/^PUT .*\/apps\/123\/versions\/0\.0\.1\/deprecate$/);
    },
  ],
  [
    'Build, and sign in to the sandbox with OAuth',
    async () => {
      await run('npm', 'run', 'build');
      const { url, clientId, clientSecret } = sandbox;
      const settings = `HIGHLEVEL_API_URL='${url}'\nCLIENT_ID='${clientId}'\nCLIENT_SECRET='${clientSecret}'\n`;
      writeFileSync(join(clone, '.env'), settings);
      await invoke('auth', 'start', '--non-interactive');
      await invoke('auth', 'refresh');
      need(await invoke('auth', 'test'), sandbox.store.location.name);
    },
  ],
  [
    'Run a trigger and an action',
    async () => {
      need(await invoke('trigger', 'new_contact', '--non-interactive', '--isLoadingSample'), '"email"');
      const lead = { name: 'Ada Li', email: 'ada@example.com', message: 'Please call me', chatId: '77' };
      const input = JSON.stringify(lead);
      need(
        await invoke('create', 'capture_jivochat_lead', '--non-interactive', '-i', input),
        'ada@example.com',
      );
    },
  ],
];

try {
  for (const [name, step] of steps) {
    process.stdout.write(`${name} … `);
    await step();
    console.log('done');
  }
  console.log('The release works.');
} catch (error) {
  console.log(`failed\n\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await sandbox.close();
  await platform.close();
  rmSync(work, { recursive: true, force: true });
}
