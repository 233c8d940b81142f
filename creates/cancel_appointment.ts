import * as z from 'zod';
import { appointmentIdField, maybe, text } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { Appointment, appointmentFields } from '../lib/highlevel/records/appointment.ts';

export default create({
  key: 'cancel_appointment',
  noun: 'Appointment',
  display: {
    label: 'Cancel Appointment',
    description: 'Cancels an appointment. It stays in the calendar, marked as cancelled.',
  },
  input: z.object({
    appointmentId: appointmentIdField,
    toNotify: appointmentFields.toNotify
      .optional()
      .describe('No keeps the automations of HighLevel, such as reminders, from running. They run if empty.'),
  }),
  output: Appointment.extend({ appointmentStatus: maybe(text('Status', 'cancelled')) }),

  async perform(highlevel, { appointmentId: eventId, ...body }) {
    const { appointment } = await highlevel.request('PUT /calendars/events/appointments/{eventId}', {
      path: { eventId },
      body: { ...body, appointmentStatus: 'cancelled' },
    });
    return appointment;
  },
});
