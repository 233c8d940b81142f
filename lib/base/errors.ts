import { errors } from 'zapier-platform-core';
import { cleanLine } from './text.ts';

/** Input that cannot be used, in the user's words: what is wrong and what to do. Thrown before any request. */
export class InputError extends Error {
  override name = 'InputError';
}

/** What somebody typed, or another system said, to be quoted in an error: one clean line, cut where it is long. */
export function quoted(text: string, most = 60): string {
  const characters = Array.from(cleanLine(text));
  return `"${characters.slice(0, most).join('')}${characters.length > most ? '…' : ''}"`;
}

/** A run that should stop quietly, because what it needs is not there: shown to the user, never switches a Zap off. */
export class Halt extends Error {
  override name = 'Halt';
}

/** Why a request to HighLevel brought nothing usable. */
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
  | 'forbidden'
  /** The token is dead and cannot be refreshed. */
  | 'signed out'
  /** The rate limit: `retryAfterMs` says when to come back. */
  | 'throttled'
  /** It surely did not happen, or may be asked again: HighLevel is down. */
  | 'unavailable'
  /** It may or may not have happened, and must not be repeated blindly. */
  | 'uncertain'
  /** A good status with an answer that cannot be read. */
  | 'unreadable';

/** A request to HighLevel that failed. The message is written for the Zap's owner. */
export class HighLevelError extends Error {
  override name = 'HighLevelError';
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
      status?: number;
      reason?: string;
      retryAfterMs?: number;
      duplicate?: { contactId: string; field: string | undefined };
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.status = more.status;
    this.reason = more.reason ?? message;
    this.retryAfterMs = more.retryAfterMs;
    this.duplicate = more.duplicate;
  }
}

const UNEXPECTED =
  'Something unexpected went wrong in this integration. Please try again; if it keeps happening, tell whoever maintains it which step this was.';

/**
 * The one table from what our code throws to what Zapier understands. A RefreshAuthError is the platform's own and must
 * reach it; anything unknown becomes a sentence without a stack.
 */
export function toZapierError(error: unknown): Error {
  if (error instanceof errors.RefreshAuthError) return plain(error);
  if (error instanceof InputError) return new errors.Error(error.message, 'InvalidInput', 400);
  if (error instanceof Halt) return plain(new errors.HaltedError(error.message));
  if (!(error instanceof HighLevelError)) return new errors.Error(UNEXPECTED, 'Unexpected');
  switch (error.kind) {
    case 'throttled':
      return new errors.ThrottledError(error.message, Math.ceil((error.retryAfterMs ?? 10_000) / 1000));
    case 'signed out':
      return plain(new errors.ExpiredAuthError(error.message));
    case 'duplicate':
      return plain(new errors.HaltedError(error.message));
    default:
      return new errors.Error(error.message, CODES[error.kind], error.status);
  }
}

/** What Zapier's logs call each failure. */
const CODES = {
  refused: 'Refused',
  'not found': 'NotFound',
  'not permitted': 'Forbidden',
  forbidden: 'Forbidden',
  unavailable: 'Unavailable',
  uncertain: 'Uncertain',
  unreadable: 'Unreadable',
} satisfies Partial<Record<FailureKind, string>>;

// The platform adds "What happened" and the console log to errors of these kinds, unless told not to.
function plain(error: Error): Error {
  return Object.assign(error, { doNotContextify: true });
}
