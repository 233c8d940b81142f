import { ApiError } from '../base/errors.ts';

/**
 * The results of the writes that follow the contact's own. Waits for all of them, as `settleAll` does, then throws an error
 * that says what is missing and that a replay completes it without repeating anything.
 */
export async function finishWrites<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const ended = await Promise.allSettled(parts);
  const errors = ended.flatMap((part): unknown[] => (part.status === 'rejected' ? [part.reason] : []));
  const failures = errors.filter((error) => error instanceof ApiError && error.kind !== 'throttled');
  const [first] = failures;
  // Zapier handles a rate limit and a stale token itself and runs the step again, so these errors are rethrown unchanged.
  if (!(first instanceof ApiError) || failures.length < errors.length) return Promise.all(parts);
  const reasons = failures.flatMap((error) => (error instanceof ApiError ? [error.reason] : []));
  throw new ApiError(
    first.kind,
    `The contact is in HighLevel, but not everything that belongs to it. ${[...new Set(reasons)].join(' ')} ` +
      'Replay this step: it completes what is missing and repeats nothing.',
    { status: first.status },
  );
}
