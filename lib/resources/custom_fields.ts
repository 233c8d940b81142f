import type { PlainInputField, PlainOutputField } from 'zapier-platform-core';
import type { CustomPath } from '../schema/zapier_fields.ts';
import { InputError, quoted } from '../base/errors.ts';
import { CUSTOM_FIELD, type CustomModel } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { isNothing, notAChoice, read, readDay, readNumber, type Lookups } from '../schema/parse_input.ts';
import type { CustomName } from '../highlevel/records/contact.ts';
import { cachedCustomFields, customFields, freshCustomFields } from './location.ts';
import type { CustomField, FieldOption } from '../highlevel/records/location.ts';

/** A custom field's value in the body of a request. */
export interface CustomFieldValue {
  id: string;
  field_value: string | number | string[];
}

/**
 * The editor field for each of HighLevel's `dataType`s. FILE_UPLOAD, SIGNATURE and TEXTBOX_LIST are left out, because the
 * editor has no field for them: HighLevel answers 200 to a value of the wrong shape and discards it.
 */
const editorFields = {
  TEXT: { type: 'string' },
  LARGE_TEXT: { type: 'text' },
  PHONE: { type: 'string' },
  EMAIL: { type: 'string' },
  DATE: { type: 'datetime' },
  SINGLE_OPTIONS: { type: 'string', choices: true },
  RADIO: { type: 'string', choices: true },
  NUMERICAL: { type: 'number' },
  MONETORY: { type: 'number' },
  CHECKBOX: { type: 'string', choices: true, list: true },
  MULTIPLE_OPTIONS: { type: 'string', choices: true, list: true },
} as const;

/** The editor field for a custom field; undefined when a Zap can neither fill nor empty it. */
export function editorFieldOf(field: CustomField) {
  return Object.entries(editorFields).find(([dataType]) => dataType === field.dataType)?.[1];
}

/** Whether the custom field accepts any text. */
export function takesText(field: CustomField): boolean {
  const editor = editorFieldOf(field);
  return (
    editor !== undefined && (editor.type === 'string' || editor.type === 'text') && !('choices' in editor)
  );
}

/** The input fields for the sub-account's custom fields, labeled by name. */
export async function customInputFields(
  highlevel: HighLevel,
  model: CustomModel,
): Promise<PlainInputField[]> {
  return (await customFields(highlevel, model)).flatMap((field) => {
    const editor = editorFieldOf(field);
    if (!editor) return [];
    const options = field.picklistOptions ?? [];
    const choices = 'choices' in editor && options.length > 0 ? { choices: choicesOf(options) } : {};
    const list = 'list' in editor ? { list: true } : {};
    return [{ key: CUSTOM_FIELD + field.id, label: field.name, type: editor.type, ...choices, ...list }];
  });
}

/** The choices of an editor field: values, with their labels where those differ. */
function choicesOf(options: FieldOption[]) {
  return options.every(({ value, label }) => value === label)
    ? options.map(({ value }) => value)
    : options.map(({ value, label }) => ({ value, label, sample: value }));
}

/** The output fields for the custom fields of each contact or opportunity in a record, with the key `custom__{key}`, labeled by name. */
export async function customOutputFields(
  highlevel: HighLevel,
  paths: CustomPath[],
): Promise<PlainOutputField[]> {
  const found = await Promise.all(
    paths.map(async ({ model, key, label }) =>
      (await customFields(highlevel, model)).map((field) => ({
        key: `${key}custom__${keyOf(field)}`,
        label: label + field.name,
      })),
    ),
  );
  return found.flat();
}

/** Maps custom field ids to their names in the `custom` of a record: HighLevel's `fieldKey` without `contact.` or the like. */
export async function customNames(
  highlevel: HighLevel,
  model: CustomModel = 'contact',
): Promise<ReadonlyMap<string, CustomName>> {
  return new Map(
    (await customFields(highlevel, model)).map((field) => [
      field.id,
      { key: keyOf(field), isDay: field.dataType === 'DATE' },
    ]),
  );
}

/**
 * Parses the custom field values in a step's input, in the form that HighLevel expects for each type. The types come from
 * the cached definitions, because Zapier does not always pass them to `perform`. Blank values are left out. Throws
 * InputError with the name of a field that is invalid.
 */
export async function customValues(
  highlevel: HighLevel,
  model: CustomModel,
  input: Record<string, unknown>,
  lookups: Lookups,
): Promise<CustomFieldValue[]> {
  const inputs = Object.entries(input).filter(([key]) => key.startsWith(CUSTOM_FIELD));
  if (inputs.length === 0) return [];
  const cached = await cachedCustomFields(highlevel, model);
  if (cached) {
    try {
      return await valuesOf(cached, inputs, lookups);
    } catch (error) {
      // The field or option may have been added since the definitions were cached.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return valuesOf(await freshCustomFields(highlevel, model), inputs, lookups);
}

async function valuesOf(
  fields: CustomField[],
  inputs: [string, unknown][],
  lookups: Lookups,
): Promise<CustomFieldValue[]> {
  const definitions = new Map(fields.map((field) => [field.id, field]));
  const values: CustomFieldValue[] = [];
  for (const [key, input] of inputs) {
    const field = definitions.get(key.slice(CUSTOM_FIELD.length));
    const value = await valueOf(field, input, lookups);
    if (field && value !== undefined) values.push({ id: field.id, field_value: value });
  }
  return values;
}

/**
 * The values that empty the custom fields among `keys` (`customField_<id>`): an empty text or list. Throws InputError for a
 * field that does not exist or cannot be emptied.
 */
export async function customBlanks(highlevel: HighLevel, keys: string[]): Promise<CustomFieldValue[]> {
  const ids = keys.filter((key) => key.startsWith(CUSTOM_FIELD)).map((key) => key.slice(CUSTOM_FIELD.length));
  if (ids.length === 0) return [];
  const definitions = await customFields(highlevel);
  return ids.map((id) => {
    const field = definitions.find((definition) => definition.id === id);
    const editor = field && editorFieldOf(field);
    if (!editor)
      throw new InputError(
        '"Fields to Clear" has a custom field that is no longer in the sub-account, or that no Zap can clear. Refresh the fields of this step.',
      );
    return { id, field_value: 'list' in editor ? [] : '' };
  });
}

async function valueOf(
  field: CustomField | undefined,
  input: unknown,
  lookups: Lookups,
): Promise<CustomFieldValue['field_value'] | undefined> {
  const label = field?.name ?? 'A custom field';
  const editor = field && editorFieldOf(field);
  const list = editor && 'list' in editor ? { list: true as const } : {};
  const type = editor?.type === 'text' ? 'text' : 'string';
  const value = await read(input, label, { type, ...list }, lookups);
  if (value === undefined) return undefined;
  if (!field)
    throw new InputError(
      'A custom field that this step fills in is no longer in the sub-account. Refresh the fields of this step.',
    );
  if (!editor)
    throw new InputError(
      `"${label}" can't be filled in by a Zap, because it holds files or a list of texts.`,
    );
  if (Array.isArray(value)) return optionsOf(field, value);
  const text = String(value);
  if ('choices' in editor) return optionOf(field, text);
  const takesAnyText = editor.type !== 'number' && editor.type !== 'datetime' && !isContactDetail(field);
  if (!takesAnyText && isNothing(text)) return undefined;
  if (editor.type === 'number') return readNumber(text, label);
  return editor.type === 'datetime' ? readDay(text, label, lookups) : text;
}

function isContactDetail({ dataType }: CustomField): boolean {
  return dataType === 'EMAIL' || dataType === 'PHONE';
}

/** The options that the items of a list mean: each is one, or several with commas between them. */
function optionsOf(field: CustomField, items: string[]): string[] | undefined {
  const options = items.flatMap((item) => {
    const whole = knownOption(field, item);
    if (whole !== undefined) return whole;
    const parts = optionsIn(field, item);
    // A comma may belong to a text that none of the options has.
    const isSplit =
      parts.length > 1 && (!field.isAllowedCustomOption || parts.every((part) => knownOption(field, part)));
    return (isSplit ? parts : [item]).flatMap((part) => optionOf(field, part) ?? []);
  });
  return options.length > 0 ? [...new Set(options)] : undefined;
}

/** A text split at commas and semicolons, but not within an option that has one: of several, the longest. */
function optionsIn(field: CustomField, text: string): string[] {
  const parts = text.split(/(?<=[,;])/);
  const found: string[] = [];
  for (let start = 0; start < parts.length;) {
    let end = parts.length;
    const joined = () =>
      parts
        .slice(start, end)
        .join('')
        .replace(/[,;]\s*$/, '')
        .trim();
    while (end > start + 1 && knownOption(field, joined()) === undefined) end -= 1;
    if (joined() !== '') found.push(joined());
    start = end;
  }
  return found;
}

// HighLevel's options are case-sensitive; users type them in any case.
function knownOption(field: CustomField, text: string): string | undefined {
  const given = text.trim().toLowerCase();
  const options = field.picklistOptions ?? [];
  const names = options.flatMap(({ value, label }) => [
    { value, name: value },
    { value, name: label },
  ]);
  const option =
    names.find(({ name }) => name.trim() === text.trim()) ??
    names.find(({ name }) => name.trim().toLowerCase() === given);
  return option?.value;
}

/** The option that a text means, or undefined for a word for nothing. Throws InputError for an unknown one. */
function optionOf(field: CustomField, text: string): string | undefined {
  const options = field.picklistOptions ?? [];
  const option = knownOption(field, text);
  if (option !== undefined || options.length === 0 || field.isAllowedCustomOption) return option ?? text;
  if (isNothing(text)) return undefined;
  const labels = options.map(({ label }) => label);
  throw new InputError(notAChoice(field.name, quoted(text), labels));
}

function keyOf(field: CustomField): string {
  return field.fieldKey.replace(/^(?:contact|opportunity)\./, '') || field.id;
}
