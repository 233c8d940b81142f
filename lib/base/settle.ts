/**
 * Like `Promise.all`, but waits for every promise even when one rejects, so that no request is still in flight when the
 * run ends. Then throws the first rejection in the order of `parts`.
 */
export async function settleAll<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(parts);
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
