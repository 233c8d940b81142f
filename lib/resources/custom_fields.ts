import type { PlainInputField, PlainOutputField } from 'zapier-platform-core';
import { lookOf } from './custom_types.ts';
import type { Place } from '../schema/zapier_fields.ts';
import { dayFrom } from '../base/dates.ts';
import { InputError, quoted } from '../base/errors.ts';
import { CUSTOM_FIELD } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { read, readNumber } from '../schema/parse_input.ts';
import { customFields, freshCustomFields, rememberedCustomFields } from './location.ts';
import type { CustomName } from '../highlevel/records/contact.ts';
import type { CustomField } from '../highlevel/records/location.ts';

/** A custom field's value as HighLevel takes it. */
export interface CustomFieldValue {
  id: string;
  field_value: string | number | string[];
}

/** The input fields for a sub-account's custom fields, under their own names. Not from the cache of a run, but fresh. */
export async function customInputFields(highlevel: HighLevel): Promise<PlainInputField[]> {
  return (await customFields(highlevel)).flatMap((field) => {
    const look = lookOf(field);
    if (!look) return [];
    const choices =
      'choices' in look && field.picklistOptions?.length ? { choices: field.picklistOptions } : {};
    const list = 'list' in look ? { list: true } : {};
    return [{ key: CUSTOM_FIELD + field.id, label: field.name, type: look.type, ...choices, ...list }];
  });
}

/** The output fields for a sub-account's custom fields, of each contact in a record: `custom__` and the key, labelled by name. */
export async function customOutputFields(
  highlevel: HighLevel,
  contacts: Place[],
): Promise<PlainOutputField[]> {
  const fields = await customFields(highlevel);
  return contacts.flatMap(({ key, label }) =>
    fields.map((field) => ({ key: `${key}custom__${keyOf(field)}`, label: label + field.name })),
  );
}

/** Custom field ids to their names, as the records' `custom` has them: HighLevel's `fieldKey` without `contact.`. */
export async function customNames(highlevel: HighLevel): Promise<ReadonlyMap<string, CustomName>> {
  return new Map(
    (await customFields(highlevel)).map((field) => [
      field.id,
      { key: keyOf(field), isDay: field.dataType === 'DATE' },
    ]),
  );
}

/**
 * The custom field values in a step's input, as HighLevel wants each type. Types come from the (cached) definitions,
 * because Zapier does not tell `perform` the types of such fields everywhere. Blank ones are left out.
 * Throws InputError naming the field that cannot be used.
 */
export async function customValues(
  highlevel: HighLevel,
  input: Record<string, unknown>,
): Promise<CustomFieldValue[]> {
  const asked = Object.entries(input).filter(([key]) => key.startsWith(CUSTOM_FIELD));
  if (asked.length === 0) return [];
  const remembered = await rememberedCustomFields(highlevel);
  if (remembered) {
    try {
      return await valuesOf(remembered, asked);
    } catch (error) {
      // Perhaps it is an option, or a field, that was added since.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return valuesOf(await freshCustomFields(highlevel), asked);
}

async function valuesOf(fields: CustomField[], asked: [string, unknown][]): Promise<CustomFieldValue[]> {
  const definitions = new Map(fields.map((field) => [field.id, field]));
  const values: CustomFieldValue[] = [];
  for (const [key, given] of asked) {
    const field = definitions.get(key.slice(CUSTOM_FIELD.length));
    const value = await valueOf(field, given);
    if (field && value !== undefined) values.push({ id: field.id, field_value: value });
  }
  return values;
}

/** What empties the custom fields among input keys (`customField_<id>`): an empty text, or an empty list. */
export async function customBlanks(highlevel: HighLevel, keys: string[]): Promise<CustomFieldValue[]> {
  const ids = keys.filter((key) => key.startsWith(CUSTOM_FIELD)).map((key) => key.slice(CUSTOM_FIELD.length));
  if (ids.length === 0) return [];
  const definitions = await customFields(highlevel);
  return ids.map((id) => {
    const field = definitions.find((known) => known.id === id);
    const look = field && lookOf(field);
    if (!look)
      throw new InputError(
        'Fields to Empty: a custom field is not in the sub-account any more, or is one that no Zap can empty. Refresh the fields of this step.',
      );
    return { id, field_value: 'list' in look ? [] : '' };
  });
}

async function valueOf(
  field: CustomField | undefined,
  given: unknown,
): Promise<CustomFieldValue['field_value'] | undefined> {
  const label = field?.name ?? 'A custom field';
  const look = field && lookOf(field);
  const list = look && 'list' in look ? { list: true as const } : {};
  const value = await read(
    given,
    label,
    { type: look?.type === 'text' ? 'text' : 'string', ...list },
    noZone,
  );
  if (value === undefined) return undefined;
  if (!field)
    throw new InputError(
      'A custom field that this step fills is not in the sub-account any more. Refresh the fields of this step.',
    );
  if (!look)
    throw new InputError(
      `${label} cannot be filled by a Zap: HighLevel keeps files and lists of texts its own way.`,
    );
  if (Array.isArray(value)) return value.map((item) => optionOf(field, item));
  const text = String(value);
  switch (look.type) {
    case 'number':
      return readNumber(text, label);
    case 'datetime': {
      const day = dayFrom(text);
      if (day === null)
        throw new InputError(
          `${label}: ${quoted(text)} is not a date that exists. Use a form such as 2026-01-31.`,
        );
      return day;
    }
    default:
      return 'choices' in look ? optionOf(field, text) : text;
  }
}

// HighLevel refuses what is no option; it minds case, people do not.
function optionOf(field: CustomField, text: string): string {
  const options = field.picklistOptions ?? [];
  const option = options.find((known) => known.trim().toLowerCase() === text.trim().toLowerCase());
  if (option === undefined && options.length > 0 && !field.isAllowedCustomOption) {
    throw new InputError(`${field.name}: ${quoted(text)} is not one of ${options.join(', ')}.`);
  }
  return option ?? text;
}

function keyOf(field: CustomField): string {
  return field.fieldKey.replace(/^contact\./, '') || field.id;
}

// Custom dates are days: no zone is needed to read them.
async function noZone(): Promise<string> {
  return 'utc';
}
