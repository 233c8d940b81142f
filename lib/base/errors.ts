import { errors } from 'zapier-platform-core';
import { cleanLine } from './text.ts';

/** Input that cannot be used, in the user's words: what is wrong and what to do. Thrown before any request. */
export class InputError extends Error {
  override name = 'InputError';
}

/** What somebody typed, or another system said, to be quoted in an error: one clean line, cut where it is long. */
export function quoted(text: string, most = 60): string {
  const line = cleanLine(text);
  // Twice the length holds that many characters even when each takes two places: what lies behind need not be counted.
  const characters = Array.from(line.slice(0, 2 * most + 2));
  return `"${characters.slice(0, most).join('')}${characters.length > most ? '…' : ''}"`;
}

/** A run that should stop quietly, because what it needs is not there: shown to the user, never switches a Zap off. */
export class Halt extends Error {
  override name = 'Halt';
}

/** Why a request to HighLevel or JivoChat failed. */
export type FailureKind =
  /** HighLevel refused the request's content (400, 422 and other 4xx). */
  | 'refused'
  /** The record is not there. */
  | 'not found'
  /** Another contact has the e-mail address or phone number. */
  | 'duplicate'
  /** The connection lacks the permission. */
  | 'not permitted'
  /** The connection is for another sub-account, or for one that is not active. */
  | 'wrong location'
  /** The token is dead and cannot be refreshed. */
  | 'unauthenticated'
  /** The rate limit: `retryAfterMs` says when to come back. */
  | 'throttled'
  /** It surely did not happen, or may be asked again: HighLevel is down. */
  | 'unavailable'
  /** It may or may not have happened, and must not be repeated blindly. */
  | 'uncertain'
  /** A good status with an answer that cannot be read. */
  | 'unreadable';

/** A request to HighLevel, or to JivoChat's Chat API, that failed. The message is written for the Zap's owner. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly system: 'HighLevel' | 'JivoChat';
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** What happened, without the advice that the message ends with. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  /** With a duplicate: the contact that is there already, and the field that matched. */
  readonly duplicate: { contactId: string; field: string | undefined } | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    more: {
      system?: 'HighLevel' | 'JivoChat';
      status?: number;
      reason?: string;
      retryAfterMs?: number;
      duplicate?: { contactId: string; field: string | undefined };
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.system = more.system ?? 'HighLevel';
    this.status = more.status;
    this.reason = more.reason ?? message;
    this.retryAfterMs = more.retryAfterMs;
    this.duplicate = more.duplicate;
  }
}

/**
 * Of the failures of what ran side by side, the one to throw. What makes Zapier run the step again goes first, because what
 * is not written yet is then written: a stale token, then the longest rate limit. Else it is the first.
 */
export function mostUrgent(failures: readonly unknown[]): unknown {
  const stale = failures.find((failure) => failure instanceof errors.RefreshAuthError);
  if (stale) return stale;
  const throttled = failures.filter(
    (failure): failure is ApiError => failure instanceof ApiError && failure.kind === 'throttled',
  );
  return throttled.toSorted((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0))[0] ?? failures[0];
}

/** Whether a failure makes Zapier run the step again: a stale token or the rate limit. */
export function isRunAgain(failure: unknown): boolean {
  return (
    failure instanceof errors.RefreshAuthError ||
    (failure instanceof ApiError && failure.kind === 'throttled')
  );
}
