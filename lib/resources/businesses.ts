import * as z from 'zod';
import { ApiError } from '../base/errors.ts';
import { pagesBySkip } from '../base/pages.ts';
import { isSameText } from '../base/text.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { ContactPage, ContactResponse } from '../highlevel/records/contact.ts';
import { Business, businessFields, Named } from '../highlevel/records/location.ts';
import { optional, PHONE_FORMAT, textList } from '../schema/fields.ts';
import { createOnce, likeRecord } from './create_once.ts';
import { cached } from './location.ts';

export const PAGE_SIZE = 100;
export const MAX_BUSINESSES = 5_000;

/** The businesses of the sub-account, at most 5,000. Not cached, because a Zap may search for one just created. */
export async function businesses(highlevel: HighLevel): Promise<Business[]> {
  const { locationId } = highlevel;
  const fetch = async (skip: number, limit: number) => {
    const { businesses: rows, ...page } = await highlevel.request('GET /businesses/', {
      query: { locationId, limit, skip },
    });
    return { rows, ...page };
  };
  return pagesBySkip(fetch, PAGE_SIZE, MAX_BUSINESSES);
}

/** The inputs of Create Company and Update Company, the most important first. */
export const businessInput = {
  name: businessFields.name,
  email: optional(businessFields.email, "Enter the company's email address."),
  phone: optional(businessFields.phone, PHONE_FORMAT),
  website: optional(businessFields.website),
  address: optional(businessFields.address),
  city: optional(businessFields.city),
  state: optional(businessFields.state),
  postalCode: optional(businessFields.postalCode),
  country: optional(
    businessFields.country,
    'Choose a country, or enter its English name or two-letter code such as `US`.',
  ),
  description: optional(businessFields.description),
};

/** A company after a write, with warnings about what was not written. */
export const WrittenBusiness = { ...Business, warnings: textList('Warnings', []) };

/** The fields of a company to write. */
type BusinessChanges = { [K in keyof typeof businessFields]?: string };

/**
 * Creates a company, once (create_once.ts). HighLevel accepts several companies with one name, so only a company added since
 * the first attempt is the one that was created. The lookup throws ApiError if there are more companies than can be read.
 */
export async function createBusiness(
  highlevel: HighLevel,
  business: BusinessChanges & { name: string },
): Promise<Business> {
  const body = { locationId: highlevel.locationId, ...business };
  return renaming(highlevel, () =>
    createOnce(highlevel, {
      kind: 'company',
      identity: business,
      send: async () => (await highlevel.request('POST /businesses/', { body })).business,
      findLike: async () => {
        const all = await businesses(highlevel);
        if (all.length >= MAX_BUSINESSES)
          throw new ApiError(
            'unavailable',
            `The sub-account has more than ${MAX_BUSINESSES.toLocaleString('en')} companies, too many to look through. Check HighLevel for the company.`,
          );
        return all.filter((row) => isLike(row, business)).map((record) => likeRecord(record));
      },
    }),
  );
}

/** Updates the given fields of a company; the others stay as they are. */
export async function updateBusiness(
  highlevel: HighLevel,
  businessId: string,
  changes: BusinessChanges,
): Promise<Business> {
  const call = { path: { businessId }, body: changes };
  return renaming(
    highlevel,
    async () => (await highlevel.request('PUT /businesses/{businessId}', call)).business,
  );
}

/** The same name, and no other email; HighLevel may change the format of the other fields. */
function isLike(row: Business, { name, email }: BusinessChanges): boolean {
  const hasSame = (text: string | null, wanted = '') =>
    isSameText((text ?? '').toLowerCase(), wanted.toLowerCase());
  return hasSame(row.name, name) && (!row.email || !email || hasSame(row.email, email));
}

const NAMES = 'businessNames';

/** A write that may change a name, even if its outcome is unknown: the cached names are discarded. */
async function renaming<T>({ cache }: HighLevel, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } finally {
    await cache.delete(NAMES);
  }
}

/** The most pages read for names: a sub-account with over 1,000 companies has names for the first ones. */
const MAX_NAMED = 1_000;

/** The names of the sub-account's companies by id, at most 1,000. Cached for 10 minutes. */
export const businessNames = (highlevel: HighLevel, more: { withinMs: number }): Promise<Named[]> =>
  cached(highlevel, NAMES, z.array(Named), async () => {
    const fetch = async (skip: number, limit: number) => {
      const query = { locationId: highlevel.locationId, limit, skip };
      const { businesses: rows, ...page } = await highlevel.request('GET /businesses/', { query }, more);
      return { rows, ...page };
    };
    return (await pagesBySkip(fetch, PAGE_SIZE, MAX_NAMED)).map(({ id, name }) => ({ id, name }));
  });

export const MAX_PAGES = 10;

/** The first `limit` contacts of a business. One request. */
export async function sampleOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  limit: number,
): Promise<ContactResponse[]> {
  return (await pageOf(highlevel, businessId, { skip: 0, limit })).contacts.slice(0, limit);
}

/**
 * Returns a filter for the rows that belong to a business, because HighLevel's search cannot filter by business. If a row
 * does not contain its business, the business's contacts are read, once and at most 1,000.
 */
export function businessFilter(
  highlevel: HighLevel,
  businessId: string,
): (rows: ContactResponse[]) => Promise<ContactResponse[]> {
  let members: Promise<Set<string>> | undefined;
  const read = async () => new Set((await contactsOfBusiness(highlevel, businessId)).map(({ id }) => id));
  return async (rows) => {
    const unsure = rows.some((row) => row.businessId === null);
    if (unsure) members ??= read();
    const known = await members;
    return rows.filter(
      (row) => row.businessId === businessId || (row.businessId === null && known?.has(row.id)),
    );
  };
}

/** How many requests `contactsOfBusiness` needs to read this many contacts. */
export function requestsFor(members: number): number {
  return Math.min(Math.floor(members / PAGE_SIZE) + 1, MAX_PAGES);
}

/** The contacts of a business, at most 1,000; with `query`, only those that match it. */
export async function contactsOfBusiness(
  highlevel: HighLevel,
  businessId: string,
  query?: string,
): Promise<ContactResponse[]> {
  const fetch = async (skip: number, limit: number) => {
    const page = await pageOf(highlevel, businessId, { skip, limit, query });
    // It is not documented whether `count` is for the list or the page: it can show that there is more, but not that there
    // is none.
    const { total = null, count = null, received } = page;
    const more = count !== null && count > received ? count : null;
    return { rows: page.contacts, received, total: total ?? more };
  };
  return pagesBySkip(fetch, PAGE_SIZE, MAX_PAGES * PAGE_SIZE);
}

async function pageOf(
  highlevel: HighLevel,
  businessId: string,
  page: { skip: number; limit: number; query?: string },
): Promise<ContactPage> {
  const query = { locationId: highlevel.locationId, ...page };
  return highlevel.request('GET /contacts/business/{businessId}', { path: { businessId }, query });
}
