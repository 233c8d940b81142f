import { contactIdField, contactLink, id, idList, textList } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'add_followers',
  noun: 'Follower',
  display: {
    label: 'Add Followers to Contact',
    description: 'Adds up to 10 users as followers of a contact.',
  },
  input: {
    contactId: contactIdField,
    followers: idList('Followers', 'users').describe('Choose users, or map their IDs or emails.'),
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    followers: textList('Follower User IDs', ['0IHuJvc2ofPAAA8GzTRi']),
    url: contactLink,
  },

  async perform(highlevel, { contactId, followers }) {
    const path = { contactId };
    const contact = await highlevel.request('POST /contacts/{contactId}/followers', {
      path,
      body: { followers },
    });
    return { contactId, followers: contact.followers, url: highlevel.contactUrl(contactId) };
  },
});
