import { refuse } from './answers.ts';
import type { StoredField } from './store.ts';

const TEXTS = ['TEXT', 'LARGE_TEXT', 'PHONE', 'EMAIL', 'DATE', 'SINGLE_OPTIONS', 'RADIO'];
const NUMBERS = ['NUMERICAL', 'MONETORY'];
const LISTS = ['CHECKBOX', 'MULTIPLE_OPTIONS'];

/** Accepts custom field values like HighLevel: by id or key, of the field's type, one of its options. */
export function setCustomFields(
  fields: readonly StoredField[],
  record: { customFields: { id: string; value: unknown }[] },
  given: unknown,
): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) refuse(422, ['customFields must be an array']);
  for (const item of given) {
    const row: Record<string, unknown> = typeof item === 'object' && item !== null ? { ...item } : {};
    const field = fields.find(
      ({ id, fieldKey }) => id === row.id || (row.key !== undefined && fieldKey === row.key),
    );
    const value = row.field_value ?? row.fieldValue ?? row.value;
    if (!field || !fits(field, value))
      refuse(400, `Invalid Custom Field Value "${String(value)}" for "${String(row.id)}"`);
    const rest = record.customFields.filter(({ id }) => id !== field.id);
    const empty = value === '' || value === null || (Array.isArray(value) && value.length === 0);
    record.customFields = empty ? rest : [...rest, { id: field.id, value }];
  }
}

function fits(field: StoredField, value: unknown): boolean {
  const isOption = (text: unknown) =>
    !field.picklistOptions || (typeof text === 'string' && field.picklistOptions.includes(text));
  if (value === null || value === '') return true;
  if (TEXTS.includes(field.dataType)) return typeof value === 'string' && isOption(value);
  if (NUMBERS.includes(field.dataType)) return typeof value === 'number';
  if (LISTS.includes(field.dataType)) return Array.isArray(value) && value.every(isOption);
  return true;
}
