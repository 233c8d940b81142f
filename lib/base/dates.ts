import { DateTime } from 'luxon';

/** The hour Zapier takes for a date without a time. */
const MORNING = 9;
/** A calendar day. Luxon would also read a bare time as today's, and a bare year, month or week as its first day. */
const DAY = /^\d{4}(-?)\d{2}\1\d{2}(?!\d)/;

/**
 * The moment a text means, as ISO 8601 in UTC without milliseconds (what HighLevel wants), or null when it is no date:
 * 31 February is none. A date alone means 09:00 that day, a time without offset the given IANA zone's time. Epoch
 * seconds and milliseconds are understood too.
 */
export function momentFrom(value: string, zone: string): string | null {
  const text = value.trim();
  if (!DAY.test(text) && !/^(\d{10}|\d{13})$/.test(text)) return null;
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

/**
 * The same moment in the offset that the text has, or in the given zone's: for what compares times as text. A full ISO 8601
 * text with an offset stays as it was.
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

/** Whether a text needs a time zone to mean a moment: it has neither an offset nor Z. */
export function needsZone(value: string): boolean {
  return (
    !/(z|[+-]\d{2}:?\d{0,2})$/i.test(value.trim().replace(/^\d{4}-\d{2}-\d{2}/, '')) &&
    !/^\d{10,13}$/.test(value.trim())
  );
}

/** The calendar day of a text that begins with one, as YYYY-MM-DD, or null when it is no date. */
export function dayFrom(value: string): string | null {
  const day = DateTime.fromISO(DAY.exec(value.trim())?.[0] ?? '');
  return day.isValid ? day.toISODate() : null;
}

/** The calendar day that HighLevel means: it gives days as text that begins with one, or as epoch ms of its midnight in UTC. */
export function dayOf(value: unknown): string | null {
  if (typeof value === 'string') return dayFrom(value);
  const day = typeof value === 'number' ? DateTime.fromMillis(value, { zone: 'utc' }) : undefined;
  return day?.isValid ? day.toISODate() : null;
}

/** Sorts records by one of their dates, the newest first; those of one moment by id, so that the order is always the same. */
export const newestBy =
  <T extends { id: string }>(date: (record: T) => string | null) =>
  (a: T, b: T): number =>
    Date.parse(date(b) ?? '') - Date.parse(date(a) ?? '') || (a.id < b.id ? -1 : 1);
