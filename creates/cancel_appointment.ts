import { appointmentIdField, maybe, optional } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { Appointment, appointmentFields, appointmentFrom } from '../lib/highlevel/records/appointment.ts';

export default create({
  key: 'cancel_appointment',
  noun: 'Appointment',
  display: {
    label: 'Cancel Appointment',
    description: 'Cancels an appointment. It stays in the calendar with the status Cancelled.',
  },
  input: {
    appointmentId: appointmentIdField,
    toNotify: optional(appointmentFields.toNotify),
  },
  output: { ...Appointment, appointmentStatus: maybe.text('Status', 'cancelled') },

  async perform(highlevel, { appointmentId: eventId, ...body }) {
    const { appointment } = await highlevel.request('PUT /calendars/events/appointments/{eventId}', {
      path: { eventId },
      body: { ...body, appointmentStatus: 'cancelled' },
    });
    return appointmentFrom(appointment, highlevel.contactUrl);
  },
});
