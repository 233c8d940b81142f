import * as z from 'zod';
import { readEmail } from '../base/email.ts';
import { ApiError, InputError, quoted } from '../base/errors.ts';
import { pagesBySkip } from '../base/pages.ts';
import { ID } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { cached, ifAllowed, ifReadable, subAccount } from './location.ts';
import { User } from '../highlevel/records/location.ts';

const PAGE_SIZE = 100;
const MAX_USERS = 2_000;

/** The users of the sub-account. Cached. `withinMs` is the time limit. */
export const users = (highlevel: HighLevel, more?: { withinMs: number }): Promise<User[]> =>
  cached(highlevel, 'users', z.array(z.object(User)), async () => {
    const found = await listUsers(highlevel, more);
    return found.filter((user) => !user.deleted);
  });

/**
 * Finds the id of a user by name or email address, which is how other apps identify an owner. Throws InputError with the
 * field's `label` if no user or several users match. If the connection may not read users, a text in the format of an id is
 * used as an id.
 */
export async function userIdOf(highlevel: HighLevel, given: string, label: string): Promise<string> {
  const isId = ID.test(given);
  const all = isId ? await ifAllowed(users(highlevel), null) : await users(highlevel);
  if (all === null || all.some(({ id }) => id === given)) return given;
  const { email } = readEmail(given);
  const name = simple(given);
  const found = email
    ? all.filter((user) => user.email?.trim().toLowerCase() === email)
    : all.filter((user) => namesOf(user).some((one) => simple(one) === name));
  const [user] = found;
  if (user && found.length === 1) return user.id;
  if (user)
    throw new InputError(
      `"${label}": ${quoted(given)} is the name of several users. Map the user's email, or choose one from the list.`,
    );
  throw new InputError(
    `"${label}": no user of the sub-account has the name or email ${quoted(given)}. Choose one from the list, or map a user's email.`,
  );
}

function namesOf({ name, firstName, lastName }: User): string[] {
  return [name ?? '', [firstName, lastName].filter(Boolean).join(' ')];
}

function simple(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
}

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
