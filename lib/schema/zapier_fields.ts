import * as z from 'zod';
import type { PlainInputField, PlainOutputField } from 'zapier-platform-core';
import type { CustomModel, DropdownName, EditorField, InputFormat } from './fields.ts';

/** The implementation of each dropdown: an object that Zapier calls for the choices. */
export type Dropdowns = Record<DropdownName, NonNullable<PlainInputField['choices']>>;

/** The fields of a schema, each with its key, in the order of the schema. */
export const fieldsOf = oncePerSchema((schema: z.ZodObject) =>
  Object.entries(schema.shape).flatMap(([key, field]): [key: string, field: z.ZodType][] =>
    field instanceof z.ZodType ? [[key, field]] : [],
  ),
);

/** Zapier's input fields: one per field of the schema. `searchSteps`: whether they offer "add a search step". */
export function inputFields(
  schema: z.ZodObject,
  dropdowns: Dropdowns,
  { searchSteps = true }: { searchSteps?: boolean } = {},
): PlainInputField[] {
  return fieldsOf(schema).map(([key, field]) => {
    const { title, description, editor = { type: 'string' } } = metaOf(field);
    const preset = defaultOf(field);
    return {
      key,
      label: title,
      type: editor.type,
      // Without `required`, the editor can disable a field until the fields it depends on are filled in.
      ...(!mayBeLeftOut(field) && { required: true }),
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
  schema: z.ZodObject,
  { primary = [], only }: { primary?: readonly string[]; only?: ReadonlySet<string> } = {},
): PlainOutputField[] {
  return fieldsOf(schema)
    .filter(([key]) => !only || only.has(key))
    .flatMap(([key, field]) => outputFieldsOf(key, field))
    .map((field) => (primary.includes(field.key) ? { ...field, primary: true } : field));
}

function outputFieldsOf(key: string, field: z.ZodType): PlainOutputField[] {
  const { title, editor } = metaOf(field);
  const inner = objectIn(field);
  if (inner) {
    return outputFields(inner).map((child) => ({
      ...child,
      key: `${key}__${child.key}`,
      label: child.label?.startsWith(`${title} `) ? child.label : `${title} ${child.label}`,
    }));
  }
  const item = itemOf(field);
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
export const customPaths = oncePerSchema((schema: z.ZodObject): CustomPath[] => {
  const inside = fieldsOf(schema).flatMap(([key, field]) => {
    const inner = objectIn(field);
    const model = inner && modelOf(inner);
    return model ? [{ model, key: `${key}__`, label: `${metaOf(field).title} ` }] : [];
  });
  const model = modelOf(schema);
  return [...(model ? [{ model, key: '', label: '' }] : []), ...inside];
});

function modelOf(record: z.ZodObject): CustomModel | undefined {
  for (const [, field] of fieldsOf(record)) {
    const { customFieldsOf } = metaOf(field);
    if (customFieldsOf) return customFieldsOf;
  }
  return undefined;
}

/** A sample record, made of the examples of the schema's fields; null where a field has none. */
export const sample = oncePerSchema((schema: z.ZodObject): Record<string, unknown> =>
  Object.fromEntries(
    fieldsOf(schema).map(([key, field]) => {
      const inner = objectIn(field);
      const item = itemOf(field);
      // A record that the sampled event does not have.
      if (inner && metaOf(field).example === null) return [key, null];
      return [key, inner ? sample(inner) : (metaOf(field).example ?? (item ? [sample(item)] : null))];
    }),
  ),
);

// By `def.type` first: zod's `instanceof` runs code of its own, and a start asks this of a thousand fields.
function objectIn(field: z.ZodType): z.ZodObject | undefined {
  if (field.def.type === 'object' && field instanceof z.ZodObject) return field;
  const inner = unwrapped(field);
  return inner && objectIn(inner);
}

/** The record in a list of records. */
function itemOf(field: z.ZodType): z.ZodObject | undefined {
  const inner: unknown =
    field.def.type === 'array' && field instanceof z.ZodArray ? field.def.element : undefined;
  return inner instanceof z.ZodObject ? inner : undefined;
}

interface Meta {
  title?: string;
  description?: string;
  example?: unknown;
  editor?: EditorField;
  format?: InputFormat;
  customFieldsOf?: CustomModel;
}

/** A field's metadata, including that of the schema inside optional, nullable, default and catch wrappers. */
// Not by field.meta(): a method of a schema becomes its own bound function when it is first used.
export const metaOf = oncePerSchema((field: z.ZodType): Readonly<Meta> => {
  const own: Readonly<Meta> = z.globalRegistry.get(field) ?? {};
  // A field that says everything itself, as most do.
  if (own.title !== undefined && own.editor) return own;
  const inner = unwrapped(field);
  return inner ? { ...metaOf(inner), ...own } : own;
});

/** Whether a field accepts that it is left out: told by its type, since a trial parse of each would slow every start. */
function mayBeLeftOut(field: z.ZodType): boolean {
  const { type } = field.def;
  // A list that is transformed.
  if (type === 'pipe' && field instanceof z.ZodPipe) {
    const { in: given } = field.def;
    return given instanceof z.ZodType && given.def.type !== 'transform' && mayBeLeftOut(given);
  }
  return type === 'optional' || type === 'default' || type === 'catch' || type === 'undefined';
}

/** The schema inside one that makes it optional, nullable or the like. */
function unwrapped({ def }: z.ZodType): z.ZodType | undefined {
  const inner: unknown = 'innerType' in def ? def.innerType : undefined;
  return inner instanceof z.ZodType ? inner : undefined;
}

// Zapier accepts only text as a default, so a list of several values cannot have one.
function defaultOf(field: z.ZodType): string | undefined {
  if (field.def.type !== 'default' || !(field instanceof z.ZodDefault)) return undefined;
  const value: unknown = field.def.defaultValue;
  if (Array.isArray(value)) return value.length === 1 ? String(value[0]) : undefined;
  return String(value);
}

/** Keeps what was made of a schema: operations share records and fields, and each start asks for them several times. */
function oncePerSchema<S extends z.ZodType, T>(make: (schema: S) => T): (schema: S) => T {
  const made = new WeakMap<S, { value: T }>();
  return (schema) => {
    let entry = made.get(schema);
    if (!entry) made.set(schema, (entry = { value: make(schema) }));
    return entry.value;
  };
}
