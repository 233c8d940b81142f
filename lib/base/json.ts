/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is nested deeper than `levels`, which would overflow the stack of recursive functions. */
export function isTooDeep(value: unknown, levels: number): boolean {
  let layer: unknown[] = [value];
  for (let level = 0; level < levels; level++) {
    layer = layer.flatMap((item) => (Array.isArray(item) ? item : isObject(item) ? Object.values(item) : []));
    if (layer.length === 0) return false;
  }
  return true;
}
