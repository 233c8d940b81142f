import type { HighLevel } from '../highlevel/client.ts';
import type { ContactAnswer } from '../highlevel/records/contact.ts';

export const PAGE = 100;
export const MOST_PAGES = 10;

/** The first contacts of a business, for a sample. One request. */
export async function sampleOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  limit: number,
): Promise<ContactAnswer[]> {
  return (await pageOf(highlevel, businessId, { skip: 0, limit })).slice(0, limit);
}

/**
 * Those of the rows that belong to a business. HighLevel's search cannot filter by business, and not every row tells its
 * own: only when one does not, the business's contacts are read, 10 pages of 100 at the most.
 */
export async function ofBusiness(
  highlevel: HighLevel,
  rows: ContactAnswer[],
  businessId: string,
): Promise<ContactAnswer[]> {
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
  return Math.min(Math.floor(members / PAGE) + 1, MOST_PAGES);
}

/** The contacts of a business, 10 pages of 100 at the most; with `query`, those that HighLevel finds by it. */
export async function contactsOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  query?: string,
): Promise<ContactAnswer[]> {
  const members: ContactAnswer[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const contacts = await pageOf(highlevel, businessId, { skip: page * PAGE, limit: PAGE, query });
    members.push(...contacts);
    if (contacts.length < PAGE) break;
  }
  return members;
}

async function pageOf(
  highlevel: HighLevel,
  businessId: string,
  page: { skip: number; limit: number; query?: string },
): Promise<ContactAnswer[]> {
  const query = { locationId: highlevel.locationId, ...page };
  return (await highlevel.request('GET /contacts/business/{businessId}', { path: { businessId }, query }))
    .contacts;
}
