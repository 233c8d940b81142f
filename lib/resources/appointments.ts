import { DateTime } from 'luxon';
import type { HighLevel } from '../highlevel/client.ts';
import { ifAllowed, subAccount } from './location.ts';
import type { Appointment, AppointmentResponse } from '../highlevel/records/appointment.ts';
import { DAY } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import { inBatches, settleAll } from '../base/settle.ts';

/** Calendars read in parallel. */
const CONCURRENCY = 4;
/** The most calendars that are read in one run: each costs a request. */
export const MAX_CALENDARS = 30;

/**
 * A contact's appointments, sorted by start time. This endpoint returns times without an offset; they are in the
 * sub-account's time zone.
 */
export async function appointmentsOfContact(highlevel: HighLevel, contactId: string): Promise<Appointment[]> {
  const [{ events }, location] = await settleAll([
    highlevel.request('GET /contacts/{contactId}/appointments', { path: { contactId } }),
    ifAllowed(subAccount(highlevel), undefined),
  ]);
  const zone = location?.timezone ?? 'utc';
  return events
    .map((event) => ({ ...zoned(event, zone), contactId: event.contactId ?? contactId }))
    .toSorted(byStart);
}

/** A comparator that sorts appointments by start time. */
export function byStart(a: Appointment, b: Appointment): number {
  return Date.parse(a.startTime ?? '') - Date.parse(b.startTime ?? '') || (a.id < b.id ? -1 : 1);
}

function zoned(event: AppointmentResponse, zone: string): Appointment {
  const read = (time: string | null) => {
    if (time === null) return null;
    const moment = DateTime.fromISO(time.replace(' ', 'T'), { zone });
    return moment.isValid ? moment.toUTC().toISO({ suppressMilliseconds: true }) : time;
  };
  return {
    ...event,
    startTime: read(event.startTime),
    endTime: read(event.endTime),
    dateAdded: read(event.dateAdded),
    dateUpdated: read(event.dateUpdated),
  };
}

/** The appointments from yesterday to 60 days ahead, of the first 30 calendars, sorted by start time. For a dropdown. */
export async function upcomingAppointments(highlevel: HighLevel): Promise<AppointmentResponse[]> {
  const { calendars } = await highlevel.request('GET /calendars/', {
    query: { locationId: highlevel.locationId },
  });
  const from = highlevel.now() - DAY;
  const range = { startTime: from, endTime: from + 60 * DAY };
  return (await appointmentsOfCalendars(highlevel, calendars.slice(0, MAX_CALENDARS), range)).toSorted(
    byStart,
  );
}

/**
 * The appointments of several calendars that start in a range (epoch ms), without duplicates. One request per calendar. A
 * calendar that HighLevel refuses, such as one that was just deleted, is left out; when all are refused, throws the error.
 */
export async function appointmentsOfCalendars(
  highlevel: HighLevel,
  calendars: { id: string }[],
  range: { startTime: number; endTime: number },
): Promise<AppointmentResponse[]> {
  let refusal: ApiError | undefined;
  const lists = await inBatches(calendars, CONCURRENCY, async ({ id }) => {
    try {
      return await eventsOf(highlevel, { calendarId: id }, range);
    } catch (error) {
      if (!(error instanceof ApiError && isOfOneCalendar(error))) throw error;
      refusal ??= error;
      return undefined;
    }
  });
  if (refusal && lists.every((list) => list === undefined)) throw refusal;
  return [...new Map(lists.flatMap((list) => list ?? []).map((event) => [event.id, event])).values()];
}

/** Whether a refusal need not be the other calendars' too. */
function isOfOneCalendar({ kind, status = 0 }: ApiError): boolean {
  return (
    status >= 400 && status < 500 && (kind === 'refused' || kind === 'not found' || kind === 'wrong location')
  );
}

/** The appointments of one calendar or user that start in a range (epoch ms). One request. */
export async function eventsOf(
  highlevel: HighLevel,
  of: { calendarId?: string; userId?: string },
  range: { startTime: number; endTime: number },
): Promise<AppointmentResponse[]> {
  const query = { locationId: highlevel.locationId, ...of, ...range };
  return (await highlevel.request('GET /calendars/events', { query })).events;
}
