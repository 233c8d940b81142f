import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { MIN_TIME_LEFT_MS } from '../highlevel/retry.ts';

/** Zapier stashes what is larger than 6,291,456 bytes and takes 20 MB at most; the rest of an answer needs room too. */
const MAX_ANSWER_BYTES = 5_000_000;
/** A run with less time left than this was slow, whatever its last error says. */
const OUT_OF_TIME_MS = 5_000;
const PASSING = new Set(['throttled', 'unavailable', 'unreadable', 'refused', 'not found']);

/**
 * Whether a failed read is about this request alone or may pass, so that a poll may give what it has and go on in the next
 * one. A connection that is refused is not: neither its token nor its permission comes back by itself.
 */
export function mayPass(error: unknown): boolean {
  return error instanceof ApiError && PASSING.has(error.kind);
}

/** How quickly HighLevel answers in this run. */
export interface Pace {
  /** Does one read, and takes its time. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the run has time for one more read, as slow as the slowest so far. */
  hasTime(): boolean;
}

/** The pace of a run whose reads begin now. */
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

/** Counts what a poll gives to Zapier. */
export interface Allowance {
  /** Takes a record into the answer; false, and not taken, where it would make the answer too large. The first one always fits. */
  take(record: object): boolean;
}

/** The room of one poll's answer. `extra` is what each record will grow by, in bytes. */
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
  // A rate limit has its status and passes by itself.
  if (error.kind === 'throttled') return error.status === undefined;
  return error.kind === 'unavailable' && highlevel.timeLeft() < OUT_OF_TIME_MS;
}

/** The error for a list that the run has no time for, however often it is tried: it says what to choose. */
export function tooSlow(): ApiError {
  return new ApiError(
    'unavailable',
    'HighLevel is too slow for this trigger at the moment. Please choose tags, a user or a contact, so that it watches fewer records.',
  );
}

/** What `work` gives; where HighLevel is too slow for it, the error is advice instead of an endless "try again". */
export async function adviseWhenSlow<T>(highlevel: HighLevel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isOutOfTime(highlevel, error) ? tooSlow() : error;
  }
}
