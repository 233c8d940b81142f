/** Nobody types more characters into a contact field. The text after them is kept, but not searched. */
const MAX_SEARCHED = 500;

/** Splits a text into the part that is searched for a detail and the rest, without splitting a character. */
export function searchedPart(text: string): [searched: string, unsearched: string] {
  if (text.length <= MAX_SEARCHED) return [text, ''];
  const searched = text.slice(0, MAX_SEARCHED).replace(/[\uD800-\uDBFF]$/, '');
  return [searched, text.slice(searched.length)];
}

/** Words that only label a phone number or an email address. */
const LABELS = new Set(
  [
    'my the a is this at our your number no nr num contact contacts details by or and',
    'email e-mail mail mailto address addr phone telephone tel ph mobile mob cell cellphone',
    'моя мой мое наш это почта почты мейл мэйл емейл имейл e адрес эл электронная электронный номер телефон телефона тел т моб',
    'мобильный сот сотовый для связи или и мій моя мої пошта телефону мобільний або та й',
    'meine mein ist lautet adresse rufnummer nummer telefon telefonnummer handy handynummer mobil mobilnummer oder und',
    'mi mis es correo electrónico electronico teléfono telefono número numero celular cel móvil movil o y',
    'mon mes est adresse courriel téléphone numéro portable ou et',
    'meu é meu telemóvel telefone celular número e ou il mio cellulare telefono numero e o',
    'mijn telefoonnummer nummer mobiel of en mój numer telefonu poczta lub i oraz telefonum numaram ve veya',
  ]
    .join(' ')
    .split(' '),
);
/** Conjunctions between two details, meaningless without the other one. */
const JOINT = 'and|or|и|или|та|або|und|oder|y|o|et|ou|e|en|of|lub|i|ve|veya';
const JOINTS = new RegExp(`^(?:${JOINT})(?=[\\s,;:])|(?<=[\\s,;:])(?:${JOINT})$`, 'giu');
const EDGE = /^[\s,;:/|&·.<>"'`«»“”„*=?!-]+|[\s,;:/|&·<>"'`«»“”„*=?+-]+$/gu;

/**
 * The text that remains after a detail was removed, from the pieces around it; null if only labels ("Email:", "my number
 * is"), conjunctions and punctuation remain.
 */
export function leftOver(...pieces: string[]): string | null {
  const kept = pieces
    .filter((piece) => !isLabel(piece))
    // Punctuation around the detail.
    .map((piece) => piece.replace(/[\s(<[{"«“„'`]+$|^[\s)>\]}"»”'`]+/gu, ''))
    .join(' ')
    // The detail was an item of a list: "Ann, 415 555 0132, call after 6".
    .replace(/[,;|/]\s+(?=[,;|/]\s)/g, '');
  const text = trimmed(trimmed(kept).replace(JOINTS, ''));
  return isLabel(text) ? null : text;
}

/** Whether a text only labels the detail next to it. */
export function isLabel(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}\p{Extended_Pictographic}]+(?:-[\p{L}\p{M}]+)*/gu);
  return (words ?? []).every((word) => LABELS.has(word));
}

function trimmed(text: string): string {
  return text
    .replace(EDGE, '')
    .replace(/^\(([^()]*)\)$/, '$1')
    .replace(/^\.$/, '');
}
