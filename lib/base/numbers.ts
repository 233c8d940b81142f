/** Currency symbols and abbreviations that are not ISO 4217 codes. */
const CURRENCY_WORDS =
  'R\\$|US\\$|A\\$|C\\$|NZ\\$|HK\\$|S\\$|kr\\.?|zł|Kč|Ft|Rs\\.?|руб\\.?|р\\.|грн\\.?|лв\\.?';
const CURRENCY = String.raw`(?:${CURRENCY_WORDS}|\p{Sc}|[A-Z]{3})`;
const PREFIX = new RegExp(String.raw`^([+-]?) ?(${CURRENCY}) ?(?=[\d.,+-])`, 'iu');
const SUFFIX = new RegExp(String.raw`(?<=[\d.,-]) ?(${CURRENCY})$`, 'iu');
/** Digit groups of three, or as in India: 12,34,567. */
const groups = (separator: string) =>
  new RegExp(
    String.raw`^\d{1,3}(?:[${separator}]\d{3})+$|^\d{1,2}(?:[${separator}]\d{2})+[${separator}]\d{3}$`,
  );
const COMMA_GROUPS = groups(',');
const DOT_GROUPS = groups('.');
const SPACE_GROUPS = groups(" '’");

/**
 * Parses a number; null if the text is not one. Accepts thousands separators, a decimal point or comma, a currency, a sign,
 * and parentheses for a negative amount: `$1,234.50`, `1.234,50 €`, `(12.00)`. A single dot before three digits is a decimal
 * point (`1.234`), a single comma a thousands separator (`1,234`); with a currency both are separators.
 */
export function numberFrom(text: string): number | null {
  const plain = plainText(text);
  // Number() alone would also accept 0x10.
  if (/^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return finite(plain);
  const bracketed = /^\((.+)\)$/.exec(plain)?.[1];
  const { digits, hasCurrency, sign } = withoutCurrency(bracketed ?? plain);
  if (bracketed !== undefined && sign !== '') return null;
  const value = decimal(digits, hasCurrency);
  return value === null ? null : finite(`${bracketed === undefined ? sign : '-'}${value}`);
}

function finite(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function plainText(text: string): string {
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(/[\u2212\u2013]/g, '-')
    .trim();
}

function withoutCurrency(text: string): { digits: string; hasCurrency: boolean; sign: string } {
  const prefix = PREFIX.exec(text);
  const [head, first] = prefix ? [text.slice(prefix[0].length), prefix[1] ?? ''] : [text, ''];
  const suffix = SUFFIX.exec(head);
  const isFront = prefix !== null && isCurrency(prefix[2]);
  const isBack = suffix !== null && isCurrency(suffix[1]);
  const typed = (isFront ? `${first}${head}` : text).slice(0, isBack ? -suffix[0].length : undefined).trim();
  // No cents, as in 1.000,-
  const amount = typed.replace(/[.,]-{1,2}$/, '');
  const [, lead = '', digits = '', trail = ''] = /^([+-]?) ?(.*?) ?([+-]?)$/.exec(amount) ?? [];
  // A currency is allowed on one side only.
  if (lead !== '' && trail !== '') return { digits: '', hasCurrency: false, sign: '' };
  const hasCurrency = isFront || isBack || amount !== typed;
  return { digits, hasCurrency, sign: lead || trail };
}

/** Three letters are a currency only if they are an ISO 4217 code. */
function isCurrency(name = ''): boolean {
  return !/^[A-Z]{3}$/i.test(name) || Intl.supportedValuesOf('currency').includes(name.toUpperCase());
}

/** A number without thousands separators and with a decimal point; null if the separators are misplaced. */
function decimal(digits: string, hasCurrency: boolean): string | null {
  const [, whole = '', decimals = ''] = /^([\d .,'’]*?)((?:[.,]\d*)?)$/.exec(digits) ?? [];
  if (!/\d/.test(digits) || !/^[\d .,'’]+$/.test(digits)) return null;
  // If there are both dots and commas, the last one is the decimal point. If there is one kind, the digits after it decide.
  const other = /[.,]/.exec(withoutLast(digits))?.[0];
  const last = /([.,])\d*$/.exec(digits)?.[1];
  if (last !== undefined && isThousands(digits, last, other, hasCurrency)) return joined(digits);
  const integer = last === undefined ? digits : whole;
  const fraction = last === undefined ? '' : decimals.slice(1);
  if (/[.,]/.test(integer) && integer.includes(last ?? '')) return null;
  const joinedInteger = /^\d*$/.test(integer) ? integer : joined(integer);
  return joinedInteger === null ? null : `${joinedInteger || '0'}.${fraction || '0'}`;
}

function withoutLast(digits: string): string {
  return digits.replace(/[.,]\d*$/, '');
}

/** Whether the last dot or comma separates thousands: it repeats, or precedes exactly three digits. */
function isThousands(digits: string, last: string, other: string | undefined, hasCurrency: boolean): boolean {
  if (other !== undefined) return other === last;
  if (!(last === ',' ? COMMA_GROUPS : DOT_GROUPS).test(digits) || digits.startsWith('0')) return false;
  return last === ',' || hasCurrency;
}

/** The digits of a number with one kind of thousands separator; null if the groups are not valid. */
function joined(digits: string): string | null {
  return [COMMA_GROUPS, DOT_GROUPS, SPACE_GROUPS].some((form) => form.test(digits))
    ? digits.replace(/\D/g, '')
    : null;
}
