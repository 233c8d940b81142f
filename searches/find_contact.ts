import {
  contactsFrom,
  emailOrPhone,
  lookUpContacts,
  readDetails,
  searchText,
} from '../lib/resources/contacts.ts';
import { ApiError, InputError, quoted } from '../lib/base/errors.ts';
import type { HighLevel } from '../lib/highlevel/client.ts';
import { ID, optional, PHONE_FORMAT, text } from '../lib/schema/fields.ts';
import { notAnId } from '../lib/schema/parse_input.ts';
import { search } from '../lib/zapier/operation.ts';
import { Contact, contactFields, type ContactResponse } from '../lib/highlevel/records/contact.ts';

/** The maximum number of matches of a text search; nobody looks through more. */
export const MAX_RESULTS = 10;

const NOTHING_GIVEN = 'Please fill in "Email", "Phone", "Search Text", or "Contact".';

export default search({
  key: 'find_contact',
  noun: 'Contact',
  display: {
    label: 'Find Contact',
    description: 'Finds a contact by email, phone number, name, or ID.',
  },
  input: {
    email: optional(contactFields.email, 'Enter the full email. Fill in at least one field.'),
    phone: optional(contactFields.phone, `${PHONE_FORMAT} Fill in at least one field.`),
    query: optional(
      text('Search Text', 'Jane Doe'),
      'Enter part of a name, for example. Used only if email and phone find no one; it can match someone else with the same name.',
    ),
    // Not an id field: if the value is not an id, the other fields are used.
    contactId: optional(
      text('Contact', 'ocQHyuzHvysMo5N5VsXc').meta({
        editor: { type: 'string', dropdown: 'contacts' },
        format: 'id',
      }),
      'Choose a contact, or map a Contact ID. Finds exactly this contact and ignores the other fields, unless it no longer exists.',
    ),
  },
  output: Contact,

  async perform(highlevel, { contactId, email, phone, query }) {
    if (!contactId && !email && !phone && !query) throw new InputError(NOTHING_GIVEN);
    const byId = contactId ? await contactById(highlevel, contactId) : undefined;
    if (byId && typeof byId !== 'string') return contactsFrom(highlevel, [byId]);
    const { details, problems } = await readDetails(highlevel, { email, phone });
    const isUsable = byId === 'unknown' || query !== undefined || Object.keys(details).length > 0;
    if (!isUsable) {
      const noId = byId === 'no id' && contactId ? [notAnId('Contact', quoted(contactId), 'contacts')] : [];
      throw new InputError([...noId, ...problems].join(' ') || NOTHING_GIVEN);
    }
    const { locationId } = highlevel;
    const { email: address, phone: number } = details;
    if (address || number) {
      const known = await lookUpContacts(highlevel, { email: address, phone: number });
      if (known.length > 0) return contactsFrom(highlevel, known.slice(0, MAX_RESULTS));
      // Finds a new contact immediately; the search below lags by a few seconds.
      const { contact } = await highlevel.request('GET /contacts/search/duplicate', {
        query: { locationId, email: address, number },
      });
      if (contact) return contactsFrom(highlevel, [contact]);
    }
    if (!query && !address && !number) return [];
    const narrowed = query ? { query: searchText(query) } : { filters: [emailOrPhone(address, number)] };
    const { contacts } = await highlevel.request('POST /contacts/search', {
      body: { locationId, pageLimit: MAX_RESULTS, ...narrowed },
    });
    return contactsFrom(highlevel, contacts);
  },
});

/** The contact with an id, or why there is none: it does not exist, or the value is not an id. */
async function contactById(
  highlevel: HighLevel,
  contactId: string,
): Promise<ContactResponse | 'unknown' | 'no id'> {
  if (!ID.test(contactId)) return 'no id';
  try {
    return (await highlevel.request('GET /contacts/{contactId}', { path: { contactId } })).contact;
  } catch (error) {
    // A word from the paths of HighLevel's API, such as "search".
    if (error instanceof InputError) return 'no id';
    if (error instanceof ApiError && error.kind === 'not found') return 'unknown';
    throw error;
  }
}
