/** The record with nothing but these keys of it: what Zapier needs to recognize it, a fraction of its size. */
export function keepOnly<R extends object>(record: R, keys: readonly string[]): R {
  const kept = { ...record };
  for (const key of Object.keys(kept)) if (!keys.includes(key)) Reflect.deleteProperty(kept, key);
  return kept;
}
