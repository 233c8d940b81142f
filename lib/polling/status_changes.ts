import * as z from 'zod';
import { epochOf, DAY } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Appointment } from '../highlevel/records/appointment.ts';
import { pollAppointments, type AppointmentPoll } from './appointments.ts';
import type { PollMode } from './window.ts';

/** The statuses that a new booking has. */
const FIRST_STATUSES: readonly (string | null)[] = ['new', 'confirmed', null];
/** In the place of the first status of a booking whose status has changed since. */
const CHANGED = 'changed';
/** The bookings whose first status is remembered, the newest ones. */
const MAX_REMEMBERED = 500;
const KEPT_SECONDS = (30 * DAY) / 1000;

/**
 * The appointments whose status has changed, newest change first; to fill the dedupe table, all of them. The first status of a booking is a change only if the
 * filter names that status. It is remembered (z.cache, 30 days), so that a later edit of anything else is not mistaken for a change of the status.
 */
export async function pollStatusChanges(
  highlevel: HighLevel,
  poll: Omit<AppointmentPoll, 'by'>,
  mode: PollMode,
): Promise<Appointment[]> {
  const found = await pollAppointments(highlevel, { ...poll, by: 'dateUpdated' }, mode);
  if (mode !== 'poll' || poll.appointmentStatus !== undefined) return found;
  const name = `first:${JSON.stringify(poll)}`;
  const first = new Map(
    (await highlevel.cache.get(name, z.array(z.tuple([z.string(), z.string().nullable()])))) ?? [],
  );
  const stored = JSON.stringify([...first]);
  const changed = found.filter((row) => {
    const before = first.get(row.id);
    if (before === CHANGED) return true;
    if (before !== undefined) {
      if (before === row.appointmentStatus) return false;
      first.set(row.id, CHANGED);
      return true;
    }
    if (!isFirstStatus(highlevel, row)) return true;
    first.set(row.id, row.appointmentStatus);
    return false;
  });
  if (JSON.stringify([...first]) !== stored)
    await highlevel.cache.set(name, [...first].slice(-MAX_REMEMBERED), KEPT_SECONDS);
  return changed;
}

/** Whether a new booking has a status that bookings begin with. */
function isFirstStatus(highlevel: HighLevel, { dateAdded, appointmentStatus }: Appointment): boolean {
  return epochOf(dateAdded) > highlevel.now() - DAY && FIRST_STATUSES.includes(appointmentStatus);
}
