import * as z from 'zod';
import { isObject } from '../base/json.ts';
import { cleanLine, cleanText, saysNothing, shortened, truncate } from '../base/text.ts';

/** The longest name, URL or title. A longer one is truncated, so that it never fails the lead. */
export const MAX_LINE_LENGTH = 4_000;

// JivoChat sends ids as numbers or text, and absent values as null, {} or not at all. A value of the wrong type becomes
// null and does not affect the others. Source: the official samples and public code that reads them.

/** One line of text; null for other types and for words for "nothing", such as "null". */
export const line = z.preprocess(lineFrom, z.string().nullable());

/** A text of several lines; null for other types. */
export const longText = z.preprocess(textFrom, z.string().nullable());

const DETAIL_KEYS = ['value', 'email', 'phone', 'number', 'address', 'contact'];

/** A contact detail: one line. Several of them, in a list or a map, are separated by commas. */
export const detail = z.preprocess(
  (value) =>
    lineFrom(
      isWritten(value)
        ? value
        : itemsFrom(value, DETAIL_KEYS)
            .map((item) => detailIn(item.value))
            .filter((one) => one !== null)
            .join(', '),
    ),
  z.string().nullable(),
);

/** The detail in an item of a list: a text, or an object that has it under one of the keys. */
function detailIn(item: unknown): string | null {
  if (!isObject(item)) return lineFrom(item);
  return DETAIL_KEYS.map((key) => lineFrom(item[key])).find((one) => one !== null) ?? null;
}

/** Yes or no in the forms that other systems use; anything else is no. */
export const yes = z.preprocess(
  (value) => value === true || (isWritten(value) && /^(?:true|yes|y|1|on)$/i.test(String(value).trim())),
  z.boolean(),
);

/** An object with these keys; any other value becomes an empty object. */
export const object = <S extends z.ZodRawShape>(shape: S) => z.preprocess(objectFrom, z.object(shape));

/** A value as one line; null if it has no text. */
export function lineFrom(value: unknown): string | null {
  if (!isWritten(value)) return null;
  const text = truncate(cleanLine(String(value)), MAX_LINE_LENGTH);
  return saysNothing(text) ? null : text;
}

/** A value as text; null if it has none. */
export function textFrom(value: unknown): string | null {
  return isWritten(value) ? shortened(cleanText(String(value))) || null : null;
}

/** The value if it is an object; else an empty object. */
export function objectFrom(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Whether a value is a text or a number. */
export function isWritten(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** An item of a list; with its key, if the list came as a map. */
export interface Item {
  key: string | null;
  value: unknown;
}

/** The items of a list or of a map, also as JSON text; or a single item: an object with one of `itemKeys`, or a text. */
export function itemsFrom(value: unknown, itemKeys: readonly string[]): Item[] {
  const parsed = typeof value === 'string' ? parsedText(value) : value;
  if (Array.isArray(parsed)) return parsed.map((item: unknown) => ({ key: null, value: item }));
  if (isWritten(parsed)) return [{ key: null, value: parsed }];
  if (!isObject(parsed)) return [];
  const isItem = itemKeys.some((key) => Object.hasOwn(parsed, key) && !isObject(parsed[key]));
  if (isItem) return [{ key: null, value: parsed }];
  const isNumbered = Object.keys(parsed).every((key, index) => key === String(index));
  return Object.entries(parsed).map(([key, item]) => ({ key: isNumbered ? null : key, value: item }));
}

/** Parses a list or object from JSON text; returns any other text unchanged. */
export function parsedText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
