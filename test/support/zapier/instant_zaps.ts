import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Item, Zapier } from './zapier.ts';

/** A Zap with an instant trigger that is turned on. */
export interface InstantZap {
  /** The items it has triggered on, oldest first. */
  items: Item[];
  /** Errors of its runs. */
  failures: unknown[];
  /** Turns it off: its URL answers 410 from now on. */
  turnOff: () => Promise<void>;
}

/** A mock of Zapier's hooks, which runs the Zap behind a URL for each delivery, as Zapier does after it has answered. */
export interface InstantZaps {
  turnOn: (
    zapier: Zapier,
    key: string,
    inputData?: Item,
    run?: (item: Item) => Promise<unknown>,
  ) => Promise<InstantZap>;
  /** Resolves when no run is under way. */
  idle: () => Promise<void>;
  close: () => Promise<void>;
}

export async function startInstantZaps(): Promise<InstantZaps> {
  const zaps = new Map<string, (body: string, headers: Record<string, string>) => Promise<void>>();
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const zap = zaps.get(request.url ?? '');
      response.writeHead(zap ? 200 : 410).end();
      if (!zap) return;
      const run = zap(body, asZapierPasses(request.headers)).finally(() => running.delete(run));
      running.add(run);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  let count = 0;
  return {
    async turnOn(zapier, key, inputData = {}, run = async () => {}) {
      count += 1;
      const path = `/hooks/standard/1/${count}/`;
      const items: Item[] = [];
      const failures: unknown[] = [];
      const subscribeData = await zapier.subscribe(key, `http://127.0.0.1:${port}${path}`, inputData);
      // A Zap's runs follow one another here, so that what is printed has an order.
      let last = Promise.resolve();
      const deliver = async (body: string, headers: Record<string, string>, before: Promise<void>) => {
        await before;
        try {
          for (const item of await zapier.deliver(key, body, inputData, headers, subscribeData)) {
            items.push(item);
            await run(item);
          }
        } catch (error) {
          failures.push(error);
        }
      };
      zaps.set(path, (body, headers) => {
        last = deliver(body, headers, last);
        return last;
      });
      return {
        items,
        failures,
        turnOff: async () => {
          zaps.delete(path);
          await zapier.unsubscribe(key, subscribeData);
        },
      };
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Zapier passes on headers as `Http-X-Name`. */
function asZapierPasses(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !['content-type', 'content-length', 'host', 'connection'].includes(name))
      .map(([name, value]) => [
        `Http-${name.replace(/(^|-)\w/g, (start) => start.toUpperCase())}`,
        String(value),
      ]),
  );
}
