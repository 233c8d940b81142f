import { DateTime } from 'luxon';
import type * as z from 'zod';
import type { HighLevel } from './highlevel.ts';
import { ifAllowed, subAccount } from './lookups.ts';
import { appointment, type Appointment, type AppointmentAnswer } from './records/appointment.ts';

/** What booking and changing an appointment ask for alike; all optional. */
export const appointmentInput = {
  endTime: appointment.endTime.optional().describe("The calendar's usual length if empty."),
  title: appointment.title.optional(),
  appointmentStatus: appointment.appointmentStatus.optional(),
  assignedUserId: appointment.assignedUserId.optional(),
  description: appointment.description.optional(),
  address: appointment.address.optional(),
  meetingLocationType: appointment.meetingLocationType.optional(),
  ignoreDateRange: appointment.ignoreDateRange
    .optional()
    .describe("Yes books outside the calendar's date range and notice period."),
  ignoreFreeSlotValidation: appointment.ignoreFreeSlotValidation
    .optional()
    .describe('Yes books even when the time is not free.'),
  toNotify: appointment.toNotify.optional().describe('No keeps the automations of HighLevel from running.'),
} satisfies z.ZodRawShape;

/**
 * A contact's appointments, the next in time first. HighLevel gives their times without a zone there: they are read in
 * the sub-account's.
 */
export async function appointmentsOfContact(highlevel: HighLevel, contactId: string): Promise<Appointment[]> {
  const [{ events }, location] = await Promise.all([
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
