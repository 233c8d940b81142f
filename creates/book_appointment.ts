import { contactIdField } from '../lib/schema/fields.ts';
import { bookAppointment } from '../lib/resources/appointments.ts';
import { create } from '../lib/zapier/operation.ts';
import {
  Appointment,
  appointmentFields,
  appointmentGroups,
  appointmentInput,
} from '../lib/highlevel/records/appointment.ts';

export default create({
  key: 'book_appointment',
  noun: 'Appointment',
  display: { label: 'Book Appointment', description: 'Books an appointment for a contact in a calendar.' },
  input: {
    calendarId: appointmentFields.calendarId,
    contactId: contactIdField,
    startTime: appointmentFields.startTime,
    ...appointmentInput,
  },
  output: Appointment,
  groups: appointmentGroups,

  async perform(highlevel, booking) {
    return bookAppointment(highlevel, booking);
  },
});
