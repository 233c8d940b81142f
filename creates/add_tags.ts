import { contactIdField, id, tagsToWrite, textList, contactLink } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'add_tags',
  noun: 'Tag',
  display: {
    label: 'Add Tags to Contact',
    description: 'Adds tags to a contact without changing its other tags.',
  },
  input: {
    contactId: contactIdField,
    tags: tagsToWrite,
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    tags: textList('Tags', ['jivochat', 'pricing']),
    url: contactLink,
  },

  async perform(highlevel, { contactId, tags }) {
    const path = { contactId };
    const contact = await highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags } });
    return { contactId, tags: contact.tags, url: highlevel.contactUrl(contactId) };
  },
});
