import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { ApiError, quoted } from '../base/errors.ts';

/**
 * The custom fields to retry with when HighLevel refused a contact because of one: all but the refused ones, or none when it
 * does not say which. Adds a warning. Undefined when the error is about something else. A lead without its UTM values is
 * better than no lead.
 */
export function withoutRefused(
  error: unknown,
  sent: CustomFieldValue[],
  warnings: string[],
): CustomFieldValue[] | undefined {
  const isAboutThem = error instanceof ApiError && /custom ?field/i.test(error.message);
  if (!isAboutThem || error.kind !== 'refused' || sent.length === 0) return undefined;
  const refused = sent.filter(({ id }) => error.message.includes(id));
  if (refused.length === 0) {
    warnings.push('HighLevel refused the custom fields, so the contact was written without them.');
    return [];
  }
  const values = refused.map(({ field_value }) => quoted(String(field_value))).join(' and ');
  warnings.push(`HighLevel refused ${values} for a custom field, so the contact was written without it.`);
  return sent.filter((field) => !refused.includes(field));
}
