import { byStart } from '../appointments.ts';
import type { HighLevel } from '../highlevel.ts';
import type { AppointmentAnswer } from '../records/appointment.ts';

const DAY = 86_400_000;
const AT_ONCE = 4;
/** A dropdown must fill in seconds, whatever the number of calendars. */
const MOST_CALENDARS = 30;

/** The appointments from yesterday to two months ahead, of the first 30 calendars, the next one first. */
export async function upcomingAppointments(highlevel: HighLevel): Promise<AppointmentAnswer[]> {
  const { locationId } = highlevel;
  const { calendars } = await highlevel.request('GET /calendars/', { query: { locationId } });
  const from = highlevel.now() - DAY;
  const range = { startTime: from, endTime: from + 60 * DAY };
  const found: AppointmentAnswer[] = [];
  const some = calendars.slice(0, MOST_CALENDARS);
  for (let next = 0; next < some.length; next += AT_ONCE) {
    const lists = some
      .slice(next, next + AT_ONCE)
      .map(({ id }) => eventsOf(highlevel, { calendarId: id }, range));
    found.push(...(await Promise.all(lists)).flat());
  }
  return found.toSorted(byStart);
}

/** The appointments of one calendar or user between two moments (epoch ms). HighLevel lists them only so. */
export async function eventsOf(
  highlevel: HighLevel,
  of: { calendarId?: string; userId?: string },
  range: { startTime: number; endTime: number },
): Promise<AppointmentAnswer[]> {
  const query = { locationId: highlevel.locationId, ...of, ...range };
  return (await highlevel.request('GET /calendars/events', { query })).events;
}
