import { inChunks } from '../lib/resources/bulk.ts';
import { choice, contactIdsField, integer, tagsToWrite } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { bulkResults } from '../lib/resources/bulk.ts';

/** HighLevel documents no limit for this call, so the limit of the other bulk call is used. */
export const CHUNK_SIZE = 50;

export default create({
  key: 'tag_contacts',
  noun: 'Tag',
  display: {
    label: 'Add or Remove Tags in Bulk',
    description: 'Adds tags to, or removes tags from, several contacts at once.',
  },
  input: {
    contactIds: contactIdsField,
    tags: tagsToWrite,
    operation: choice('Operation', { add: 'Add', remove: 'Remove' }, 'add')
      .default('add')
      .describe('Choose whether to add the tags to the contacts or to remove them.'),
  },
  output: {
    succeeded: integer('Contacts Changed', 1),
    failed: integer('Contacts Not Changed', 1),
    results: bulkResults,
  },

  async perform(highlevel, { contactIds, tags, operation }) {
    return inChunks(highlevel, contactIds, CHUNK_SIZE, async (contacts) => {
      const { responses } = await highlevel.request('POST /contacts/bulk/tags/update/{type}', {
        path: { type: operation },
        body: { contacts, tags, locationId: highlevel.locationId },
      });
      return new Map(
        responses
          .filter(({ type }) => type === 'error')
          .map(({ contactId, message }) => [contactId, message ?? 'HighLevel refused this contact.']),
      );
    });
  },
});
