import { errors, type Bundle, type ZObject } from 'zapier-platform-core';
import { apiUrl } from './base_url.ts';
import type { BurstWindow } from './burst_window.ts';
import { pathWords, versionOf } from './endpoints.ts';
import { InputError, quoted } from '../base/errors.ts';
import { untouched } from '../base/http.ts';
import { maskText, maskValue, secretsOf } from '../base/secrets.ts';
import { ID } from '../schema/fields.ts';
import { ATTEMPT_TIMEOUT_MS, MIN_TIME_LEFT_MS, RUN_BUDGET_MS } from './retry.ts';

/** The state that all requests of one run of an operation share. */
export interface Run {
  zapier: ZObject;
  bundle: Bundle;
  /** When the run must stop sending requests, in epoch ms on this machine's clock. */
  deadline: number;
  /** HighLevel's clock minus ours in ms, by the Date header of the latest response. */
  clockOffset: number;
  /** Requests left in the burst window, by the latest response. */
  requestsLeft: number;
  /** What is known of the burst window. */
  window?: BurstWindow;
}

/** Starts a run, whose time for requests begins now. */
export function startRun(zapier: ZObject, bundle: Bundle): Run {
  return { zapier, bundle, deadline: Date.now() + RUN_BUDGET_MS, clockOffset: 0, requestsLeft: Infinity };
}

/** The path parameters, query and JSON body of a request. Undefined query values are not sent. */
export interface RequestParts {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: object;
  /** The version of HighLevel's API; by default the one of the endpoint. */
  version?: string;
}

/** The result of one attempt: a response of any status, none, or a 401 that Zapier's core turned into a RefreshAuthError. */
export type Attempt =
  | {
      kind: 'answer';
      status: number;
      data: unknown;
      text: string;
      header: (name: string) => string | undefined;
    }
  | { kind: 'lost'; why: string }
  /** Nothing was sent, because the run has no time left for a response. */
  | { kind: 'unsent' }
  | { kind: 'token refused'; error: Error };

/**
 * Sends a request once; the status does not matter. `name` is a method and a path as HighLevel documents them, such as `POST
 * /contacts/{contactId}/tasks`. It is aborted at `deadline`. Throws InputError before sending when a path parameter is not a
 * valid id.
 */
export async function send(
  run: Run,
  name: string,
  parts: RequestParts,
  deadline = run.deadline,
): Promise<Attempt> {
  const { zapier, bundle } = run;
  const [method, path = ''] = name.split(' ');
  const url = apiUrl() + fill(path, parts.path ?? {}) + queryOf(parts.query ?? {});
  const left = deadline - Date.now();
  if (left < MIN_TIME_LEFT_MS) return { kind: 'unsent' };
  const options = {
    url,
    method: isMethod(method) ? method : undefined,
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${bundle.authData.access_token?.trim()}`,
      'User-Agent': 'Zapier',
      Version: parts.version ?? versionOf(name),
      ...(parts.body && { 'Content-Type': 'application/json' }),
    },
    // Serialized here, because z.request deletes {{merge tags}} from the texts of an object.
    body: parts.body && JSON.stringify(parts.body),
    ...untouched,
    // AbortSignal.timeout throws unless it gets an integer, and waits may be fractions.
    signal: AbortSignal.timeout(Math.floor(Math.min(ATTEMPT_TIMEOUT_MS, left))),
  };
  try {
    // Core would parse and log a page of hundreds of records several times: more than a run's memory holds.
    const response = isLongPage(parts)
      ? await zapier.request({ ...options, raw: true })
      : await zapier.request(options);
    const header = (field: string) => response.getHeader(field) ?? undefined;
    noteClockAndLimit(run, header);
    const { status } = response;
    const secrets = secretsOf(bundle.authData);
    // A record may contain a short part of the channel's URL as an ordinary word, so only unique secrets are masked in it;
    // in an error's text all are.
    const text = 'data' in response ? response.content : await response.text();
    const data = maskValue(
      'data' in response ? response.data : parsed(text),
      text,
      status < 300 ? secrets.unique : secrets.all,
    );
    return { kind: 'answer', status, data, text: maskText(text, secrets.all), header };
  } catch (error) {
    if (error instanceof errors.RefreshAuthError) return { kind: 'token refused', error };
    const timedOut = error instanceof Error && error.name === 'AbortError';
    return { kind: 'lost', why: timedOut ? 'HighLevel did not respond in time' : 'the connection was lost' };
  }
}

/** The most rows of a page that core may parse and log. */
const SHORT_PAGE = 100;

function isLongPage({ body }: RequestParts): boolean {
  const { pageLimit, limit }: { pageLimit?: unknown; limit?: unknown } = { ...body };
  return Number(pageLimit ?? limit ?? 0) > SHORT_PAGE;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noteClockAndLimit(run: Run, header: (name: string) => string | undefined): void {
  const date = Date.parse(header('date') ?? '');
  if (!Number.isNaN(date)) run.clockOffset = date - Date.now();
  const left = Number(header('x-ratelimit-remaining') ?? Number.NaN);
  if (!Number.isNaN(left)) run.requestsLeft = left;
}

function fill(path: string, ids: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ids[name] ?? '';
    if (!ID.test(value) || pathWords.has(value.toLowerCase()))
      throw new InputError(`${quoted(value)} isn't a HighLevel ID. Choose the record from the list.`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: NonNullable<RequestParts['query']>): string {
  const sent = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) sent.append(key, String(value));
  return sent.size === 0 ? '' : `?${sent.toString()}`;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
function isMethod(text: string | undefined): text is (typeof METHODS)[number] {
  return METHODS.some((method) => method === text);
}
