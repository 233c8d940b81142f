import type { CustomFieldValue } from '../resources/custom_fields.ts';
import type { Lead } from '../jivochat/lead.ts';
import { isPlaceholder } from '../jivochat/name.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';

/** The contact fields that a lead can fill. */
export interface LeadFields {
  firstName?: string;
  lastName?: string | null;
  email?: string;
  phone?: string;
  source?: string;
}

/** Whether to fill only the empty fields of an existing contact, or to overwrite the others too. */
export type ExistingContact = 'fill' | 'overwrite';

/** The contact fields that the lead has values for. */
export function fieldsOf({ firstName, lastName, email, phone }: Lead): LeadFields {
  return {
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(email && { email }),
    ...(phone && { phone }),
    source: 'JivoChat',
  };
}

/**
 * The fields to write to an existing contact; an empty object when there are none. An existing `source` is always kept,
 * because it says where the contact first came from.
 */
export function fieldsToWrite(
  contact: ContactResponse,
  lead: Lead,
  custom: CustomFieldValue[],
  mode: ExistingContact,
): LeadFields & { customFields?: CustomFieldValue[] } {
  const fields = fieldsOf(lead);
  const missing: LeadFields & { customFields?: CustomFieldValue[] } = nameMissingIn(contact, lead, mode);
  for (const key of ['email', 'phone', 'source'] as const) {
    const value = fields[key];
    const existing = contact[key];
    const replace = mode === 'overwrite' && key !== 'source';
    if (value !== undefined && (!existing || replace) && !same(value, existing)) missing[key] = value;
  }
  const customFields = custom.filter(({ id, field_value }) => {
    const existing = contact.customFields.find((field) => field.id === id)?.value;
    const empty = existing === undefined || existing === null || existing === '';
    return (empty || mode === 'overwrite') && String(existing) !== String(field_value);
  });
  if (customFields.length > 0) missing.customFields = customFields;
  return missing;
}

/**
 * Whether a contact that was found by the lead's phone number is another person: its email differs. Families and offices
 * share a phone.
 */
export function isSomebodyElse(contact: ContactResponse, lead: Lead, matchedBy?: string): boolean {
  if (!lead.email || !contact.email || same(lead.email, contact.email) || matchedBy === 'email') return false;
  return !JSON.stringify(contact.additionalEmails ?? [])
    .toLowerCase()
    .includes(`"${lead.email.toLowerCase()}"`);
}

/** The name fields to write. In 'fill' mode, only when the contact has no name or a part of the lead's. */
function nameMissingIn(contact: ContactResponse, lead: Lead, mode: ExistingContact): LeadFields {
  const { firstName, lastName } = lead;
  if (firstName === null) return {};
  const places = [lead.city, lead.region, lead.country];
  // The number of a "Visitor 1234" is the contact's last name, so the last name must be replaced too.
  if (isPlaceholder(contact.name ?? '', { number: lead.visitorNumber, places }))
    return { firstName, ...((lastName !== null || contact.lastName) && { lastName }) };
  const matches = (value: string | null, existing: string | null) =>
    !value || !existing || same(value, existing);
  if (mode === 'fill' && !(matches(firstName, contact.firstName) && matches(lastName, contact.lastName)))
    return {};
  const write = (value: string | null, existing: string | null) =>
    value !== null && value !== existing && (mode === 'overwrite' || !existing);
  return {
    ...(write(firstName, contact.firstName) && { firstName }),
    ...(write(lastName, contact.lastName) && { lastName }),
  };
}

// HighLevel stores emails in the case they were typed in.
function same(value: string, existing: string | null): boolean {
  return existing !== null && value.toLowerCase() === existing.toLowerCase();
}
