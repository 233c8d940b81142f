import * as z from 'zod';
import { HighLevelError } from './errors.ts';
import type { HighLevel } from './highlevel.ts';
import { CustomField, SubAccount, User, type Business } from './records/location.ts';

/** Ten minutes: what these tell changes rarely, and every Zap of the sub-account shares one rate limit. */
const SECONDS = 600;

/** The connected sub-account: name, country, time zone, settings. Cached. */
export const subAccount = (highlevel: HighLevel): Promise<SubAccount> =>
  cached(highlevel, 'location', SubAccount, async () => {
    const path = { locationId: highlevel.locationId };
    return (await highlevel.request('GET /locations/{locationId}', { path })).location;
  });

/** The Zap's IANA time zone, else the sub-account's, else UTC; never that of the machine this runs on. */
export async function timeZone(highlevel: HighLevel): Promise<string> {
  return highlevel.zapZone ?? (await ifAllowed(subAccount(highlevel), undefined))?.timezone ?? 'utc';
}

/** The definitions of the contacts' custom fields. Cached. */
export const customFields = (highlevel: HighLevel): Promise<CustomField[]> =>
  cached(highlevel, 'customFields', z.array(CustomField), async () => {
    const call = { path: { locationId: highlevel.locationId }, query: { model: 'contact' } };
    return (await highlevel.request('GET /locations/{locationId}/customFields', call)).customFields;
  });

/** The names of the sub-account's tags. Cached. */
export const tagNames = (highlevel: HighLevel): Promise<string[]> =>
  cached(highlevel, 'tags', z.array(z.string()), async () => {
    const path = { locationId: highlevel.locationId };
    return (await highlevel.request('GET /locations/{locationId}/tags', { path })).tags.map(
      (tag) => tag.name,
    );
  });

/** The users of the sub-account. Cached. */
export const users = (highlevel: HighLevel): Promise<User[]> =>
  cached(highlevel, 'users', z.array(User), async () => {
    const found = await listUsers(highlevel);
    return found.filter((user) => !user.deleted);
  });

const BUSINESS_PAGE = 100;
const MOST_BUSINESSES = 5_000;

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

/** The lookup, or `otherwise` where the connection lacks the permission for it: for what is nice to have. */
export async function ifAllowed<T>(lookup: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof HighLevelError && error.kind === 'forbidden') return otherwise;
    throw error;
  }
}

async function cached<T>(
  highlevel: HighLevel,
  key: string,
  shape: z.ZodType<T>,
  read: () => Promise<T>,
): Promise<T> {
  const known = await highlevel.recall(key, shape);
  if (known !== undefined) return known;
  const fresh = await read();
  await highlevel.remember(key, fresh, SECONDS);
  return fresh;
}

// GET /users/ is deprecated; where it is gone, the search wants the agency's id.
async function listUsers(highlevel: HighLevel): Promise<User[]> {
  const { locationId } = highlevel;
  try {
    return (await highlevel.request('GET /users/', { query: { locationId } })).users;
  } catch (error) {
    if (!(error instanceof HighLevelError && error.kind === 'not found')) throw error;
  }
  const { companyId } = await subAccount(highlevel);
  const found: User[] = [];
  for (let skip = 0; ; skip += 100) {
    const query = { companyId: companyId ?? undefined, locationId, skip, limit: 100 };
    const { users: page } = await highlevel.request('GET /users/search', { query });
    found.push(...page);
    if (page.length < 100 || found.length >= 2000) return found;
  }
}
