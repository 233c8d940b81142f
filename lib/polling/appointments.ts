import type * as z from 'zod';
import { appointmentsOfContact, byStart } from '../resources/appointments.ts';
import { newestBy } from '../base/dates.ts';
import { InputError } from '../base/errors.ts';
import { contactId } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { PollMode } from '../zapier/operation.ts';
import { appointment, type Appointment, type AppointmentAnswer } from '../highlevel/records/appointment.ts';
import { together } from '../base/settle.ts';
import { openWindow } from './window.ts';

const DAY = 86_400_000;
export const DAYS_BACK = 7;
export const DAYS_AHEAD = 365;
const AT_ONCE = 4;
export const MOST_CALENDARS = 30;
const SAMPLE = 3;

/** What every appointment trigger filters by. */
export const appointmentPollInput = {
  calendarId: appointment.calendarId.optional().describe('Only appointments of this calendar.'),
  assignedUserId: appointment.assignedUserId.optional().describe('Only appointments of this user.'),
  contactId: contactId.optional().describe('Only appointments of this contact.'),
} satisfies z.ZodRawShape;

/** What an appointment trigger looks for. `key` names the trigger; the filters are its inputs. */
export interface AppointmentPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  calendarId?: string;
  assignedUserId?: string;
  contactId?: string;
  appointmentStatus?: string;
}

/**
 * The appointments a trigger should see, newest first. HighLevel lists them by when they begin, of one calendar, user or
 * contact: 1 request when one is chosen, else one per calendar. Begun at most 7 days ago, beginning within 365 days.
 */
export async function pollAppointments(
  highlevel: HighLevel,
  poll: AppointmentPoll,
  mode: PollMode,
): Promise<Appointment[]> {
  const { key, by, ...filters } = poll;
  const date = (row: Appointment) => row[by] ?? row.dateAdded;
  const all = (await read(highlevel, poll, mode)).filter((row) => fits(row, poll));
  const rows = all
    .map((row) => ({ ...row, dateUpdated: row.dateUpdated ?? row.dateAdded }))
    .toSorted(newestBy(date));
  if (mode === 'sample') return rows.slice(0, SAMPLE);
  const window = await openWindow(highlevel, key, filters);
  const due = mode === 'fill' ? rows : rows.filter((row) => window.holds(date(row)));
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
  if (calendars.length > MOST_CALENDARS) {
    throw new InputError(
      `This sub-account has ${calendars.length} calendars, too many to watch at once. Please choose a Calendar, a user or a contact.`,
    );
  }
  return ofCalendars(highlevel, mode === 'sample' ? calendars.slice(0, 1) : calendars, range());
}

function fits(row: Appointment, poll: AppointmentPoll): boolean {
  return (
    (!poll.calendarId || row.calendarId === poll.calendarId) &&
    (!poll.assignedUserId || row.assignedUserId === poll.assignedUserId) &&
    (!poll.appointmentStatus || row.appointmentStatus === poll.appointmentStatus)
  );
}

/** For a dropdown: the appointments from yesterday to two months ahead, of the first 30 calendars, the next one first. */
export async function upcomingAppointments(highlevel: HighLevel): Promise<AppointmentAnswer[]> {
  const { calendars } = await highlevel.request('GET /calendars/', {
    query: { locationId: highlevel.locationId },
  });
  const from = highlevel.now() - DAY;
  const range = { startTime: from, endTime: from + 60 * DAY };
  return (await ofCalendars(highlevel, calendars.slice(0, MOST_CALENDARS), range)).toSorted(byStart);
}

async function ofCalendars(
  highlevel: HighLevel,
  calendars: { id: string }[],
  range: { startTime: number; endTime: number },
): Promise<AppointmentAnswer[]> {
  const found = new Map<string, AppointmentAnswer>();
  for (let next = 0; next < calendars.length; next += AT_ONCE) {
    const some = calendars.slice(next, next + AT_ONCE);
    const lists = await together(some.map(({ id }) => eventsOf(highlevel, { calendarId: id }, range)));
    for (const event of lists.flat()) found.set(event.id, event);
  }
  return [...found.values()];
}

/** HighLevel lists appointments only of one calendar, user or group, by when they begin (epoch ms). */
async function eventsOf(
  highlevel: HighLevel,
  of: { calendarId?: string; userId?: string },
  range: { startTime: number; endTime: number },
): Promise<AppointmentAnswer[]> {
  const query = { locationId: highlevel.locationId, ...of, ...range };
  return (await highlevel.request('GET /calendars/events', { query })).events;
}
