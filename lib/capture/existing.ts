import type { CustomFieldValue } from '../custom_fields.ts';
import type { ContactAnswer } from '../records/contact.ts';

/** The fields of a contact that a lead can fill. */
export interface LeadFields {
  firstName?: string;
  lastName?: string | null;
  email?: string;
  phone?: string;
  source?: string;
}

/** Whether the empty fields of an existing contact are filled, or given ones replaced. */
export type ExistingContact = 'fill' | 'overwrite';

/**
 * What has to be written so that an existing contact holds a lead; an empty object when it holds it already. A filled
 * `source` stays in any case: it says where the contact came from first. `isPlaceholder` recognises a name that is none.
 */
export function missingIn(
  contact: ContactAnswer,
  lead: LeadFields,
  custom: CustomFieldValue[],
  mode: ExistingContact,
  isPlaceholder: (name: string) => boolean,
): LeadFields & { customFields?: CustomFieldValue[] } {
  const missing: LeadFields & { customFields?: CustomFieldValue[] } = {};
  const placeholder = isPlaceholder(contact.name ?? '');
  const named = Boolean(contact.firstName || contact.lastName) && !placeholder;
  if (lead.firstName !== undefined && (!named || mode === 'overwrite')) {
    // The number of a "Visitor 1234" stands as the last name, and must go with the rest of it.
    const lastName = lead.lastName ?? (placeholder ? null : contact.lastName);
    if (lead.firstName !== contact.firstName) missing.firstName = lead.firstName;
    if (lastName !== contact.lastName) missing.lastName = lastName;
  }
  for (const key of ['email', 'phone', 'source'] as const) {
    const given = lead[key];
    const there = contact[key];
    const replace = mode === 'overwrite' && key !== 'source';
    if (given !== undefined && (!there || replace) && !same(given, there)) missing[key] = given;
  }
  const customFields = custom.filter(({ id, field_value }) => {
    const there = contact.customFields.find((field) => field.id === id)?.value;
    const empty = there === undefined || there === null || there === '';
    return (empty || mode === 'overwrite') && String(there) !== String(field_value);
  });
  if (customFields.length > 0) missing.customFields = customFields;
  return missing;
}

// HighLevel keeps e-mail addresses as they were typed.
function same(given: string, there: string | null): boolean {
  return there !== null && given.toLowerCase() === there.toLowerCase();
}
