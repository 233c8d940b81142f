import * as z from 'zod';
import { contactInput, createContact, readPhone, writtenContact } from '../lib/resources/contacts.ts';
import { ApiError, InputError } from '../lib/base/errors.ts';
import { create } from '../lib/zapier/operation.ts';
import { Contact, contactFields } from '../lib/highlevel/records/contact.ts';

export default create({
  key: 'create_contact',
  noun: 'Contact',
  display: {
    label: 'Create Contact',
    description:
      'Creates a new contact. Stops, without an error, if a contact with the same email or phone exists.',
  },
  input: z.object({
    ...contactInput,
    email: contactFields.email.optional(),
    source: contactFields.source.optional().describe('Where the contact came from.'),
    tags: contactInput.tags.describe('New tags are created by HighLevel.'),
  }),
  customFields: true,
  output: Contact,

  async perform(highlevel, { phone, ...fields }, { customFields, afterSearch }) {
    if (!phone && Object.keys(fields).length === 0) {
      throw new InputError('Please fill at least one field of the contact, such as Email or Phone.');
    }
    const body = {
      ...fields,
      ...(phone && { phone: await readPhone(highlevel, phone) }),
      ...(customFields.length > 0 && { customFields }),
    };
    try {
      return await writtenContact(highlevel, await createContact(highlevel, body));
    } catch (error) {
      // In Find or Create, the contact was created after the search, so it is the one to return.
      const contactId = afterSearch && error instanceof ApiError && error.duplicate?.contactId;
      if (!contactId) throw error;
      const { contact } = await highlevel.request('GET /contacts/{contactId}', { path: { contactId } });
      return await writtenContact(highlevel, contact);
    }
  },
});
