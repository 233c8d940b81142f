import { existsSync } from 'node:fs';

/** A request that a test sent, and the sandbox's response. */
export interface Exchange {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
  /** Absent if the response is not the sandbox's own: a fault, or written by the test. */
  answer?: { status: number; body: string };
}

const given = process.env.OPENAPI_DIR;
/** The folder of HighLevel's OpenAPI files; undefined if it is not set. */
export const openApiFolder = given && existsSync(given) ? given : undefined;

const kept: Exchange[] = [];

/**
 * Records a request to check it against HighLevel's OpenAPI files, if there are any (OPENAPI_DIR). `path` is its documented
 * form, if it was sent in another.
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

/** Throws an error that lists all differences between the recorded exchanges and the OpenAPI files. */
export async function judgeExchanges(): Promise<void> {
  const exchanges = kept.splice(0);
  if (!openApiFolder || exchanges.length === 0) return;
  const { contract } = await import('./contract.ts');
  const judge = contract(openApiFolder);
  const found = new Set(exchanges.flatMap((exchange) => judge.violations(exchange)));
  if (found.size > 0)
    throw new Error(`Not as HighLevel's OpenAPI files have it:\n  ${[...found].join('\n  ')}`);
}

// In a test run, so that the right test fails; otherwise the sandbox checks when it closes.
if (typeof afterEach === 'function') afterEach(judgeExchanges);
