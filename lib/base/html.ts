/** Elements whose content is not shown. */
const HIDDEN = new Set(['script', 'style', 'head', 'title', 'template', 'noscript']);
/** Block elements, which start a new line. */
export const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside blockquote body dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul'.split(
    ' ',
  ),
);
/** Inline elements. A tag with any other name is text that somebody typed. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big br button center cite code col colgroup caption data del dfn em font i iframe img input ins kbd label link mark meta o:p q s samp select small span strike strong sub sup svg td th time tt u var video wbr'.split(
    ' ',
  ),
);
/** The named entities that editors write. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  shy: '',
  zwnj: '\u200C',
  zwj: '\u200D',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  hellip: '…',
  bull: '•',
  middot: '·',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  para: '¶',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  iexcl: '¡',
  iquest: '¿',
  ordf: 'ª',
  ordm: 'º',
  micro: 'µ',
  larr: '←',
  rarr: '→',
  szlig: 'ß',
  aelig: 'æ',
  AElig: 'Æ',
  oelig: 'œ',
  OElig: 'Œ',
  oslash: 'ø',
  Oslash: 'Ø',
  eth: 'ð',
  ETH: 'Ð',
  thorn: 'þ',
  THORN: 'Þ',
  aring: 'å',
  Aring: 'Å',
};
/** `&eacute;` is a letter and the accent's name. */
const ACCENTED = /^([A-Za-z])(grave|acute|circ|tilde|uml|cedil|caron)$/;
const ACCENTS: Readonly<Record<string, string>> = {
  grave: '\u0300',
  acute: '\u0301',
  circ: '\u0302',
  tilde: '\u0303',
  uml: '\u0308',
  cedil: '\u0327',
  caron: '\u030C',
};
/** Numbers that have another meaning in Windows-1252. Source: the HTML standard's table of numeric references. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

/**
 * A tag, or the start of a comment. No tag extends past the next `<` and no part of the pattern is ambiguous, so that
 * matching takes linear time.
 */
const TAG = /<(?:!--|(\/?)([a-z][a-z0-9:]*)(?:(?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*)?|[\s/][^<>]*)>)/gi;
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]{1,8}));/gi;

/**
 * Converts HTML from HighLevel's editor to plain text: tags are removed, entities decoded, and each paragraph, row and list
 * item gets a line. A text without HTML is returned unchanged, including `a < b`, `<3` and `<jane@example.com>`.
 */
export function withoutMarkup(text: string): string {
  const names = [...text.matchAll(TAG)].map(([, , name = '']) => name.toLowerCase());
  if (names.some(isElement)) {
    // If tags separate the lines, line breaks in the source are whitespace.
    return textOfHtml(text, names.some((name) => name === 'br' || BLOCKS.has(name)) ? ' ' : '\n');
  }
  return decoded(text);
}

function isElement(name: string): boolean {
  return BLOCKS.has(name) || INLINE.has(name) || HIDDEN.has(name);
}

/** `lineBreak` replaces a line break of the source. */
function textOfHtml(html: string, lineBreak: string): string {
  const page = new Page();
  /** The hidden element being skipped, and how to undo its output. */
  let hidden: { name: string; undo: () => void } | undefined;
  let preformatted = 0;
  let from = 0;
  let commentsEnd = true;
  const add = (until: number) => {
    const text = html.slice(from, until);
    page.add(decoded(preformatted > 0 || lineBreak === '\n' ? text : text.replace(/\s+/g, lineBreak)));
  };
  for (const match of html.matchAll(TAG)) {
    const [tag, slash = '', written] = match;
    // Inside a skipped comment.
    if (match.index < from) continue;
    if (written === undefined) {
      const end: number = commentsEnd ? html.indexOf('-->', match.index) : -1;
      commentsEnd = end >= 0;
      if (!commentsEnd) continue;
      add(match.index);
      from = end + '-->'.length;
      continue;
    }
    const name = written.toLowerCase();
    if (!isElement(name)) continue;
    add(match.index);
    from = match.index + tag.length;
    if (hidden) {
      if (slash && name === hidden.name) {
        hidden.undo();
        hidden = undefined;
      }
    } else if (HIDDEN.has(name)) {
      if (!slash) hidden = { name, undo: page.bookmark() };
    } else {
      if (name === 'pre') preformatted = Math.max(0, preformatted + (slash ? -1 : 1));
      page.tag(name, slash !== '');
    }
  }
  add(html.length);
  return page.text();
}

/** The lines of text that a browser would show. */
class Page {
  readonly #lines: string[] = [];
  #line = '';
  /** Whether the line is empty except for a list marker. */
  #isBlank = true;
  /** The enclosing lists, with the number of the latest item: null for bullets. */
  readonly #lists: (number | null)[] = [];

  add(text: string): void {
    const [first = '', ...others] = text.split('\n');
    const words = this.#isBlank ? first.trimStart() : first;
    this.#line += words;
    this.#isBlank &&= words === '';
    for (const line of others) {
      this.#breakLine();
      this.#line = line;
      this.#isBlank = line.trim() === '';
    }
  }

  tag(name: string, closes: boolean): void {
    if (name === 'br') {
      this.#breakLine();
    } else if (name === 'td' || name === 'th') {
      if (closes) this.#line += ' ';
    } else if (BLOCKS.has(name)) {
      // A paragraph in a list item stays on the item's line.
      if (!this.#isBlank) this.#breakLine();
      if (name === 'ul' || name === 'ol') {
        if (closes) this.#lists.pop();
        else this.#lists.push(name === 'ol' ? 0 : null);
      } else if (name === 'li' && !closes) {
        this.#line = this.#marker();
      }
    }
  }

  /** Returns a function that discards everything added since. */
  bookmark(): () => void {
    const [count, line, isBlank] = [this.#lines.length, this.#line, this.#isBlank];
    return () => {
      this.#lines.length = count;
      this.#line = line;
      this.#isBlank = isBlank;
    };
  }

  text(): string {
    return [...this.#lines, this.#line]
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  }

  #breakLine(): void {
    this.#lines.push(this.#line);
    this.#line = '';
    this.#isBlank = true;
  }

  #marker(): string {
    const last = this.#lists.length - 1;
    const number = this.#lists[last];
    const indent = '  '.repeat(Math.min(Math.max(0, last), 10));
    if (typeof number !== 'number') return `${indent}- `;
    this.#lists[last] = number + 1;
    return `${indent}${number + 1}. `;
  }
}

export function decoded(text: string): string {
  return text.replace(ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named(name) ?? entity;
    return character(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal));
  });
}

function named(name: string): string | undefined {
  const [, letter, accent = ''] = ACCENTED.exec(name) ?? [];
  if (letter !== undefined) return `${letter}${ACCENTS[accent] ?? ''}`.normalize('NFC');
  if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name];
  return Object.hasOwn(ENTITIES, name.toLowerCase()) ? ENTITIES[name.toLowerCase()] : undefined;
}

/** The character of a numeric reference; empty if it is not a valid character. */
function character(code: number): string {
  if (code === 0xa0) return ' ';
  if (code >= 0x80 && code <= 0x9f) return WINDOWS_1252[code - 0x80] ?? '';
  const isControl = code < 0x20 && code !== 0x09 && code !== 0x0a;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return isControl || isSurrogate || code > 0x10ffff ? '' : String.fromCodePoint(code);
}
