import * as z from 'zod';
import { momentFrom, needsZone, offsetTimeFrom } from '../base/dates.ts';
import { fieldsOf, metaOf } from './zapier_fields.ts';
import { InputError, quoted } from '../base/errors.ts';
import type { EditorField } from './fields.ts';

/**
 * Parses a step's input by its schema. Blank values (empty text, null, an empty list) count as absent, so that they never
 * empty a field. `zone` (an IANA name) is requested only for a time without an offset. Throws InputError that lists each
 * missing or invalid field by its label.
 */
export async function parseInput<S extends z.ZodObject>(
  schema: S,
  input: Record<string, unknown>,
  zone: () => Promise<string>,
): Promise<z.output<S>> {
  const values: Record<string, Value> = {};
  for (const [key, field] of fieldsOf(schema)) {
    const { title = key, editor } = metaOf(field);
    const value = await read(input[key], title, editor, zone);
    if (value !== undefined) values[key] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const labels = new Map(fieldsOf(schema).map(([key, field]) => [key, metaOf(field).title ?? key]));
  throw new InputError(parsed.error.issues.map((issue) => sentence(issue, labels, values)).join(' '));
}

/** A parsed input value. Dates are ISO 8601. */
export type Value = string | number | boolean | string[];

/** Parses one input value by the type of its field; undefined when it is blank. Throws InputError with the field's `label`. */
export async function read(
  value: unknown,
  label: string,
  editor: EditorField | undefined,
  zone: () => Promise<string>,
): Promise<Value | undefined> {
  if (isBlank(value)) return undefined;
  if (editor?.list) {
    // Two empty values mapped with a comma between them leave a lone comma.
    const items = (Array.isArray(value) ? value : [value])
      .filter((item) => !isBlank(item))
      .map((item) => textOf(item, label))
      .filter((item) => !/^[\s,]*$/.test(item));
    return items.length > 0 ? items : undefined;
  }
  const text = textOf(Array.isArray(value) && value.length === 1 ? value[0] : value, label);
  switch (editor?.type) {
    case 'boolean':
      return readFlag(text.trim(), label);
    case 'integer':
    case 'number':
      return readNumber(text.trim(), label);
    case 'datetime': {
      const timeFrom = editor.keepsOffset ? offsetTimeFrom : momentFrom;
      const moment = timeFrom(text, needsZone(text) ? await zone() : 'utc');
      if (moment !== null) return moment;
      throw new InputError(
        `${label}: ${quote(text)} is not a date that exists. Use a form such as 2026-01-31 or 2026-01-31T15:00.`,
      );
    }
    case 'text':
      return text;
    default:
      return text.trim();
  }
}

function textOf(value: unknown, label: string): string {
  // A step before may cut a text inside a surrogate pair; JSON cannot carry the lone half.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(`${label} takes a single value here. Please map one value, not a group of values.`);
}

/** Parses a number, with or without thousands separators. Throws InputError with the field's `label`. */
export function readNumber(text: string, label: string): number {
  const digits = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
  // Number alone would take 0x10 too.
  const value = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isFinite(value)) throw new InputError(`${label}: ${quote(text)} is not a number.`);
  return value;
}

function readFlag(text: string, label: string): boolean {
  if (/^(true|yes|y|1|on)$/i.test(text)) return true;
  if (/^(false|no|n|0|off)$/i.test(text)) return false;
  throw new InputError(`${label}: ${quote(text)} is neither yes nor no.`);
}

function isBlank(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.every(isBlank))
  );
}

function sentence(
  issue: z.core.$ZodIssue,
  labels: ReadonlyMap<string, string>,
  values: Record<string, Value>,
): string {
  const key = String(issue.path[0] ?? '');
  const label = labels.get(key) ?? key;
  const value = values[key];
  if (key !== '' && value === undefined) return `${label} is required.`;
  if (issue.code === 'invalid_value')
    return `${label}: ${quote(value)} is not one of ${issue.values.join(', ')}.`;
  if (issue.code === 'invalid_format' || issue.code === 'custom')
    return `${label ? `${label}: ${quote(value)} ` : ''}${issue.message}.`;
  if (issue.code === 'invalid_type' && issue.expected === 'int')
    return `${label}: ${quote(value)} is not a whole number.`;
  if (issue.code === 'too_big') return `${label}: ${quote(value)} is more than ${issue.maximum}.`;
  if (issue.code === 'too_small') return `${label}: ${quote(value)} is less than ${issue.minimum}.`;
  return `${label}: ${quote(value)} cannot be used here.`;
}

function quote(value: Value | undefined): string {
  return quoted(Array.isArray(value) ? value.join(', ') : String(value ?? ''));
}
