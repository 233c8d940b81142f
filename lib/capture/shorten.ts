import { ApiError } from '../base/errors.ts';
import { MAX_LENGTH } from '../base/text.ts';
import { wordsOf } from './refusal.ts';

/** Room for the remark that replaces the omitted middle. */
const REMARK = 40;
/** A shorter note would be useless. */
const LEAST = 300;

/** Shortens a text to `max` UTF-16 units by leaving out its middle, in whole lines if possible. */
export function shortenedTo(text: string, max: number): string {
  if (text.length <= max) return text;
  const half = Math.max(0, Math.floor((max - REMARK) / 2));
  const start = text.slice(0, half).replace(/[\uD800-\uDBFF]$/, '');
  const end = text.slice(text.length - half).replace(/^[\uDC00-\uDFFF]/, '');
  const lineEnd = start.lastIndexOf('\n');
  const lineStart = end.indexOf('\n');
  // A single long line is cut.
  const first = lineEnd > half / 2 ? start.slice(0, lineEnd) : start;
  const last = lineStart >= 0 && lineStart < half / 2 ? end.slice(lineStart + 1) : end;
  return `${first}\n[… ${text.length - first.length - last.length} characters left out …]\n${last}`.trim();
}

/**
 * Writes a text of at most 60,000 characters. If HighLevel refuses it as too long, writes a shorter one: of the length that
 * the refusal states, or half the length. A refusal writes nothing, so the write can be repeated.
 */
export async function withinLimit<T>(
  textOf: (max: number) => string,
  write: (text: string) => Promise<T>,
): Promise<T> {
  for (let max = MAX_LENGTH; ;) {
    const text = textOf(max);
    try {
      return await write(text);
    } catch (error) {
      const limit = limitIn(error, Math.min(max, text.length));
      if (limit === undefined || limit < LEAST) throw error;
      max = limit;
    }
  }
}

/** The maximum length to try next, if the error says that a text is too long. */
function limitIn(error: unknown, length: number): number | undefined {
  if (!(error instanceof ApiError && error.kind === 'refused')) return undefined;
  const words = wordsOf(error);
  const isTooLong =
    error.status === 413 ||
    /too (?:long|large|big)|shorter than|at most|max(?:imum|\s?length)|exceed|length|(?:less|fewer|more) than|\d characters|limit/i.test(
      words,
    );
  if (!isTooLong) return undefined;
  const named = (words.match(/\d[\d,]*/g) ?? []).map((digits) => Number(digits.replaceAll(',', '')));
  const smaller = named.filter((number) => number >= LEAST && number < length);
  return smaller.length > 0 ? Math.max(...smaller) : Math.floor(length / 2);
}
