import { DateTime } from 'luxon';
import { DAY } from '../lib/base/dates.ts';
import { InputError } from '../lib/base/errors.ts';
import { ifReadable, timeZone } from '../lib/resources/location.ts';
import { DATE_AND_TIME, dateTime, optional, text, timeZone as timeZoneField } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { appointmentFields } from '../lib/highlevel/records/appointment.ts';

/** The longest range that HighLevel accepts. Source: HighLevel's OpenAPI files. */
export const MAX_DAYS = 31;

export default search({
  key: 'find_free_slots',
  noun: 'Slot',
  display: {
    label: 'Find Available Appointment Times',
    description: 'Finds the available times of a calendar, earliest first.',
  },
  input: {
    calendarId: appointmentFields.calendarId,
    from: optional(dateTime('From', '2026-01-30T09:00:00Z'), `Leave blank to start now. ${DATE_AND_TIME}`),
    to: optional(
      dateTime('To', '2026-02-06T09:00:00Z'),
      `Leave blank to use 7 days after From; at most 31 days. ${DATE_AND_TIME}`,
    ),
    timezone: optional(
      timeZoneField('Time Zone', 'America/New_York'),
      "Choose a time zone such as `America/New_York`. Leave blank to use the calendar's time zone.",
    ),
  },
  output: {
    id: text('Time ID', '2026-01-30T10:00:00-05:00'),
    startTime: dateTime('Start Time', '2026-01-30T10:00:00-05:00'),
    date: text('Date', '2026-01-30'),
    calendarId: text('Calendar ID', 'CVokAlI8fgw4WYWoCtQz'),
  },

  async perform(highlevel, { calendarId, from, to, timezone }) {
    const zone = async () => timezone ?? (await ifReadable(timeZone(highlevel), 'utc'));
    const startDate = from ? Date.parse(from) : highlevel.now();
    const endDate = to ? Date.parse(to) : startDate + 7 * DAY;
    if (endDate <= startDate) throw new InputError('"To" must be later than "From".');
    if (endDate - startDate > (MAX_DAYS - 1) * DAY && endDate > latestEnd(startDate, await zone()))
      throw new InputError('"From" and "To" can be at most 31 days apart. Choose a shorter range.');
    const days = await highlevel.request('GET /calendars/{calendarId}/free-slots', {
      path: { calendarId },
      query: { startDate, endDate, timezone },
    });
    const slots = Object.entries(days).flatMap(([date, day]) =>
      day.slots.map((startTime) => ({ id: startTime, startTime, date, calendarId })),
    );
    return slots.toSorted((a, b) => Date.parse(a.startTime) - Date.parse(b.startTime));
  },
});

// In calendar days, because the length of 31 days changes with daylight saving time.
function latestEnd(startDate: number, zone: string): number {
  return DateTime.fromMillis(startDate, { zone }).plus({ days: MAX_DAYS }).toMillis();
}
