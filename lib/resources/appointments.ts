import { DateTime } from 'luxon';
import type { HighLevel } from '../highlevel/client.ts';
import { ifAllowed, subAccount } from './location.ts';
import type { Appointment, AppointmentAnswer } from '../highlevel/records/appointment.ts';
import { together } from '../base/settle.ts';

/**
 * A contact's appointments, the next in time first. HighLevel gives their times without a zone there: they are read in
 * the sub-account's.
 */
export async function appointmentsOfContact(highlevel: HighLevel, contactId: string): Promise<Appointment[]> {
  const [{ events }, location] = await together([
    highlevel.request('GET /contacts/{contactId}/appointments', { path: { contactId } }),
    ifAllowed(subAccount(highlevel), undefined),
  ]);
  const zone = location?.timezone ?? 'utc';
  return events
    .map((event) => ({ ...zoned(event, zone), contactId: event.contactId ?? contactId }))
    .toSorted(byStart);
}

/** Sorts appointments by when they begin. */
export function byStart(a: Appointment, b: Appointment): number {
  return Date.parse(a.startTime ?? '') - Date.parse(b.startTime ?? '') || (a.id < b.id ? -1 : 1);
}

function zoned(event: AppointmentAnswer, zone: string): Appointment {
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
