import { contactFilters } from '../lib/resources/contacts.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollContacts } from '../lib/polling/contacts.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default trigger({
  key: 'new_contact',
  noun: 'Contact',
  display: { label: 'New Contact', description: 'Triggers when a new contact is created.' },
  input: contactFilters('Trigger only for'),
  output: Contact,
  primary: ['id'],

  perform: (highlevel, filters, mode) =>
    pollContacts(highlevel, { key: 'new_contact', by: 'dateAdded', ...filters }, mode),
});
