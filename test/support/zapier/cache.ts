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

/**
 * The values of a z.cache in which HighLevel has refused all lookups for names, so that a step sends only its own requests.
 * The names beside ids have tests of their own.
 */
export function withoutNames(locationId: string): Record<string, string> {
  const lookups = [
    'users',
    'businesses',
    'calendars',
    'contacts',
    'forms',
    'surveys',
    'pipelines',
    'lostReasons',
    'location',
  ];
  return Object.fromEntries(lookups.map((name) => [`${locationId}:unnamed:${name}`, 'true']));
}
