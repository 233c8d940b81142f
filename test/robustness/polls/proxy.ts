import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isObject } from '../../../lib/base/json.ts';

/** How a proxy changes HighLevel's lists: it caps the page size, inserts invalid rows, or hides that there are more pages. */
export type Distortion = 'capped' | 'odd' | 'one page';

const CAP = 20;
const ODD = [null, {}, { id: null }, 'text', { id: 7.5, tags: 1 }];
const LISTS = ['contacts', 'tasks', 'notes', 'events', 'messages', 'submissions'];

/** A proxy between the app and a server; must be closed. */
export async function startProxy(
  target: string,
  distortion: Distortion,
): Promise<{ url: string; close: () => Promise<void> }> {
  let count = 0;
  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '', target);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string' && !['host', 'content-length', 'connection'].includes(name))
        headers.set(name, value);
    let body = Buffer.concat(chunks).toString();
    if (distortion === 'capped') {
      body = body.replace(/"(pageLimit|limit)":(\d+)/, (_, key, asked) => `"${key}":${Math.min(CAP, asked)}`);
      const limit = url.searchParams.get('limit');
      if (limit) url.searchParams.set('limit', String(Math.min(CAP, Number(limit))));
    }
    const answer = await fetch(url, { method: request.method, headers, ...(body && { body }) });
    const text = await answer.text();
    const passedOn = [...answer.headers].filter(([name]) => !/^(content-|transfer-|connection)/.test(name));
    response.writeHead(answer.status, {
      ...Object.fromEntries(passedOn),
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    });
    response.end(answer.ok ? distorted(text, distortion, count++) : text);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function distorted(text: string, distortion: Distortion, count: number): string {
  if (distortion === 'odd') return withOddRows(text, count);
  return distortion === 'one page' ? withoutPages(text) : text;
}

/** An answer whose list is cut to half, without anything by which the next page is asked for. */
function withoutPages(text: string): string {
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer)) return text;
  for (const key of ['total', 'nextCursor', 'meta']) Reflect.deleteProperty(answer, key);
  for (const key of LISTS) {
    const list = answer[key];
    if (!Array.isArray(list)) continue;
    for (const row of list) if (isObject(row)) Reflect.deleteProperty(row, 'searchAfter');
    if (list.length > 1) answer[key] = list.slice(0, Math.floor(list.length / 2) + 1);
  }
  return JSON.stringify(answer);
}

/** An answer with an odd row at the beginning or end of its list, and a last row that has lost its cursor. */
function withOddRows(text: string, count: number): string {
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer)) return text;
  // The total excludes the invalid rows.
  Reflect.deleteProperty(answer, 'total');
  for (const key of LISTS) {
    const list = answer[key];
    if (!Array.isArray(list) || list.length === 0) continue;
    const last: unknown = list.at(-1);
    if (isObject(last) && count % 3 === 0 && list.length > 1) Reflect.deleteProperty(last, 'searchAfter');
    const odd = ODD[count % ODD.length];
    if (count % 2 === 0) list.unshift(odd);
    else list.push(odd);
  }
  return JSON.stringify(answer);
}
