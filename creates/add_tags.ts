import * as z from 'zod';
import { contactIdField, contactLink, id, tagsField, textList } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'add_tags',
  noun: 'Tag',
  display: {
    label: 'Add Tags to Contact',
    description: 'Adds tags to a contact. The tags it has already stay.',
  },
  input: z.object({
    contactId: contactIdField,
    tags: tagsField.describe(
      'Upper and lower case are the same. One text may hold several tags, with commas between them.',
    ),
  }),
  output: z.object({
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    tags: textList('Tags', ['jivochat', 'pricing']),
    url: contactLink,
  }),

  async perform(highlevel, { contactId, tags }) {
    const path = { contactId };
    const contact = await highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags } });
    return { contactId, tags: contact.tags, url: highlevel.contactUrl(contactId) };
  },
});
