import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { refusedDetails } from '../resources/refused_details.ts';
import { wordsOf } from './refusal.ts';
import { ApiError, quoted } from '../base/errors.ts';
import type { LeadFields } from './existing.ts';

/** The values to write to a contact. */
export type ContactValues = LeadFields & { tags?: string[]; customFields?: CustomFieldValue[] };

/**
 * The values to write after HighLevel refused some of them: a lead without them is better than no lead. Adds a warning for
 * what is left out. Undefined if the error is about something else, or if `needsDetail` is set and neither an email nor a
 * phone would be left.
 */
export function withoutRefused(
  error: unknown,
  sent: ContactValues,
  warnings: string[],
  { needsDetail }: { needsDetail: boolean },
): ContactValues | undefined {
  if (!(error instanceof ApiError) || !['refused', 'not found'].includes(error.kind)) return undefined;
  const words = wordsOf(error);
  const { customFields, tags, ...fields } = sent;
  const more = { ...(tags && { tags }), ...(customFields && { customFields }) };
  if (customFields && /custom[ _]?field/i.test(words))
    return { ...fields, ...(tags && { tags }), ...acceptedOf(customFields, words, warnings) };

  const details = refusedDetails(error).filter((detail) => fields[detail] !== undefined);
  const left = { ...fields, ...more };
  for (const detail of details) delete left[detail];
  if (details.length > 0 && !(needsDetail && left.email === undefined && left.phone === undefined)) {
    for (const detail of details) {
      const name = detail === 'email' ? 'email' : 'phone number';
      warnings.push(
        `HighLevel refused the ${name} ${quoted(fields[detail] ?? '')}, so the contact was written without it.`,
      );
    }
    return left;
  }
  if (tags && details.length === 0 && /\btags?\b/i.test(words)) {
    warnings.push(tagsRefused(tags));
    return { ...fields, ...(customFields && { customFields }) };
  }
  return undefined;
}

/** The warning for tags that HighLevel refused. */
export function tagsRefused(tags: string[]): string {
  return `HighLevel refused the tags ${quoted(tags.join(', '))}, so they were not added to the contact.`;
}

/** The custom fields that were not refused, if HighLevel identifies the refused one by ID, value or index. */
function acceptedOf(
  sent: CustomFieldValue[],
  words: string,
  warnings: string[],
): { customFields?: CustomFieldValue[] } {
  const place = /custom_?fields?(?:\.|\[)(\d+)/i.exec(words)?.[1];
  const quotes = [...words.matchAll(/["']([^"']+)["']/g)].map(([, quote]) => quote);
  const values = sent.map(({ field_value }) => String(field_value));
  // A quote that matches no value names an unknown field.
  const areValues = quotes.every((quote) => values.some((value) => value === quote));
  const refused = [
    sent.filter(({ id }) => words.includes(id)),
    sent.filter((_, index) => String(index) === place),
    sent.filter(({ field_value }) => areValues && quotes.includes(String(field_value))),
  ].find((some) => some.length > 0);
  if (!refused) {
    warnings.push('HighLevel refused the custom fields, so the contact was written without them.');
    return {};
  }
  const named = refused.map(({ field_value }) => quoted(String(field_value))).join(' and ');
  warnings.push(`HighLevel refused ${named} for a custom field, so the contact was written without it.`);
  const customFields = sent.filter((field) => !refused.includes(field));
  return customFields.length > 0 ? { customFields } : {};
}
