import type { Bundle, ZObject } from 'zapier-platform-core';
import { ApiError } from '../base/errors.ts';
import { toZapierError } from './errors.ts';
import { createClient, type HighLevel } from '../highlevel/client.ts';

/**
 * The connection test. Returns the sub-account's id and name; the name labels the connection. Without the permission to
 * read the sub-account, a contact search tests the token, and the id serves as the name.
 */
export async function testConnection(zapier: ZObject, bundle: Bundle): Promise<{ id: string; name: string }> {
  try {
    const highlevel = createClient(zapier, bundle);
    const id = highlevel.locationId;
    return { id, name: (await nameOf(highlevel))?.trim() || id };
  } catch (error) {
    throw toZapierError(error);
  }
}

/** Asks HighLevel for the connection's sub-account: its name, or null if the connection may not read it. Throws ApiError. */
export async function nameOf(highlevel: HighLevel): Promise<string | null> {
  const { locationId } = highlevel;
  try {
    return (await highlevel.request('GET /locations/{locationId}', { path: { locationId } })).location.name;
  } catch (error) {
    // Only for a missing permission (401): a 403 means the wrong sub-account, which a search might not reveal.
    if (!(error instanceof ApiError && error.kind === 'not permitted')) throw error;
  }
  await highlevel.request('POST /contacts/search', { body: { locationId, pageLimit: 1 } });
  return null;
}
