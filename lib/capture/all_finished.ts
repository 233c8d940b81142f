import { HighLevelError } from '../errors.ts';

/**
 * The results of all parts of a lead. Waits for every part even when one fails, so that nothing is still under way when
 * the run ends; then throws what is missing, and that a replay completes it: it reads first and repeats nothing.
 */
export async function allFinished<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(parts);
  try {
    return await Promise.all(parts);
  } catch (error) {
    if (!(error instanceof HighLevelError) || error.kind === 'throttled') throw error;
    throw new HighLevelError(
      error.kind,
      `The contact is in HighLevel, but not everything that belongs to it. ${error.reason} ` +
        'Replay this step: it completes what is missing and repeats nothing.',
      { status: error.status },
    );
  }
}
