import { DateTime } from 'luxon';
import { DAY, HOUR } from '../base/dates.ts';

/** The maximum number of times that a request is sent. */
export const ATTEMPTS = 4;
/** The time for all requests of one run. Zapier stops a step after 30 s. */
export const RUN_BUDGET_MS = 25_000;
/** With less time left no request is sent, because Zapier might stop the run before the answer. */
export const MIN_TIME_LEFT_MS = 1_500;
/** The timeout of a single attempt. */
export const ATTEMPT_TIMEOUT_MS = 10_000;
/** The time reserved for checking whether a write that must not be repeated took place. */
export const LOOK_RESERVE_MS = 6_000;
/** The window of HighLevel's burst rate limit, for a 429 that does not state it. Source: HighLevel's OAuth documentation. */
export const WINDOW_MS = 10_000;
/** HighLevel's limits last a day at most, so a longer wait in a header is an error. */
const MAX_WAIT_MS = DAY;
const FIRST_BACKOFF_MS = 500;
/** The runs that wait for the end of a window go on within this time after it. */
const END_JITTER_MS = 500;

/** How one attempt ended without a usable answer. */
export type Failure =
  | { kind: 'throttled'; header: (name: string) => string | undefined }
  /** It is unknown whether the request was carried out: a 5xx, a timeout (HighLevel sends some as 401), a lost connection. */
  | { kind: 'unknown' };

/** What to do after a failed attempt: repeat it after this many ms, let Zapier run the step again later, or give up. */
export type RetryDecision = { repeat: number } | { later: number } | 'give up';

/**
 * Decides what to do after a failed attempt. `attempt` counts from 1; `left` is what remains of the run's budget in ms;
 * `random` is in [0, 1); `now` is HighLevel's time in epoch ms. A refused request (429) may always be repeated: after
 * `Retry-After`, or soon after the end of the burst window; if that is unknown (`windowEndsIn` in ms), after half a window.
 * One with an unknown outcome may be repeated only if `idempotent`. No wait is longer than a day.
 */
export function decideRetry(
  failure: Failure,
  {
    attempt,
    left,
    idempotent,
    random,
    now = Date.now(),
    windowEndsIn,
  }: {
    attempt: number;
    left: number;
    idempotent: boolean;
    random: number;
    now?: number;
    windowEndsIn?: number | undefined;
  },
): RetryDecision {
  if (failure.kind === 'throttled') {
    const daily = number(failure.header('x-ratelimit-daily-remaining'));
    if (daily === 0) {
      // An hour if HighLevel does not say when the daily limit resets.
      const reset = waitIn(failure.header('x-ratelimit-daily-reset'), 1, now) ?? HOUR;
      return { later: Math.min(reset, MAX_WAIT_MS) };
    }
    const told = waitIn(failure.header('retry-after'), 1_000, now);
    const window = windowOf(failure.header, now);
    const jittered = (wait: number, jitter = wait / 4) => Math.min(wait + random * jitter, MAX_WAIT_MS);
    const known =
      told === undefined && windowEndsIn !== undefined ? jittered(windowEndsIn, END_JITTER_MS) : undefined;
    const wait = known ?? jittered(told ?? window / 2);
    return attempt < ATTEMPTS && wait < left
      ? { repeat: wait }
      : { later: known ?? jittered(told ?? window) };
  }
  if (!idempotent || attempt >= ATTEMPTS) return 'give up';
  const wait = FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + random / 4);
  return wait < left ? { repeat: wait } : 'give up';
}

/** The length of the burst window in ms, more than 0, by the headers of a 429 at `now` (HighLevel's time in epoch ms). */
export function windowOf(header: (name: string) => string | undefined, now: number): number {
  // No window lasts no time.
  return waitIn(header('x-ratelimit-interval-milliseconds'), 1, now) || WINDOW_MS;
}

/**
 * The wait in ms from a header: a duration in units of `unitMs`, or its end as an HTTP date, ISO date, or epoch seconds or
 * milliseconds. Undefined if it cannot be parsed, or if the end has passed because the clocks differ.
 */
function waitIn(header: string | undefined, unitMs: number, now: number): number | undefined {
  const value = number(header);
  // As a duration in seconds this would be 30 years.
  if (value !== undefined && value < EPOCH_SECONDS_FROM) return value * unitMs;
  const moment = value === undefined ? dateIn(header) : value < EPOCH_MS_FROM ? value * 1_000 : value;
  return moment !== undefined && moment > now ? moment - now : undefined;
}

/** Numbers from here on are a time: epoch seconds (2001 and later) or milliseconds. */
const EPOCH_SECONDS_FROM = 1e9;
const EPOCH_MS_FROM = 1e11;

/** Parses an HTTP date, or an ISO date (UTC by default), into epoch ms. */
function dateIn(header = ''): number | undefined {
  const text = header.trim();
  const date = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? DateTime.fromISO(text.replace(' ', 'T'), { zone: 'utc' })
    : DateTime.fromHTTP(text);
  return date.isValid ? date.toMillis() : undefined;
}

function number(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const value = Number(header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
