import * as z from 'zod';
import {
  contactInput,
  contactsFrom,
  emailOrPhone,
  lookUpContacts,
  readPhone,
  searchText,
} from '../lib/resources/contacts.ts';
import { InputError } from '../lib/base/errors.ts';
import { contactIdField, text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Contact, contactFields } from '../lib/highlevel/records/contact.ts';

/** The most matches of a search by words; nobody looks through more. */
export const MAX_RESULTS = 10;

export default search({
  key: 'find_contact',
  noun: 'Contact',
  display: {
    label: 'Find Contact',
    description: 'Finds a contact by email, phone, name or ID.',
  },
  input: z.object({
    email: contactFields.email.optional(),
    phone: contactInput.phone,
    query: text('Search Text', 'Jane Doe')
      .optional()
      .describe(
        'Part of a name, for instance. Used when email and phone find nobody; it may then find somebody else of that name.',
      ),
    contactId: contactIdField
      .meta({ editor: { type: 'string', dropdown: 'contacts' } })
      .optional()
      .describe('One contact for certain. The other fields are not looked at then.'),
  }),
  output: Contact,

  async perform(highlevel, { contactId, email, phone, query }) {
    if (!contactId && !email && !phone && !query) {
      throw new InputError('Email, Phone, Search Text or Contact is required. Please fill at least one.');
    }
    if (contactId) {
      const { contact } = await highlevel.request('GET /contacts/{contactId}', { path: { contactId } });
      return contactsFrom(highlevel, [contact]);
    }
    const { locationId } = highlevel;
    const number = phone && (await readPhone(highlevel, phone));
    if (email || number) {
      const known = await lookUpContacts(highlevel, { email, phone: number });
      if (known.length > 0) return contactsFrom(highlevel, known.slice(0, MAX_RESULTS));
      // Finds a new contact at once; the search below lags by a few seconds.
      const { contact } = await highlevel.request('GET /contacts/search/duplicate', {
        query: { locationId, email, number },
      });
      if (contact) return contactsFrom(highlevel, [contact]);
    }
    const narrowed = query ? { query: searchText(query) } : { filters: [emailOrPhone(email, number)] };
    const { contacts } = await highlevel.request('POST /contacts/search', {
      body: { locationId, pageLimit: MAX_RESULTS, ...narrowed },
    });
    return contactsFrom(highlevel, contacts);
  },
});
