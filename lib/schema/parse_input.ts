import * as z from 'zod';
import { momentFrom, needsZone } from '../base/dates.ts';
import { fieldsOf, metaOf } from './zapier_fields.ts';
import { InputError, quoted } from '../base/errors.ts';
import type { EditorField } from './fields.ts';

/**
 * Reads what Zapier hands over into the values a schema describes. What is blank (empty text, null, an empty list) counts
 * as not given, so that it never wipes a field. `zone` is asked only for a time without an offset.
 * Throws InputError that names every field that is missing or wrong, by its label.
 */
export async function parseInput<S extends z.ZodObject>(
  schema: S,
  given: Record<string, unknown>,
  zone: () => Promise<string>,
): Promise<z.output<S>> {
  const values: Record<string, Value> = {};
  for (const [key, field] of fieldsOf(schema)) {
    const { title = key, editor } = metaOf(field);
    const value = await read(given[key], title, editor, zone);
    if (value !== undefined) values[key] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const labels = new Map(fieldsOf(schema).map(([key, field]) => [key, metaOf(field).title ?? key]));
  throw new InputError(parsed.error.issues.map((issue) => sentence(issue, labels, values)).join(' '));
}

/** A value as a field's type has it: lists hold texts, dates are ISO 8601 in UTC. */
export type Value = string | number | boolean | string[];

/** Reads one input by its field's type, undefined when blank. Throws InputError naming the field by `label`. */
export async function read(
  value: unknown,
  label: string,
  editor: EditorField | undefined,
  zone: () => Promise<string>,
): Promise<Value | undefined> {
  if (isBlank(value)) return undefined;
  if (editor?.list) {
    // A comma alone is what two empty fields leave that were mapped with a comma between them.
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
      const moment = momentFrom(text, needsZone(text) ? await zone() : 'utc');
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
  // Half a character, left where a step before cut a text short, cannot travel: it becomes the sign for a broken one.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(`${label} takes a single value here. Please map one value, not a group of values.`);
}

/** A number, also with commas between the thousands. Throws InputError naming the field by `label`. */
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
