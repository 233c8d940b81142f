import * as z from 'zod';
import { isObject } from '../base/json.ts';
import { cleanLine, cleanText, saysNothing, shortened, truncate } from '../base/text.ts';

/** The longest name, URL or title. A longer one is truncated, so that it never fails the lead. */
export const MAX_LINE_LENGTH = 4_000;

// JivoChat sends ids as numbers or text, and absent values as null, {} or not at all. A value of the wrong type becomes
// null and does not affect the others. Source: the official samples and public code that reads them.

/** One line of text; null for other types and for what says nothing, such as "null". */
export const line = z.preprocess(lineFrom, z.string().nullable());

/** A text of several lines; null for other types. */
export const longText = z.preprocess(textFrom, z.string().nullable());

/** A contact detail: one line. Several of them, in a list, are separated by commas. */
export const detail = z.preprocess(
  (value) => lineFrom(Array.isArray(value) ? value.filter(isWritten).join(', ') : value),
  z.string().nullable(),
);

/** Yes or no, as other systems write it; anything else is no. */
export const yes = z.preprocess(
  (value) => value === true || (isWritten(value) && /^(?:true|yes|y|1|on)$/i.test(String(value).trim())),
  z.boolean(),
);

/** An object with these keys; of any other value all keys are absent. */
export const object = <S extends z.ZodRawShape>(shape: S) => z.preprocess(objectFrom, z.object(shape));

/** The line in a value; null when there is none. */
export function lineFrom(value: unknown): string | null {
  if (!isWritten(value)) return null;
  const text = truncate(cleanLine(String(value)), MAX_LINE_LENGTH);
  return saysNothing(text) ? null : text;
}

/** The text in a value; null when there is none. */
export function textFrom(value: unknown): string | null {
  return isWritten(value) ? shortened(cleanText(String(value))) || null : null;
}

/** The object in a value; an empty one when it is none. */
export function objectFrom(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Whether a value is a text or a number. */
export function isWritten(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** An item of a list, with its key where a map came instead of the list. */
export interface Item {
  key: string | null;
  value: unknown;
}

/**
 * The items of a list, of a map of items, of one of these as JSON text, or the only item there is: an object with one of
 * `itemKeys`, or a text.
 */
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

/** The list or object in a JSON text; any other text as it is. */
export function parsedText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
