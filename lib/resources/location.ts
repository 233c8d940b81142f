import * as z from 'zod';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { CustomModel } from '../schema/fields.ts';
import { CustomField, SubAccount } from '../highlevel/records/location.ts';

/** How long lookups are cached: they change rarely, and all Zaps of the sub-account share one rate limit. */
export const SECONDS = 600;

/** The connected sub-account: name, country, time zone, settings. Cached. `withinMs` is the time limit. */
export const subAccount = (highlevel: HighLevel, more?: { withinMs: number }): Promise<SubAccount> =>
  cached(highlevel, 'location', SubAccount, async () => {
    const path = { locationId: highlevel.locationId };
    return (await highlevel.request('GET /locations/{locationId}', { path }, more)).location;
  });

/** The IANA time zone of the Zap, or else of the sub-account, or else UTC; never this machine's. */
export async function timeZone(highlevel: HighLevel): Promise<string> {
  return highlevel.zapZone ?? (await ifAllowed(subAccount(highlevel), undefined))?.timezone ?? 'utc';
}

/** The country of the sub-account (ISO 3166 alpha-2); undefined when it is unknown. */
export async function country(highlevel: HighLevel): Promise<string | undefined> {
  return (await ifAllowed(subAccount(highlevel), undefined))?.country ?? undefined;
}

/** The definitions of the custom fields of contacts, or of another kind of record. Cached for 10 minutes. */
export async function customFields(
  highlevel: HighLevel,
  model: CustomModel = 'contact',
): Promise<CustomField[]> {
  return (await cachedCustomFields(highlevel, model)) ?? freshCustomFields(highlevel, model);
}

/** The cached definitions of a kind's custom fields, without a request; undefined when there are none. */
export const cachedCustomFields = (
  highlevel: HighLevel,
  model: CustomModel,
): Promise<CustomField[] | undefined> => highlevel.cache.get(cacheKeys[model], z.array(CustomField));

/** The current definitions of a kind's custom fields. Updates the cache. */
export async function freshCustomFields(highlevel: HighLevel, model: CustomModel): Promise<CustomField[]> {
  const call = { path: { locationId: highlevel.locationId }, query: { model } };
  const response = await highlevel.request('GET /locations/{locationId}/customFields', call);
  // Whether HighLevel heeds the model is untested; a row may tell it.
  const fields = response.customFields.filter((field) => (field.model ?? model) === model);
  await highlevel.cache.set(cacheKeys[model], fields, SECONDS);
  return fields;
}

const cacheKeys = { contact: 'customFields', opportunity: 'opportunityFields' } as const;

/** The names of the sub-account's tags. Cached for 10 minutes. */
export const tagNames = (highlevel: HighLevel): Promise<string[]> =>
  cached(highlevel, 'tags', z.array(z.string()), async () => {
    const path = { locationId: highlevel.locationId };
    return (await highlevel.request('GET /locations/{locationId}/tags', { path })).tags.map(
      (tag) => tag.name,
    );
  });

/** The result of an optional lookup, or `fallback` when the connection lacks the permission for it. */
export async function ifAllowed<T>(lookup: Promise<T>, fallback: T): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'not permitted') return fallback;
    throw error;
  }
}

/**
 * The result of a lookup, or `fallback` if it fails for a reason that need not affect later requests: the step can do
 * without it. A rate limit or an invalid connection is thrown.
 */
export async function ifReadable<T>(lookup: Promise<T>, fallback: T): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    const isOfAll =
      !(error instanceof ApiError) || error.kind === 'throttled' || error.kind === 'unauthenticated';
    if (isOfAll) throw error;
    return fallback;
  }
}

/**
 * Whether HighLevel certainly refuses a second contact with a lead's details, and names the existing one: the sub-account
 * does not allow duplicates, and identifies contacts by each of the lead's details. Email and phone are the default
 * identifiers.
 */
export function refusesDuplicate(
  location: SubAccount | undefined,
  lead: { email: string | null; phone: string | null },
): boolean {
  if (location?.settings?.allowDuplicateContact !== false) return false;
  const identifiers = (location.settings.contactUniqueIdentifiers ?? ['email', 'phone']).map((name) =>
    name.trim().toLowerCase(),
  );
  const details = (['email', 'phone'] as const).filter((name) => lead[name]);
  return details.every((name) => identifiers.includes(name));
}

/** The result of `read`, cached for 10 minutes per connection under `key`. */
export async function cached<T>(
  highlevel: HighLevel,
  key: string,
  shape: z.ZodType<T>,
  read: () => Promise<T>,
): Promise<T> {
  const stored = await highlevel.cache.get(key, shape);
  if (stored !== undefined) return stored;
  const fresh = await read();
  await highlevel.cache.set(key, fresh, SECONDS);
  return fresh;
}
