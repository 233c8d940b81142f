import * as z from 'zod';
import { contactFilters, contactsFrom, searchText } from '../lib/resources/contacts.ts';
import { dateTime, integer, text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { listContacts } from '../lib/resources/contacts.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default search({
  key: 'find_contacts',
  noun: 'Contact',
  display: {
    label: 'Find Contacts',
    description: 'Finds all contacts by tag, business, owner or text, the latest changed first.',
  },
  input: z.object({
    ...contactFilters,
    query: text('Search Text', 'Jane Doe').optional().describe('Part of a name, for instance.'),
    updatedAfter: dateTime('Updated After', '2026-01-01T00:00:00Z')
      .optional()
      .describe('Only contacts that were created or changed later. A date alone means 9 in the morning.'),
    limit: integer('Limit', 50).min(1).max(500).default(50).describe('How many contacts at most, up to 500.'),
  }),
  output: Contact,

  async perform(highlevel, { query, ...filters }) {
    const words = query && searchText(query);
    return contactsFrom(highlevel, await listContacts(highlevel, { ...filters, query: words }));
  },
});
