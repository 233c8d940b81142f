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
import { customBlanks } from '../lib/resources/custom_fields.ts';
import { ApiError, InputError, quoted } from '../lib/base/errors.ts';
import { contactIdField, CUSTOM_FIELD, optional, PHONE_FORMAT, textList } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import type { HighLevel } from '../lib/highlevel/client.ts';
import {
  clearable,
  dndSettings,
  contactFields,
  type ContactResponse,
} from '../lib/highlevel/records/contact.ts';

// HighLevel's PUT does not accept it.
const { gender: _gender, ...changeable } = contactInput;

export default create({
  key: 'update_contact',
  noun: 'Contact',
  display: { label: 'Update Contact', description: 'Updates a contact. Blank fields are left unchanged.' },
  input: {
    contactId: contactIdField,
    ...changeable,
    email: optional(contactFields.email, 'Enter the new email address.'),
    phone: optional(contactFields.phone, `Enter the new phone number. ${PHONE_FORMAT}`),
    clear: optional(
      textList('Fields to Clear', []).meta({
        format: 'id',
        editor: { type: 'string', list: true, dropdown: 'clearable' },
      }),
      'Choose fields to make blank. Blank mappings never clear a field.',
    ),
  },
  customFields: 'contact',
  groups: contactGroups,
  output: WrittenContact,

  async perform(
    highlevel,
    {
      contactId,
      tags,
      email,
      phone,
      refusedDetail,
      clear: cleared = [],
      dndChannels = [],
      allowChannels = [],
      ...inputs
    },
    { customFields },
  ) {
    checkChannels({ dnd: inputs.dnd, dndChannels, allowChannels });
    const clear = cleared.map(keyOf);
    const { details, warnings } = await contactDetails(highlevel, { email, phone });
    const fields: Partial<typeof inputs> & typeof details = { ...details, ...inputs };
    const blanks = await customBlanks(highlevel, clear);
    if (customFields.some(({ id }) => blanks.some((blank) => blank.id === id)))
      throw new InputError(
        '"Fields to Clear" has a custom field that this step also fills in. Clear it or fill it in, but not both.',
      );
    const custom = [...customFields, ...blanks];
    const values = { ...fields, ...nulls(clear, fields), ...(custom.length > 0 && { customFields: custom }) };
    const path = { contactId };
    const hasChannels = dndChannels.length > 0 || allowChannels.length > 0;
    if (Object.keys(values).length === 0 && !tags?.length && !hasChannels)
      throw new InputError('Nothing to update. Please fill in at least one field besides "Contact".');
    const present = hasChannels
      ? (await highlevel.request('GET /contacts/{contactId}', { path })).contact.dndSettings
      : undefined;
    const dnd = dndSettings({ stop: dndChannels, allow: allowChannels }, present);
    const body = { ...values, ...(dnd && { dndSettings: dnd }) };
    const changes = Object.keys(body).length > 0;

    const put = (accepted: typeof body) => updateContact(highlevel, contactId, accepted, warnings);
    const suffices = (rest: object) => Object.keys(rest).length > 0;
    const updated = changes
      ? await writeAccepted(body, put, { refusedDetail, suffices, warnings })
      : undefined;
    // PUT would replace the contact's tags.
    const adding = tags?.length
      ? highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags } })
      : undefined;
    const [tagged] = updated ? await finishWrites([adding]) : [await adding];
    const contact = updated ?? (await highlevel.request('GET /contacts/{contactId}', { path })).contact;
    warnings.push(...stillStopped({ dnd: contact.dnd, allowChannels }, present));
    const written = await writtenContact(highlevel, { ...contact, tags: tagged?.tags ?? contact.tags });
    return { ...written, warnings };
  },
});

/**
 * Updates the contact. HighLevel does not document the company name for updates, though it reportedly works in some
 * accounts: if it is refused, the rest is updated, with a warning. Undefined if nothing is left to update.
 */
async function updateContact(
  highlevel: HighLevel,
  contactId: string,
  body: { companyName?: string },
  warnings: string[],
): Promise<ContactResponse | undefined> {
  try {
    return (await highlevel.request('PUT /contacts/{contactId}', { path: { contactId }, body })).contact;
  } catch (error) {
    const { companyName, ...others } = body;
    const isItsName =
      error instanceof ApiError && error.kind === 'refused' && /company ?name/i.test(error.message);
    if (!isItsName || companyName === undefined) throw error;
    warnings.push(
      '"Business Name" was not updated, because HighLevel did not accept it. Change it in HighLevel.',
    );
    return Object.keys(others).length > 0 ? updateContact(highlevel, contactId, others, warnings) : undefined;
  }
}

const labels = new Map<string, string>(
  Object.entries(contactFields).map(([key, field]) => [key, field.about.title ?? key]),
);

/** The key of a field given by its label. */
function keyOf(given: string): string {
  const isLabel = ([, label]: [string, string]) => label.toLowerCase() === given.trim().toLowerCase();
  return labels.has(given) ? given : ([...labels].find(isLabel)?.[0] ?? given);
}

/** Null for each field to empty. Throws InputError for a field that is also filled in, or cannot be emptied. */
function nulls(clear: string[], fields: Record<string, unknown>): Record<string, null> {
  const keys = clear.filter((key) => !key.startsWith(CUSTOM_FIELD));
  for (const key of keys) {
    const name = quoted(labels.get(key) ?? key);
    if (!clearable.some((field) => field === key))
      throw new InputError(`"Fields to Clear": ${name} can't be cleared in HighLevel.`);
    if (fields[key] !== undefined)
      throw new InputError(
        `"Fields to Clear": ${name} is also filled in by this step. Clear it or fill it in, but not both.`,
      );
  }
  return Object.fromEntries(keys.map((key) => [key, null]));
}
