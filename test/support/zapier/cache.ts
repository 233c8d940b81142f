/** Keys that the app claims across all its connections, each by one holder at a time. */
const CLAIMED = /:(?:creating|sending):/;

/**
 * The values behind a mock of Zapier's z.cache for one connection. Core's mock knows neither scopes nor `nx`: here the keys
 * that are claimed go to `claims`, which several connections can share, and a claimed key keeps its first value.
 */
export function zapierCache(claims: Record<PropertyKey, unknown> = {}): Record<PropertyKey, unknown> {
  const isClaim = (key: PropertyKey) => CLAIMED.test(String(key));
  return new Proxy<Record<PropertyKey, unknown>>(
    {},
    {
      has: (own, key) => key in (isClaim(key) ? claims : own),
      get: (own, key) => (isClaim(key) ? claims : own)[key],
      set(own, key, value) {
        if (!isClaim(key)) own[key] = value;
        else claims[key] ??= value;
        return true;
      },
      deleteProperty: (own, key) => delete (isClaim(key) ? claims : own)[key],
    },
  );
}
