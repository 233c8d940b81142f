/** The text that a reader sees of HTML, and where each of its characters stands in the source. */
export interface VisibleText {
  text: string;
  /** The place in the source of each UTF-16 unit of `text`, and one more for its end. */
  places: number[];
}

/** Elements that begin on a line of their own. */
const BLOCKS = new Set(
  'address article aside blockquote dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
/** Elements without an end tag. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const TAG = /<(\/?)([a-z][a-z0-9]*)\b(?:[^<>"']|"[^"]*"|'[^']*')*>/iy;
const HIDDEN = /<!--[\s\S]*?-->|<(script|style)\b[^<>]*>[\s\S]*?<\/\1\s*>/iy;
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/iy;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['ensp', ' '],
  ['emsp', ' '],
  ['zwnj', ''],
  ['zwj', ''],
  ['shy', ''],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['laquo', '«'],
  ['raquo', '»'],
  ['bull', '•'],
  ['middot', '·'],
  ['euro', '€'],
]);
/** Signs that editors put between characters and nobody sees. */
const UNSEEN = /[\u00AD\u200B\u2060\uFEFF]/;

/**
 * Whether a text is HTML as HighLevel's editor writes it: it has one of the usual tags, or an entity in place of a space. What
 * only looks like HTML (`a < b`, `<3`) is plain text.
 */
export function isHtml(text: string): boolean {
  return /<\/?(?:p|br|div|span|b|i|u|s|a|strong|em|ul|ol|li|img|h[1-6]|table|tr|td|pre|code|blockquote|hr|font)\b[^<>]*>|&nbsp;/i.test(
    text,
  );
}

/** The visible text of HTML or of plain text: lines as a browser breaks them, entities as their characters. Never throws. */
export function visibleText(source: string): VisibleText {
  let text = '';
  const places: number[] = [];
  let isNewBlock = false;
  const add = (characters: string, place: number) => {
    text += characters;
    for (let unit = 0; unit < characters.length; unit++) places.push(place);
  };
  const isLineEmpty = () => text === '' || text.endsWith('\n');
  for (let at = 0; at < source.length;) {
    const character = source.charAt(at);
    const hidden = character === '<' ? matchAt(HIDDEN, source, at) : null;
    const tag = character === '<' && !hidden ? matchAt(TAG, source, at) : null;
    const entity = character === '&' ? matchAt(ENTITY, source, at) : null;
    if (tag) {
      const name = (tag[2] ?? '').toLowerCase();
      const isEnd = tag[1] === '/';
      // An empty paragraph is an empty line.
      if (name === 'br' || (BLOCKS.has(name) && (!isLineEmpty() || (isEnd && isNewBlock)))) add('\n', at);
      isNewBlock = BLOCKS.has(name) && !isEnd;
    } else if (entity) {
      const decoded = decode(entity);
      if (decoded !== '') isNewBlock = false;
      add(decoded ?? entity[0], at);
    } else if (!hidden) {
      isNewBlock &&= /\s/.test(character);
      if (!UNSEEN.test(character)) add(character === '\u00A0' ? ' ' : character, at);
    }
    at += (hidden ?? tag ?? entity)?.[0].length ?? 1;
  }
  places.push(source.length);
  return { text, places };
}

/** Text as HTML that shows it: a paragraph for each part between empty lines. */
export function asHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .split(/\n{2,}/)
    .map((part) => `<p>${part.replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** The HTML before `start` and that from `end` on, each closed or opened again where the cut falls inside elements. */
export function around(source: string, start: number, end: number): [before: string, after: string] {
  const closing = openTags(source.slice(0, start)).toReversed();
  const opening = openTags(source.slice(0, end));
  const before = source.slice(0, start) + closing.map(({ name }) => `</${name}>`).join('');
  const after = opening.map(({ tag }) => tag).join('') + source.slice(end);
  return [withoutEmptyEnd(before), withoutEmptyStart(after)];
}

function openTags(html: string): { name: string; tag: string }[] {
  const open: { name: string; tag: string }[] = [];
  for (const [tag, slash, given = ''] of html.matchAll(new RegExp(TAG.source, 'gi'))) {
    const name = given.toLowerCase();
    if (slash === '/') {
      const opened = open.findLastIndex((one) => one.name === name);
      if (opened >= 0) open.splice(opened);
    } else if (!VOID.has(name)) open.push({ name, tag });
  }
  return open;
}

function withoutEmptyEnd(html: string): string {
  const shorter = html.replace(/<([a-z][a-z0-9]*)\b[^<>]*>\s*<\/\1>((?:\s*<\/[a-z][a-z0-9]*>)*)\s*$/i, '$2');
  return shorter === html ? html : withoutEmptyEnd(shorter);
}

function withoutEmptyStart(html: string): string {
  const shorter = html.replace(
    /^\s*((?:<[a-z][^<>]*>\s*)*?)<([a-z][a-z0-9]*)\b[^<>]*>\s*<\/\2\s*>/i,
    (_whole, opened: string) => opened,
  );
  return shorter === html ? html : withoutEmptyStart(shorter);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The character of an entity; undefined for one that is unknown. */
function decode([, decimal, hex, name]: RegExpExecArray): string | undefined {
  if (name !== undefined) return NAMED.get(name.toLowerCase());
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  if (code === 0xa0) return ' ';
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return UNSEEN.test(character) ? '' : character;
}
