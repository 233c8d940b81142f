/** One line of clean text: no control characters or broken halves of characters, white space folded and trimmed. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/**
 * Clean text of several lines: line ends are `\n`, control characters, invisible direction marks and broken halves of
 * characters are gone, emoji and joined characters stay.
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

/** The first `most` characters, as people count them: none is cut in two. */
export function truncate(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, after(text, most)).trim();
}

/** A note's worth: HighLevel names no limit, and nobody reads more. In characters as people count them. */
const MAX_LENGTH = 60_000;
/** Room for the words that stand for what was left out. */
const REMARK = 100;

/** Both ends of a text that is too long: how a conversation began and how it ended matter most. */
export function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const characters = text.length - pairsIn(text);
  if (characters <= MAX_LENGTH) return text;
  const half = (MAX_LENGTH - REMARK) / 2;
  const left = characters - 2 * half;
  const end = text.slice(before(text, half));
  return `${text.slice(0, after(text, half))}\n[… ${left} characters left out …]\n${end}`;
}

// Counted in place: a list of the characters of a long text takes many times its memory.

/** Where the first `most` characters end. */
function after(text: string, most: number): number {
  let end = 0;
  for (let counted = 0; counted < most && end < text.length; counted++) end += isPair(text, end) ? 2 : 1;
  return end;
}

/** Where the last `most` characters begin. */
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

/** Whether the two places from `index` on hold one character. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
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
  return withoutScripts(text)
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

/** HTML without its scripts and styles. Each tag is looked at once, however many of them are never closed. */
function withoutScripts(html: string): string {
  const kept: string[] = [];
  let from = 0;
  /** The element that is being left out. */
  let open: { name: string; start: number } | undefined;
  for (const tag of html.matchAll(/<(\/?)(script|style)\b[^<>]*>/gi)) {
    const [whole, slash, name = ''] = tag;
    if (open === undefined) {
      if (slash === '') open = { name: name.toLowerCase(), start: tag.index };
    } else if (slash === '/' && name.toLowerCase() === open.name) {
      kept.push(html.slice(from, open.start));
      from = tag.index + whole.length;
      open = undefined;
    }
  }
  return [...kept, html.slice(from)].join('');
}
