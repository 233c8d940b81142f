import { digest } from '../base/digest.ts';
import { InputError, quoted } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { contactFields, type Contact } from '../highlevel/records/contact.ts';
import type { CustomField } from '../highlevel/records/location.ts';
import { CUSTOM_FIELD } from '../schema/fields.ts';
import { customFields } from './location.ts';

/** The standard fields whose updates can be watched, with their labels: those that HighLevel's contact search returns. */
export const watchable = {
  ...Object.fromEntries(
    (
      [
        'firstName',
        'lastName',
        'email',
        'phone',
        'companyName',
        'assignedTo',
        'source',
        'tags',
        'dnd',
        'address1',
        'city',
        'state',
        'postalCode',
        'country',
        'website',
        'timezone',
        'dateOfBirth',
      ] as const
    ).map((key) => [key, contactFields[key].about.title ?? key]),
  ),
  type: 'Contact Type',
  businessId: 'Company',
};

/** A field of a contact, as a step names it. */
export interface WatchedField {
  /** The key of a standard field, or `customField_` and the id of a custom field. */
  key: string;
  label: string;
}

/**
 * The field that a step names by its key, its label or, for a custom field, its name. One lookup (cached) for a custom field.
 * Throws InputError if the sub-account has no such field.
 */
export async function watchedField(highlevel: HighLevel, given: string): Promise<WatchedField> {
  const name = given.trim().toLowerCase();
  const [key, label] =
    Object.entries(watchable).find((entry) => entry.some((text) => text.toLowerCase() === name)) ?? [];
  if (key && label) return { key, label };
  const isSame = (field: CustomField) =>
    CUSTOM_FIELD + field.id === given.trim() ||
    [field.id, field.name.trim(), field.fieldKey].some((text) => text.toLowerCase() === name);
  const custom = (await customFields(highlevel)).find(isSame);
  if (custom) return { key: CUSTOM_FIELD + custom.id, label: custom.name };
  throw new InputError(
    `"Field": the sub-account has no contact field ${quoted(given)}. Choose a field from the list.`,
  );
}

/** A contact's value of a field as text; several values are separated by commas. Blank if the contact has none. */
export function valueOf(contact: Contact, { key }: WatchedField): string {
  const value = key.startsWith(CUSTOM_FIELD)
    ? contact.customFields.find(({ id }) => id === key.slice(CUSTOM_FIELD.length))?.value
    : new Map<string, unknown>(Object.entries(contact)).get(key);
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
      .toSorted()
      .join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}

/** The names of the watchable fields in HighLevel's search filters, where they can be filtered. */
const FILTERS: Record<string, string> = {
  firstName: 'firstNameLowerCase',
  lastName: 'lastNameLowerCase',
  address1: 'address',
  ...Object.fromEntries(
    [
      'email',
      'phone',
      'companyName',
      'assignedTo',
      'source',
      'tags',
      'city',
      'state',
      'postalCode',
      'country',
    ].map((key) => [key, key]),
  ),
};

/** HighLevel's search filter for contacts with a value; undefined if the field cannot be filtered. */
export function filterFor({ key }: WatchedField, value: string): Record<string, unknown> | undefined {
  const field = key.startsWith(CUSTOM_FIELD)
    ? `customFields.${key.slice(CUSTOM_FIELD.length)}`
    : FILTERS[key];
  if (!field) return undefined;
  return {
    field,
    operator: 'eq',
    value: field.endsWith('LowerCase') || field === 'tags' ? value.toLowerCase() : value,
  };
}

/** A short hash of a value, by which Zapier recognizes it. */
export function hashOf(value: string): string {
  return digest(value).slice(0, 12);
}

/** Whether a contact's value is the one that a step names: without case, one of several values, or Yes and No. */
export function isValue(value: string, wanted: string): boolean {
  const same = (one: string) => one.trim().toLowerCase() === wanted.trim().toLowerCase();
  const words = { true: ['yes', 'true', '1'], false: ['no', 'false', '0'] };
  const flag = Object.entries(words).find(([, names]) => names.includes(wanted.trim().toLowerCase()))?.[0];
  return same(value) || value.split(', ').some(same) || value === flag;
}
