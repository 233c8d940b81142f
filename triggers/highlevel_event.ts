import * as z from 'zod';
import { Halt } from '../lib/base/errors.ts';
import { flag, id, longText, text, textList } from '../lib/schema/fields.ts';
import { eventFilter } from '../lib/webhooks/event_filter.ts';
import { canonicalName, readHighLevelEvent, recordsOf } from '../lib/webhooks/highlevel_event.ts';
import { isSigned, SIGNATURE_HEADER } from '../lib/base/highlevel_signature.ts';
import { hook } from '../lib/zapier/operation.ts';
import { Appointment } from '../lib/highlevel/records/appointment.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';
import { Note } from '../lib/highlevel/records/note.ts';
import { Task } from '../lib/highlevel/records/task.ts';

const EVENTS = {
  ContactCreate: 'Contact Created',
  ContactUpdate: 'Contact Updated',
  ContactDelete: 'Contact Deleted',
  ContactTagUpdate: 'Contact Tags Changed',
  ContactDndUpdate: 'Contact Do Not Disturb Changed',
  NoteCreate: 'Note Added',
  NoteUpdate: 'Note Changed',
  NoteDelete: 'Note Deleted',
  TaskCreate: 'Task Created',
  TaskComplete: 'Task Completed',
  TaskDelete: 'Task Deleted',
  AppointmentCreate: 'Appointment Booked',
  AppointmentUpdate: 'Appointment Changed',
  AppointmentDelete: 'Appointment Deleted',
};

export default hook({
  key: 'highlevel_event',
  noun: 'Event',
  display: {
    label: 'New HighLevel Event',
    description: 'Triggers when a contact, task, note or appointment changes, the moment it happens.',
    directions:
      'In HighLevel, add the action Webhook to a workflow, paste the address below as its URL, and add custom data: event (a name of your choice), contactId, and taskId or noteId where one is meant. If you own a marketplace app, you can paste the address as its webhook URL instead.',
  },
  input: z.object({
    events: textList('Events', ['NoteCreate'])
      .meta({ editor: { type: 'string', list: true, choices: EVENTS } })
      .optional()
      .describe('Only these events. All events if empty. Names that a workflow sends can be typed in.'),
    requireSignature: flag('Require Signature', false)
      .default(false)
      .describe("Yes accepts only what HighLevel has signed: a marketplace app's events, not a workflow's."),
  }),
  output: z.object({
    id: text('Event ID', 'NoteCreate:zZ8oz9TCLMZcMgBzpv4e'),
    event: text('Event', 'NoteCreate'),
    recordType: text('Record Type', 'note'),
    recordId: id('Record ID', 'zZ8oz9TCLMZcMgBzpv4e'),
    fetched: flag('Read From HighLevel', true),
    contact: Contact.nullable().meta({ title: 'Contact' }),
    task: Task.nullable().meta({ title: 'Task' }),
    note: Note.nullable().meta({ title: 'Note' }),
    appointment: Appointment.nullable().meta({ title: 'Appointment' }),
    payload: longText('Payload', '{"type":"NoteCreate"}'),
  }),

  async perform(highlevel, { events = [], requireSignature }, { raw, body, header }) {
    const signature = header(SIGNATURE_HEADER);
    if (signature ? !isSigned(raw ?? '', signature) : requireSignature) {
      throw new Halt('The delivery does not bear a valid signature of HighLevel, so it was not used.');
    }
    const event = readHighLevelEvent(body);
    if (!event) return [];
    // All sub-accounts that installed the app share one webhook URL.
    if (event.locationId !== undefined && event.locationId !== highlevel.locationId) return [];
    // Events about other records, such as CampaignStatusUpdate, only if they are chosen.
    const isChosen = eventFilter(events, EVENTS);
    if (events.length === 0 ? event.isOther : ![event.name, canonicalName(event.name)].some(isChosen))
      return [];
    return [
      {
        id: `${event.name}:${event.recordId}`,
        event: event.name,
        recordType: event.kind,
        recordId: event.recordId,
        ...(await recordsOf(highlevel, event)),
        payload: raw ?? JSON.stringify(body),
      },
    ];
  },
});
