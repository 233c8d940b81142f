import * as z from 'zod';
import {
  choice,
  contactLink,
  DATE_AND_TIME,
  dateTime,
  flag,
  id,
  longText,
  maybe,
  optional,
  text,
  userId,
  type Output,
} from '../../schema/fields.ts';
import { isObject } from '../../base/json.ts';
import { contactNames, userNames } from './names.ts';
import { rows } from '../rows.ts';

const STATUSES = {
  new: 'New',
  confirmed: 'Confirmed',
  cancelled: 'Cancelled',
  showed: 'Showed',
  noshow: 'No-Show',
  invalid: 'Invalid',
};
const PLACES = {
  custom: 'Custom',
  zoom: 'Zoom',
  gmeet: 'Google Meet',
  phone: 'Phone',
  address: 'Address',
  ms_teams: 'Microsoft Teams',
};

/** HighLevel refuses a free slot unless its time has the offset in which it was offered. */
const slotTime = { type: 'datetime', keepsOffset: true } as const;

/** The fields of an appointment that users fill in. */
export const appointmentFields = {
  calendarId: id('Calendar', 'CVokAlI8fgw4WYWoCtQz').meta({
    editor: { type: 'string', dropdown: 'calendars' },
    description: "Choose a calendar, or map a calendar's ID.",
  }),
  startTime: dateTime('Start Time', '2026-01-30T15:00:00Z').meta({
    editor: slotTime,
    description: DATE_AND_TIME,
  }),
  endTime: dateTime('End Time', '2026-01-30T15:30:00Z').meta({ editor: slotTime }),
  title: text('Title', 'First consultation'),
  appointmentStatus: choice('Status', STATUSES, 'confirmed'),
  assignedUserId: userId('Owner'),
  description: longText('Description', 'Jane wants to see the price list.'),
  address: text('Location', '12 Main Street'),
  meetingLocationType: choice('Meeting Location Type', PLACES, 'phone'),
  ignoreDateRange: flag('Skip Date Range Check', false),
  ignoreFreeSlotValidation: flag('Skip Availability Check', false),
  toNotify: flag('Run Automations', true).describe(
    'Choose **No** to keep reminders and other automations from running. They run by default.',
  ),
};

/** The inputs that booking and updating an appointment have in common; all optional. */
export const appointmentInput = {
  endTime: optional(
    appointmentFields.endTime,
    `Leave blank to use the calendar's standard length. ${DATE_AND_TIME}`,
  ),
  title: optional(appointmentFields.title),
  appointmentStatus: optional(
    appointmentFields.appointmentStatus,
    'Choose a status. Leave blank to let HighLevel choose it.',
  ),
  assignedUserId: optional(appointmentFields.assignedUserId),
  description: optional(appointmentFields.description),
  address: optional(
    appointmentFields.address,
    'An address or a meeting link. Also choose a Meeting Location Type, or HighLevel may not keep it.',
  ),
  meetingLocationType: optional(
    appointmentFields.meetingLocationType,
    'Choose how the meeting takes place. Needed if you fill in Location.',
  ),
  ignoreDateRange: optional(
    appointmentFields.ignoreDateRange,
    "Choose **Yes** to book outside the calendar's date range and notice period.",
  ),
  ignoreFreeSlotValidation: optional(
    appointmentFields.ignoreFreeSlotValidation,
    'Choose **Yes** to book even if the time is taken.',
  ),
  toNotify: optional(appointmentFields.toNotify),
};

/** The groups of the appointment forms in the Zap editor. */
export const appointmentGroups = [
  {
    key: 'appointment',
    label: 'Appointment',
    fields: [
      'appointmentId',
      'calendarId',
      'contactId',
      'startTime',
      'endTime',
      'title',
      'appointmentStatus',
      'assignedUserId',
      'description',
      'address',
    ],
  },
  {
    key: 'advanced',
    label: 'Advanced',
    fields: ['meetingLocationType', 'ignoreDateRange', 'ignoreFreeSlotValidation', 'toNotify'],
    emphasize: false,
  },
];

const DAY_NAME = /^\d{4}-\d{2}-\d{2}$/;

const known = {
  id: id('Appointment ID', '0TkCdp9PfvLeWKYRRvIz'),
  title: maybe(appointmentFields.title),
  startTime: maybe(appointmentFields.startTime),
  startTimeText: maybe.text('Start Time in Words', 'Friday, January 30, 2026, 10:00 AM EST'),
  endTime: maybe(appointmentFields.endTime),
  appointmentStatus: maybe.text('Status', 'confirmed'),
  timezone: maybe.text('Time Zone', 'America/New_York'),
  calendarId: maybe.id('Calendar ID', 'CVokAlI8fgw4WYWoCtQz'),
  calendarName: maybe.text('Calendar', 'First consultation'),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
  assignedUserId: maybe.id('Owner User ID', '0IHuJvc2ofPAAA8GzTRi'),
  ...userNames,
  address: maybe(appointmentFields.address),
  notes: maybe.longText('Notes', 'Jane wants to see the price list.'),
  dateAdded: maybe.dateTime('Date Added', '2026-01-28T09:12:41Z'),
  dateUpdated: maybe.dateTime('Date Updated', '2026-01-28T09:12:41Z'),
};

/** An appointment in HighLevel's responses. The contact's own list has times without a zone. */
export const AppointmentResponse = z.preprocess(
  (row) => (isObject(row) ? { ...row, notes: row.notes ?? row.description } : row),
  z.object(known),
);
export type AppointmentResponse = z.output<typeof AppointmentResponse>;

/** A list of appointments, without deleted ones, which HighLevel still lists. */
export const AppointmentList = z.preprocess(
  (list) => (Array.isArray(list) ? list.filter((row) => !(isObject(row) && row.deleted === true)) : list),
  rows(AppointmentResponse),
);

/** Adds what HighLevel needs to keep the given location: otherwise it uses its own, or none. */
export function placed<T extends { meetingLocationType?: string | undefined }>(booking: T) {
  return booking.meetingLocationType ? { ...booking, overrideLocationConfig: true } : booking;
}

/** The appointment for a Zap. `contactUrl` links to a contact in HighLevel. */
export function appointmentFrom(
  answer: AppointmentResponse,
  contactUrl: (contactId: string | null) => string,
): Appointment {
  return { ...answer, url: contactUrl(answer.contactId) };
}

/** The appointment after a write, with the times that were sent: HighLevel's response lacks them. */
export function bookedFrom(
  answer: AppointmentResponse,
  { startTime, endTime }: { startTime?: string | undefined; endTime?: string | undefined },
  contactUrl: (contactId: string | null) => string,
): Appointment {
  return {
    ...appointmentFrom(answer, contactUrl),
    startTime: answer.startTime ?? startTime ?? null,
    endTime: answer.endTime ?? endTime ?? null,
  };
}

/** An appointment as a Zap receives it, the same from every step. */
export const Appointment = { ...known, url: contactLink };
export type Appointment = Output<typeof Appointment>;

/**
 * The free slots of a calendar: a list of times for each day, and a trace id. Anything else under a day, or an object or
 * list under another key, is an unreadable response: treating it as no slots would mean that nothing is free.
 */
export const FreeSlots = z.preprocess(
  (answer) => {
    if (!isObject(answer)) return answer;
    // Older responses have the days under this key.
    const { _dates_: wrapped, ...rest } = answer;
    const entries = Object.entries(isObject(wrapped) ? { ...rest, ...wrapped } : answer);
    const isBeside = ([key, value]: [string, unknown]) =>
      !DAY_NAME.test(key) && (value === null || typeof value !== 'object');
    return Object.fromEntries(
      entries
        .filter((entry) => !isBeside(entry))
        .map(([key, day]) => [key, Array.isArray(day) ? { slots: day } : day]),
    );
  },
  z.record(z.string().regex(DAY_NAME), z.object({ slots: z.array(z.string()) })),
);
