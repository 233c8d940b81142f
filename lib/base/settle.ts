/**
 * What all of these come to, side by side. Waits for every one even when one fails, so that nothing is under way any more
 * when the run ends; then throws the first failure.
 */
export async function together<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}
