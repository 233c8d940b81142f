import {
  contactDetails,
  contactGroups,
  contactInput,
  createContact,
  WrittenContact,
  writtenContact,
} from '../lib/resources/contacts.ts';
import { writeAccepted } from '../lib/resources/refused_details.ts';
import { ApiError, InputError } from '../lib/base/errors.ts';
import { splitName } from '../lib/jivochat/name.ts';
import { optional, PHONE_FORMAT } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { contactFields, dndSettings } from '../lib/highlevel/records/contact.ts';

// A new contact has no channels that are stopped.
const { allowChannels: _allowChannels, ...creatable } = contactInput;

export default create({
  key: 'create_contact',
  noun: 'Contact',
  display: {
    label: 'Create Contact',
    description: 'Creates a new contact. Stops without an error if the contact already exists.',
  },
  input: {
    ...creatable,
    email: optional(
      contactFields.email,
      'Enter a full email address. An email, a phone number, or a name is required.',
    ),
    phone: optional(contactFields.phone, `${PHONE_FORMAT} An email, a phone number, or a name is required.`),
    source: optional(contactFields.source, 'Where the contact came from.'),
    dndChannels: contactInput.dndChannels.describe('Choose channels to stop messages on.'),
    tags: contactInput.tags.describe(
      'Choose or type tags. Not case-sensitive; HighLevel saves them in lowercase. New tags are created.',
    ),
  },
  customFields: 'contact',
  groups: contactGroups,
  output: WrittenContact,

  async perform(
    highlevel,
    { email, phone, refusedDetail, dndChannels, ...given },
    { customFields, afterSearch },
  ) {
    const dnd = dndSettings({ stop: dndChannels }, undefined);
    const fields = { ...given, ...(dnd && { dndSettings: dnd }) };
    const { details, warnings } = await contactDetails(highlevel, { email, phone });
    if (!details.email && !details.phone && !fields.firstName && !fields.lastName && !fields.name) {
      throw new InputError(
        'Please fill in "Email", "Phone", "First Name", or "Last Name". HighLevel creates no contact without one of them.',
      );
    }
    const body = {
      ...named({ ...details, ...fields }),
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

/** HighLevel refuses a contact with only a full name, so the name is split. */
function named<
  F extends { email?: string; phone?: string; firstName?: string; lastName?: string; name?: string },
>({ name, ...fields }: F) {
  if (!name) return fields;
  const { email, phone, firstName, lastName } = fields;
  if (email || phone || firstName || lastName) return { ...fields, name };
  const split = splitName(name);
  return {
    ...fields,
    firstName: split.firstName ?? name,
    ...(split.lastName && { lastName: split.lastName }),
  };
}
