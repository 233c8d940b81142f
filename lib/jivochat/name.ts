import { visibleLine } from '../base/visible.ts';

/** JivoChat's placeholders for a visitor without a name, in its languages; followed by a number. */
const STAND_INS = [
  'visitor|client|customer|guest|user|anonymous|unknown', // English
  'visitante|cliente|invitado|usuario|desconocido|convidado|usuário', // Spanish, Portuguese
  'посетитель|клиент|гость|пользователь|неизвестен|неизвестный', // Russian
  'відвідувач|клієнт|гість', // Ukrainian
  'besucher|kunde|gast|unbekannt', // German, Dutch
  'visiteur|client|invité|inconnu', // French
  'visitatore|cliente|ospite|sconosciuto', // Italian
  'bezoeker|klant|onbekend', // Dutch
  'ziyaretçi|müşteri|misafir', // Turkish
  'odwiedzający|gość|klient|návštěvník|zákazník', // Polish, Czech
  'посетител|látogató|ügyfél|vizitator|επισκέπτης|πελάτης', // Bulgarian, Hungarian, Romanian, Greek
  '访客|訪客|客户|客戶|訪問者|お客様|방문자|고객|khách|आगंतुक|ग्राहक', // Chinese, Japanese, Korean, Vietnamese, Hindi
  'pengunjung|klien|tamu|pelanggan', // Indonesian
  'زائر|عميل|ضيف', // Arabic
].join('|');
const NUMBERED = new RegExp(`^(?:${STAND_INS})\\s*[#№nº°-]*\\s*\\d+$`, 'iu');
/** Placeholders that are never a person's name, even without a number. "Guest" and "Gast" are real surnames. */
const BARE = new RegExp(
  `^(?:${[
    'visitor|visitante|besucher|visiteur|visitatore|bezoeker|ziyaretçi|odwiedzający|pengunjung|زائر',
    'client|cliente|customer|anonymous|anonymous user|anonym|anónimo|anônimo',
    'посетитель|клиент|гость|пользователь|аноним|відвідувач|клієнт|гість|анонім',
    'unknown|unknown (?:user|visitor|client|customer)|неизвестно|неизвестен|неизвестный|невідомо|невідомий|desconocido|desconhecido|unbekannt|inconnu|sconosciuto',
    'no[\\s_-]?name|without name|not (?:given|provided|specified)|без имени|имя не указано|не указано|не вказано|sin nombre|sem nome|sans nom|ohne namen?|senza nome',
    'n/?a',
    '(?:null|undefined|none|unknown)(?: (?:null|undefined|none|unknown))*',
  ].join('|')})$`,
  'iu',
);
const OF_JIVO = new RegExp(
  `^(?:(?:${STAND_INS})\\s+(?:(?:из|с|от|from|of|de|da|do|von|aus)\\s+)?jivo(?:chat|site)?|jivo(?:chat|site)?\\s+(?:${STAND_INS}))(?:\\s*[#№]?\\s*\\d+)?$`,
  'iu',
);
/** A letter of any script, or an emoji: names include Zoë, 李 and sometimes 🙂. */
const SPOKEN = /[\p{L}\p{Extended_Pictographic}]/u;

/** The visitor's location, which JivoChat's placeholders may contain: "Berlin 1234". */
export interface Whereabouts {
  number?: string | null;
  places?: (string | null)[];
}

/**
 * Whether a name is a placeholder. A place with a number counts only if it is the visitor's own place or number, because
 * somebody may have typed "Paris 75011".
 */
export function isPlaceholder(name: string, { number, places = [] }: Whereabouts = {}): boolean {
  const text = visibleLine(name).normalize('NFC');
  if (!SPOKEN.test(text) || [NUMBERED, BARE, OF_JIVO].some((standIn) => standIn.test(text))) return true;
  const { before, digits } = endingDigits(text);
  if (digits === '') return false;
  const place = before.trim().replace(/#$/, '').trim().toLowerCase();
  return digits === number || places.some((known) => known?.toLowerCase() === place);
}

// Scanned from the end: a regular expression would take quadratic time.
function endingDigits(text: string): { before: string; digits: string } {
  let start = text.length;
  while (start > 0 && /\d/.test(text.charAt(start - 1))) start -= 1;
  return { before: text.slice(0, start), digits: text.slice(start) };
}

/** Splits a name, without invisible characters, into the first word and the rest. */
export function splitName(name: string | null): { firstName: string | null; lastName: string | null } {
  const [firstName = null, ...rest] = visibleLine(name ?? '')
    .split(' ')
    .filter(Boolean);
  return { firstName, lastName: rest.length > 0 ? rest.join(' ') : null };
}
