import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBrowser, type Browser } from '../support/browser.ts';
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

  test('a failed step is told in its own sentence, and the next press works again', async () => {
    const fresh = await startSandbox({ page: windowPage });
    const pressed = () => fetch(`${fresh.url}/__sandbox/play/missed`, { method: 'POST' });
    try {
      // The very first requests fail, which turn the Zaps on.
      fresh.fail({ status: 403, times: 1 });
      const refused = await pressed();
      expect(refused.status).toBe(500);
      expect(await refused.text()).toMatch(/^The step failed: [A-Z][^{}]+\.$/);
      const worked = await pressed();
      expect(worked.status).toBe(200);
      expect(await worked.text()).toMatch(/^Captured with \d requests/);
    } finally {
      await fresh.close();
    }
  });

  // Debian's package; if it is not installed, the tests have no browser.
  if (existsSync(CHROMIUM)) {
    describe('in a browser', () => {
      let browser: Browser;
      beforeAll(async () => {
        browser = await startBrowser(CHROMIUM);
      });
      afterAll(() => browser.close());

      test('shows the records and the card', async () => {
        await browser.open(sandbox.url);
        const shown = () => browser.run<string>('document.body.innerText');
        expect(await until(shown, (text) => text.includes('Open in CRM'))).toContain(
          'HighLevel: Luis Ortega',
        );
      });

      test('fits a phone’s width of 390 pixels without scrolling sideways', async () => {
        await browser.resize(390, 844);
        await browser.open(sandbox.url);
        await until(
          () => browser.run<number>('document.querySelectorAll(".contact").length'),
          (contacts) => contacts > 0,
        );
        expect(await browser.run<number>('document.documentElement.scrollWidth')).toBe(390);
      });

      test('makes the next requests fail, says so, and says when the sandbox is gone', async () => {
        const fresh = await startSandbox({ page: windowPage });
        await browser.open(fresh.url);
        const said = () => browser.run<string>('document.getElementById("said").textContent');
        await browser.run('fault.selectedIndex = 1; fault.onchange();');
        await until(said, (text) => text.startsWith('Now press'));
        await browser.run(`document.querySelector('[data-play=missed]').click()`);
        expect(await until(said, (text) => text.startsWith('The step failed'))).not.toMatch(/[{}]/);
        const gone = () => browser.run<boolean>('document.getElementById("gone").hidden === false');
        expect(await gone()).toBe(false);
        await fresh.close();
        await until(gone, (is) => is);
        await browser.run(`document.querySelector('[data-play=missed]').click()`);
        await until(said, (text) => text.startsWith('Nothing happened'));
        expect(await browser.run<boolean>(`document.querySelector('[data-play=missed]').disabled`)).toBe(
          false,
        );
      });
    });
  }
});

/** The first value that is as wanted, read again and again. */
async function until<T>(read: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  let value = await read();
  for (let most = 400; most > 0 && !isWanted(value); most--) {
    await sleep(50);
    value = await read();
  }
  return value;
}
