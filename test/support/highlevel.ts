import type { HighLevel } from '../../lib/highlevel/client.ts';

/** HighLevel for unit tests of what only asks for the time, the cache and the budget. It serves no request. */
export function quietHighLevel({ zone }: { zone?: string } = {}) {
  const kept = new Map<string, unknown>();
  const state = { now: Date.parse('2026-01-28T12:00:00Z'), timeLeft: 25_000, requestsLeft: 100, lookups: 0 };
  const highlevel: HighLevel = {
    locationId: 'loc1',
    zapZone: undefined,
    isOAuth: true,
    request: async () => {
      throw new Error('Nothing may be asked');
    },
    freeRequest: async () => {
      throw new Error('Nothing may be asked');
    },
    cache: {
      async get(key, shape) {
        if (key === 'location') state.lookups++;
        const value = key === 'location' ? { id: 'loc1', timezone: zone } : kept.get(key);
        return shape.safeParse(value).data;
      },
      async set(key, value) {
        kept.set(key, value);
      },
      async delete(key) {
        kept.delete(key);
      },
      claim: async () => true,
      release: async () => {},
      isWorking: () => true,
    },
    now: () => state.now,
    timeLeft: () => state.timeLeft,
    requestsLeft: () => state.requestsLeft,
    rateLimitedMs: async () => 0,
    contactUrl: () => '',
    opportunityUrl: () => '',
  };
  return { highlevel, kept, state };
}
