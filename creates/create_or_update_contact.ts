import * as z from 'zod';
import { finishWrites } from '../lib/resources/remaining_writes.ts';
import { contactInput, readPhone, writtenContact } from '../lib/resources/contacts.ts';
import { InputError } from '../lib/base/errors.ts';
import { create } from '../lib/zapier/operation.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default create({
  key: 'create_or_update_contact',
  noun: 'Contact',
  display: {
    label: 'Create or Update Contact',
    description:
      'Creates a contact, or updates the one that has the same email or phone. Needs an email or a phone.',
  },
  input: z.object(contactInput),
  customFields: true,
  output: Contact,

  async perform(highlevel, { tags, phone, ...fields }, { customFields }) {
    if (!fields.email && !phone) {
      throw new InputError(
        'Email or Phone is required: HighLevel tells contacts apart by them. Please map at least one.',
      );
    }
    const { contact } = await highlevel.request('POST /contacts/upsert', {
      body: {
        locationId: highlevel.locationId,
        ...fields,
        ...(phone && { phone: await readPhone(highlevel, phone) }),
        ...(customFields.length > 0 && { customFields }),
      },
    });
    // Upsert would replace the contact's tags.
    if (tags?.length) {
      const path = { contactId: contact.id };
      const adding = highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags } });
      const [tagged] = await finishWrites([adding]);
      contact.tags = tagged.tags;
    }
    return writtenContact(highlevel, contact);
  },
});
