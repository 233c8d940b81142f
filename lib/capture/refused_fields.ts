import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { ApiError, quoted } from '../base/errors.ts';

/**
 * The custom fields that are left when HighLevel refused a contact for one of them: all but the refused ones, or none when
 * it does not say which. Undefined when the error is about something else. A lead matters more than where it came from.
 */
export function withoutRefused(
  error: unknown,
  given: CustomFieldValue[],
  warnings: string[],
): CustomFieldValue[] | undefined {
  const isTheirs = error instanceof ApiError && /custom ?field/i.test(error.message);
  if (!isTheirs || error.kind !== 'refused' || given.length === 0) return undefined;
  const refused = given.filter(({ id }) => error.message.includes(id));
  if (refused.length === 0) {
    warnings.push('HighLevel refused the custom fields, so the contact was written without them.');
    return [];
  }
  const values = refused.map(({ field_value }) => quoted(String(field_value))).join(' and ');
  warnings.push(`HighLevel refused ${values} for a custom field, so the contact was written without it.`);
  return given.filter((field) => !refused.includes(field));
}
