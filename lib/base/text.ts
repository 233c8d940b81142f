/** Clean text on one line: no control characters or lone surrogates, whitespace collapsed and trimmed. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/**
 * Clean multi-line text: line endings become `\n`; control characters, invisible direction marks and lone surrogates
 * are removed; emoji and joined characters are kept.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\uFFFD', '')
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFEFF]/gu, '')
    .trim();
}

/** The first `max` characters (Unicode code points, so that no surrogate pair is split). */
export function truncate(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join('').trim();
}

/** The longest text we put into a note, in code points. HighLevel documents no limit. */
export const MAX_LENGTH = 60_000;
/** Room for the remark that replaces the omitted middle. */
const REMARK = 100;

/** Replaces the middle of a text that is too long: the start and the end of a conversation matter most. */
export function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const characters = Array.from(text);
  if (characters.length <= MAX_LENGTH) return text;
  const half = (MAX_LENGTH - REMARK) / 2;
  const left = characters.length - 2 * half;
  return `${characters.slice(0, half).join('')}\n[… ${left} characters left out …]\n${characters.slice(-half).join('')}`;
}

/** Makes sure that text is never rendered as HTML, without removing a character: `<b>` becomes `< b>`. */
export function defuseHtml(text: string): string {
  return text.replace(/<(?=[a-z/!?])/gi, '< ');
}
