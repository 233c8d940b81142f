import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { windowPage } from './window.ts';

const CHROMIUM = '/usr/bin/chromium';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ page: windowPage });
});
afterAll(() => sandbox.close());

const press = async (what: string) =>
  (await fetch(`${sandbox.url}/__sandbox/play/${what}`, { method: 'POST' })).text();

describe('The window of the sandbox', () => {
  test('a missed chat creates a contact with a task, an answered one completes it, and JivoChat receives both updates', async () => {
    expect(await press('missed')).toMatch(
      /^Captured with \d requests, with the task "Follow up with Luis Ortega"\.$/,
    );
    expect(await press('chat')).toMatch(/its follow-up task is completed/);
    expect(sandbox.store.jivoMessages).toHaveLength(2);
  });

  test('a task completed and a note written by hand reach JivoChat', async () => {
    const before = sandbox.store.jivoMessages.length;
    expect(await press('task')).toMatch(/is completed, and JivoChat has been told\.$/);
    expect(await press('note')).toBe('A note is written, and JivoChat shows it.');
    expect(sandbox.store.jivoMessages).toHaveLength(before + 2);
  });

  test('shows the rate-limit window and the last requests, without being counted itself', async () => {
    sandbox.reset();
    const state = await (await fetch(`${sandbox.url}/__sandbox/window`)).json();
    expect(state).toMatchObject({ rateLimit: { max: 100, left: 100 }, requests: [] });
  });

  test('is one page with a button for each thing that people do', async () => {
    const page = await (await fetch(sandbox.url)).text();
    expect(page.match(/data-play="\w+"/g)).toHaveLength(4);
  });

  // Debian's package; if it is not installed, the test has no browser.
  if (existsSync(CHROMIUM)) {
    test('renders its records in a browser', async () => {
      expect(await rendered(sandbox.url)).toContain('HighLevel: Luis Ortega');
    });
  }
});

async function rendered(url: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const quiet =
    '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  const options = [
    ...quiet.split(' '),
    `--user-data-dir=${profile}`,
    '--virtual-time-budget=3000',
    '--dump-dom',
    url,
  ];
  const { stdout } = await promisify(execFile)(CHROMIUM, options, { timeout: 30_000 });
  rmSync(profile, { recursive: true, force: true });
  return stdout;
}
