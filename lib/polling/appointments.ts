import {
  eventsOf,
  eventsOfContact,
  isOfOneCalendar,
  MAX_CALENDARS,
  zonedAppointments,
} from '../resources/appointments.ts';
import { DAY, newestBy } from '../base/dates.ts';
import { InputError } from '../base/errors.ts';
import { contactIdField, optional } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  appointmentFields,
  type Appointment,
  type AppointmentResponse,
} from '../highlevel/records/appointment.ts';
import { readInTurns } from './turns.ts';
import { filterAsync, openWindow, type LookbackWindow, type PollMode } from './window.ts';

export const DAYS_BACK = 7;
export const DAYS_AHEAD = 365;
const SAMPLE = 3;

/** The filter inputs of all appointment triggers. */
export const appointmentPollInput = {
  calendarId: optional(
    appointmentFields.calendarId,
    "Trigger only for appointments in this calendar. Choose a calendar, or map a calendar's ID.",
  ),
  assignedUserId: optional(
    appointmentFields.assignedUserId,
    "Trigger only for appointments assigned to this user. Choose a user, or map a user's ID or email.",
  ),
  contactId: optional(
    contactIdField,
    'Trigger only for appointments of this contact. Choose a contact, or map a Contact ID.',
  ),
};

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
 * The appointments a trigger should see, newest first. HighLevel lists them by start time, for one calendar, user or
 * contact: 1 request if one is chosen, else one per calendar. Calendars that cannot be read in time come first in the next
 * poll. Covers appointments that start between 7 days ago and 365 days ahead.
 */
export async function pollAppointments(
  highlevel: HighLevel,
  poll: AppointmentPoll,
  mode: PollMode,
): Promise<Appointment[]> {
  const { key, by, ...filters } = poll;
  const { events, window } = await read(highlevel, poll, mode, () => openWindow(highlevel, key, filters));
  const rows = [...new Map(events.map((event) => [event.id, event])).values()]
    .filter((row) => fits(row, poll))
    .map((row) => ({ ...row, dateUpdated: row.dateUpdated ?? row.dateAdded }));
  // Checked as HighLevel sent them: a date without an offset has two readings.
  const due =
    mode === 'poll' ? await filterAsync(rows, (row) => window.includes(row[by] ?? row.dateAdded)) : rows;
  const found = await zonedAppointments(highlevel, due);
  // A chosen list was read with one request; `readInTurns` closes the window for calendars.
  if (mode !== 'sample' && isChosen(poll)) await window.close();
  const newest = found.toSorted(newestBy((row) => row[by] ?? row.dateAdded));
  return mode === 'sample' ? newest.slice(0, SAMPLE) : newest;
}

/** The sub-account's calendars. Throws InputError if they are too many to watch: each costs a request per poll. */
export async function watchedCalendars(highlevel: HighLevel): Promise<{ id: string }[]> {
  const { calendars } = await highlevel.request('GET /calendars/', {
    query: { locationId: highlevel.locationId },
  });
  if (calendars.length <= MAX_CALENDARS) return calendars;
  throw new InputError(
    `This sub-account has ${calendars.length} calendars, too many to watch at once. Choose a calendar, a user, or a contact.`,
  );
}

function isChosen({ contactId, calendarId, assignedUserId }: AppointmentPoll): boolean {
  return Boolean(contactId ?? calendarId ?? assignedUserId);
}

async function read(
  highlevel: HighLevel,
  poll: AppointmentPoll,
  mode: PollMode,
  open: () => Promise<LookbackWindow>,
): Promise<{ events: AppointmentResponse[]; window: LookbackWindow }> {
  const { contactId, calendarId, assignedUserId } = poll;
  const range = () => {
    const now = highlevel.now();
    return { startTime: now - DAYS_BACK * DAY, endTime: now + DAYS_AHEAD * DAY };
  };
  if (contactId) return { events: await eventsOfContact(highlevel, contactId), window: await open() };
  if (calendarId) return { events: await eventsOf(highlevel, { calendarId }, range()), window: await open() };
  if (assignedUserId) {
    const events = await eventsOf(highlevel, { userId: assignedUserId }, range());
    return { events, window: await open() };
  }
  const calendars = await watchedCalendars(highlevel);
  const window = await open();
  const { key, by: _by, ...filters } = poll;
  const asked = mode === 'sample' ? calendars.slice(0, 1) : calendars;
  const refusals: Error[] = [];
  const turns = {
    name: `${key}:${JSON.stringify(filters)}`,
    ids: asked.map(({ id }) => id),
    // A calendar that HighLevel refuses is skipped, unless it refuses all of them.
    read: async (id: string) => {
      try {
        return await eventsOf(highlevel, { calendarId: id }, range());
      } catch (error) {
        if (!isOfOneCalendar(error)) throw error;
        refusals.push(error);
        // Otherwise the window would close although nothing was read.
        if (refusals.length === asked.length) throw error;
        return [];
      }
    },
    max: MAX_CALENDARS,
    onlyNamed: true,
  };
  const events = await readInTurns(highlevel, turns, window, mode);
  if (refusals.length > 0 && refusals.length === asked.length) throw refusals[0];
  return { events, window };
}

function fits(row: AppointmentResponse, poll: AppointmentPoll): boolean {
  return (
    (!poll.calendarId || row.calendarId === poll.calendarId) &&
    (!poll.assignedUserId || row.assignedUserId === poll.assignedUserId) &&
    (!poll.appointmentStatus || row.appointmentStatus === poll.appointmentStatus)
  );
}
