import type * as z from 'zod';
import {
  appointmentsOfCalendars,
  appointmentsOfContact,
  eventsOf,
  MAX_CALENDARS,
} from '../resources/appointments.ts';
import { DAY, newestBy } from '../base/dates.ts';
import { InputError } from '../base/errors.ts';
import { contactIdField } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { appointmentFields, type Appointment } from '../highlevel/records/appointment.ts';
import { openWindow, type PollMode } from './window.ts';

export const DAYS_BACK = 7;
export const DAYS_AHEAD = 365;
const SAMPLE = 3;

/** The filter inputs of all appointment triggers. */
export const appointmentPollInput = {
  calendarId: appointmentFields.calendarId.optional().describe('Only appointments of this calendar.'),
  assignedUserId: appointmentFields.assignedUserId.optional().describe('Only appointments of this user.'),
  contactId: contactIdField.optional().describe('Only appointments of this contact.'),
} satisfies z.ZodRawShape;

/** A poll of an appointment trigger: the trigger's `key`, the date to watch, and its filters. */
export interface AppointmentPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  calendarId?: string;
  assignedUserId?: string;
  contactId?: string;
  appointmentStatus?: string;
}

/**
 * Polls for appointments, newest first. HighLevel lists them by start time, for one calendar, user or contact: 1 request
 * when one of them is chosen, or else 1 plus 1 per calendar. Covers appointments that start from 7 days ago to 365 days
 * ahead; for a contact, all.
 */
export async function pollAppointments(
  highlevel: HighLevel,
  poll: AppointmentPoll,
  mode: PollMode,
): Promise<Appointment[]> {
  const { key, by, ...filters } = poll;
  const date = (row: Appointment) => row[by] ?? row.dateAdded;
  const all = (await read(highlevel, poll, mode)).filter((row) => matches(row, poll));
  const rows = all
    .map((row) => ({ ...row, dateUpdated: row.dateUpdated ?? row.dateAdded }))
    .toSorted(newestBy(date));
  if (mode === 'sample') return rows.slice(0, SAMPLE);
  const window = await openWindow(highlevel, key, filters);
  const due = mode === 'fill' ? rows : rows.filter((row) => window.includes(date(row)));
  await window.close();
  return due;
}

async function read(highlevel: HighLevel, poll: AppointmentPoll, mode: PollMode): Promise<Appointment[]> {
  if (poll.contactId) return appointmentsOfContact(highlevel, poll.contactId);
  const range = () => {
    const now = highlevel.now();
    return { startTime: now - DAYS_BACK * DAY, endTime: now + DAYS_AHEAD * DAY };
  };
  if (poll.calendarId) return eventsOf(highlevel, { calendarId: poll.calendarId }, range());
  if (poll.assignedUserId) return eventsOf(highlevel, { userId: poll.assignedUserId }, range());
  const { calendars } = await highlevel.request('GET /calendars/', {
    query: { locationId: highlevel.locationId },
  });
  if (calendars.length > MAX_CALENDARS) {
    throw new InputError(
      `This sub-account has ${calendars.length} calendars, too many to watch at once. Please choose a Calendar, a user or a contact.`,
    );
  }
  return appointmentsOfCalendars(highlevel, mode === 'sample' ? calendars.slice(0, 1) : calendars, range());
}

function matches(row: Appointment, poll: AppointmentPoll): boolean {
  return (
    (!poll.calendarId || row.calendarId === poll.calendarId) &&
    (!poll.assignedUserId || row.assignedUserId === poll.assignedUserId) &&
    (!poll.appointmentStatus || row.appointmentStatus === poll.appointmentStatus)
  );
}
