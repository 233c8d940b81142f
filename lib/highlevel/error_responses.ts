import { asksForToken } from '../base/edition.ts';
import { ApiError, quoted } from '../base/errors.ts';
import { leavesOutcomeOpen } from '../base/http.ts';
import { isObject } from '../base/json.ts';
import { WINDOW_MS } from './retry.ts';
import { choiceFor, scopes, type Scope } from './scopes.ts';

/** The maximum length of a quote of HighLevel's message, which lists all validation errors at once. */
const MAX_QUOTED = 300;

/** What a 401 from HighLevel can mean. */
export type Meaning401 = 'stale token' | 'missing permission' | 'inactive location' | 'timeout' | 'unknown';

const TIMED_OUT = /timed?[ -]?out/i;

/** Reads a 401 by its message. Source: messages measured by other integrators, HighLevel's OpenAPI examples. */
export function meaningOf401(message: string): Meaning401 {
  if (TIMED_OUT.test(message)) return 'timeout';
  if (/location is not active/i.test(message)) return 'inactive location';
  if (/not authorized for this scope|user type mismatch|authclass type/i.test(message))
    return 'missing permission';
  if (/invalid jwt|token is invalid|invalid private integration token|expired/i.test(message))
    return 'stale token';
  return 'unknown';
}

/** The error message in a response body, empty when there is none. `message` is a text or a list (validation errors). */
export function messageIn(data: unknown): string {
  if (!isObject(data)) return '';
  const message = data.message ?? data.error_description ?? data.error ?? '';
  const parts = Array.isArray(message) ? message : isObject(message) ? [message.message] : [message];
  return parts.filter((part) => typeof part === 'string').join('; ');
}

/**
 * Whether a response leaves the outcome of the request unknown: a 5xx, or a status or a 400 that reports a timeout (`Request
 * Timeout after 30000ms`). Source: integrators' reports.
 */
export function isOutcomeUnknown(status: number, data: unknown): boolean {
  if (leavesOutcomeOpen(status)) return true;
  return status === 400 && TIMED_OUT.test(messageIn(data));
}

/**
 * Whether a 403 comes from the firewall in front of HighLevel: an HTML page, or JSON with a Cloudflare error such as `error
 * code: 1010`. HighLevel's own refusals are JSON without one. Source: integrators' reports, Cloudflare's list of errors.
 */
export function isFirewall(status: number, data: unknown): boolean {
  if (status !== 403) return false;
  if (!isObject(data)) return true;
  if (data.cloudflare_error === true || 'ray_id' in data) return true;
  const texts = [messageIn(data), data.title, data.detail, data.error_name, data.error].filter(
    (text) => typeof text === 'string',
  );
  const codes = [data.code, data.error_code, data.errorCode].map(String);
  return codes.some((code) => FIREWALL_CODE.test(code)) || texts.some((text) => FIREWALL_WORDS.test(text));
}

const FIREWALL_CODE = /^1\d{3}$/;
const FIREWALL_WORDS = /\berror(?: code)?:? ?1\d{3}\b|\bcloudflare\b|\battention required\b/i;

/** A 400 that HighLevel occasionally sends for a valid search. Source: integrators' reports. */
export function isPassingSearchFault(status: number, data: unknown): boolean {
  return status === 400 && /error occurred while searching/i.test(messageIn(data));
}

/**
 * Whether a response says that the record does not exist: 404, 410, or a 400 with one of HighLevel's messages, such as `The
 * task id is invalid.` If the request names no record, such as a search, only a message about a record counts: a 404 alone
 * then means that the endpoint was removed.
 */
export function isNotFound(status: number, data: unknown, namesRecord: boolean): boolean {
  const message = messageIn(data);
  if (![400, 404, 410].includes(status) || isUnknownAddress(message)) return false;
  if (RECORD_GONE.test(message)) return true;
  return namesRecord && (status !== 400 || /not found/i.test(message));
}

const RECORD =
  '(?:contact|task|note|appointment|event|user|business|calendar|opportunity|pipeline|stage|lost reason)';
const RECORD_GONE = new RegExp(
  [
    `\\bno (?:such )?${RECORD} (?:was )?found`,
    `\\b${RECORD} not found`,
    `\\b${RECORD} ?id is (?:invalid|not valid)`,
    `\\binvalid ${RECORD} ?id\\b`,
    `\\b${RECORD}\\b[^.;]{0,60} (?:does not exist|doesn't exist|no longer exists|(?:was|is|has been)(?: already)? deleted)`,
    `\\b${RECORD}\\b[^.;]{0,60} could(?:n't| not) be found`,
  ].join('|'),
  'i',
);

const NO_SECOND = 'OPPORTUNITY_NO_DUPLICATE';

// Whether this is the message of HighLevel's server for an unknown path.
function isUnknownAddress(message: string): boolean {
  return /^cannot (?:get|post|put|delete) \//i.test(message);
}

/**
 * The error for a 4xx response other than 401 and 429, or for a redirect. `action` is what the request should have done,
 * `namesRecord` whether its path names a record.
 */
export function errorFor(status: number, data: unknown, action: string, namesRecord: boolean): ApiError {
  const message = messageIn(data);
  const trace = isObject(data) && typeof data.traceId === 'string' ? ` (trace ${data.traceId})` : '';
  const said = message ? ` HighLevel says: ${quoted(message.replace(/\.$/, ''), MAX_QUOTED)}${trace}.` : '';
  if (status >= 300 && status < 400) {
    return new ApiError(
      'unreadable',
      `HighLevel could not ${action}: HighLevel redirected the request, which this integration doesn't follow.`,
      { status },
    );
  }
  if (isNotFound(status, data, namesRecord)) {
    return new ApiError(
      'not found',
      `HighLevel could not ${action} because it can't find a record used in this step. It may have been deleted or belong to another sub-account.${said} Check the fields of this step.`,
      { status },
    );
  }
  if (status === 400 && /duplicated contact/i.test(message)) {
    const meta = isObject(data) && isObject(data.meta) ? data.meta : {};
    const contactId = typeof meta.contactId === 'string' ? meta.contactId : '';
    const field = typeof meta.matchingField === 'string' ? meta.matchingField : undefined;
    const by = field === 'phone' ? 'phone number' : field === 'email' ? 'email' : 'email or phone number';
    return new ApiError(
      'duplicate',
      `HighLevel did not ${action}: ${contactId ? `contact ${contactId}` : 'another contact'} already has this ${by}. ` +
        'Use Create or Update Contact, or Find or Create Contact, to work with it.',
      { status, duplicate: contactId ? { contactId, field } : undefined },
    );
  }
  // Source: public client code.
  if (
    status === 400 &&
    isObject(data) &&
    (data.code === NO_SECOND || /duplicate opportunit/i.test(message))
  ) {
    const { existingId } = isObject(data.meta) ? data.meta : {};
    const existing = typeof existingId === 'string' ? existingId : '';
    return new ApiError(
      'duplicate',
      `HighLevel did not ${action}: the contact already has ${existing ? `opportunity ${existing}` : 'an opportunity'} in this pipeline, and the sub-account allows only one. ` +
        'Use Create or Update Opportunity, or Find or Create Opportunity, to work with it.',
      { status, ...(existing && { existingId: existing }) },
    );
  }
  if (isFirewall(status, data)) {
    return new ApiError(
      'unavailable',
      `HighLevel could not ${action}: HighLevel's firewall blocked the request. Please try again in a few minutes.`,
      { status },
    );
  }
  if (status === 403 || /location not found/i.test(message)) {
    return new ApiError(
      'wrong location',
      `HighLevel did not ${action}: this connection is not for that sub-account.${said} ${asksForToken() ? 'Reconnect the account with the Location ID that the token belongs to.' : 'Reconnect the account and pick the right sub-account.'}`,
      { status },
    );
  }
  if (status === 404) {
    return new ApiError(
      'refused',
      `HighLevel could not ${action}: HighLevel no longer supports this request.${said} Please tell the people who maintain this integration.`,
      { status },
    );
  }
  return new ApiError(
    'refused',
    `HighLevel did not ${action}.${said} Please check the fields of this step.`,
    {
      status,
    },
  );
}

/**
 * The error for a missing permission; `probably` when HighLevel's response only suggests it. Without a `scope` it is not
 * known which one.
 */
export function missingPermission(scope: Scope | undefined, action: string, sureness?: 'probably'): ApiError {
  if (!scope) {
    return new ApiError(
      'not permitted',
      `HighLevel did not ${action}: this connection may not have the permission that it needs. ` +
        "HighLevel's documentation of the endpoint names the permission.",
      { status: 401 },
    );
  }
  const lacks = sureness ? 'may not have' : "doesn't have";
  return new ApiError(
    'not permitted',
    `HighLevel did not ${action}: this connection ${lacks} the "${scope}" permission, which is needed to ${scopes[scope]}. ` +
      `To allow it, ${howToAllow(scope)}.`,
    { status: 401 },
  );
}

function howToAllow(scope: Scope): string {
  return asksForToken()
    ? 'add the permission to the token in HighLevel, under Settings > Private Integrations'
    : `reconnect the account with ${choiceFor(scope)}`;
}

/** The error for a sub-account that is paused or unpaid. */
export function inactiveLocation(action: string): ApiError {
  return new ApiError(
    'wrong location',
    `HighLevel did not ${action}: the sub-account is not active. Check in HighLevel whether it is paused or unpaid.`,
    { status: 401 },
  );
}

/** The error for a write that HighLevel may or may not have carried out. What to do then: resources/create_once.ts. */
export function outcomeUnknown(action: string, why: string): ApiError {
  return new ApiError('uncertain', `HighLevel did not confirm the request to ${action}: ${why}.`);
}

/** The reason, for `outcomeUnknown`, when a write gets a 401 although the token is valid. */
export function likelyMissing(scope: Scope | undefined): string {
  if (!scope) return 'HighLevel refused a valid connection, which usually means that a permission is missing';
  return `HighLevel refused a valid connection, which usually means that the "${scope}" permission is missing (to allow it, ${howToAllow(scope)})`;
}

/**
 * The error for a request that HighLevel refuses repeatedly, although the token is valid and the permission was granted.
 * Handled like a missing permission (same kind), but the cause is unknown.
 */
export function refusedThoughGranted(action: string, why: string): ApiError {
  const { message, reason } = unavailable(action, why);
  return new ApiError('not permitted', message, { status: 401, reason });
}

/**
 * The error when HighLevel cannot be reached, or its response could not be parsed (`isUnreadable`), and the request is safe
 * to repeat.
 */
export function unavailable(action: string, why: string, isUnreadable = false): ApiError {
  const reason = `HighLevel could not ${action}: ${why}.`;
  return new ApiError('unavailable', `${reason} Please try again in a few minutes.`, {
    reason,
    isUnreadable,
  });
}

/** The error for a request that was not sent because the run was out of time. Zapier can safely run the step again. */
export function deadlineExceeded(): ApiError {
  return new ApiError(
    'throttled',
    'HighLevel was slow or busy, and there was no time left for the rest of this step. Zapier will try this step again.',
    { retryAfterMs: WINDOW_MS },
  );
}

/** The error for a rate limit that lasts longer than the run can wait. */
export function throttled(retryAfterMs: number): ApiError {
  return new ApiError('throttled', "HighLevel's rate limit is reached. Zapier will try this step again.", {
    status: 429,
    retryAfterMs,
  });
}
