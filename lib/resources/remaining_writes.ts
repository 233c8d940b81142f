import { ApiError } from '../base/errors.ts';

/**
 * The results of all parts of what is written to a contact after the contact itself. Waits for every part, as `settleAll` does;
 * then throws what is missing, and that a replay completes it and repeats nothing.
 */
export async function finishWrites<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const ended = await Promise.allSettled(parts);
  const errors = ended.flatMap((part): unknown[] => (part.status === 'rejected' ? [part.reason] : []));
  const failures = errors.filter((error) => error instanceof ApiError && error.kind !== 'throttled');
  const [first] = failures;
  // What Zapier deals with itself (a rate limit, a stale token) goes through as it is: it runs the step again.
  if (!(first instanceof ApiError) || failures.length < errors.length) return Promise.all(parts);
  const reasons = failures.flatMap((error) => (error instanceof ApiError ? [error.reason] : []));
  throw new ApiError(
    first.kind,
    `The contact is in HighLevel, but not everything that belongs to it. ${[...new Set(reasons)].join(' ')} ` +
      'Replay this step: it completes what is missing and repeats nothing.',
    { status: first.status },
  );
}
