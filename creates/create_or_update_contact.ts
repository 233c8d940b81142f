import { finishWrites } from '../lib/resources/remaining_writes.ts';
import {
  checkChannels,
  contactDetails,
  contactGroups,
  contactInput,
  stillStopped,
  WrittenContact,
  writtenContact,
} from '../lib/resources/contacts.ts';
import { writeAccepted } from '../lib/resources/refused_details.ts';
import { dndSettings } from '../lib/highlevel/records/contact.ts';
import { InputError } from '../lib/base/errors.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'create_or_update_contact',
  noun: 'Contact',
  display: {
    label: 'Create or Update Contact',
    description: 'Creates a new contact, or updates the one with the same email or phone number.',
  },
  input: contactInput,
  customFields: 'contact',
  groups: contactGroups,
  output: WrittenContact,

  async perform(
    highlevel,
    { tags, email, phone, refusedDetail, dndChannels, allowChannels, ...fields },
    { customFields },
  ) {
    checkChannels({ dnd: fields.dnd, dndChannels, allowChannels });
    const { details, warnings } = await contactDetails(highlevel, { email, phone });
    if (!details.email && !details.phone) {
      throw new InputError('Please fill in "Email" or "Phone". HighLevel finds existing contacts by them.');
    }
    const body = {
      locationId: highlevel.locationId,
      ...details,
      ...fields,
      ...(customFields.length > 0 && { customFields }),
    };
    const upsert = (accepted: typeof body) => highlevel.request('POST /contacts/upsert', { body: accepted });
    const { contact } = await writeAccepted(body, upsert, {
      refusedDetail,
      suffices: (rest) => Boolean(rest.email ?? rest.phone),
      warnings,
    });
    const path = { contactId: contact.id };
    const dnd = dndSettings({ stop: dndChannels, allow: allowChannels }, contact.dndSettings);
    // Upsert would replace the contact's tags, and may replace the settings of other channels.
    const [tagged, updated] = await finishWrites([
      tags?.length ? highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags } }) : null,
      dnd ? highlevel.request('PUT /contacts/{contactId}', { path, body: { dndSettings: dnd } }) : null,
    ]);
    const now = { ...(updated?.contact ?? contact), tags: tagged?.tags ?? contact.tags };
    warnings.push(...stillStopped({ dnd: now.dnd, allowChannels }, contact.dndSettings));
    return { ...(await writtenContact(highlevel, now)), warnings };
  },
});
