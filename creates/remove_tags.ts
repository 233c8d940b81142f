import * as z from 'zod';
import { contactIdField, contactLink, id, tagsField, textList } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'remove_tags',
  noun: 'Tag',
  display: {
    label: 'Remove Tags From Contact',
    description: 'Removes tags from a contact. Its other tags stay.',
  },
  input: z.object({
    contactId: contactIdField,
    tags: tagsField.describe(
      'Upper and lower case are the same. One text may hold several tags, with commas between them.',
    ),
  }),
  output: z.object({
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    tags: textList('Tags', ['pricing']),
    url: contactLink,
  }),

  async perform(highlevel, { contactId, tags }) {
    const path = { contactId };
    const contact = await highlevel.request('DELETE /contacts/{contactId}/tags', { path, body: { tags } });
    return { contactId, tags: contact.tags, url: highlevel.contactUrl(contactId) };
  },
});
