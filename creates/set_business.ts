import * as z from 'zod';
import { inChunks } from '../lib/resources/bulk.ts';
import { businessIdField, idList, integer } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { bulkResults } from '../lib/resources/bulk.ts';

/** The maximum number of contacts in one call. Source: HighLevel's OpenAPI files. */
export const CHUNK_SIZE = 50;

export default create({
  key: 'set_business',
  noun: 'Business',
  display: {
    label: 'Assign Contacts to Business',
    description: 'Makes contacts part of a business, or takes them out of theirs.',
  },
  input: z.object({
    contactIds: idList('Contacts', 'contacts'),
    businessId: businessIdField
      .optional()
      .describe(
        'Empty takes the contacts **out of** their business, also when what you map here turns out to be empty.',
      ),
  }),
  output: z.object({
    succeeded: integer('Contacts Changed', 2),
    failed: integer('Contacts Not Changed', 0),
    results: bulkResults,
  }),

  async perform(highlevel, { contactIds, businessId = null }) {
    return inChunks(contactIds, CHUNK_SIZE, async (ids) => {
      const changed = await highlevel.request('POST /contacts/bulk/business', {
        body: { locationId: highlevel.locationId, ids, businessId },
      });
      // A success without a list of contacts means all of them.
      const named = changed.success && changed.ids.length === 0 ? ids : changed.ids;
      const missed = ids.filter((id) => !named.includes(id));
      return new Map(missed.map((id) => [id, 'HighLevel did not confirm this contact.']));
    });
  },
});
