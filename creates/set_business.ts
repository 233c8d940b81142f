import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { inChunks } from '../lib/resources/bulk.ts';
import { businessIdField, flag, idList, integer } from '../lib/schema/fields.ts';
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
      .describe('Choose the company that the contacts belong to, or map its ID.'),
    removeFromCompany: flag('Remove From Company', false)
      .default(false)
      .describe('Choose **Yes**, and leave the company blank, to remove the contacts from their company.'),
  }),
  output: z.object({
    succeeded: integer('Contacts Changed', 1),
    failed: integer('Contacts Not Changed', 1),
    results: bulkResults,
  }),

  async perform(highlevel, { contactIds, businessId = null, removeFromCompany }) {
    // A company that turns out to be blank must not remove anybody.
    if (removeFromCompany === (businessId !== null))
      throw new InputError(
        removeFromCompany
          ? 'A company is filled in, and "Remove From Company" is Yes. Leave one of them out.'
          : 'Please choose a company. To remove the contacts from their company, set "Remove From Company" to Yes.',
      );
    return inChunks(highlevel, contactIds, CHUNK_SIZE, async (ids) => {
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
