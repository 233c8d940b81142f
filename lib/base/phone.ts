// The only import of the library: the `max` metadata also tells validity and types. It costs 72 kB of the bundle (21 kB
// zipped) and 2 ms of CPU at a cold start more than `min`.
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { isoCode } from './countries.ts';
import { leftOver, searchedPart } from './left_over.ts';

/** The countries that a number without a country code may belong to: ISO 3166 alpha-2 codes, in any case. */
export interface PhoneCountries {
  /** Where the visitor is. */
  visit?: string | null | undefined;
  /** The default country of the step. */
  step?: string | null | undefined;
  /** The country of the sub-account. */
  account?: string | null | undefined;
}

/** The result of reading a text that may contain a phone number. */
export interface PhoneReading {
  /** E.164, such as `+14155550132`; null if the text has no phone number. */
  number: string | null;
  /**
   * Whether the number is unambiguous: it was typed with a plus, is written the way one of the countries writes its own
   * numbers, or is valid with its country code. False if it is only possible, or if there is no number.
   */
  certain: boolean;
  /** The rest of the text, readable: a second number, an extension, "WhatsApp". Null if there is none. */
  rest: string | null;
  /**
   * A number with a plus outside every numbering plan (7 to 15 digits, not a dummy), as E.164, for callers that pass on
   * unlikely numbers. Null if there is a number.
   */
  unlikely: string | null;
  /** The text as typed. */
  raw: string;
}

/** Whether a text is the two-letter code of a country whose phone numbers can be read. */
export function isCountry(code: string): boolean {
  return isSupportedCountry(isoCode(code) ?? '');
}

/**
 * Parses a phone number into E.164; null if it is not one; see `readPhone`. A number without a country code is read in
 * `country`.
 */
export function toE164(raw: string, country?: string): string | null {
  return readPhone(raw, { account: country }).number;
}

/**
 * Finds the phone number in the text of a phone field. Never throws.
 *
 * Dummies (all digits equal or counting up or down, fewer than 7 digits) are ignored. A number with a plus is kept, in its
 * current form. A number without a plus must be valid in one of these readings, tried in this order: written the way the
 * given countries write their own numbers; with a plus before it; as another number of the countries. If the text has
 * several numbers, the first valid one is returned.
 */
export function readPhone(typed: string, countries: PhoneCountries = {}): PhoneReading {
  return read(typed, countries, { isBox: true });
}

/**
 * Finds the phone number in a text about something else, such as a name. Only unambiguous numbers count, without digits that
 * touch letters, are in square brackets (ids of messengers) or belong to an email address.
 */
export function findPhone(text: string, countries: PhoneCountries = {}): PhoneReading {
  return read(text, countries, { isBox: false });
}

/**
 * Whether a text may contain a phone number, even one that `readPhone` rejects: at least 7 digits that are not a dummy.
 * Never throws.
 */
export function mayBePhone(text: string): boolean {
  return numbersIn(plainText(searchedPart(text)[0]), true).some(({ text: one }) => !isDummy(digitsOf(one)));
}

/** A run of digits in a text, and its position. */
interface Span {
  text: string;
  start: number;
  end: number;
}

interface Reading {
  number: string;
  certain: boolean;
  isValid: boolean;
}

/** Some countries have shorter numbers, but people usually type them to avoid giving their own. */
const MIN_DIGITS = 7;
/** The 15 of E.164, and the three of a prefix such as 011. */
const MAX_DIGITS = 18;
/** Longer numbers cannot be dialed; see also MIN_DIGITS. Source: ITU-T E.164. */
const E164 = /^\+[1-9]\d{6,14}$/;
/** Digits in keyboard order: 1234567890 and 0987654321, from any start and across the end, but not 9012345678. */
const COUNTED = ['0123456789'.repeat(3), `0${'9876543210'.repeat(3)}`];
const COUNTED_FROM = [0, 1, 2, 3, 4];
/** Up to this many digits next to a long number are not part of it, such as an extension or a count. */
const MAX_STRAY_DIGITS = 4;
const MIN_WITH_STRAY_DIGITS = 9;
/**
 * Ids in the name field are as short as the shortest national numbers. Longer ones, grouped ones and ones with a plus are
 * numbers.
 */
const MIN_BARE_DIGITS = 9;

function read(typed: string, countries: PhoneCountries, { isBox }: { isBox: boolean }): PhoneReading {
  const [searched, unsearched] = searchedPart(typed);
  const text = plainText(searched);
  const spans = numbersIn(text, isBox);
  const homes = homesOf(countries);
  let possible: { span: Span; parsed: Reading } | undefined;
  for (const span of spans.flatMap((one) => [...beforeSlash(one, homes), one, ...partsOf(one)])) {
    if (!isBox && isBare(span.text, text)) continue;
    const parsed = readNumber(span.text, homes);
    if (!parsed || (!isBox && !parsed.certain)) continue;
    if (parsed.isValid) return found(span, parsed);
    possible ??= { span, parsed };
  }
  if (possible) return found(possible.span, possible.parsed);
  const unlikely = spans.map(({ text: one }) => unlikelyNumber(one)).find((one) => one !== null) ?? null;
  return { number: null, certain: false, rest: typed.trim() || null, unlikely, raw: typed };

  function found(span: Span, { number, certain }: Reading): PhoneReading {
    const around = leftOver(text.slice(0, span.start), text.slice(span.end));
    const rest = [around, unsearched.trim()].filter(Boolean).join(' ') || null;
    return { number, certain, rest, unlikely: null, raw: typed };
  }
}

/** Converts digits, spaces, dashes and pluses of any script to ASCII. */
function plainText(text: string): string {
  return (
    text
      .toWellFormed()
      .normalize('NFKC')
      .replace(/[\p{Cf}\uFFFD]/gu, '')
      .replace(/\p{Nd}/gu, asciiDigit)
      .replace(/\p{Pd}|\u2212/gu, '-')
      .replace(/\u2795/g, '+')
      .replace(/[^\S\n]+/g, ' ')
      // Spreadsheets and other steps turn digits into a decimal number: 4155550132.0.
      .replace(/(?<![\d.,])(\d{7,})\.0(?![\d.,])/g, '$1')
      // Brazil's placeholder for a carrier code.
      .replace(/\b0 ?(?:xx|\*\*) ?(?=\(?\d\d)/gi, '0')
  );
}

/** The value of a decimal digit: each script has ten consecutive ones. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** The parts of a text with enough digits for a number. */
function numbersIn(text: string, isBox: boolean): Span[] {
  const free = text
    .replace(/\S+@\S+/g, blank)
    .replace(/\b[A-Z]{2}\d\d(?: ?[A-Z\d]{4}){3,}/g, blank)
    .replace(/\b\d{4}([ -])\d{4}\1\d{4}\1\d{4}\b/g, blank);
  const searched = isBox
    ? free
    : free
        .replace(/\[[^[\]]*\]/g, blank)
        .replace(/[\p{L}\p{M}_#][\p{L}\p{M}\p{N}_]*\d[\d-]*|\d[\d-]*[\p{L}\p{M}_]+/gu, blank);
  const pattern = /(?:[+(][ (+-]*)?\d(?:[ ().\-/'_·*]*\d)*/g;
  return [...searched.matchAll(pattern)]
    .map(({ 0: match, index }) => ({ text: match, start: index, end: index + match.length }))
    .map(withoutAlternative)
    .filter(({ text: one }) => digitsOf(one).length >= MIN_DIGITS && !isDate(one));
}

function blank(text: string): string {
  return ' '.repeat(text.length);
}

/** "030 901820/21" is a number with alternative last digits, which are dropped. */
function withoutAlternative(span: Span): Span {
  const kept = span.text.replace(/ ?\/ ?\d{1,2}$/, '');
  return { ...span, text: kept, end: span.start + kept.length };
}

/** Whether digits are a date: 2026-01-30, 30.01.2026. */
function isDate(text: string): boolean {
  return (
    /^(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])$/.test(text) ||
    /^(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d\d$/.test(text)
  );
}

/** Whether digits in a text are too few to distinguish from an id: they are not formatted as a number. */
function isBare(number: string, text: string): boolean {
  return /^\d+$/.test(number) && number !== text.trim() && number.length < MIN_BARE_DIGITS;
}

/** Splits two complete numbers at a slash, unless it belongs to one number. */
function beforeSlash(span: Span, homes: Homes): Span[] {
  const [first, second, ...more] = partsAt(span, /[^/]+/g);
  if (!first || !second || more.length > 0) return [];
  return [first, second].every(({ text }) => readNumber(text, homes)?.isValid) ? [first] : [];
}

/**
 * The parts of a run of digits that may be a number if the whole is not, split at spaces: two numbers, a number and a few
 * more digits, a few digits and a number.
 */
function partsOf(span: Span): Span[] {
  const groups = partsAt(span, /[^ /]+/g);
  return groups.slice(1).flatMap((group, index) => {
    const before = part(span, span.start, groups[index]?.end ?? span.end);
    const after = part(span, group.start, span.end);
    const [head, tail] = [digitsOf(before.text).length, digitsOf(after.text).length];
    return [
      ...(head >= MIN_DIGITS && tail >= MIN_DIGITS ? [before] : []),
      ...(head >= MIN_WITH_STRAY_DIGITS && tail <= MAX_STRAY_DIGITS ? [before] : []),
      // Digits after an area code or a country code are not a number of their own.
      ...(head <= MAX_STRAY_DIGITS && /^\(?0/.test(after.text) && /^[1-9]/.test(span.text) ? [after] : []),
    ];
  });
}

function partsAt(span: Span, pattern: RegExp): Span[] {
  return [...span.text.matchAll(pattern)].map(({ 0: text, index }) =>
    part(span, span.start + index, span.start + index + text.length),
  );
}

function part(span: Span, start: number, end: number): Span {
  return { text: span.text.slice(start - span.start, end - span.start), start, end };
}

type CountryCode = NonNullable<PhoneNumber['country']>;

/** The countries that numbers may belong to, likeliest first. */
interface Homes {
  all: CountryCode[];
  /** The country of the step or the sub-account, if its country code is 1. */
  american: CountryCode | undefined;
}

function homesOf({ visit, step, account }: PhoneCountries): Homes {
  const [there, ...own] = [visit, step, account].map((code) => {
    const iso = isoCode(code ?? '') ?? '';
    return isSupportedCountry(iso) ? iso : undefined;
  });
  return {
    all: [...new Set([there, ...own])].filter((code) => code !== undefined),
    american: own.find((code) => code !== undefined && getCountryCallingCode(code) === '1'),
  };
}

function readNumber(typed: string, homes: Homes): Reading | null {
  const digits = digitsOf(typed);
  if (digits.length > MAX_DIGITS || isDummy(digits)) return null;
  const text = typed
    .replace(/^[ (+-]*\+[ (+-]*/, '+')
    .replace(/^\+(?=0)/, '')
    .replace(/^[ (]*00[ ()-]*(?=[1-9])/, '+');
  const international = text.startsWith('+') ? parse(text) : undefined;
  if (international && isOldRussian(text, international, homes)) return readNumber(text.slice(1), homes);
  if (international?.isValid()) return reading(international, true);
  // Leading zeros may be part of a national number, and some people type a plus without a country code.
  const typedPlus = typed.includes('+');
  if (typedPlus && international?.isPossible()) return reading(international, true);
  const readings = nationalReadings(digits, text, homes);
  const bare = typedPlus || text.startsWith('+') || digits.startsWith('0') ? undefined : parse(`+${digits}`);
  const withPlus = bare?.isValid() ? [bare] : [];
  const [sure, unsure] = splitsCountryCode(typed, bare) ? [[], withPlus] : [withPlus, []];
  const [natural] = [...readings.american, ...readings.natural];
  if (natural) return reading(natural, true);
  const [plus] = sure;
  if (plus) return reading(plus, isMobile(plus));
  const [other] = typedPlus ? [] : [...readings.other, ...unsure];
  if (other) return reading(other, false);
  return international?.isPossible() ? reading(international, false) : null;
}

/** The reading of a number; none if it is a dummy after its country code. */
function reading(number: PhoneNumber, certain: boolean): Reading | null {
  const isValid = number.isValid();
  const national: string = number.nationalNumber;
  // 9876543210 alone is a dummy, but +91 9876543210 may be real.
  if (isSame(national) || (!isValid && isRun(national))) return null;
  return { number: number.number, certain, isValid };
}

/**
 * The valid numbers that the digits can be in the countries: first those in North American format, then those written the
 * way people write their own numbers, then the others.
 */
function nationalReadings(
  digits: string,
  text: string,
  { all, american }: Homes,
): Record<'american' | 'natural' | 'other', PhoneNumber[]> {
  const numbers = all.flatMap((country) => {
    const number = parse(presentForm(digits, country), country);
    return number?.isValid() ? [number] : [];
  });
  const natural = numbers.filter((number) => isNatural(number, digits));
  const home = american && isAmerican(text, natural[0]) ? parse(digits, american) : undefined;
  return {
    american: home?.isValid() && home.countryCallingCode === '1' ? [home] : [],
    natural,
    other: numbers.filter((number) => !natural.includes(number)),
  };
}

/**
 * Whether people write their own number like this: with its leading 0, if the country has one; many omit it for mobile
 * numbers. Voicemail, pager and premium-rate numbers are never someone's own.
 */
function isNatural(number: PhoneNumber, digits: string): boolean {
  const type = number.getType();
  if (type === undefined || ['VOICEMAIL', 'PAGER', 'PREMIUM_RATE', 'SHARED_COST', 'UAN'].includes(type))
    return false;
  return type === 'MOBILE' || digits.startsWith('0') || !nationalForm(number).startsWith('0');
}

/**
 * Whether digits are in North American format, (415) 555-2671. Other countries use the same groups without parentheses: then
 * it counts only if the country of the other reading does not (Finland and Japan do: 041 555…, 090-1234-5678), or if that
 * reading is a landline (with dashes and dots only: Greece has 210 123 4567).
 */
function isAmerican(text: string, other: PhoneNumber | undefined): boolean {
  if (/^(?:1[ .-]?)?\(\d{3}\)[ .-]?\d{3}[ .-]?\d{4}$/.test(text)) return true;
  if (/^1[ .-]\d{3}[ .-]\d{3}[ .-]\d{4}$/.test(text)) return true;
  if (!/^\d{3}[ .-]\d{3}[ .-]\d{4}$/.test(text)) return false;
  if (!other) return false;
  const isLandline = other.getType() === 'FIXED_LINE' && !text.includes(' ');
  return isLandline || /^\D*0\D*\d{2}\D/.test(other.formatNational());
}

/** Whether the formatting splits the apparent country code, so that it is not one: (415) or 2 9876 5432, but not 38 (067). */
function splitsCountryCode(text: string, number: PhoneNumber | undefined): boolean {
  if (!number) return false;
  const [, bracket = '', first = '', next = ''] = /^(\()?(\d+)[^\d]+(\d)/.exec(text.trim()) ?? [];
  const length = number.countryCallingCode.length;
  if (first === '' || next === '0') return false;
  return bracket === '' ? first.length < length : first.length !== length;
}

/** +8 999 829 15 50: in Russia and Kazakhstan some people put a plus before the national prefix 8. */
function isOldRussian(text: string, number: PhoneNumber, { all }: Homes): boolean {
  if (!all.some((home) => home === 'RU' || home === 'KZ') || !/^8\d{10}$/.test(digitsOf(text))) return false;
  return /^\+8[ (-]/.test(text) || !number.isPossible();
}

/** The digits of a national number as they are dialed today. */
function presentForm(digits: string, country: CountryCode): string {
  // Ukraine dialed 8 before the 0 until 2009; Mexico dialed 044, 045 and 01 until 2019.
  if (country === 'UA') return digits.replace(/^8(?=0\d{9}$)/, '');
  if (country === 'MX') return digits.replace(/^(?:044|045|01)(?=\d{10}$)/, '');
  return digits;
}

/** Parses a number into its current form, valid or not; undefined if the result would parse as another number. */
function parse(text: string, country?: CountryCode): PhoneNumber | undefined {
  const number = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false });
  if (!number || (number.isValid() && E164.test(number.number))) return number;
  const present = presentNumber(number.number);
  const again = parsePhoneNumberFromString(present);
  return E164.test(present) && again?.number === present ? again : undefined;
}

/** Mexico dropped the 1 before mobile numbers in 2019; Brazil added a 9 to them until 2016, which messengers omit. */
function presentNumber(number: string): string {
  return number.replace(/^\+521(?=\d{10}$)/, '+52').replace(/^\+55(\d\d)(?=[6-9]\d{7}$)/, '+55$19');
}

function isMobile(number: PhoneNumber): boolean {
  return ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(number.getType() ?? '');
}

function nationalForm(number: PhoneNumber): string {
  return digitsOf(number.formatNational());
}

/** A number with a plus outside every numbering plan; null if it cannot be a number. */
function unlikelyNumber(text: string): string | null {
  const digits = digitsOf(text).replace(/^00/, '');
  if (!/^[ (]*(?:\+|00[ ()-]*[1-9])/.test(text) || isDummy(digits)) return null;
  return E164.test(`+${digits}`) && !parse(`+${digits}`)?.isPossible() ? `+${digits}` : null;
}

/** Whether digits are what people type to avoid giving their number, or are not a number anywhere. */
function isDummy(digits: string): boolean {
  return digits.length < MIN_DIGITS || isSame(digits) || isRun(digits);
}

function isSame(digits: string): boolean {
  return /^(\d)\1*$/.test(digits);
}

/** Whether digits count up or down. */
function isRun(digits: string): boolean {
  return (
    digits.length >= MIN_DIGITS &&
    COUNTED.some((counted) => COUNTED_FROM.some((start) => counted.startsWith(digits, start)))
  );
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
