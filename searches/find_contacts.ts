import { contactFilters, contactsFrom, searchText } from '../lib/resources/contacts.ts';
import { DATE_AND_TIME, dateTime, integer, optional, text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { listContacts } from '../lib/resources/contacts.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default search({
  key: 'find_contacts',
  noun: 'Contact',
  display: {
    label: 'Find Contacts',
    description: 'Finds contacts by tag, company, owner, or text, most recently updated first.',
  },
  input: {
    ...contactFilters('Return only'),
    query: optional(
      text('Search Text', 'Jane Doe'),
      'Return only contacts that match this text, such as part of a name.',
    ),
    updatedAfter: optional(
      dateTime('Updated After', '2026-01-01T00:00:00Z'),
      `Return only contacts created or updated after this time. ${DATE_AND_TIME}`,
    ),
    limit: integer('Limit', 50)
      .narrowed((limit) => limit.min(1).max(500))
      .default(50)
      .describe('Maximum number of results, up to 500.'),
  },
  output: Contact,

  async perform(highlevel, { query, ...filters }) {
    const words = query && searchText(query);
    return contactsFrom(highlevel, await listContacts(highlevel, { ...filters, query: words }));
  },
});
