import { cleanLine } from './text.ts';

/** Invalid input. The message tells the user what is wrong and what to do. Thrown before any request is sent. */
export class InputError extends Error {
  override name = 'InputError';
}

/**
 * Text typed by a user or sent by another system, for use as a quote in an error: one clean line, truncated to `most`
 * characters.
 */
export function quoted(text: string, most = 60): string {
  const line = cleanLine(text);
  // A character takes at most two UTF-16 units, so the rest of a long text need not be split.
  const characters = Array.from(line.slice(0, 2 * most + 2));
  return `"${characters.slice(0, most).join('')}${characters.length > most ? '…' : ''}"`;
}

/** Stops a run without counting as an error: Zapier shows the message and never turns the Zap off for it. */
export class Halt extends Error {
  override name = 'Halt';
}

/** Why a request to HighLevel or JivoChat failed. */
export type FailureKind =
  /** HighLevel refused the request's content (400, 422 and other 4xx). */
  | 'refused'
  /** The record does not exist. */
  | 'not found'
  /** Another contact has the email or phone number, or the contact has an opportunity in the pipeline. */
  | 'duplicate'
  /** The connection lacks the permission. */
  | 'not permitted'
  /** The connection is for another sub-account, or for one that is not active. */
  | 'wrong location'
  /** The token is invalid and cannot be refreshed. */
  | 'unauthenticated'
  /** The rate limit: `retryAfterMs` says how long to wait. */
  | 'throttled'
  /** HighLevel is down. The request did not happen, or is safe to repeat. */
  | 'unavailable'
  /** The request may or may not have happened, and must not be repeated without a check. */
  | 'uncertain'
  /** HighLevel responded with a redirect, which is not followed. */
  | 'unreadable';

/** A failed request to HighLevel, to JivoChat's Chat API or to the relay. The message is written for the user of the Zap. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly system: 'HighLevel' | 'JivoChat' | 'relay';
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** What happened, without the advice at the end of the message. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  /** Whether HighLevel responded, but the response could not be parsed. */
  readonly isUnreadable: boolean;
  /** For a duplicate: the existing contact, and the field that matched. */
  readonly duplicate: { contactId: string; field: string | undefined } | undefined;
  /** For a duplicate that is no contact: the ID of the existing record. */
  readonly existingId: string | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    more: {
      system?: 'HighLevel' | 'JivoChat' | 'relay';
      status?: number;
      reason?: string;
      retryAfterMs?: number;
      isUnreadable?: boolean;
      duplicate?: { contactId: string; field: string | undefined };
      existingId?: string;
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.system = more.system ?? 'HighLevel';
    this.status = more.status;
    this.reason = more.reason ?? message;
    this.retryAfterMs = more.retryAfterMs;
    this.isUnreadable = more.isUnreadable ?? false;
    this.duplicate = more.duplicate;
    this.existingId = more.existingId;
  }
}
