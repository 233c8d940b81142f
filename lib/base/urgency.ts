import { errors } from 'zapier-platform-core';
import { ApiError } from './errors.ts';

/**
 * Of the failures of parallel requests, the one to throw. Those that make Zapier run the step again take precedence, because
 * the new run writes what is missing: a stale token, then the longest rate limit. Otherwise the first failure.
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
