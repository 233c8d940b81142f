import { errors } from 'zapier-platform-core';
import { ApiError, Halt, InputError, type FailureKind } from '../base/errors.ts';

const UNEXPECTED =
  'Something unexpected went wrong in this integration. Please try again; if it keeps happening, tell the people who maintain it which step this was.';

/**
 * Converts any error to one of Zapier's. A RefreshAuthError passes through, because Zapier must see it to refresh the token;
 * an unknown error becomes a general message without a stack.
 */
export function toZapierError(error: unknown): Error {
  if (error instanceof errors.RefreshAuthError) return plain(error);
  if (error instanceof InputError) return new errors.Error(error.message, 'InvalidInput', 400);
  if (error instanceof Halt) return plain(new errors.HaltedError(error.message));
  if (!(error instanceof ApiError)) return new errors.Error(UNEXPECTED, 'Unexpected');
  switch (error.kind) {
    case 'throttled':
      return new errors.ThrottledError(error.message, Math.ceil((error.retryAfterMs ?? 10_000) / 1000));
    case 'unauthenticated':
      return plain(new errors.ExpiredAuthError(error.message));
    case 'duplicate':
      return plain(new errors.HaltedError(error.message));
    default:
      return new errors.Error(error.message, CODES[error.kind], error.status);
  }
}

/** The error codes in Zapier's logs. */
const CODES = {
  refused: 'Refused',
  'not found': 'NotFound',
  'not permitted': 'Forbidden',
  'wrong location': 'Forbidden',
  unavailable: 'Unavailable',
  uncertain: 'Uncertain',
  unreadable: 'Unreadable',
} satisfies Partial<Record<FailureKind, string>>;

// Otherwise core appends "What happened" and the console log to the message.
function plain(error: Error): Error {
  return Object.assign(error, { doNotContextify: true });
}
