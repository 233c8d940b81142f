import { appointmentsOfContact, bestFirst } from '../lib/resources/appointments.ts';
import { contactIdField, flag, optional } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Appointment, appointmentFields } from '../lib/highlevel/records/appointment.ts';

export default search({
  key: 'find_appointments',
  noun: 'Appointment',
  display: {
    label: 'Find Appointments',
    description: "Finds a contact's appointments, the next one first.",
  },
  input: {
    contactId: contactIdField,
    upcoming: flag('Upcoming Only', true)
      .default(true)
      .describe('Choose **No** to include past appointments.'),
    appointmentStatus: optional(
      appointmentFields.appointmentStatus,
      'Return only appointments with this status.',
    ),
  },
  output: Appointment,

  async perform(highlevel, { contactId, upcoming, appointmentStatus }) {
    const appointments = await appointmentsOfContact(highlevel, contactId);
    const now = highlevel.now();
    return appointments
      .filter(
        (row) =>
          !(upcoming && Date.parse(row.startTime ?? '') < now) &&
          (appointmentStatus === undefined || row.appointmentStatus === appointmentStatus),
      )
      .toSorted(bestFirst(now));
  },
});
