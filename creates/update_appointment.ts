import { InputError } from '../lib/base/errors.ts';
import { appointmentIdField, DATE_AND_TIME, optional } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import {
  Appointment,
  appointmentFields,
  appointmentGroups,
  appointmentInput,
  bookedFrom,
  placed,
} from '../lib/highlevel/records/appointment.ts';

export default create({
  key: 'update_appointment',
  noun: 'Appointment',
  display: {
    label: 'Update Appointment',
    description: 'Updates an appointment. Blank fields are left unchanged.',
  },
  input: {
    appointmentId: appointmentIdField,
    calendarId: optional(appointmentFields.calendarId),
    startTime: optional(appointmentFields.startTime),
    ...appointmentInput,
    appointmentStatus: optional(
      appointmentFields.appointmentStatus,
      'Choose the new status. Leave blank to keep the present one.',
    ),
    endTime: optional(
      appointmentFields.endTime,
      `Fill this in when you move the start, or HighLevel may keep the old end time. ${DATE_AND_TIME}`,
    ),
  },
  output: Appointment,
  groups: appointmentGroups,

  async perform(highlevel, { appointmentId: eventId, ...body }) {
    if (Object.keys(body).length === 0)
      throw new InputError('Nothing to update. Please fill in at least one field besides "Appointment".');
    const { appointment } = await highlevel.request('PUT /calendars/events/appointments/{eventId}', {
      path: { eventId },
      body: placed(body),
    });
    return bookedFrom(appointment, body, highlevel.contactUrl);
  },
});
