import { withoutMarkup } from './html.ts';

/** Clean text on one line: no control characters or lone surrogates, whitespace collapsed and trimmed. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/**
 * Clean multi-line text: line endings become `\n`; control characters, invisible direction marks and lone surrogates
 * are removed; emoji and joined characters are kept.
 */
export function cleanText(text: string): string {
  if (/^[\n -~]*$/.test(text)) return text.trim();
  return text
    .toWellFormed()
    .replaceAll('\uFFFD', '')
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFEFF]/gu, '')
    .trim();
}

/** Whether a text is blank, or another app's word or symbol for "nothing": "n/a", "null", "None", "-". */
export function saysNothing(text: string): boolean {
  return /^(?:n\/?a|null|none|nil|undefined|\[object object\]|[-–—.?_*]+)?$/i.test(text.trim());
}

/** The first `most` characters, without splitting a surrogate pair. */
export function truncate(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, after(text, most)).trim();
}

/** The longest text we put into a note, in code points. HighLevel documents no limit. */
export const MAX_LENGTH = 60_000;
/** Room for the remark that replaces the omitted middle. */
const REMARK = 100;

/** Replaces the middle of a text that is too long: the start and the end of a conversation matter most. */
export function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const characters = text.length - pairsIn(text);
  if (characters <= MAX_LENGTH) return text;
  const half = (MAX_LENGTH - REMARK) / 2;
  const left = characters - 2 * half;
  const end = text.slice(before(text, half));
  return `${text.slice(0, after(text, half))}\n[… ${left} characters left out …]\n${end}`;
}

// Counted in place, because an array of the characters of a long text takes many times its memory.

/** The index after the first `most` characters. */
function after(text: string, most: number): number {
  let end = 0;
  for (let counted = 0; counted < most && end < text.length; counted++) end += isPair(text, end) ? 2 : 1;
  return end;
}

/** The index of the last `most` characters. */
function before(text: string, most: number): number {
  let start = text.length;
  for (let counted = 0; counted < most && start > 0; counted++) start -= isPair(text, start - 2) ? 2 : 1;
  return start;
}

function pairsIn(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index++) if (isPair(text, index)) pairs += 1;
  return pairs;
}

/** Whether the two UTF-16 units at `index` are one character. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}

/** Prevents text from being rendered as HTML, without removing a character: `<b>` becomes `< b>`. */
export function defuseHtml(text: string): string {
  return text.replace(/<(?=[a-z/!?])/gi, '< ');
}

/**
 * Whether a text stored in HighLevel is the one that was sent. HighLevel may have converted it to HTML, and whitespace does
 * not count.
 */
export function isSameText(kept: string, sent: string): boolean {
  const words = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();
  // In a paragraph, so that a text with entities but no tags counts as HTML too.
  const plain = (text: string) => words(withoutMarkup(`<p>${text}</p>`));
  return [words(sent), plain(sent)].includes(plain(kept));
}
