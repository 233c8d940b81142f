import { contactIdField, id, tagsToRemove, textList, contactLink } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'remove_tags',
  noun: 'Tag',
  display: {
    label: 'Remove Tags From Contact',
    description: 'Removes tags from a contact without changing its other tags.',
  },
  input: {
    contactId: contactIdField,
    tags: tagsToRemove,
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    tags: textList('Tags', ['pricing']),
    url: contactLink,
  },

  async perform(highlevel, { contactId, tags }) {
    const path = { contactId };
    const contact = await highlevel.request('DELETE /contacts/{contactId}/tags', { path, body: { tags } });
    return { contactId, tags: contact.tags, url: highlevel.contactUrl(contactId) };
  },
});
