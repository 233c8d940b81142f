import { isLabel, leftOver, searchedPart } from './left_over.ts';

/** What was read of a text that may hold an email address. */
export interface EmailReading {
  /** The address in lower case, such as `jane@example.com`; null when the text holds none that is sure. */
  email: string | null;
  /** What else the text says, readable: a second address, "work". Null when nothing is left. */
  rest: string | null;
  /** The text as it was typed. */
  raw: string;
}

/** No mail can be sent to longer addresses. Source: RFC 5321, 4.5.3.1. */
const MAX_EMAIL = 254;
const MAX_LOCAL_PART = 64;
/** What may stand before the @: letters and digits of any script and the signs of RFC 5322, dots only between them. */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Labels of letters, digits and inner dashes, the last one without digits (or in Punycode). Source: RFC 5321, 5891. */
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9]|[^\P{L}a-z](?:[^\P{L}a-z]|\p{M}){1,62})$/u;
/** The ends of domains that are common enough to be told from words. */
const ENDINGS =
  'com|net|org|info|biz|edu|gov|mil|int|name|pro|mobi|app|dev|online|site|shop|store|tech|xyz|club|cloud|agency|email|company|me|io|co|ai|tv|cc|eu|asia|' +
  'ae|ar|at|au|az|ba|bd|be|bg|br|by|ca|ch|cl|cn|cr|cy|cz|de|dk|do|dz|ec|ee|eg|es|fi|fr|ge|gr|gt|hk|hr|hu|id|ie|il|in|ir|is|it|jo|jp|ke|kg|kr|kw|kz|lk|lt|lu|lv|ma|md|mk|mn|mt|mx|my|ng|ni|nl|no|np|nz|om|pa|pe|ph|pk|pl|pt|py|qa|ro|rs|ru|sa|se|sg|si|sk|su|sv|th|tn|tr|tw|ua|ug|uk|us|uy|uz|ve|vn|za|рф|укр|бел|срб|қаз';
const ENDED = new RegExp(`\\.(?:${ENDINGS})$`, 'iu');
/** A word with an @: it ends where something else begins. */
const MARKED = /[^\s@<>()[\]{}"“”«»„,;:|\\]*@[^\s@<>()[\]{}"“”«»„,;:|\\/?]*/gu;
const WORD = String.raw`[\p{L}\p{M}\p{N}]`;

/** Whether a text is one email address and nothing else, as mail servers take it: length, dots, dashes and all. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  return (
    at > 0 &&
    text.length <= MAX_EMAIL &&
    local.length <= MAX_LOCAL_PART &&
    LOCAL_PART.test(local) &&
    DOMAIN.test(domain.toLowerCase())
  );
}

/**
 * The email address in what somebody typed. Never throws. It is taken out of what stands around it: quotes, brackets, a
 * label, `mailto:`, a name, a sentence. What a person would surely read as an address is read so: a space beside the @ or a
 * dot, a comma for the last dot, "(at)". An address that no mail could reach (`zoe@example..com`) is not mended.
 */
export function readEmail(typed: string): EmailReading {
  const [searched, behind] = searchedPart(typed);
  const text = plainText(searched);
  for (const { 0: match, index } of text.matchAll(MARKED)) {
    const found = addressIn(match, text.slice(0, index), text.slice(index + match.length));
    if (!found) continue;
    const [start, end] = [index + found.start, index + found.end];
    const [before, after] = [text.slice(0, start), text.slice(end)].map((piece) =>
      without(piece, found.address),
    );
    const around = leftOver(before ?? '', after ?? '');
    const rest = [around, behind.trim()].filter(Boolean).join(' ') || null;
    return { email: found.address, rest, raw: typed };
  }
  return { email: null, rest: typed.trim() || null, raw: typed };
}

/** A text without an address that it says once more, as links do. */
function without(text: string, address: string): string {
  return text
    .split(/([^\s<>()[\]{}"“”«»„,;:|\\/?]+)/u)
    .filter((word) => word.toLowerCase() !== address)
    .join('');
}

/** Whether a text may hold an email address for somebody who knows more: an @, or the words for it. Never throws. */
export function mayBeEmail(text: string): boolean {
  const plain = plainText(searchedPart(text)[0]);
  return plain.includes('@') || /\S at \S+ ?(?:\.|\bdot\b) ?\S/i.test(plain);
}

/** The text with the signs of addresses in ASCII, and without the spaces and words that stand within an address. */
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
      // A name may stand before a handle: "Ann @work.example".
      before === '' || (isLabel(before) && !isLabel(local) && !/^(?:me|us)$/i.test(local))
        ? `${before}${local}@`
        : all,
    )
    .replace(/@ (?=[\p{L}\p{N}-]+\.)/gu, '@')
    .replace(
      new RegExp(`(@[\\p{L}\\p{N}.-]*${WORD})(?: ?\\. ?|,)(${ENDINGS})(?!${WORD}|[@-]|\\.${WORD}*@)`, 'giu'),
      (all, before: string, ending: string) =>
        // "a@x.com. De nada" and "a@x.com,de" have had their last dot.
        ENDED.test(before) && !all.slice(before.length).startsWith(' .') ? all : `${before}.${ending}`,
    );
}

/** The address in a word with an @, and where in the word it stands. `before` and `after` are what stands around the word. */
function addressIn(
  word: string,
  before: string,
  after: string,
): { address: string; start: number; end: number } | null {
  // Two @ in a row of words, or a comma within the local part: nobody can know which part is meant.
  if (after.startsWith('@') || before.endsWith('@') || before.endsWith('\\')) return null;
  if (/[\p{L}\p{N}]"?,$/u.test(before) && !/@[^@\s]*,$/u.test(before)) return null;
  // Nor whether a lone letter is the beginning of what was meant.
  if (/(?:^|[^\p{L}\p{M}\p{N}])\p{L}\p{M}*\.? $/u.test(before)) return null;
  const at = word.indexOf('@');
  const [typedLocal, typedDomain] = [word.slice(0, at), word.slice(at + 1)];
  // Signs that quote, list or label an address. Chinese, Japanese and Korean stand beside it without a space.
  let local = typedLocal.replace(/^(?:['`´‘’*~|/!?#=_]+|[\p{L}-]+=)+/u, '');
  const [domain = ''] = /^[^!?#/*'`´‘’=&~_+$%^}]*/u.exec(typedDomain) ?? [];
  let host = domain.replace(/[.-]+$/u, '');
  if (!/[^\0-\x7f]/.test(host.replace(CJK_END, '')) && !/[^\0-\x7f]/.test(local.replace(CJK_START, ''))) {
    local = local.replace(CJK_START, '');
    host = host.replace(CJK_END, '').replace(/[.-]+$/u, '');
  }
  if (typedDomain.slice(domain.length).startsWith('_')) return null;
  const address = `${local}@${host}`.normalize('NFC').toLowerCase();
  if (!isEmail(address)) return null;
  const start = at - local.length;
  return { address, start, end: at + 1 + host.length };
}

const CJK_START = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]+(?=[!-~])/u;
const CJK_END = /(?<=[a-z])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}].*$/iu;
