import * as z from 'zod';
import { momentFrom, needsZone } from './dates.ts';
import { fieldsOf, metaOf } from './derive.ts';
import { InputError } from './errors.ts';
import type { FieldLook } from './fields.ts';

/**
 * Reads what Zapier hands over into the values a schema describes. What is blank (empty text, null, an empty list) counts
 * as not given, so that it never wipes a field. `zone` is asked only for a time without an offset.
 * Throws InputError that names every field that is missing or wrong, by its label.
 */
export async function readInput<S extends z.ZodObject>(
  schema: S,
  given: Record<string, unknown>,
  zone: () => Promise<string>,
): Promise<z.output<S>> {
  const values: Record<string, unknown> = {};
  for (const [key, field] of fieldsOf(schema)) {
    const { title = key, look } = metaOf(field);
    const value = await read(given[key], title, look, zone);
    if (value !== undefined) values[key] = value;
  }
  const read_ = schema.safeParse(values);
  if (read_.success) return read_.data;
  const labels = new Map(fieldsOf(schema).map(([key, field]) => [key, metaOf(field).title ?? key]));
  throw new InputError(read_.error.issues.map((issue) => sentence(issue, labels, values)).join(' '));
}

/** One value of a field's type, undefined when blank. Throws InputError naming the field by `label`. */
export async function read(
  value: unknown,
  label: string,
  look: FieldLook | undefined,
  zone: () => Promise<string>,
): Promise<unknown> {
  if (look?.list) {
    const items = Array.isArray(value) ? value : [value];
    const kept = items.filter((item) => !isBlank(item));
    return kept.length > 0 ? kept : undefined;
  }
  if (isBlank(value)) return undefined;
  if (Array.isArray(value) && value.length === 1) return read(value[0], label, look, zone);
  if (typeof value === 'object')
    throw new InputError(`${label} takes one value, not several. Please map a single value.`);
  const text = String(value).trim();
  switch (look?.type) {
    case 'boolean':
      return readFlag(text, label);
    case 'integer':
    case 'number':
      return readNumber(text, label);
    case 'datetime': {
      const moment = momentFrom(text, needsZone(text) ? await zone() : 'utc');
      if (moment === null)
        throw new InputError(
          `${label}: ${quote(text)} is not a date that exists. Use a form such as 2026-01-31 or 2026-01-31T15:00.`,
        );
      return moment;
    }
    case 'text':
      return String(value);
    default:
      return text;
  }
}

/** A number, also with commas between the thousands. Throws InputError naming the field by `label`. */
export function readNumber(text: string, label: string): number {
  const digits = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
  const value = Number(digits);
  if (text === '' || !Number.isFinite(value))
    throw new InputError(`${label}: ${quote(text)} is not a number.`);
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
  values: Record<string, unknown>,
): string {
  const key = String(issue.path[0] ?? '');
  const label = labels.get(key) ?? key;
  const value = values[key];
  if (key !== '' && value === undefined) return `${label} is required.`;
  if (issue.code === 'invalid_value')
    return `${label}: ${quote(value)} is not one of ${issue.values.join(', ')}.`;
  if (issue.code === 'invalid_format' || issue.code === 'custom')
    return `${label ? `${label}: ${quote(value)} ` : ''}${issue.message}.`;
  return `${label}: ${quote(value)} cannot be used here.`;
}

function quote(value: unknown): string {
  const text =
    typeof value === 'string' ? value : Array.isArray(value) ? value.map(String).join(', ') : String(value);
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
