import { optional } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { appointmentPollInput, pollAppointments } from '../lib/polling/appointments.ts';
import { Appointment, appointmentFields } from '../lib/highlevel/records/appointment.ts';

export default trigger({
  key: 'updated_appointment',
  noun: 'Appointment',
  display: {
    label: 'New or Updated Appointment',
    description: 'Triggers when an appointment is booked or updated.',
  },
  input: {
    ...appointmentPollInput,
    appointmentStatus: optional(
      appointmentFields.appointmentStatus,
      'Trigger only while the appointment has this status. Each later edit triggers again.',
    ),
  },
  output: Appointment,
  primary: ['id', 'dateUpdated'],

  perform: (highlevel, filters, mode) =>
    pollAppointments(highlevel, { key: 'updated_appointment', by: 'dateUpdated', ...filters }, mode),
});
