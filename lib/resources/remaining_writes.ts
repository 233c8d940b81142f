import { ApiError, type FailureKind } from '../base/errors.ts';
import { isRunAgain, mostUrgent } from '../base/urgency.ts';

/** Failures that a replay does not fix: HighLevel rejects the content. */
const PERMANENT: readonly FailureKind[] = ['refused', 'not found', 'duplicate', 'unreadable'];

/**
 * The results of everything that is written after the contact itself. Waits for every part, like `settleAll`. A failure that
 * makes Zapier run the step again takes precedence, so that the part gets written. Otherwise throws an error that lists what
 * is missing and says whether a replay completes it.
 */
export async function finishWrites<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const ended = await Promise.allSettled(parts);
  const failures = ended.flatMap((part): unknown[] => (part.status === 'rejected' ? [part.reason] : []));
  if (failures.length === 0) return Promise.all(parts);
  const urgent = mostUrgent(failures);
  if (isRunAgain(urgent)) throw urgent;
  const apiErrors = failures.filter((failure) => failure instanceof ApiError);
  if (apiErrors.length < failures.length) throw failures.find((failure) => !(failure instanceof ApiError));

  const temporary = apiErrors.filter(({ kind }) => !PERMANENT.includes(kind));
  // A duplicate stops a run silently, which must not hide other failures.
  const main = temporary[0] ?? apiErrors.find(({ kind }) => kind !== 'duplicate') ?? apiErrors[0];
  const reasons = [...new Set(apiErrors.map(({ reason }) => reason))].join(' ');
  throw new ApiError(
    main?.kind ?? 'refused',
    `The contact was saved in HighLevel, but not everything that belongs to it. ${reasons}` +
      (temporary.length > 0 ? ' Replay this step: it completes what is missing and repeats nothing.' : ''),
    { status: main?.status },
  );
}
