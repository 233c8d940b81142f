/** How often a request is sent at most, the first attempt included. */
export const ATTEMPTS = 4;
/** The time for all requests of one run. Zapier stops a step after 30 s. */
export const RUN_BUDGET_MS = 25_000;
/** With less time left no request is sent, because Zapier might stop the run before the answer. */
export const MIN_TIME_LEFT_MS = 1_500;
/** The timeout of a single attempt. */
export const ATTEMPT_TIMEOUT_MS = 10_000;
/** The time kept for checking whether a write that must not be repeated took place. */
export const LOOK_RESERVE_MS = 6_000;
/** The window of HighLevel's burst rate limit, for a 429 that does not state it. Source: HighLevel's OAuth documentation. */
export const WINDOW_MS = 10_000;
/** The wait when the daily limit is used up and HighLevel does not say when it resets. */
const HOUR_MS = 3_600_000;
const FIRST_BACKOFF_MS = 500;

/** How one attempt ended without a usable answer. */
export type Failure =
  | { kind: 'throttled'; header: (name: string) => string | undefined }
  /** It is unknown whether the request was carried out: a 5xx, a timeout (HighLevel sends some as 401), a lost connection. */
  | { kind: 'unknown' };

/** What to do after a failed attempt: repeat it after some ms, let Zapier run the step again later, or give up. */
export type RetryDecision = { repeat: number } | { later: number } | 'give up';

/**
 * Decides what to do after a failed attempt. `attempt` counts from 1, `left` is the rest of the run's time in ms, `random`
 * (in [0, 1)) adds jitter. A throttled request (429) may always be repeated, any other only if it is `idempotent`.
 */
export function decideRetry(
  failure: Failure,
  {
    attempt,
    left,
    idempotent,
    random,
  }: { attempt: number; left: number; idempotent: boolean; random: number },
): RetryDecision {
  if (failure.kind === 'throttled') {
    const daily = number(failure.header('x-ratelimit-daily-remaining'));
    if (daily === 0) return { later: number(failure.header('x-ratelimit-daily-reset')) ?? HOUR_MS };
    const wait = throttleWait(failure.header) * (1 + random / 4);
    return attempt < ATTEMPTS && wait < left ? { repeat: wait } : { later: wait };
  }
  if (!idempotent || attempt >= ATTEMPTS) return 'give up';
  const wait = FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + random / 4);
  return wait < left ? { repeat: wait } : 'give up';
}

/** Milliseconds until the rate limit resets: from `Retry-After`, or else the length of the burst window. */
function throttleWait(header: (name: string) => string | undefined): number {
  const seconds = number(header('retry-after'));
  if (seconds !== undefined) return seconds * 1000;
  return number(header('x-ratelimit-interval-milliseconds')) ?? WINDOW_MS;
}

function number(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const value = Number(header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
