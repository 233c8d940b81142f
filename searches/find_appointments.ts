import * as z from 'zod';
import { appointmentsOfContact } from '../lib/resources/appointments.ts';
import { contactIdField, flag } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Appointment } from '../lib/highlevel/records/appointment.ts';

export default search({
  key: 'find_appointments',
  noun: 'Appointment',
  display: {
    label: 'Find Appointments',
    description: "Finds a contact's appointments, the next one first.",
  },
  input: z.object({
    contactId: contactIdField,
    upcoming: flag('Upcoming Only', true)
      .optional()
      .describe('Yes leaves out what has begun already. All appointments if empty.'),
  }),
  output: Appointment,

  async perform(highlevel, { contactId, upcoming = false }) {
    const appointments = await appointmentsOfContact(highlevel, contactId);
    const from = upcoming ? highlevel.now() : -Infinity;
    return appointments.filter(({ startTime }) => !(Date.parse(startTime ?? '') < from));
  },
});
