import { contactFilters } from '../lib/resources/contacts.ts';
import { text } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollContacts } from '../lib/polling/contacts.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default trigger({
  key: 'contact_tagged',
  noun: 'Contact',
  display: {
    label: 'Tag Added to Contact',
    description: 'Triggers when a tag is added to a contact for the first time.',
  },
  input: {
    tag: text('Tag', 'pricing')
      .meta({ editor: { type: 'string', dropdown: 'tags' } })
      .describe('Choose or type the tag to watch. Not case-sensitive.'),
    businessId: contactFilters('Trigger only for').businessId,
  },
  output: { ...Contact, tag: text('Tag', 'pricing') },
  primary: ['id', 'tag'],

  async perform(highlevel, input, mode) {
    // HighLevel stores tags in lowercase.
    const tag = input.tag.toLowerCase();
    const poll = {
      key: 'contact_tagged',
      by: 'dateUpdated' as const,
      tags: [tag],
      businessId: input.businessId,
    };
    const contacts = await pollContacts(highlevel, poll, mode);
    return contacts.map((contact) => ({ ...contact, tag }));
  },
});
