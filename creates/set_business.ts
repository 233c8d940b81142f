import { InputError } from '../lib/base/errors.ts';
import { inChunks } from '../lib/resources/bulk.ts';
import { businessIdField, contactIdsField, flag, integer, optional } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { bulkResults } from '../lib/resources/bulk.ts';

/** The maximum number of contacts in one call. Source: HighLevel's OpenAPI files. */
export const CHUNK_SIZE = 50;

export default create({
  key: 'set_business',
  noun: 'Company',
  display: {
    label: "Add or Remove Contacts' Company",
    description: 'Adds contacts to a company, or removes them from theirs.',
  },
  input: {
    contactIds: contactIdsField,
    businessId: optional(
      businessIdField,
      "Choose a company, or map a company's ID. Leave blank and set Remove From Company to **Yes** to remove the contacts from theirs.",
    ),
    removeFromCompany: flag('Remove From Company', false)
      .default(false)
      .describe('Choose **Yes** to remove the contacts from their company. Leave Company blank then.'),
  },
  output: {
    succeeded: integer('Contacts Changed', 1),
    failed: integer('Contacts Not Changed', 1),
    results: bulkResults,
  },

  async perform(highlevel, { contactIds, businessId = null, removeFromCompany }) {
    if (businessId === null && !removeFromCompany)
      throw new InputError(
        'Please fill in "Company", or set "Remove From Company" to Yes to remove the contacts from their company.',
      );
    if (businessId !== null && removeFromCompany)
      throw new InputError(
        '"Company" and "Remove From Company" contradict each other. Leave "Company" blank, or set "Remove From Company" to No.',
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
