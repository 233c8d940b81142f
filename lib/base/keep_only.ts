/** The record reduced to these keys: the little that Zapier needs to recognize it. */
export function keepOnly<R extends object>(record: R, keys: readonly string[]): R {
  const kept = { ...record };
  for (const key of Object.keys(kept)) if (!keys.includes(key)) Reflect.deleteProperty(kept, key);
  return kept;
}
