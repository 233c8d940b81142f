import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --remote-debugging-port=0';

/** One page of a browser, driven by Chromium's DevTools protocol. */
export interface Browser {
  open(url: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** The value of an expression in the page. */
  run<T>(expression: string): Promise<T>;
  /** Writes a picture of what is visible into a PNG file. */
  picture(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the browser at a path, with an empty profile. */
export async function startBrowser(path: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const chromium = spawn(path, [...FLAGS.split(' '), `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    chromium.on('exit', () => reject(new Error('The browser did not start.')));
    createInterface({ input: chromium.stderr }).on('line', (line) => {
      const [, found] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const list = await fetch(`http://${new URL(address).host}/json/list`);
  const pages = z
    .array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }))
    .parse(await list.json());
  const socket = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');

  const Answer = z.object({ id: z.int().optional(), result: z.looseObject({}).optional() });
  const waiting = new Map<number, (result: object) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result = {} } = Answer.parse(JSON.parse(String(data)));
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let calls = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<object>((resolve) => {
      const id = ++calls;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });

  const browser: Browser = {
    async open(url) {
      await call('Page.navigate', { url });
      const isOpen = `document.readyState === 'complete' && location.href.startsWith(${JSON.stringify(url)})`;
      while (!(await browser.run<boolean>(isOpen))) await sleep(20);
    },
    async resize(width, height) {
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: true });
    },
    async run(expression) {
      const answer = await call('Runtime.evaluate', { expression, returnByValue: true });
      return z.object({ result: z.object({ value: z.any().optional() }) }).parse(answer).result.value;
    },
    async picture(file) {
      const { data } = z.object({ data: z.string() }).parse(await call('Page.captureScreenshot'));
      writeFileSync(file, Buffer.from(data, 'base64'));
    },
    async close() {
      const ended = once(chromium, 'exit');
      // Its answer may not come any more.
      void call('Browser.close');
      await ended;
      socket.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
  return browser;
}
