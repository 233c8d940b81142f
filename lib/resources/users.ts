import * as z from 'zod';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { cached, ifReadable, subAccount } from './location.ts';
import { User } from '../highlevel/records/location.ts';

/** The users of the sub-account, without deleted ones. Cached for 10 minutes. */
export const users = (highlevel: HighLevel): Promise<User[]> =>
  cached(highlevel, 'users', z.array(User), async () => {
    const found = await listUsers(highlevel);
    return found.filter((user) => !user.deleted);
  });

// GET /users/ is deprecated. When it is gone (404), the user search takes over; it requires the agency's id.
async function listUsers(highlevel: HighLevel): Promise<User[]> {
  const { locationId } = highlevel;
  try {
    return (await highlevel.request('GET /users/', { query: { locationId } })).users;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  const companyId = (await ifReadable(subAccount(highlevel), undefined))?.companyId;
  const found: User[] = [];
  for (let skip = 0; ; skip += 100) {
    const query = { companyId: companyId ?? undefined, locationId, skip, limit: 100 };
    const { users: page } = await highlevel.request('GET /users/search', { query });
    found.push(...page);
    if (page.length < 100 || found.length >= 2000) return found;
  }
}
