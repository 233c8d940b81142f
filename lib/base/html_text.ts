import { BLOCKS, decoded } from './html.ts';

/** The visible text of HTML, and the position of each of its characters in the source. */
export interface VisibleText {
  text: string;
  /** The source position of each UTF-16 unit of `text`, plus one for its end. */
  places: number[];
}

/** Elements whose text gets its own line, including table cells. */
const LINES = new Set([...BLOCKS, 'td', 'th']);
/** Elements without an end tag. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const TAG = /<(\/?)([a-z][a-z0-9]*)\b[^<>]*>/iy;
/** Parts that are not shown, by their start and end. */
const HIDDEN: readonly [begin: RegExp, end: RegExp][] = [
  [/<!--/y, /-->/g],
  [/<script\b[^<>]*>/iy, /<\/script\s*>/gi],
  [/<style\b[^<>]*>/iy, /<\/style\s*>/gi],
];
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,8});/iy;
/** Text that is shown unchanged. */
const PLAIN = /[^<&\u00A0\u00AD\u200B\u2060\uFEFF]+/y;
/** Invisible characters that editors insert. */
const UNSEEN = /[\u00AD\u200B\u2060\uFEFF]/;

/**
 * Whether a text is HTML as HighLevel's editor writes it: it has a common tag, or an entity for a space. Text that only
 * resembles HTML (`a < b`, `<3`) is plain text.
 */
export function isHtml(text: string): boolean {
  return /<\/?(?:p|br|div|span|b|i|u|s|a|strong|em|ul|ol|li|img|h[1-6]|table|tr|td|pre|code|blockquote|hr|font)\b[^<>]*>|&nbsp;/i.test(
    text,
  );
}

/** The visible text of HTML or of plain text: lines as a browser breaks them, entities as their characters. Never throws. */
export function visibleText(source: string): VisibleText {
  const shown: string[] = [];
  const places: number[] = [];
  let last = '\n';
  let isNewBlock = false;
  const hiddenEnd = hiddenEndIn(source);
  // Each plain character has its own position; those of an entity share one.
  const add = (characters: string, place: number, step = 0) => {
    if (characters === '') return;
    shown.push(characters);
    last = characters.charAt(characters.length - 1);
    for (let unit = 0; unit < characters.length; unit++) places.push(place + unit * step);
  };
  for (let at = 0; at < source.length;) {
    const plain = matchAt(PLAIN, source, at)?.[0];
    if (plain !== undefined) {
      isNewBlock &&= plain.trim() === '';
      add(plain, at, 1);
      at += plain.length;
      continue;
    }
    const hidden = hiddenEnd(at);
    if (hidden !== undefined) {
      at = hidden;
      continue;
    }
    const tag = matchAt(TAG, source, at);
    if (tag) {
      const [whole, slash, given = ''] = tag;
      const name = given.toLowerCase();
      // An empty paragraph is an empty line.
      const breaks = last !== '\n' || (slash === '/' && isNewBlock);
      if (name === 'br' || (LINES.has(name) && breaks)) add('\n', at);
      isNewBlock = LINES.has(name) && slash !== '/';
      at += whole.length;
      continue;
    }
    const entity = matchAt(ENTITY, source, at);
    const written = entity?.[0] ?? source.charAt(at);
    const characters = decoded(written).replace(UNSEEN, '').replace('\u00A0', ' ');
    isNewBlock &&= characters.trim() === '';
    add(characters, at);
    at += written.length;
  }
  places.push(source.length);
  return { text: shown.join(''), places };
}

/** Finds the end of a hidden part that starts at a position. A missing end is searched for only once. */
function hiddenEndIn(source: string): (at: number) => number | undefined {
  const without = new Set<RegExp>();
  return (at) => {
    for (const [begin, end] of HIDDEN) {
      if (without.has(end) || !matchAt(begin, source, at)) continue;
      const found = matchAt(end, source, at);
      if (found) return found.index + found[0].length;
      without.add(end);
    }
    return undefined;
  };
}

/** Converts plain text to HTML, with a paragraph for each part between empty lines. */
export function asHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .split(/\n{2,}/)
    .map((part) => `<p>${part.replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/**
 * The HTML before `start` and from `end` on. Elements that the cut splits are closed in the first part and reopened in the
 * second.
 */
export function around(source: string, start: number, end: number): [before: string, after: string] {
  const open = openTags(source.slice(0, start));
  let before = source.slice(0, start).trimEnd();
  // An element that starts right before the cut would be empty.
  for (let tag = open.at(-1)?.tag; tag !== undefined && before.endsWith(tag); tag = open.at(-1)?.tag) {
    before = before.slice(0, -tag.length).trimEnd();
    open.pop();
  }
  const still = openTags(source.slice(0, end));
  let from = end;
  for (let ending = endTag(source, from); ending; ending = endTag(source, from)) {
    if (still.at(-1)?.name !== ending[1]?.toLowerCase()) break;
    still.pop();
    from += ending[0].length;
  }
  const closing = open.toReversed().map(({ name }) => `</${name}>`);
  return [before + closing.join(''), still.map(({ tag }) => tag).join('') + source.slice(from)];
}

function endTag(source: string, at: number): RegExpExecArray | null {
  return matchAt(/\s*<\/([a-z][a-z0-9]*)\s*>/iy, source, at);
}

/** The elements still open at the end of a piece of HTML, outermost first. */
function openTags(html: string): { name: string; tag: string }[] {
  const open: { name: string; tag: string }[] = [];
  const counts = new Map<string, number>();
  const count = (name: string, change: number) => counts.set(name, (counts.get(name) ?? 0) + change);
  for (const [tag, slash, given = ''] of html.matchAll(new RegExp(TAG.source, 'gi'))) {
    const name = given.toLowerCase();
    if (slash !== '/') {
      if (VOID.has(name)) continue;
      open.push({ name, tag });
      count(name, 1);
    } else if ((counts.get(name) ?? 0) > 0) {
      let closed: string | undefined;
      do {
        closed = open.pop()?.name;
        if (closed !== undefined) count(closed, -1);
      } while (closed !== name);
    }
  }
  return open;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
