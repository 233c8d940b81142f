import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { appointmentIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import {
  Appointment,
  appointmentFields,
  appointmentInput,
  bookedFrom,
  placed,
} from '../lib/highlevel/records/appointment.ts';

export default create({
  key: 'update_appointment',
  noun: 'Appointment',
  display: {
    label: 'Update Appointment',
    description: 'Moves or changes an appointment. Fields left empty stay as they are.',
  },
  input: z.object({
    appointmentId: appointmentIdField,
    calendarId: appointmentFields.calendarId.optional(),
    startTime: appointmentFields.startTime
      .optional()
      .describe("Without a time zone, the Zap's own is meant."),
    ...appointmentInput,
    endTime: appointmentFields.endTime
      .optional()
      .describe('Please fill it too when you move the start: HighLevel may keep the old end.'),
  }),
  output: Appointment,

  async perform(highlevel, { appointmentId: eventId, ...body }) {
    if (Object.keys(body).length === 0) throw new InputError('Please fill at least one field to update.');
    const { appointment } = await highlevel.request('PUT /calendars/events/appointments/{eventId}', {
      path: { eventId },
      body: placed(body),
    });
    return bookedFrom(appointment, body);
  },
});
