import { trigger } from '../lib/zapier/operation.ts';
import { appointmentPollInput, pollAppointments } from '../lib/polling/appointments.ts';
import { Appointment } from '../lib/highlevel/records/appointment.ts';

export default trigger({
  key: 'new_appointment',
  noun: 'Appointment',
  display: { label: 'New Appointment', description: 'Triggers when a new appointment is booked.' },
  input: appointmentPollInput,
  output: Appointment,
  primary: ['id'],

  perform: (highlevel, filters, mode) =>
    pollAppointments(highlevel, { key: 'new_appointment', by: 'dateAdded', ...filters }, mode),
});
