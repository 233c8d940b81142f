import { contactFilters } from '../lib/resources/contacts.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollContacts } from '../lib/polling/contacts.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default trigger({
  key: 'updated_contact',
  noun: 'Contact',
  display: {
    label: 'New or Updated Contact',
    description: 'Triggers when a contact is created or updated.',
  },
  input: contactFilters('Trigger only for'),
  output: Contact,
  primary: ['id', 'dateUpdated'],

  perform: (highlevel, filters, mode) =>
    pollContacts(highlevel, { key: 'updated_contact', by: 'dateUpdated', ...filters }, mode),
});
