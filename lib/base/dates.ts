import { DateTime, Settings } from 'luxon';

// Not the machine's locale: detecting it makes Node load data, which takes longer than a whole action.
Settings.defaultLocale = 'en-US';

/** An hour, in milliseconds. */
export const HOUR = 3_600_000;
/** A day, in milliseconds. */
export const DAY = 24 * HOUR;

/** Zapier reads a date without a time as 9 a.m. */
const MORNING = 9;
/** A full date. Luxon alone would also accept a bare time, year, month or week. */
const CALENDAR_DAY = /^\d{4}(-?)\d{2}\1\d{2}(?!\d)/;
/** A date and time as Zapier usually sends it, with seconds and an offset. */
const WITH_OFFSET = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Parses a date and time into ISO 8601 in UTC without milliseconds, HighLevel's format; null when it is not a valid date
 * (such as February 31). A date alone means 09:00. A time without an offset is read in `zone`, an IANA name. Epoch
 * seconds and milliseconds are accepted too.
 */
export function momentFrom(value: string, zone: string): string | null {
  const text = value.trim();
  const [, day] = WITH_OFFSET.exec(text) ?? [];
  if (day) return utcOf(text, day);
  if (!CALENDAR_DAY.test(text) && !/^(\d{10}|\d{13})$/.test(text)) return null;
  const moment = /^\d{10}$/.test(text)
    ? DateTime.fromSeconds(Number(text))
    : /^\d{13}$/.test(text)
      ? DateTime.fromMillis(Number(text))
      : DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2'), { zone });
  if (!moment.isValid) return null;
  const dateOnly = /^\d{4}-?\d{2}-?\d{2}$/.test(text);
  const withTime = dateOnly ? moment.set({ hour: MORNING }) : moment;
  return withTime.toUTC().toISO({ suppressMilliseconds: true, precision: 'second' });
}

// Luxon gives the same result, but its first parse takes longer than the rest of most actions.
function utcOf(text: string, day: string): string | null {
  const moment = Date.parse(text);
  // `Date` would turn February 31 into March 3.
  if (Number.isNaN(moment) || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return null;
  return new Date(moment).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Like `momentFrom`, but keeps the text's offset, or uses that of `zone`: HighLevel compares some times as text. A full ISO
 * 8601 text with an offset is returned unchanged.
 */
export function offsetTimeFrom(value: string, zone: string): string | null {
  const moment = momentFrom(value, zone);
  if (moment === null) return null;
  const text = value.trim();
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return text;
  const written = needsZone(text)
    ? DateTime.fromISO(moment, { zone })
    : DateTime.fromISO(text.replace(' ', 'T'), { setZone: true });
  const isEpoch = /^\d+$/.test(text) && !needsZone(text);
  const local = isEpoch || !written.isValid ? DateTime.fromISO(moment, { zone: 'utc' }) : written;
  return local.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

/** Whether a date needs a time zone to be parsed: it has neither an offset nor Z, and is no epoch timestamp. */
export function needsZone(value: string): boolean {
  return (
    !/(z|[+-]\d{2}:?\d{0,2})$/i.test(value.trim().replace(/^\d{4}-\d{2}-\d{2}/, '')) &&
    !/^\d{10,13}$/.test(value.trim())
  );
}

/** The date at the start of a text, as YYYY-MM-DD; null when there is no valid one. */
export function dayFrom(value: string): string | null {
  const day = DateTime.fromISO(CALENDAR_DAY.exec(value.trim())?.[0] ?? '');
  return day.isValid ? day.toISODate() : null;
}

/** The calendar day, as YYYY-MM-DD, in a HighLevel value: a text that starts with the day, or the epoch ms of midnight UTC. */
export function dayOf(value: unknown): string | null {
  if (typeof value === 'string') return dayFrom(value);
  const day = typeof value === 'number' ? DateTime.fromMillis(value, { zone: 'utc' }) : undefined;
  return day?.isValid ? day.toISODate() : null;
}

/**
 * A record's date in epoch ms; NaN if it is missing or invalid. A date without an offset is read in `zone` (IANA), never in
 * the machine's time zone.
 */
export function epochOf(date: string | null, zone = 'utc'): number {
  if (date === null) return Number.NaN;
  const text = date.trim();
  return needsZone(text)
    ? DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2'), { zone }).toMillis()
    : Date.parse(text);
}

/** A comparator that sorts records by a date, newest first, then by id. */
export const newestBy =
  <T extends { id: string }>(date: (record: T) => string | null) =>
  (a: T, b: T): number =>
    epochOf(date(b)) - epochOf(date(a)) || (a.id < b.id ? -1 : 1);
