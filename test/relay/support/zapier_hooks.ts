import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** On a busy machine an event takes its time. */
const PATIENCE_MS = 120_000;

/** A request to a Zap's URL. */
export interface Hooked {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export type Reply = (request: IncomingMessage, response: ServerResponse, hooked: Hooked) => void;

/** A mock of Zapier's hooks: it records what arrives, and answers 200 unless told otherwise. */
export interface ZapierHooks {
  url: (name: string) => string;
  received: Hooked[];
  /** What arrived at one URL. */
  at: (name: string) => Hooked[];
  /** Answers all requests in another way; undefined answers 200 again. */
  reply: (how: Reply | undefined) => void;
  /** Resolves when the condition holds; throws after 20 seconds. */
  until: (holds: () => boolean, what?: string) => Promise<void>;
  close: () => Promise<void>;
}

export async function startHooks(): Promise<ZapierHooks> {
  const received: Hooked[] = [];
  let how: Reply | undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('error', () => {});
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([key, value]) => [key, String(value)]),
      );
      const hooked = { path: request.url ?? '', headers, body };
      received.push(hooked);
      if (how) how(request, response, hooked);
      else response.end('{"status":"success"}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: (name) => `http://127.0.0.1:${port}/hooks/${name}`,
    received,
    at: (name) => received.filter(({ path }) => path === `/hooks/${name}`),
    reply: (next) => {
      how = next;
    },
    until: (holds, what = 'what was expected') => until(holds, what),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Waits for a condition, on a busy machine as well. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`In ${PATIENCE_MS / 1000} seconds there was not ${what}.`);
    await sleep(10);
  }
}

/** Answers with a status and headers. */
export function status(code: number, headers: Record<string, string> = {}): Reply {
  return (_request, response) => {
    response.writeHead(code, headers).end();
  };
}
