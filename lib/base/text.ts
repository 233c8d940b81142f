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

/** Whether a text is blank, or a word or sign that other apps write for nothing: "n/a", "null", "None", "-". */
export function saysNothing(text: string): boolean {
  return /^(?:n\/?a|null|none|nil|undefined|\[object object\]|[-–—.?_*]+)?$/i.test(text.trim());
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

/** Converts HTML to plain text. Text that contains no common HTML tag (`a < b`, `<3`) is returned unchanged. */
export function withoutMarkup(text: string): string {
  if (
    !/<\/?(?:p|br|div|span|b|i|u|a|strong|em|ul|ol|li|img|h[1-6]|table|tr|td|script|style)\b[^<>]*>/i.test(
      text,
    )
  )
    return text;
  return text
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<br\b[^<>]*>|<\/(?:p|div|li|tr|h[1-6])\s*>/gi, '\n')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&nbsp;/gi, ' ')
    .replace(/&lt;/gi, '<')
    .replace(/&gt;/gi, '>')
    .replace(/&quot;/gi, '"')
    .replace(/&#0?39;/g, "'")
    .replace(/&amp;/gi, '&')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
