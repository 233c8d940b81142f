import { DateTime } from 'luxon';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const WEEKDAY = /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +(?=\S)/i;
const DAY = String.raw`(\d{1,2})(?:st|nd|rd|th|\.)?`;
const END = String.raw`(?=$|[\sT,])`;

/** `23 April 1990`, `23-Apr-1990`, `23rd of April, 1990`. */
const DAY_MONTH = new RegExp(`^${DAY}[ -]?(?:of )?${MONTH},?[ -]?(\\d{4})${END}`, 'i');
/** `April 23, 1990`, `Apr 23rd 1990`. */
const MONTH_DAY = new RegExp(`^${MONTH}[ -]?(\\d{1,2})(?:st|nd|rd|th)?,?[ -](\\d{4})${END}`, 'i');
/** `1990/04/23`, `1990.4.23`, `1990-4-23`. */
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([./-])(\d{1,2})\2(\d{1,2})${END}`);
/** `23.04.1990`, `23/04/1990`, `04/23/1990`, `23-04-1990`. */
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4})${END}`);

/** The countries that write the month before the day. Source: Unicode CLDR, short date formats in English. */
const MONTH_FIRST = new Set('US AS FM GU MH MP PR PW UM VI'.split(' '));

/** A date that was found at the start of a text. */
interface WrittenDate {
  /** YYYY-MM-DD; not validated. */
  day: string;
  rest: string;
}

/**
 * Whether a text starts with a date whose day and month could be swapped, such as 04/05/1990: the United States puts the
 * month first, most other countries the day.
 */
export function isAmbiguousDate(text: string): boolean {
  const [, first = '', sign, second = ''] = YEAR_LAST.exec(withoutWeekday(text)) ?? [];
  return (
    sign !== undefined && sign !== '.' && first !== second && Number(first) <= 12 && Number(second) <= 12
  );
}

/**
 * Converts other common date formats to ISO 8601: `January 31, 2026 3:00 PM`, `31.01.2026 15:00`, `2026/01/31`. An ambiguous
 * date (`isAmbiguousDate`) is converted only if `country` (ISO 3166 alpha-2) puts the month first. Any other text is
 * returned unchanged.
 */
export function isoFrom(text: string, country?: string): string {
  const written = writtenDate(withoutWeekday(text), country);
  if (!written) return text;
  const time = isoTime(written.rest);
  return time === null ? text : written.day + time;
}

/**
 * Parses a calendar day into YYYY-MM-DD; null if the text is not a date. A time after it is ignored, so the day is never
 * shifted by a time zone. Epoch seconds (up to 10 digits) and milliseconds are days in UTC. See `isoFrom` for other formats.
 */
export function dayIn(text: string, country?: string): string | null {
  const trimmed = text.trim();
  const epoch = /^-\d{6,14}$|^\d{9,14}$/.test(trimmed) ? Number(trimmed) : undefined;
  if (epoch !== undefined) {
    const isSeconds = trimmed.replace('-', '').length <= 10;
    return validDay(DateTime.fromMillis(isSeconds ? epoch * 1000 : epoch, { zone: 'utc' }));
  }
  const day =
    /^\d{4}-?\d{2}-?\d{2}(?!\d)/.exec(trimmed)?.[0] ?? writtenDate(withoutWeekday(trimmed), country)?.day;
  return validDay(DateTime.fromISO(day ?? '', { zone: 'utc' }));
}

function validDay(date: DateTime): string | null {
  return date.isValid ? date.toISODate() : null;
}

function withoutWeekday(text: string): string {
  const plain = text.trim().replace(/[\u00a0\u202f]|\s+/g, ' ');
  return /^\d/.test(plain) ? plain : plain.replace(WEEKDAY, '');
}

function writtenDate(text: string, country?: string): WrittenDate | null {
  const rest = (match: RegExpExecArray) => text.slice(match[0].length);
  // The usual form first: no other fits then, and the patterns with names take long to compile.
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst) {
    const [, year = '', , month = '', day = ''] = yearFirst;
    return { day: iso(year, month, day), rest: rest(yearFirst) };
  }
  const dayFirst = DAY_MONTH.exec(text);
  if (dayFirst) {
    const [, day = '', month = '', year = ''] = dayFirst;
    return { day: iso(year, monthOf(month), day), rest: rest(dayFirst) };
  }
  // Also JavaScript's format: Sat Jan 31 2026 15:00:00 GMT+0100 (CET).
  const monthName = MONTH_DAY.exec(text);
  if (monthName) {
    const [, month = '', day = '', year = ''] = monthName;
    return { day: iso(year, monthOf(month), day), rest: rest(monthName) };
  }
  const yearLast = YEAR_LAST.exec(text);
  if (!yearLast) return null;
  const [, first = '', sign, second = '', year = ''] = yearLast;
  const isMonthFirst = MONTH_FIRST.has(country?.toUpperCase() ?? '');
  if (isAmbiguousDate(text) && !isMonthFirst) return null;
  // Dates with dots put the day first, unless the second number cannot be a month.
  const monthFirst = Number(second) > 12 || (sign !== '.' && isMonthFirst && Number(first) <= 12);
  const [month, day] = monthFirst ? [first, second] : [second, first];
  return { day: iso(year, month, day), rest: rest(yearLast) };
}

function monthOf(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function iso(year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The time after a date, in ISO 8601: blank if there is none, null if the text is something else. */
function isoTime(text: string): string | null {
  const [all, hour, minute = '00', second = '', half, zone = ''] =
    /^(?:,? ?(?:at )?|T)(\d{1,2})(?::(\d{2})(:\d{2}(?:\.\d+)?)?)?(?: ?([ap])\.?m\.?)? ?(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?(?: \([^()]*\))?$/i.exec(
      text,
    ) ?? [];
  if (all === undefined || hour === undefined) return text.trim() === '' ? '' : null;
  // An hour alone is a time only with AM or PM.
  if (!half && !/:\d{2}/.test(all)) return null;
  if (half && (Number(hour) < 1 || Number(hour) > 12)) return null;
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
  const offset = /^(?:Z|UTC|GMT)$/i.test(zone) ? 'Z' : zone.replace(/^(?:UTC|GMT)/i, '');
  return `T${String(hours).padStart(2, '0')}:${minute}${second}${offset}`;
}
