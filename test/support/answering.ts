import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isObject } from '../../lib/base/json.ts';
import { Zapier } from './zapier/zapier.ts';

export const LOCATION = 've9EPM428h8vShlRW1KT';

/** A request as the server got it. */
export interface Asked {
  /** Method and path. */
  name: string;
  query: Record<string, string>;
  body: Record<string, unknown>;
}

/** HighLevel mocked by a function, for tests that poll many times. */
export interface Answering {
  zapier: Zapier;
  asked: Asked[];
  /** HighLevel's clock, epoch ms; the app's own runs on with it. */
  clock: { now: number };
  close: () => Promise<void>;
}

/**
 * Serves `answer` (a status and a JSON body; 404 if undefined) on a free port, and connects `app` to it. Its clock moves
 * only if `answer` moves it, so a slow HighLevel does not slow down the test.
 */
export async function answering(
  app: object,
  answer: (asked: Asked, clock: { now: number }) => [number, unknown] | undefined,
): Promise<Answering> {
  const asked: Asked[] = [];
  const clock = { now: Date.parse('2026-01-28T12:00:00Z') };
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '', 'http://localhost');
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : {};
    const one: Asked = {
      name: `${request.method} ${url.pathname}`,
      query: Object.fromEntries(url.searchParams),
      body: isObject(body) ? body : {},
    };
    asked.push(one);
    const [status, data] = answer(one, clock) ?? [404, { message: `Cannot ${one.name}` }];
    response.writeHead(status, {
      'content-type': 'application/json',
      date: new Date(clock.now).toUTCString(),
      'x-ratelimit-remaining': '90',
    });
    response.end(JSON.stringify(data));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const zapier = new Zapier(app, {
    authData: { access_token: 'token', refresh_token: 'refresh', locationId: LOCATION, userType: 'Location' },
    environment: { HIGHLEVEL_API_URL: `http://127.0.0.1:${port}` },
  });
  return {
    zapier,
    asked,
    clock,
    close: async () => {
      jest.restoreAllMocks();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Contacts as HighLevel's search returns them: by the field the app sorts by, newest first, by page or by cursor. */
export function searchOf(
  contacts: () => readonly { id: string; dateAdded: string; dateUpdated: string }[],
  { cap = 500, withTotal = true } = {},
) {
  return (body: Record<string, unknown>): { contacts: unknown[]; total?: number } => {
    const by = JSON.stringify(body.sort).includes('dateAdded') ? 'dateAdded' : 'dateUpdated';
    const sorted = contacts()
      .map((row) => ({ ...row, searchAfter: [Date.parse(row[by]), row.id] as const }))
      .toSorted((a, b) => b.searchAfter[0] - a.searchAfter[0] || (a.id < b.id ? 1 : -1));
    const size = Math.min(cap, Number(body.pageLimit));
    const after = Array.isArray(body.searchAfter) ? body.searchAfter : undefined;
    const start = after
      ? sorted.findIndex(
          ({ searchAfter: [moment, id] }) => moment < after[0] || (moment === after[0] && id < after[1]),
        )
      : (Number(body.page ?? 1) - 1) * Number(body.pageLimit);
    const page = start < 0 ? [] : sorted.slice(start, start + size);
    return { contacts: page, ...(withTotal && { total: sorted.length }) };
  };
}
