import type { HighLevel } from '../highlevel/client.ts';
import type { Business } from '../highlevel/records/location.ts';

export const BUSINESS_PAGE = 100;
export const MOST_BUSINESSES = 5_000;

/** The businesses of the sub-account, 5,000 at the most. Not cached: a Zap looks for one that was just made. */
export async function businesses(highlevel: HighLevel): Promise<Business[]> {
  const found: Business[] = [];
  for (;;) {
    const query = { locationId: highlevel.locationId, limit: BUSINESS_PAGE, skip: found.length };
    const { businesses: page } = await highlevel.request('GET /businesses/', { query });
    found.push(...page);
    if (page.length < BUSINESS_PAGE || found.length >= MOST_BUSINESSES) return found;
  }
}
