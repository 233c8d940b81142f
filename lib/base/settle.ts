import { mostUrgent } from './urgency.ts';

/**
 * Like `Promise.all`, but waits for every promise even if one fails, so that no request is still in progress when the run
 * ends. Then throws the most important failure (`mostUrgent`).
 */
export async function settleAll<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const ended = await Promise.allSettled(parts);
  const failures = ended.flatMap((part): unknown[] => (part.status === 'rejected' ? [part.reason] : []));
  if (failures.length > 0) throw mostUrgent(failures);
  return Promise.all(parts);
}

/** Maps items with an async function, at most `concurrency` calls at once. Results are in the order of the items. */
export async function inBatches<T, R>(
  items: readonly T[],
  concurrency: number,
  fn: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += concurrency)
    results.push(...(await settleAll(items.slice(start, start + concurrency).map(fn))));
  return results;
}
