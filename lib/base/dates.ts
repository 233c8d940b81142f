import { DateTime } from 'luxon';

/** In milliseconds. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The hour Zapier takes for a date without a time. */
const MORNING = 9;
/** A calendar day. Luxon would also read a bare time as today's, and a bare year, month or week as its first day. */
const CALENDAR_DAY = /^\d{4}(-?)\d{2}\1\d{2}(?!\d)/;

/**
 * The moment a text means, as ISO 8601 in UTC without milliseconds (what HighLevel wants), or null when it is no date:
 * 31 February is none. A date alone means 09:00 that day, a time without offset the given IANA zone's time. Epoch
 * seconds and milliseconds are understood too.
 */
export function momentFrom(value: string, zone: string): string | null {
  const text = value.trim();
  if (!CALENDAR_DAY.test(text) && !/^(\d{10}|\d{13})$/.test(text)) return null;
  const moment = /^\d{10}$/.test(text)
    ? DateTime.fromSeconds(Number(text))
    : /^\d{13}$/.test(text)
      ? DateTime.fromMillis(Number(text))
      : DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2'), { zone });
  if (!moment.isValid) return null;
  const dateOnly = /^\d{4}-?\d{2}-?\d{2}$/.test(text);
  const meant = dateOnly ? moment.set({ hour: MORNING }) : moment;
  return meant.toUTC().toISO({ suppressMilliseconds: true, precision: 'second' });
}

/** Whether a text needs a time zone to mean a moment: it has neither an offset nor Z. */
export function needsZone(value: string): boolean {
  return (
    !/(z|[+-]\d{2}:?\d{0,2})$/i.test(value.trim().replace(/^\d{4}-\d{2}-\d{2}/, '')) &&
    !/^\d{10,13}$/.test(value.trim())
  );
}

/** The calendar day of a text that begins with one, as YYYY-MM-DD, or null when it is no date. */
export function dayFrom(value: string): string | null {
  const day = DateTime.fromISO(CALENDAR_DAY.exec(value.trim())?.[0] ?? '');
  return day.isValid ? day.toISODate() : null;
}

/**
 * The moment of a record's date in epoch ms, NaN where there is none that can be read. A date without an offset is read in
 * the IANA zone, never in that of the machine this runs on.
 */
export function epochOf(date: string | null, zone = 'utc'): number {
  if (date === null) return Number.NaN;
  const text = date.trim();
  return needsZone(text)
    ? DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2'), { zone }).toMillis()
    : Date.parse(text);
}

/** Sorts records by one of their dates, the newest first; those of one moment by id, so that the order is always the same. */
export const newestBy =
  <T extends { id: string }>(date: (record: T) => string | null) =>
  (a: T, b: T): number =>
    epochOf(date(b)) - epochOf(date(a)) || (a.id < b.id ? -1 : 1);
