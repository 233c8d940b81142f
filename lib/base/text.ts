/** One line of clean text: no control characters or broken halves of characters, white space folded and trimmed. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/**
 * Clean text of several lines: line ends are `\n`, control characters, invisible direction marks and broken halves of
 * characters are gone, emoji and joined characters stay.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\uFFFD', '')
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFEFF]/gu, '')
    .trim();
}

/** The first `most` characters, as people count them: none is cut in two. */
export function truncate(text: string, most: number): string {
  return text.length <= most ? text : Array.from(text).slice(0, most).join('').trim();
}

/** A note's worth: HighLevel names no limit, and nobody reads more. In characters as people count them. */
export const MAX_LENGTH = 60_000;
/** Room for the words that stand for what was left out. */
const REMARK = 100;

/** Both ends of a text that is too long: how a conversation began and how it ended matter most. */
export function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const characters = Array.from(text);
  if (characters.length <= MAX_LENGTH) return text;
  const half = (MAX_LENGTH - REMARK) / 2;
  const left = characters.length - 2 * half;
  return `${characters.slice(0, half).join('')}\n[… ${left} characters left out …]\n${characters.slice(-half).join('')}`;
}

/** Text that nothing can take for markup, with every character still there: `<b>` becomes `< b>`. */
export function defuseHtml(text: string): string {
  return text.replace(/<(?=[a-z/!?])/gi, '< ');
}

/** Markup reduced to text; what only looks like markup (`a < b`, `<3`) stays. */
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
