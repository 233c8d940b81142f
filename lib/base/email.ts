import { isLabel, leftOver, searchedPart } from './left_over.ts';

/** The result of reading a text that may contain an email address. */
export interface EmailReading {
  /** The address in lower case, such as `jane@example.com`; null if the text has none, or an ambiguous one. */
  email: string | null;
  /** The rest of the text, readable: a second address, "work". Null if there is none. */
  rest: string | null;
  /** The text as it was typed. */
  raw: string;
}

/** The maximum length of an address. Source: RFC 5321, 4.5.3.1. */
const MAX_EMAIL = 254;
const MAX_LOCAL_PART = 64;
// Functions, because V8 makes tables of all characters for \p{…}, and most runs read no email.
/** The local part: letters and digits of any script and the symbols of RFC 5322, with dots only between them. */
const localPart = () =>
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Labels of letters, digits and inner dashes, the last one without digits (or in Punycode). Source: RFC 5321, 5891. */
const domainName = () =>
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9]|[^\P{L}a-z](?:[^\P{L}a-z]|\p{M}){1,62})$/u;
/** Top-level domains that are common enough not to be mistaken for words. */
const ENDINGS =
  'com|net|org|info|biz|edu|gov|mil|int|name|pro|mobi|app|dev|online|site|shop|store|tech|xyz|club|cloud|agency|email|company|me|io|co|ai|tv|cc|eu|asia|' +
  'ae|ar|at|au|az|ba|bd|be|bg|br|by|ca|ch|cl|cn|cr|cy|cz|de|dk|do|dz|ec|ee|eg|es|fi|fr|ge|gr|gt|hk|hr|hu|id|ie|il|in|ir|is|it|jo|jp|ke|kg|kr|kw|kz|lk|lt|lu|lv|ma|md|mk|mn|mt|mx|my|ng|ni|nl|no|np|nz|om|pa|pe|ph|pk|pl|pt|py|qa|ro|rs|ru|sa|se|sg|si|sk|su|sv|th|tn|tr|tw|ua|ug|uk|us|uy|uz|ve|vn|za|рф|укр|бел|срб|қаз';
const ENDED = new RegExp(`\\.(?:${ENDINGS})$`, 'iu');
/** A word with an @, up to the next separator or emoji. */
const marked = () =>
  /[^\s@<>()[\]{}"“”«»„,;:|\\\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}\uFE0F]*@[^\s@<>()[\]{}"“”«»„,;:|\\/?\p{Extended_Pictographic}\p{RI}]*/gu;
const WORD = String.raw`[\p{L}\p{M}\p{N}]`;

/** Whether a text is exactly one email address that mail servers accept, including its length, dots and dashes. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  return (
    at > 0 &&
    text.length <= MAX_EMAIL &&
    local.length <= MAX_LOCAL_PART &&
    localPart().test(local) &&
    domainName().test(domain.toLowerCase())
  );
}

/**
 * Finds the email address in a text that somebody typed. Never throws. Removes surrounding quotes, brackets, labels,
 * `mailto:`, names and sentences. Fixes unmistakable typos: a space next to the @ or a dot, a comma for the last dot,
 * "(at)". Other invalid addresses (`zoe@example..com`) are not corrected.
 */
export function readEmail(typed: string): EmailReading {
  const [searched, unsearched] = searchedPart(typed);
  const text = plainText(searched);
  for (const { 0: match, index } of text.matchAll(marked())) {
    const found = addressIn(match, text.slice(0, index), text.slice(index + match.length));
    if (!found) continue;
    const [start, end] = [index + found.start, index + found.end];
    const [before, after] = [text.slice(0, start), text.slice(end)].map((piece) =>
      without(piece, found.address),
    );
    const around = leftOver(before ?? '', after ?? '');
    const rest = [around, unsearched.trim()].filter(Boolean).join(' ') || null;
    return { email: found.address, rest, raw: typed };
  }
  return { email: null, rest: typed.trim() || null, raw: typed };
}

/** A text without a repetition of the address, as in links. */
function without(text: string, address: string): string {
  return text
    .split(/([^\s<>()[\]{}"“”«»„,;:|\\/?]+)/u)
    .filter((word) => word.toLowerCase() !== address)
    .join('');
}

/**
 * Whether a text may contain an email address, even one that `readEmail` rejects: it has an @, or "(at)" in words. Never
 * throws.
 */
export function mayBeEmail(text: string): boolean {
  const plain = plainText(searchedPart(text)[0]);
  return plain.includes('@') || /\S at \S+ ?(?:\.|\bdot\b) ?\S/i.test(plain);
}

/** The text with the symbols of addresses in ASCII, and without spaces and words inside an address. */
function plainText(typed: string): string {
  const text = typed
    .toWellFormed()
    .replace(/[\p{Cf}\p{Cc}\uFFFD]/gu, (sign) => (/\s/.test(sign) ? ' ' : ''))
    .normalize('NFKC')
    .replace(/[。｡]/gu, '.')
    .replace(/%40/g, '@')
    .replace(/\s*(?:\(at\)|\[at\]|\{at\})\s*/gi, '@')
    .replace(/\s*(?:\(dot\)|\[dot\]|\{dot\})\s*/gi, '.')
    .replace(/\s+/g, ' ')
    .replace(/@+/g, '@')
    .trim();
  return mended(text);
}

function mended(text: string): string {
  return text
    .replace(new RegExp(`^(.*?)([^\\s@:]+) ?@ ?(?=${WORD})`, 'iu'), (all, before: string, local: string) =>
      // A handle may follow a name: "Ann @work.example".
      before === '' || (isLabel(before) && !isLabel(local) && !/^(?:me|us)$/i.test(local))
        ? `${before}${local}@`
        : all,
    )
    .replace(/@ (?=[\p{L}\p{N}-]+\.)/gu, '@')
    .replace(
      new RegExp(`(@[\\p{L}\\p{N}.-]*${WORD})(?: ?\\. ?|,)(${ENDINGS})(?!${WORD}|[@-]|\\.${WORD}*@)`, 'giu'),
      (all, before: string, ending: string) =>
        // In "a@x.com. De nada" and "a@x.com,de" the address is already complete.
        ENDED.test(before) && !all.slice(before.length).startsWith(' .') ? all : `${before}.${ending}`,
    );
}

/** The address in a word with an @, and its position in the word. `before` and `after` are the text around the word. */
function addressIn(
  word: string,
  before: string,
  after: string,
): { address: string; start: number; end: number } | null {
  // Several @ in a row, or a comma in the local part: the address is ambiguous.
  if (after.startsWith('@') || before.endsWith('@') || before.endsWith('\\')) return null;
  if (/[\p{L}\p{N}]"?,$/u.test(before) && !/@[^@\s]*,$/u.test(before)) return null;
  // An emoji in the middle of a word.
  if (/[\p{L}\p{N}][^\s\0-\x7f\p{L}\p{N}\p{P}]+$/u.test(before)) return null;
  if (/^[^\s\0-\x7f\p{L}\p{N}\p{P}]+[\p{L}\p{N}]/u.test(after)) return null;
  // A lone letter before it may be part of the address.
  if (/(?:^|[^\p{L}\p{M}\p{N}])\p{L}\p{M}*\.? $/u.test(before)) return null;
  const at = word.indexOf('@');
  const [typedLocal, typedDomain] = [word.slice(0, at), word.slice(at + 1)];
  // Symbols that quote, list or label an address. Chinese, Japanese and Korean text touches it without a space.
  let local = typedLocal.replace(/^(?:['`´‘’*~|/!?#=_]+|[\p{L}-]+=)+/u, '');
  const [domain = ''] = /^[^!?#/*'`´‘’=&~_+$%^}]*/u.exec(typedDomain) ?? [];
  let host = domain.replace(/[.-]+$/u, '');
  if (!/[^\0-\x7f]/.test(host.replace(cjkEnd(), '')) && !/[^\0-\x7f]/.test(local.replace(cjkStart(), ''))) {
    local = local.replace(cjkStart(), '');
    host = host.replace(cjkEnd(), '').replace(/[.-]+$/u, '');
  }
  if (typedDomain.slice(domain.length).startsWith('_')) return null;
  const address = `${local}@${host}`.normalize('NFC').toLowerCase();
  if (!isEmail(address)) return null;
  const start = at - local.length;
  return { address, start, end: at + 1 + host.length };
}

const cjkStart = () => /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]+(?=[!-~])/u;
const cjkEnd = () => /(?<=[a-z])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}].*$/iu;
