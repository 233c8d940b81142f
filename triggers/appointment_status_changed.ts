import { maybe, optional } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { appointmentPollInput } from '../lib/polling/appointments.ts';
import { pollStatusChanges } from '../lib/polling/status_changes.ts';
import { Appointment, appointmentFields } from '../lib/highlevel/records/appointment.ts';

export default trigger({
  key: 'appointment_status_changed',
  noun: 'Appointment',
  display: {
    label: 'Appointment Status Changed',
    description: 'Triggers when the status of an appointment changes, such as to Cancelled or Showed.',
  },
  input: {
    appointmentStatus: optional(
      appointmentFields.appointmentStatus,
      'Trigger only for changes to this status. Also triggers for appointments that are booked with it.',
    ),
    ...appointmentPollInput,
  },
  output: { ...Appointment, appointmentStatus: maybe.text('Status', 'cancelled') },
  primary: ['id', 'appointmentStatus'],

  perform: (highlevel, filters, mode) =>
    pollStatusChanges(highlevel, { key: 'appointment_status_changed', ...filters }, mode),
});
