import type { CustomFieldValue } from '../resources/custom_fields.ts';
import type { Lead } from '../jivochat/lead.ts';
import { isPlaceholder } from '../jivochat/name.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';

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

/** What a lead tells of a contact: only what it knows. */
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
 * What has to be written so that an existing contact holds a lead; an empty object when it holds it already. A filled
 * `source` stays in any case: it says where the contact came from first.
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
    const given = fields[key];
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

/** A name is filled where there is none, or only a part of the very name the lead has. */
function nameMissingIn(contact: ContactResponse, lead: Lead, mode: ExistingContact): LeadFields {
  const { firstName, lastName } = lead;
  if (firstName === null) return {};
  const places = [lead.city, lead.region, lead.country];
  // The number of a "Visitor 1234" stands as the last name, and must go with the rest of it.
  if (isPlaceholder(contact.name ?? '', { number: lead.visitorNumber, places }))
    return { firstName, ...((lastName !== null || contact.lastName) && { lastName }) };
  const fits = (given: string | null, there: string | null) => !given || !there || same(given, there);
  if (mode === 'fill' && !(fits(firstName, contact.firstName) && fits(lastName, contact.lastName))) return {};
  const write = (given: string | null, there: string | null) =>
    given !== null && given !== there && (mode === 'overwrite' || !there);
  return {
    ...(write(firstName, contact.firstName) && { firstName }),
    ...(write(lastName, contact.lastName) && { lastName }),
  };
}

// HighLevel keeps e-mail addresses as they were typed.
function same(given: string, there: string | null): boolean {
  return there !== null && given.toLowerCase() === there.toLowerCase();
}
