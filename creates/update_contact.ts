import * as z from 'zod';
import { finishWrites } from '../lib/resources/remaining_writes.ts';
import { contactInput, readPhone, writtenContact } from '../lib/resources/contacts.ts';
import { customBlanks } from '../lib/resources/custom_fields.ts';
import { InputError, quoted } from '../lib/base/errors.ts';
import { contactIdField, CUSTOM_FIELD, textList } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { clearable, Contact, contactFields } from '../lib/highlevel/records/contact.ts';

// HighLevel's PUT takes neither.
const { companyName: _companyName, gender: _gender, ...changeable } = contactInput;

export default create({
  key: 'update_contact',
  noun: 'Contact',
  display: { label: 'Update Contact', description: 'Updates a contact. Fields left empty stay as they are.' },
  input: z.object({
    contactId: contactIdField,
    ...changeable,
    email: contactFields.email.optional(),
    clear: textList('Fields to Empty', [])
      .meta({ editor: { type: 'string', list: true, dropdown: 'clearable' } })
      .optional()
      .describe('The contact loses what these fields hold.'),
  }),
  customFields: true,
  output: Contact,

  async perform(highlevel, { contactId, tags, phone, clear = [], ...inputs }, { customFields }) {
    const fields = { ...inputs, ...(phone && { phone: await readPhone(highlevel, phone) }) };
    const blanks = await customBlanks(highlevel, clear);
    if (customFields.some(({ id }) => blanks.some((blank) => blank.id === id)))
      throw new InputError(
        'Fields to Empty: a custom field is filled by this step as well. Please choose one.',
      );
    const custom = [...customFields, ...blanks];
    const body = { ...fields, ...nulls(clear, fields), ...(custom.length > 0 && { customFields: custom }) };
    const path = { contactId };
    const changes = Object.keys(body).length > 0;
    if (!changes && !tags?.length) throw new InputError('Please fill at least one field to update.');

    const updated = changes
      ? await highlevel.request('PUT /contacts/{contactId}', { path, body })
      : undefined;
    // PUT would replace the contact's tags.
    const adding = tags?.length
      ? highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags } })
      : undefined;
    const [tagged] = updated ? await finishWrites([adding]) : [await adding];
    const { contact } = updated ?? (await highlevel.request('GET /contacts/{contactId}', { path }));
    return writtenContact(highlevel, { ...contact, tags: tagged?.tags ?? contact.tags });
  },
});

/** Null for each field to empty. Throws InputError for a field that is also filled in, or cannot be emptied. */
function nulls(clear: string[], fields: Record<string, unknown>): Record<string, null> {
  const keys = clear.filter((key) => !key.startsWith(CUSTOM_FIELD));
  for (const key of keys) {
    if (!clearable.some((field) => field === key))
      throw new InputError(`Fields to Empty: ${quoted(key)} cannot be emptied.`);
    if (fields[key] !== undefined)
      throw new InputError(`Fields to Empty: "${key}" is filled by this step as well. Please choose one.`);
  }
  return Object.fromEntries(keys.map((key) => [key, null]));
}
