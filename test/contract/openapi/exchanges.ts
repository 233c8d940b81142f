import { existsSync } from 'node:fs';

/** A request that a test sent, and the answer that the sandbox gave. */
export interface Exchange {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
  /** Absent where the answer says nothing of the sandbox: a fault was played, or the test wrote it. */
  answer?: { status: number; body: string };
}

const given = process.env.OPENAPI_DIR;
/** Where HighLevel's OpenAPI files are; undefined when they are not at hand. */
export const openApiFolder = given && existsSync(given) ? given : undefined;

const kept: Exchange[] = [];

/**
 * Keeps a request to be held against HighLevel's OpenAPI files; nothing where they are not at hand (OPENAPI_DIR). `path` is its
 * documented form, where it was written otherwise.
 */
export function keepExchange(
  { method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>,
  body: string,
  path = new URL(url).pathname,
): Exchange | undefined {
  if (!openApiFolder) return undefined;
  const { searchParams: query } = new URL(url);
  const exchange = { method, path, query, headers, body };
  kept.push(exchange);
  return exchange;
}

/** Throws an error that names everything in which the exchanges kept so far differ from the OpenAPI files. */
export async function judgeExchanges(): Promise<void> {
  const exchanges = kept.splice(0);
  if (!openApiFolder || exchanges.length === 0) return;
  const { contract } = await import('./contract.ts');
  const judge = contract(openApiFolder);
  const found = new Set(exchanges.flatMap((exchange) => judge.violations(exchange)));
  if (found.size > 0)
    throw new Error(`Not as HighLevel's OpenAPI files have it:\n  ${[...found].join('\n  ')}`);
}

// In a test run, so that the test fails in which it happened; else the sandbox judges when it closes.
if (typeof afterEach === 'function') afterEach(judgeExchanges);
