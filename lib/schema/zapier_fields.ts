import type { PlainInputField, PlainOutputField } from 'zapier-platform-core';
import type { About, CustomModel, DropdownName, Field, Fields } from './fields.ts';

/** The implementation of each dropdown: an object that Zapier calls for the choices. */
export type Dropdowns = Record<DropdownName, NonNullable<PlainInputField['choices']>>;

/** Zapier's input fields: one per field. `searchSteps`: whether they offer "add a search step". */
export function inputFields(
  fields: Fields,
  dropdowns: Dropdowns,
  { searchSteps = true }: { searchSteps?: boolean } = {},
): PlainInputField[] {
  return Object.entries(fields).map(([key, { about }]) => {
    const { title, description, editor = { type: 'string' } } = about;
    const preset = presetOf(about);
    return {
      key,
      label: title,
      type: editor.type,
      // Without `required`, the editor can disable a field until the fields it depends on are filled in.
      ...(!about.isOptional && { required: true }),
      ...(editor.list && { list: true }),
      ...(editor.dict && { dict: true }),
      ...(description && { helpText: description }),
      ...(editor.placeholder && { placeholder: editor.placeholder }),
      ...(editor.choices && { choices: editor.choices }),
      ...(editor.dropdown && { choices: dropdowns[editor.dropdown] }),
      ...(editor.search && searchSteps && { search: editor.search }),
      ...(editor.dependsOn && { dependsOn: editor.dependsOn }),
      ...(preset !== undefined && { default: preset }),
    };
  });
}

/**
 * Zapier's output fields, which later steps can map. `primary` lists the keys that identify a polled item; `only`, if given,
 * the keys of the record to make fields of. Fields of a nested record are flattened Zapier's way: key `contact__email`, label
 * `Contact Email`.
 */
export function outputFields(
  fields: Fields,
  { primary = [], only }: { primary?: readonly string[]; only?: ReadonlySet<string> } = {},
): PlainOutputField[] {
  return Object.entries(fields)
    .filter(([key]) => !only || only.has(key))
    .flatMap(([key, field]) => outputFieldsOf(key, field))
    .map((field) => (primary.includes(field.key) ? { ...field, primary: true } : field));
}

function outputFieldsOf(key: string, { about }: Field): PlainOutputField[] {
  const { title, editor, record, item } = about;
  if (record) {
    return outputFields(record).map((child) => ({
      ...child,
      key: `${key}__${child.key}`,
      label: child.label?.startsWith(`${title} `) ? child.label : `${title} ${child.label}`,
    }));
  }
  // Line items: a later step can use one field of all items.
  if (item) return [{ key, label: title, children: outputFields(item) }];
  if (!editor || editor.type === 'copy') return [];
  const type = editor.type === 'text' ? 'string' : editor.type;
  return [{ key, label: title, type, ...(editor.list && { list: true }) }];
}

/**
 * Where a record has custom fields of a kind: the prefix of the keys and labels of its fields. Empty, or the field of the
 * record that contains it.
 */
export interface CustomPath {
  model: CustomModel;
  key: string;
  label: string;
}

/** Finds the contacts and opportunities in a record: the record itself, or its fields. */
export function customPaths(fields: Fields): CustomPath[] {
  const inside = Object.entries(fields).flatMap(([key, { about }]) => {
    const model = about.record && modelOf(about.record);
    return model ? [{ model, key: `${key}__`, label: `${about.title} ` }] : [];
  });
  const model = modelOf(fields);
  return [...(model ? [{ model, key: '', label: '' }] : []), ...inside];
}

function modelOf(record: Fields): CustomModel | undefined {
  return Object.values(record).find(({ about }) => about.customFieldsOf)?.about.customFieldsOf;
}

// Operations share records.
const samples = new WeakMap<Fields, Record<string, unknown>>();

/** A sample record, made of the examples of its fields; null where a field has none. */
export function sample(fields: Fields): Record<string, unknown> {
  const made =
    samples.get(fields) ??
    Object.fromEntries(Object.entries(fields).map(([key, { about }]) => [key, exampleOf(about)]));
  samples.set(fields, made);
  return made;
}

function exampleOf({ example, record, item }: About): unknown {
  // A record that the sampled event does not have.
  if (record) return example === null ? null : sample(record);
  return example ?? (item ? [sample(item)] : null);
}

// Zapier accepts only text as a default, so a list of several values cannot have one.
function presetOf({ preset }: About): string | undefined {
  if (Array.isArray(preset) && preset.length !== 1) return undefined;
  return preset === undefined ? undefined : String(preset);
}
