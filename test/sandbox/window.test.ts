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
    // The contact, the note and the task; the first lead also reads the sub-account's settings.
    expect(await press('missed')).toBe(
      'Captured with 4 requests, with the task "Follow up with Luis Ortega".',
    );
    expect(await press('chat')).toBe(
      'An existing contact, captured with 4 requests; its follow-up task is completed.',
    );
    expect(await press('missed')).toBe('Captured with 3 requests, with the task "Follow up with Mia Chen".');
    expect(sandbox.store.jivoMessages).toHaveLength(3);
  });

  test('a task completed and a note written by hand reach JivoChat', async () => {
    const before = sandbox.store.jivoMessages.length;
    expect(await press('task')).toMatch(/is completed, and JivoChat shows it\.$/);
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
    expect(page.match(/data-play="\w+"/g)).toHaveLength(5);
  });

  test('shows a card only beside a relay', async () => {
    expect(await press('back')).toBe('Start the sandbox with --relay to see the card.');
    sandbox.store.jivoCards.push({
      visitor: 'Luis Ortega',
      card: {
        result: 'ok',
        crm_link: 'https://app.example.com/1',
        custom_data: [{ title: 'Tags', content: 'vip' }],
      },
    });
    const state = await (await fetch(`${sandbox.url}/__sandbox/window`)).json();
    expect(state).toMatchObject({ hasRelay: false, jivoCards: [{ visitor: 'Luis Ortega' }] });
  });

  // Debian's package; if it is not installed, the test has no browser.
  if (existsSync(CHROMIUM)) {
    test('renders its records in a browser', async () => {
      const page = await rendered(sandbox.url);
      expect(page).toContain('HighLevel: Luis Ortega');
      expect(page).toContain('Open in CRM');
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
