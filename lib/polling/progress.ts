import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { MIN_TIME_LEFT_MS } from '../highlevel/retry.ts';

/** Zapier stashes results over 6,291,456 bytes and accepts 20 MB at most; the rest of the result needs room too. */
const MAX_ANSWER_BYTES = 5_000_000;
/** A run with less time left than this was slow, regardless of its last error. */
const OUT_OF_TIME_MS = 5_000;
const PASSING = new Set(['throttled', 'unavailable', 'unreadable', 'refused', 'not found']);

/**
 * Whether a failed read concerns only this request or is temporary, so that a poll may return what it has and continue in
 * the next one. False for a token or permission that is refused, because that does not fix itself.
 */
export function mayPass(error: unknown): boolean {
  return error instanceof ApiError && PASSING.has(error.kind);
}

/** How quickly HighLevel answers in this run. */
export interface Pace {
  /** Runs one read and measures its time. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the run has time for one more read, as slow as the slowest so far. */
  hasTime(): boolean;
}

/** Starts measuring a run's reads. */
export function startPace(highlevel: HighLevel): Pace {
  let slowest = 0;
  return {
    async read(work) {
      const before = highlevel.timeLeft();
      try {
        return await work();
      } finally {
        slowest = Math.max(slowest, before - highlevel.timeLeft());
      }
    },
    hasTime: () => highlevel.timeLeft() > slowest * 1.25 + MIN_TIME_LEFT_MS,
  };
}

/** Counts the bytes that a poll returns to Zapier. */
export interface Allowance {
  /** Counts a record; false, and not counted, if it would make the result too large. The first one always fits. */
  take(record: object): boolean;
}

/** The size limit for one poll's result. `extra` is the number of bytes that each record will grow by. */
export function startAllowance(extra = 0): Allowance {
  let bytes = 0;
  return {
    take(record) {
      const size = Buffer.byteLength(JSON.stringify(record)) + extra;
      if (bytes > 0 && bytes + size > MAX_ANSWER_BYTES) return false;
      bytes += size;
      return true;
    },
  };
}

/** Whether a read failed because HighLevel is slow: the same poll would end the same way next time. */
export function isOutOfTime(highlevel: HighLevel, error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  // A rate limit has a status and ends by itself.
  if (error.kind === 'throttled') return error.status === undefined;
  return error.kind === 'unavailable' && highlevel.timeLeft() < OUT_OF_TIME_MS;
}

/** The error for a list that no run has enough time for: it advises what to choose. */
export function tooSlow(): ApiError {
  return new ApiError(
    'unavailable',
    'HighLevel is too slow for this trigger at the moment. Choose tags, a user, or a contact, so that it watches fewer records.',
  );
}

/** Runs `work`; if HighLevel is too slow for it, throws an error with advice instead of an endless "try again". */
export async function adviseWhenSlow<T>(highlevel: HighLevel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isOutOfTime(highlevel, error) ? tooSlow() : error;
  }
}
