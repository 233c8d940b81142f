import { DateTime } from 'luxon';
import * as z from 'zod';
import type { HighLevel } from '../highlevel/client.ts';
import { cached, ifAllowed, subAccount } from './location.ts';
import { Named } from '../highlevel/records/location.ts';
import {
  appointmentFrom,
  bookedFrom,
  placed,
  type Appointment,
  type appointmentInput,
  type AppointmentResponse,
} from '../highlevel/records/appointment.ts';
import { createOnce, likeRecord } from './create_once.ts';
import { DAY, needsZone } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import { inBatches } from '../base/settle.ts';

type BookingOption = keyof typeof appointmentInput;

/** Calendars read in parallel. */
const CONCURRENCY = 4;
/** The maximum number of calendars read in one run: each costs a request. */
export const MAX_CALENDARS = 30;

/**
 * A contact's appointments, sorted by start time. This endpoint returns times without an offset; they are in the
 * sub-account's time zone.
 */
export async function appointmentsOfContact(highlevel: HighLevel, contactId: string): Promise<Appointment[]> {
  return (await zonedAppointments(highlevel, await eventsOfContact(highlevel, contactId))).toSorted(byStart);
}

/** The fields of a new appointment. Times are ISO 8601. */
export type NewAppointment = {
  calendarId: string;
  contactId: string;
  startTime: string;
  endTime?: string | undefined;
  meetingLocationType?: string | undefined;
} & Partial<Record<BookingOption, unknown>>;

/**
 * Books an appointment, once (create_once.ts). An appointment of the contact at the same time in the same calendar is the
 * same one.
 */
export async function bookAppointment(highlevel: HighLevel, booking: NewAppointment): Promise<Appointment> {
  const { locationId } = highlevel;
  const { calendarId, contactId, startTime } = booking;
  return createOnce(highlevel, {
    kind: 'appointment',
    identity: booking,
    send: async () => {
      const body = { locationId, ...placed(booking) };
      const { appointment } = await highlevel.request('POST /calendars/events/appointments', { body });
      return bookedFrom(appointment, booking, highlevel.contactUrl);
    },
    findLike: async () =>
      (await appointmentsOfContact(highlevel, contactId))
        .filter(
          (row) =>
            row.calendarId === calendarId &&
            Date.parse(row.startTime ?? '') === Date.parse(startTime) &&
            // An appointment that was booked by this step and canceled since must not be booked again.
            (row.appointmentStatus !== 'cancelled' || row.dateAdded !== null),
        )
        .map((record) => likeRecord(record)),
  });
}

/** A contact's appointments as HighLevel lists them, usually with times without a zone. One request. */
export async function eventsOfContact(
  highlevel: HighLevel,
  contactId: string,
): Promise<AppointmentResponse[]> {
  const { events } = await highlevel.request('GET /contacts/{contactId}/appointments', {
    path: { contactId },
  });
  return events.map((event) => ({ ...event, contactId: event.contactId ?? contactId }));
}

/**
 * Converts times without a zone from the sub-account's time zone to UTC. The zone is looked up (cached) only if such a time
 * occurs.
 */
export async function zonedAppointments(
  highlevel: HighLevel,
  events: AppointmentResponse[],
): Promise<Appointment[]> {
  const appointments = events.map((event) => appointmentFrom(event, highlevel.contactUrl));
  if (!appointments.some((event) => TIMES.some((key) => needsZone(event[key] ?? 'Z')))) return appointments;
  const zone = (await ifAllowed(subAccount(highlevel), undefined))?.timezone ?? 'utc';
  return appointments.map((event) => zoned(event, zone));
}

const TIMES = ['startTime', 'endTime', 'dateAdded', 'dateUpdated'] as const;

type StartingAt = Pick<Appointment, 'id' | 'startTime'>;

/** A comparator that sorts appointments by start time. */
export function byStart(a: StartingAt, b: StartingAt): number {
  return Date.parse(a.startTime ?? '') - Date.parse(b.startTime ?? '') || (a.id < b.id ? -1 : 1);
}

/**
 * A comparator that puts the best match first: upcoming appointments (after `now`, epoch ms), the soonest first, then past
 * ones, the latest first, then cancelled ones in the same order.
 */
export function bestFirst(now: number): (a: Appointment, b: Appointment) => number {
  const isCancelled = ({ appointmentStatus }: Appointment) => Number(appointmentStatus === 'cancelled');
  // An appointment without a readable time counts as past.
  const isPast = ({ startTime }: Appointment) => Number(!(Date.parse(startTime ?? '') >= now));
  return (a, b) =>
    isCancelled(a) - isCancelled(b) || isPast(a) - isPast(b) || (isPast(a) ? byStart(b, a) : byStart(a, b));
}

function zoned(event: Appointment, zone: string): Appointment {
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
 * calendar that HighLevel refuses, such as one that was just deleted, is skipped; if all are refused, throws the error.
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
      if (!isOfOneCalendar(error)) throw error;
      refusal ??= error;
      return undefined;
    }
  });
  if (refusal && lists.every((list) => list === undefined)) throw refusal;
  return [...new Map(lists.flatMap((list) => list ?? []).map((event) => [event.id, event])).values()];
}

/** Whether a refusal may concern this calendar only. */
export function isOfOneCalendar(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  const { kind, status = 0 } = error;
  const isRefusal = kind === 'refused' || kind === 'not found' || kind === 'wrong location';
  return isRefusal && status >= 400 && status < 500;
}

/** The sub-account's calendars by id and name. Cached for 10 minutes. */
export const calendarNames = (highlevel: HighLevel, more: { withinMs: number }): Promise<Named[]> =>
  cached(highlevel, 'calendarNames', z.array(Named), async () => {
    const query = { locationId: highlevel.locationId };
    const { calendars } = await highlevel.request('GET /calendars/', { query }, more);
    return calendars.map(({ id, name }) => ({ id, name }));
  });

/** The appointments of one calendar or user that start in a range (epoch ms). One request. */
export async function eventsOf(
  highlevel: HighLevel,
  of: { calendarId?: string; userId?: string },
  range: { startTime: number; endTime: number },
): Promise<AppointmentResponse[]> {
  const query = { locationId: highlevel.locationId, ...of, ...range };
  return (await highlevel.request('GET /calendars/events', { query })).events;
}
