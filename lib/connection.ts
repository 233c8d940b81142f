import type { Bundle, ZObject } from 'zapier-platform-core';
import { toZapierError } from './errors.ts';
import { connect } from './highlevel.ts';
import { allows } from './scopes.ts';

/**
 * The connection test: the sub-account's name, which also names the connection. A connection that may not read the
 * sub-account proves itself by a contact search and goes by the sub-account's id.
 */
export async function testConnection(zapier: ZObject, bundle: Bundle): Promise<{ id: string; name: string }> {
  try {
    const highlevel = connect(zapier, bundle);
    const id = highlevel.locationId;
    if (allows(bundle.authData.scope, 'locations.readonly')) {
      const { location } = await highlevel.request('GET /locations/{locationId}', {
        path: { locationId: id },
      });
      return { id, name: location.name ?? id };
    }
    await highlevel.request('POST /contacts/search', { body: { locationId: id, pageLimit: 1 } });
    return { id, name: id };
  } catch (error) {
    throw toZapierError(error);
  }
}
