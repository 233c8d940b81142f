import { cleanLine } from '../base/text.ts';

/** What JivoChat calls a visitor who gave no name, in its languages; a number follows. */
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
const BARE =
  /^(?:visitor|visitante|посетитель|відвідувач|besucher|visiteur|visitatore|bezoeker|ziyaretçi|odwiedzający|pengunjung|زائر|anonymous|unknown|неизвестен|не указано|n\/a|null|undefined|none)$/iu;
/** A letter of any script, or a picture: people are called Zoë, 李, and now and then 🙂. */
const SPOKEN = /[\p{L}\p{Extended_Pictographic}]/u;

/** Where a visitor is, as JivoChat's stand-ins may name it: "Berlin 1234". */
export interface Whereabouts {
  number?: string | null;
  places?: (string | null)[];
}

/**
 * Whether a name only stands for one that was not given. A place with a number counts only when it is the visitor's own
 * place or number, since "Paris 75011" may be what somebody wrote. A lone "Guest" is taken for a name: there are Guests.
 */
export function isPlaceholder(name: string, { number, places = [] }: Whereabouts = {}): boolean {
  const text = cleanLine(name).normalize('NFC');
  if (!SPOKEN.test(text) || NUMBERED.test(text) || BARE.test(text)) return true;
  const { before, digits } = endingDigits(text);
  if (digits === '') return false;
  const place = before.trim().replace(/#$/, '').trim().toLowerCase();
  return digits === number || places.some((known) => known?.toLowerCase() === place);
}

// Read from the end: an expression that looks for the digits would begin again at each of them.
function endingDigits(text: string): { before: string; digits: string } {
  let start = text.length;
  while (start > 0 && /\d/.test(text.charAt(start - 1))) start -= 1;
  return { before: text.slice(0, start), digits: text.slice(start) };
}

/** A name in its parts: the first word, and the rest. */
export function splitName(name: string | null): { firstName: string | null; lastName: string | null } {
  const [firstName = null, ...rest] = name?.split(' ') ?? [];
  return { firstName, lastName: rest.length > 0 ? rest.join(' ') : null };
}
