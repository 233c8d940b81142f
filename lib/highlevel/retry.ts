/** At most this many times one request is sent. */
export const ATTEMPTS = 4;
/** Zapier stops a step at 30 s; all requests of one run share this much. */
export const RUN_BUDGET_MS = 25_000;
/** With less of that left no request is sent: its answer would come too late, and nobody would know what it did. */
export const MIN_TIME_LEFT_MS = 1_500;
/** No single attempt waits longer for its answer. */
export const ATTEMPT_TIMEOUT_MS = 10_000;
/** HighLevel's burst window, for answers that do not name it. Source: HighLevel's OAuth documentation. */
export const WINDOW_MS = 10_000;
/** What to tell Zapier when the day's quota is spent and HighLevel does not say when the next day begins. */
const HOUR_MS = 3_600_000;
const FIRST_BACKOFF_MS = 500;

/** How one attempt ended without a usable answer. */
export type Failure =
  | { kind: 'throttled'; header: (name: string) => string | undefined }
  /** Nobody knows whether it happened: a 5xx, a timeout, a broken connection, a timeout in a 401's clothes. */
  | { kind: 'unknown' };

/** What to do after a failed attempt: send it again after `wait` ms, hand the wait to Zapier, or give up. */
export type RetryDecision = { repeat: number } | { later: number } | 'give up';

/**
 * Decides what follows a failed attempt. `attempt` counts from 1; `left` is what remains of the run's budget in ms;
 * `random` is in [0, 1). A refused request (429) may always be repeated, an unanswered one only where `idempotent`.
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

/** Milliseconds until HighLevel takes requests again: `Retry-After` where sent, else its burst window. */
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
