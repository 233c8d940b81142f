import { epochOf, HOUR } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Appointment } from '../highlevel/records/appointment.ts';
import { appointmentsOfCalendars, byStart, eventsOf, zonedAppointments } from '../resources/appointments.ts';
import { watchedCalendars } from './appointments.ts';
import type { PollMode } from './window.ts';

const SAMPLE = 3;
/** A sample may be of any appointment of the coming month. */
const SAMPLE_HOURS = 30 * 24;

/** HighLevel tells its time in whole seconds. */
const MAX_SKEW_MS = 5_000;

/** Which appointments Appointment Starting Soon watches. */
export interface UpcomingPoll {
  /** How long before its start an appointment counts as starting soon. */
  hoursBefore: number;
  calendarId?: string;
  assignedUserId?: string;
}

/**
 * The appointments that start within `hoursBefore` and are not cancelled, the next one first: the same to fill the dedupe
 * table and for a poll, because time passes without any change to the appointment. Only this stretch is requested: 1 request for a chosen
 * calendar or user, otherwise one more than the number of calendars, at most 30. Throws InputError if there are more.
 */
export async function pollUpcomingAppointments(
  highlevel: HighLevel,
  { hoursBefore, calendarId, assignedUserId }: UpcomingPoll,
  mode: PollMode,
): Promise<Appointment[]> {
  const ahead = (mode === 'sample' ? Math.max(hoursBefore, SAMPLE_HOURS) : hoursBefore) * HOUR;
  const stretch = () => ({ startTime: highlevel.now(), endTime: highlevel.now() + ahead });
  const read = async () => {
    if (calendarId) return eventsOf(highlevel, { calendarId }, stretch());
    if (assignedUserId) return eventsOf(highlevel, { userId: assignedUserId }, stretch());
    const calendars = await watchedCalendars(highlevel);
    const asked = mode === 'sample' ? calendars.slice(0, 1) : calendars;
    return asked.length === 0 ? [] : appointmentsOfCalendars(highlevel, asked, stretch());
  };
  const startedAt = Date.now();
  const asked = highlevel.now();
  let found = await read();
  // Before the first response, HighLevel's time is not known. It is only read again if the clocks differ.
  const isClockWrong = Math.abs(highlevel.now() - asked - (Date.now() - startedAt)) > MAX_SKEW_MS;
  if (isClockWrong && (calendarId ?? assignedUserId)) found = await read();
  const events = await zonedAppointments(highlevel, found);
  const now = highlevel.now();
  const soon = events
    .filter((row) => !calendarId || row.calendarId === calendarId)
    .filter((row) => !assignedUserId || row.assignedUserId === assignedUserId)
    .filter(({ appointmentStatus, startTime }) => {
      const start = epochOf(startTime);
      return appointmentStatus !== 'cancelled' && start > now && start <= now + ahead;
    })
    .toSorted(byStart);
  return mode === 'sample' ? soon.slice(0, SAMPLE) : soon;
}
