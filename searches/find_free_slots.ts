import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { dateTime, text, timeZone } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { appointmentFields } from '../lib/highlevel/records/appointment.ts';

const DAY = 86_400_000;
/** The longest range that HighLevel accepts. Source: HighLevel's OpenAPI files. */
export const MAX_DAYS = 31;

export default search({
  key: 'find_free_slots',
  noun: 'Slot',
  display: {
    label: 'Find Free Appointment Slots',
    description: 'Finds the free times of a calendar, the earliest first.',
  },
  input: z.object({
    calendarId: appointmentFields.calendarId,
    from: dateTime('From', '2026-01-30T09:00:00Z')
      .optional()
      .describe('Now if empty. A date alone means 9 in the morning.'),
    to: dateTime('To', '2026-02-06T09:00:00Z')
      .optional()
      .describe('Seven days after From if empty; at most 31 days. A date alone means 9 in the morning.'),
    timezone: timeZone('Time Zone', 'America/New_York')
      .optional()
      .describe("The time zone the slots are given in. The calendar's own if empty."),
  }),
  output: z.object({
    id: text('Slot ID', '2026-01-30T10:00:00-05:00'),
    startTime: dateTime('Start Time', '2026-01-30T10:00:00-05:00'),
    date: text('Date', '2026-01-30'),
    calendarId: text('Calendar ID', 'CVokAlI8fgw4WYWoCtQz'),
  }),

  async perform(highlevel, { calendarId, from, to, timezone }) {
    const startDate = from ? Date.parse(from) : highlevel.now();
    const endDate = to ? Date.parse(to) : startDate + 7 * DAY;
    if (endDate <= startDate) throw new InputError('To must be later than From.');
    if (endDate - startDate > MAX_DAYS * DAY)
      throw new InputError('From and To may lie 31 days apart at the most. Please choose a shorter range.');
    const days = await highlevel.request('GET /calendars/{calendarId}/free-slots', {
      path: { calendarId },
      query: { startDate, endDate, timezone },
    });
    // Besides the days, the response contains a trace id, which has no slots.
    const slots = Object.entries(days).flatMap(([date, day]) =>
      (day?.slots ?? []).map((startTime) => ({ id: startTime, startTime, date, calendarId })),
    );
    return slots.toSorted((a, b) => Date.parse(a.startTime) - Date.parse(b.startTime));
  },
});
