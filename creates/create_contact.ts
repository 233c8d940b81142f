import * as z from 'zod';
import {
  contactDetails,
  contactInput,
  createContact,
  WrittenContact,
  writtenContact,
} from '../lib/resources/contacts.ts';
import { writeAccepted } from '../lib/resources/refused_details.ts';
import { ApiError, InputError } from '../lib/base/errors.ts';
import { create } from '../lib/zapier/operation.ts';
import { contactFields } from '../lib/highlevel/records/contact.ts';

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
  output: WrittenContact,

  async perform(highlevel, { email, phone, refusedDetail, ...fields }, { customFields, afterSearch }) {
    const { details, warnings } = await contactDetails(highlevel, { email, phone });
    if (Object.keys({ ...details, ...fields }).length === 0) {
      throw new InputError('Please fill at least one field of the contact, such as Email or Phone.');
    }
    const body = {
      ...details,
      ...fields,
      ...(customFields.length > 0 && { customFields }),
    };
    const createOrFind = async (accepted: typeof body) => {
      try {
        return await createContact(highlevel, accepted);
      } catch (error) {
        // In Find or Create, the contact was created after the search, so it is the one to return.
        const contactId = afterSearch && error instanceof ApiError && error.duplicate?.contactId;
        if (!contactId) throw error;
        return (await highlevel.request('GET /contacts/{contactId}', { path: { contactId } })).contact;
      }
    };
    const contact = await writeAccepted(body, createOrFind, {
      refusedDetail,
      suffices: (rest) => Boolean(rest.email ?? rest.phone),
      warnings,
    });
    return { ...(await writtenContact(highlevel, contact)), warnings };
  },
});
