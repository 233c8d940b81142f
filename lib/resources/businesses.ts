import type { HighLevel } from '../highlevel/client.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { Business } from '../highlevel/records/location.ts';

export const PAGE_SIZE = 100;
export const MAX_BUSINESSES = 5_000;

/** The businesses of the sub-account, 5,000 at the most. Not cached: a Zap looks for one that was just made. */
export async function businesses(highlevel: HighLevel): Promise<Business[]> {
  const found: Business[] = [];
  for (;;) {
    const query = { locationId: highlevel.locationId, limit: PAGE_SIZE, skip: found.length };
    const { businesses: page } = await highlevel.request('GET /businesses/', { query });
    found.push(...page);
    if (page.length < PAGE_SIZE || found.length >= MAX_BUSINESSES) return found;
  }
}

export const MAX_PAGES = 10;

/** The first contacts of a business, for a sample. One request. */
export async function sampleOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  limit: number,
): Promise<ContactResponse[]> {
  return (await pageOf(highlevel, businessId, { skip: 0, limit })).slice(0, limit);
}

/**
 * Those of the rows that belong to a business. HighLevel's search cannot filter by business, and not every row tells its
 * own: only when one does not, the business's contacts are read, 10 pages of 100 at the most.
 */
export async function ofBusiness(
  highlevel: HighLevel,
  rows: ContactResponse[],
  businessId: string,
): Promise<ContactResponse[]> {
  const unsure = rows.some((row) => row.businessId === null);
  const members = new Set(
    unsure ? (await contactsOfBusiness(highlevel, businessId)).map(({ id }) => id) : [],
  );
  return rows.filter(
    (row) => row.businessId === businessId || (row.businessId === null && members.has(row.id)),
  );
}

/** How many requests it cost to read so many contacts of a business. */
export function requestsFor(members: number): number {
  return Math.min(Math.floor(members / PAGE_SIZE) + 1, MAX_PAGES);
}

/** The contacts of a business, 10 pages of 100 at the most; with `query`, those that HighLevel finds by it. */
export async function contactsOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  query?: string,
): Promise<ContactResponse[]> {
  const members: ContactResponse[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const contacts = await pageOf(highlevel, businessId, { skip: page * PAGE_SIZE, limit: PAGE_SIZE, query });
    members.push(...contacts);
    if (contacts.length < PAGE_SIZE) break;
  }
  return members;
}

async function pageOf(
  highlevel: HighLevel,
  businessId: string,
  page: { skip: number; limit: number; query?: string },
): Promise<ContactResponse[]> {
  const query = { locationId: highlevel.locationId, ...page };
  return (await highlevel.request('GET /contacts/business/{businessId}', { path: { businessId }, query }))
    .contacts;
}
