import * as z from 'zod';
import { ApiError } from '../base/errors.ts';
import { pagesBySkip } from '../base/pages.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { cached, ifReadable, subAccount } from './location.ts';
import { User } from '../highlevel/records/location.ts';

const PAGE_SIZE = 100;
const MAX_USERS = 2_000;

/** The users of the sub-account. Cached. `withinMs`: how long it may be tried. */
export const users = (highlevel: HighLevel, more?: { withinMs: number }): Promise<User[]> =>
  cached(highlevel, 'users', z.array(User), async () => {
    const found = await listUsers(highlevel, more);
    return found.filter((user) => !user.deleted);
  });

// GET /users/ is deprecated. When it is gone (404), the user search takes over; it requires the agency's id.
async function listUsers(highlevel: HighLevel, more?: { withinMs: number }): Promise<User[]> {
  const { locationId } = highlevel;
  try {
    return (await highlevel.request('GET /users/', { query: { locationId } }, more)).users;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  const companyId = (await ifReadable(subAccount(highlevel), undefined))?.companyId;
  const fetch = async (skip: number, limit: number) => {
    const query = { companyId: companyId ?? undefined, locationId, skip, limit };
    const { users: rows, ...page } = await highlevel.request('GET /users/search', { query });
    return { rows, ...page };
  };
  return pagesBySkip(fetch, PAGE_SIZE, MAX_USERS);
}
