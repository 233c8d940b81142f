import * as z from 'zod';
import { countryCode } from '../base/countries.ts';
import { momentFrom, needsZone, offsetTimeFrom } from '../base/dates.ts';
import { InputError, quoted } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { numberFrom } from '../base/numbers.ts';
import { timeZoneName } from '../base/time_zones.ts';
import { dayIn, isAmbiguousDate, isoFrom } from '../base/written_dates.ts';
import {
  ID,
  type DropdownName,
  type EditorField,
  type Field,
  type Fields,
  type InputFormat,
  type Output,
} from './fields.ts';

/** Lookups in the sub-account for parsing an input; each is requested only if needed. */
export interface Lookups {
  /** The time zone (IANA) of a time without an offset. */
  zone: () => Promise<string>;
  /** The country (ISO 3166 alpha-2) that determines the order of day and month in a date such as 04/05/2026. */
  country?: () => Promise<string | undefined>;
  /** The id of the user with a name or an email address. Throws InputError with the field's label. */
  userId?: (given: string, label: string) => Promise<string>;
}

/**
 * Parses a step's input by its fields. Blank values (empty text, null, an empty list) count as absent, so that they never
 * empty a field; so do words for "nothing" ("n/a", "null") in fields for an id, a contact detail, a choice, a number or a
 * date. Throws InputError that lists each missing or invalid field by its label.
 */
export async function parseInput<F extends Fields>(
  declared: F,
  input: Record<string, unknown>,
  lookups: Lookups,
): Promise<Output<F>> {
  const schema = z.object(declared);
  const values: Record<string, Value> = {};
  const fields = new Map(Object.entries(declared).map(([key, field]) => [key, fieldOf(key, field)]));
  const problems = new Map<string, string>();
  for (const [key, field] of fields) {
    try {
      const value = await read(input[key], field.label, field, lookups);
      if (value !== undefined) values[key] = value;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.set(key, error.message);
    }
  }
  const owners = [...fields].filter(([key, field]) => namesUser(field, values[key]) && lookups.userId);
  const parsed = schema.safeParse(values);
  const unread = new Set([...problems.keys(), ...owners.map(([key]) => key)]);
  const issues = parsed.success ? [] : parsed.error.issues.filter(({ path }) => !unread.has(String(path[0])));
  if (problems.size > 0 || issues.length > 0)
    throw new InputError(messageFor([...problems.values()], issues, fields, values));
  if (parsed.success && owners.length === 0) return parsed.data;

  // Only now, since this may take a request.
  for (const [key, { label }] of owners) values[key] = await withUserIds(values[key], label, lookups);
  const resolved = schema.safeParse(values);
  if (resolved.success) return resolved.data;
  throw new InputError(messageFor([], resolved.error.issues, fields, values));
}

/** A parsed input value. Dates are ISO 8601. */
export type Value = string | number | boolean | string[];

/** The properties of a field that determine how its value is parsed. */
export interface InputField extends EditorField {
  format?: InputFormat | undefined;
}

interface LabeledField extends InputField {
  label: string;
}

function fieldOf(key: string, { about }: Field): LabeledField {
  const { title = key, editor = { type: 'string' }, format } = about;
  return { ...editor, format, label: title };
}

/** Parses one input value by the type of its field; undefined when it is blank. Throws InputError with the field's `label`. */
export async function read(
  value: unknown,
  label: string,
  field: InputField,
  lookups: Lookups,
): Promise<Value | undefined> {
  if (isBlank(value)) return undefined;
  if (field.list) {
    const items = itemsOf(value, label, field);
    return items.length > 0 ? items : undefined;
  }
  if (field.dict) return pairsOf(value, label);
  const text = textOf(Array.isArray(value) && value.length === 1 ? value[0] : value, label);
  if (field.choices) {
    const choice = choiceFor(text, field.choices);
    return choice === undefined && isNothing(text) ? undefined : (choice ?? text.trim());
  }
  switch (field.type) {
    case 'boolean':
      return readFlag(text.trim(), label);
    case 'integer':
    case 'number':
      return isNothing(text) ? undefined : readNumber(text, label);
    case 'datetime':
      return isNothing(text) ? undefined : readMoment(text, label, field, lookups);
    case 'text':
      return text;
    default:
      return field.format ? readFormat(text.trim(), label, field.format, lookups) : text.trim();
  }
}

/** Pairs of names and values as a query text: from an object, JSON text of one, or a query text, also line by line. */
function pairsOf(value: unknown, label: string): string | undefined {
  const text = isObject(value) ? '' : textOf(value, label).trim();
  const pairs = isObject(value) ? value : text.startsWith('{') ? jsonObject(text, label) : undefined;
  const query = pairs
    ? new URLSearchParams(
        Object.entries(pairs).flatMap(([name, one]): [string, string][] =>
          isBlank(one) ? [] : [[name, textOf(one, label)]],
        ),
      ).toString()
    : text.replace(/^\?/, '').replace(/\s*\r?\n\s*/g, '&');
  return query === '' ? undefined : query;
}

function jsonObject(text: string, label: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // The error below says it.
  }
  throw new InputError(`"${label}" isn't a list of names and values: ${quote(text)}.`);
}

/** Parses a text that must have a format; undefined for a word for "nothing". */
async function readFormat(
  text: string,
  label: string,
  format: InputFormat,
  lookups: Lookups,
): Promise<string | undefined> {
  // NA is Namibia.
  const known = format === 'country' ? countryCode(text) : undefined;
  if (known !== undefined) return known;
  if (isNothing(text)) return undefined;
  switch (format) {
    case 'country':
      throw new InputError(
        `"${label}": ${quote(text)} isn't a country. Choose one from the list, or use its two-letter code such as US.`,
      );
    case 'time zone': {
      const zone = timeZoneName(text);
      if (zone !== undefined) return zone;
      throw new InputError(
        `"${label}": ${quote(text)} isn't a time zone. Choose one from the list, such as America/New_York.`,
      );
    }
    case 'day':
      return readDay(text, label, lookups);
    default:
      return text;
  }
}

/** Parses a calendar day into YYYY-MM-DD, as written, without a time zone. Throws InputError with the `label`. */
export async function readDay(text: string, label: string, lookups: Lookups): Promise<string> {
  const isAmbiguous = isAmbiguousDate(text);
  const day = dayIn(text, isAmbiguous ? await lookups.country?.() : undefined);
  if (day !== null) return day;
  const problem = isAmbiguous ? 'can be two dates' : "isn't a date we can read";
  throw new InputError(`"${label}" ${problem}: ${quote(text)}. Use a format such as 1990-04-23.`);
}

async function readMoment(text: string, label: string, field: InputField, lookups: Lookups): Promise<string> {
  const isAmbiguous = isAmbiguousDate(text);
  const iso = isoFrom(text, isAmbiguous ? await lookups.country?.() : undefined);
  const timeFrom = field.keepsOffset ? offsetTimeFrom : momentFrom;
  const moment = timeFrom(iso, needsZone(iso) ? await lookups.zone() : 'utc');
  if (moment !== null) return moment;
  const problem = isAmbiguous ? 'can be two dates' : "isn't a date we can read";
  throw new InputError(
    `"${label}" ${problem}: ${quote(text)}. Use a format such as 2026-01-31 or 2026-01-31 15:00.`,
  );
}

/** Parses a number (see `numberFrom`). Throws InputError with the field's `label`. */
export function readNumber(text: string, label: string): number {
  const value = numberFrom(text);
  if (value === null) throw new InputError(`"${label}" isn't a number: ${quote(text)}.`);
  return value;
}

function readFlag(text: string, label: string): boolean {
  if (/^(true|yes|y|1|on)$/i.test(text)) return true;
  if (/^(false|no|n|0|off)$/i.test(text)) return false;
  throw new InputError(`"${label}" can't be ${quote(text)}. Use Yes or No.`);
}

/** Whether a text is another app's word for "nothing". */
export function isNothing(text: string): boolean {
  return /^(?:n\/?a|null|none|nil|undefined|[-–—]+)$/i.test(text.trim());
}

/**
 * The items of a list: from a list, JSON text of a list, or lines; without blank ones. Ids and choices may also be separated
 * by commas or semicolons, which other texts may contain.
 */
function itemsOf(value: unknown, label: string, { format, choices }: InputField): string[] {
  const texts = (Array.isArray(value) ? value : [value])
    .filter((item) => !isBlank(item))
    .flatMap((item) => linesOf(textOf(item, label), label));
  // Two empty values mapped with a comma between them leave a lone comma.
  const items = texts.filter((item) => !/^[\s,]*$/.test(item));
  if (choices) {
    const parts = items.flatMap((item) => (choiceFor(item, choices) === undefined ? split(item) : [item]));
    return parts.flatMap((part) => choiceFor(part, choices) ?? (isNothing(part) ? [] : part));
  }
  return format === 'id' ? items.flatMap(split).filter((item) => !isNothing(item)) : items;
}

function split(item: string): string[] {
  return item.split(/[,;]/).flatMap((part) => part.trim() || []);
}

/** The lines of a text, or the items of its JSON list. */
function linesOf(text: string, label: string): string[] {
  if (/^\s*\[.*\]\s*$/s.test(text)) {
    const list = jsonList(text);
    if (list) return list.filter((item) => !isBlank(item)).map((item) => textOf(item, label));
  }
  return text.split(/\r?\n/);
}

function jsonList(text: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Finds a choice by its value or label; case, spaces and punctuation do not matter. */
function choiceFor(text: string, choices: Record<string, string>): string | undefined {
  const [given, loose] = [text.trim().toLowerCase(), looseKey(text)];
  const entries = Object.entries(choices);
  const [found] =
    entries.find(([value]) => value === text.trim()) ??
    entries.find(([value]) => value.toLowerCase() === given) ??
    entries.find(([, label]) => label.toLowerCase() === given) ??
    (loose === '' ? undefined : entries.find((entry) => entry.some((name) => looseKey(name) === loose))) ??
    [];
  return found;
}

function looseKey(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Whether a value names a user rather than being an id. */
function namesUser({ dropdown }: InputField, value: Value | undefined): boolean {
  if (dropdown !== 'users' && dropdown !== 'assignees') return false;
  return [value].flat().some((item) => typeof item === 'string' && isName(item));
}

/** HighLevel's ids are long, and nearly all have a digit. */
function isName(text: string): boolean {
  return !ID.test(text) || (!/[\d_]/.test(text) && text.length < 20);
}

async function withUserIds(value: Value | undefined, label: string, { userId }: Lookups): Promise<Value> {
  const ids: string[] = [];
  for (const item of [value].flat()) {
    const text = String(item);
    ids.push(userId && isName(text) ? await userId(text, label) : text);
  }
  return Array.isArray(value) ? ids : (ids[0] ?? '');
}

function textOf(value: unknown, label: string): string {
  // An earlier step may split a surrogate pair; JSON cannot represent the lone half.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(`"${label}" takes one value. Map a single value instead of a group.`);
}

function isBlank(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.every(isBlank))
  );
}

function messageFor(
  problems: string[],
  issues: readonly z.core.$ZodIssue[],
  fields: ReadonlyMap<string, LabeledField>,
  values: Record<string, Value>,
): string {
  const keyOf = ({ path }: z.core.$ZodIssue) => String(path[0] ?? '');
  const isMissing = (issue: z.core.$ZodIssue) => issue.path.length > 0 && values[keyOf(issue)] === undefined;
  const missing = issues
    .filter(isMissing)
    .map((issue) => `"${fields.get(keyOf(issue))?.label ?? keyOf(issue)}"`);
  const others = issues.filter((issue) => !isMissing(issue)).map((issue) => sentence(issue, fields, values));
  return [
    ...(missing.length > 0 ? [`Please fill in ${listed(missing, 'and')}.`] : []),
    ...problems,
    ...new Set(others),
  ].join(' ');
}

function sentence(
  issue: z.core.$ZodIssue,
  fields: ReadonlyMap<string, LabeledField>,
  values: Record<string, Value>,
): string {
  const key = String(issue.path[0] ?? '');
  const field = fields.get(key);
  const label = field?.label ?? key;
  const whole = values[key];
  const [, index] = issue.path;
  const value = quote(Array.isArray(whole) && index !== undefined ? whole[Number(index)] : whole);
  if (field?.choices && issue.code === 'invalid_value')
    return notAChoice(label, value, Object.values(field.choices));
  if (field?.format === 'id' && issue.code === 'invalid_format') return notAnId(label, value, field.dropdown);
  if (issue.code === 'invalid_format' || issue.code === 'custom')
    return label ? `"${label}": ${value} ${issue.message}.` : `${issue.message}.`;
  if (issue.code === 'invalid_type' && issue.expected === 'int')
    return `"${label}" isn't a whole number: ${value}.`;
  if (issue.code === 'too_big') return `"${label}" can't be more than ${issue.maximum}.`;
  if (issue.code === 'too_small') return `"${label}" can't be less than ${issue.minimum}.`;
  return `"${label}" can't be ${value}.`;
}

/** The maximum number of choices that an error lists. */
const MAX_CHOICES = 20;

/** The error for a value (quoted) that is not one of the choices; lists their labels. */
export function notAChoice(label: string, value: string, choices: readonly string[]): string {
  const some = choices.length > MAX_CHOICES ? [...choices.slice(0, MAX_CHOICES), '…'] : choices;
  return `"${label}" can't be ${value}. Use ${listed(some, 'or')}.`;
}

/** The records that dropdowns list, and the step that finds one. */
const RECORDS: Partial<Record<DropdownName, [noun: string, step?: string]>> = {
  contacts: ['contact', 'Find Contact'],
  tasks: ['task', 'Find Task'],
  notes: ['note', 'Find Note'],
  appointments: ['appointment', 'Find Appointments'],
  businesses: ['company', 'Find Company'],
  users: ['user', 'Find User'],
  assignees: ['user', 'Find User'],
  campaigns: ['campaign'],
  workflows: ['workflow'],
  calendars: ['calendar'],
  opportunities: ['opportunity', 'Find Opportunity'],
  pipelines: ['pipeline'],
  pipelineStages: ['stage'],
  lostReasons: ['lost reason'],
  forms: ['form'],
  surveys: ['survey'],
};

/** The error for a value (quoted) that is not an id of a dropdown's records. */
export function notAnId(label: string, value: string, dropdown: DropdownName | undefined): string {
  const [noun = 'record', step] = (dropdown && RECORDS[dropdown]) ?? [];
  const one = `${/^[ao]/.test(noun) ? 'an' : 'a'} ${noun}`;
  const name = `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ID`;
  return step
    ? `"${label}" needs a HighLevel ${noun} ID, not ${value}. Choose ${one} from the list, or map the ${name} of a ${step} step.`
    : `"${label}" needs a HighLevel ${noun} ID, not ${value}. Choose ${one} from the list.`;
}

/** "A", "A or B", "A, B, or C". */
function listed(items: readonly string[], word: 'and' | 'or'): string {
  if (items.length < 3) return items.join(` ${word} `);
  return `${items.slice(0, -1).join(', ')}, ${word} ${items.at(-1)}`;
}

function quote(value: Value | undefined): string {
  return quoted(Array.isArray(value) ? value.join(', ') : String(value ?? ''));
}
