import { errors, type Bundle, type ZObject } from 'zapier-platform-core';
import { apiUrl } from './base_url.ts';
import { pathWords } from './endpoints.ts';
import { InputError, quoted } from '../base/errors.ts';
import { untouched } from '../base/http.ts';
import { ID } from '../schema/fields.ts';
import { ATTEMPT_TIMEOUT_MS, MIN_TIME_LEFT_MS, RUN_BUDGET_MS } from './retry.ts';

/** One run of an operation: what Zapier gave it, and what its requests share. */
export interface Run {
  zapier: ZObject;
  bundle: Bundle;
  /** When the run's budget for requests ends, ms on this machine's clock. */
  deadline: number;
  /** HighLevel's clock minus ours in ms, from the latest answer's Date header. */
  clockOffset: number;
  /** How many requests the burst window still has, as HighLevel last said. */
  requestsLeft: number;
}

/** A new run, its budget starting now. */
export function startRun(zapier: ZObject, bundle: Bundle): Run {
  return { zapier, bundle, deadline: Date.now() + RUN_BUDGET_MS, clockOffset: 0, requestsLeft: Infinity };
}

/** What goes along with a request. Undefined query values are not sent. */
export interface RequestParts {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: Record<string, unknown>;
}

/** How one attempt ended: with an answer of any status, with none, or with a 401 that Zapier's core took for itself. */
export type Attempt =
  | { kind: 'answer'; status: number; data: unknown; header: (name: string) => string | undefined }
  | { kind: 'lost'; why: string }
  /** Nothing left the process: the run has no time for an answer any more. */
  | { kind: 'unsent' }
  | { kind: 'token refused'; error: Error };

/**
 * Sends one request once, whatever its status. `name` is a method and a documented path, `POST /contacts/{contactId}/tasks`.
 * Throws InputError for a path parameter that is no id, before anything is sent.
 */
export async function send(run: Run, name: string, parcel: RequestParts): Promise<Attempt> {
  const { zapier, bundle } = run;
  const [method, path = ''] = name.split(' ');
  const url = apiUrl() + fill(path, parcel.path ?? {}) + queryOf(parcel.query ?? {});
  const left = run.deadline - Date.now();
  if (left < MIN_TIME_LEFT_MS) return { kind: 'unsent' };
  const options = {
    url,
    method: isMethod(method) ? method : undefined,
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${bundle.authData.access_token?.trim()}`,
      'User-Agent': 'Zapier',
      // Calendars are documented under a version of their own. Source: HighLevel's OpenAPI files.
      Version: path.startsWith('/calendars') ? '2021-04-15' : '2021-07-28',
      ...(parcel.body && { 'Content-Type': 'application/json' }),
    },
    // As text: z.request would delete {{merge tags}} from an object's texts.
    body: parcel.body && JSON.stringify(parcel.body),
    ...untouched,
    signal: AbortSignal.timeout(Math.min(ATTEMPT_TIMEOUT_MS, left)),
  };
  try {
    // Core would read a page of hundreds of records three times over, and log it: more than a run's memory holds.
    const response = isLongPage(parcel)
      ? await zapier.request({ ...options, raw: true })
      : await zapier.request(options);
    const header = (wanted: string) => response.getHeader(wanted) ?? undefined;
    noteClockAndLimit(run, header);
    const data = 'data' in response ? response.data : parsed(await response.text());
    return { kind: 'answer', status: response.status, data, header };
  } catch (error) {
    if (error instanceof errors.RefreshAuthError) return { kind: 'token refused', error };
    const timedOut = error instanceof Error && error.name === 'AbortError';
    return { kind: 'lost', why: timedOut ? 'it did not answer in time' : 'the connection to it broke' };
  }
}

/** Rows of a page that core may still read, and log, itself. */
const SHORT_PAGE = 100;

function isLongPage({ body }: RequestParts): boolean {
  return Number(body?.pageLimit ?? body?.limit ?? 0) > SHORT_PAGE;
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
      throw new InputError(`${quoted(value)} is not a HighLevel ID. Please choose the record from the list.`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: NonNullable<RequestParts['query']>): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.append(key, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
function isMethod(text: string | undefined): text is (typeof METHODS)[number] {
  return METHODS.some((method) => method === text);
}
