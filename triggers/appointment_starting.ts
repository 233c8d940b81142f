import { number } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { appointmentPollInput } from '../lib/polling/appointments.ts';
import { pollUpcomingAppointments } from '../lib/polling/upcoming_appointments.ts';
import { MAX_HOURS_BEFORE } from '../lib/polling/window.ts';
import { Appointment } from '../lib/highlevel/records/appointment.ts';

export default trigger({
  key: 'appointment_starting',
  noun: 'Appointment',
  display: {
    label: 'Appointment Starting Soon',
    description: 'Triggers when an appointment is about to start.',
  },
  input: {
    hoursBefore: number('Hours Before', 24)
      .narrowed((hours) => hours.min(0.1).max(MAX_HOURS_BEFORE))
      .default(24)
      .describe(
        'Number of hours before the start, such as `24` or `0.5`. Cancelled appointments do not trigger.',
      ),
    calendarId: appointmentPollInput.calendarId,
    assignedUserId: appointmentPollInput.assignedUserId,
  },
  output: Appointment,
  primary: ['id', 'startTime'],

  perform: pollUpcomingAppointments,
});
