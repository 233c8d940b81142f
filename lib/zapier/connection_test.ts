import type { Bundle, ZObject } from 'zapier-platform-core';
import { ApiError } from '../base/errors.ts';
import { toZapierError } from './errors.ts';
import { createClient, type HighLevel } from '../highlevel/client.ts';

/**
 * The connection test: the sub-account's name, which also names the connection. A connection that may not read the
 * sub-account proves itself by a contact search and goes by the sub-account's id.
 */
export async function testConnection(zapier: ZObject, bundle: Bundle): Promise<{ id: string; name: string }> {
  try {
    const highlevel = createClient(zapier, bundle);
    const id = highlevel.locationId;
    return { id, name: (await nameOf(highlevel)) || id };
  } catch (error) {
    throw toZapierError(error);
  }
}

async function nameOf(highlevel: HighLevel): Promise<string | null> {
  const { locationId } = highlevel;
  try {
    return (await highlevel.request('GET /locations/{locationId}', { path: { locationId } })).location.name;
  } catch (error) {
    // A missing permission is a 401; a 403 means another sub-account, which a search might not notice.
    if (!(error instanceof ApiError && error.kind === 'not permitted')) throw error;
  }
  await highlevel.request('POST /contacts/search', { body: { locationId, pageLimit: 1 } });
  return null;
}
