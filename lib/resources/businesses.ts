import type { HighLevel } from '../highlevel/client.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { Business } from '../highlevel/records/location.ts';

export const PAGE_SIZE = 100;
export const MAX_BUSINESSES = 5_000;

/** The businesses of the sub-account, at most 5,000. Not cached, because a Zap may search for one just created. */
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

/** The first `limit` contacts of a business. One request. */
export async function sampleOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  limit: number,
): Promise<ContactResponse[]> {
  return (await pageOf(highlevel, businessId, { skip: 0, limit })).slice(0, limit);
}

/**
 * Filters contacts by business. HighLevel's search cannot filter by business, and some rows come without a business id:
 * only then are the business's contacts read, at most 10 pages of 100.
 */
export async function ofBusiness(
  highlevel: HighLevel,
  rows: ContactResponse[],
  businessId: string,
): Promise<ContactResponse[]> {
  const anyUnknown = rows.some((row) => row.businessId === null);
  const members = new Set(
    anyUnknown ? (await contactsOfBusiness(highlevel, businessId)).map(({ id }) => id) : [],
  );
  return rows.filter(
    (row) => row.businessId === businessId || (row.businessId === null && members.has(row.id)),
  );
}

/** How many requests `contactsOfBusiness` needs to read this many contacts. */
export function requestsFor(members: number): number {
  return Math.min(Math.floor(members / PAGE_SIZE) + 1, MAX_PAGES);
}

/** The contacts of a business, at most 10 pages of 100; with `query`, those that match HighLevel's search for it. */
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
