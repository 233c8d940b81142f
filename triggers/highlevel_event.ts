import { Halt } from '../lib/base/errors.ts';
import { flag, id, longText, nested, optional, text, textList } from '../lib/schema/fields.ts';
import { chosenEvents, eventFilter } from '../lib/webhooks/event_filter.ts';
import { canonicalName, endpointOf, readHighLevelEvent, recordsOf } from '../lib/webhooks/highlevel_event.ts';
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
  ContactTagUpdate: 'Contact Tags Updated',
  ContactDndUpdate: 'Contact Do Not Disturb Updated',
  NoteCreate: 'Note Added',
  NoteUpdate: 'Note Edited',
  NoteDelete: 'Note Deleted',
  TaskCreate: 'Task Created',
  TaskComplete: 'Task Completed',
  TaskDelete: 'Task Deleted',
  AppointmentCreate: 'Appointment Booked',
  AppointmentUpdate: 'Appointment Updated',
  AppointmentDelete: 'Appointment Deleted',
};

export default hook({
  key: 'highlevel_event',
  noun: 'Event',
  display: {
    label: 'New HighLevel Event',
    description:
      'Triggers when a contact, task, note, or appointment changes, as soon as HighLevel reports it.',
    directions:
      'In a HighLevel workflow, add a **Webhook** action and paste the URL below. Add custom data: `event` (for example `NoteCreate`), `contactId`, and `taskId` or `noteId` if the event is about one. If you own a marketplace app, you can use this URL as its webhook URL instead.',
  },
  input: {
    events: optional(
      textList('Events', ['NoteCreate']).meta({ editor: { type: 'string', list: true, choices: EVENTS } }),
      'Trigger only for these events. Leave blank for all. You can also type the `event` name your workflow sends.',
    ),
    requireSignature: flag('Require Signature', false)
      .default(false)
      .describe('Choose **Yes** to accept only signed webhooks of a marketplace app. Workflows do not sign.'),
  },
  output: {
    id: text('Event ID', 'NoteCreate:zZ8oz9TCLMZcMgBzpv4e'),
    event: text('Event', 'NoteCreate'),
    recordType: text('Record Type', 'note'),
    recordId: id('Record ID', 'zZ8oz9TCLMZcMgBzpv4e'),
    fetched: flag('Read From HighLevel', true),
    // The sample is a note: an event has one record.
    contact: nested('Contact', Contact).nullable().meta({ example: null }),
    task: nested('Task', Task).nullable().meta({ example: null }),
    note: nested('Note', Note).nullable(),
    appointment: nested('Appointment', Appointment).nullable().meta({ example: null }),
    payload: longText('Webhook Data', '{"type":"NoteCreate"}'),
  },

  relay: {
    source: 'highlevel',
    types: ({ events = [] }, isAllowed) =>
      (events.length === 0 ? Object.keys(EVENTS) : chosenEvents(events, EVENTS)).filter((type) => {
        const endpoint = endpointOf(type);
        return endpoint === undefined || isAllowed(endpoint);
      }),
  },

  async perform(highlevel, { events = [], requireSignature }, { raw, body, header }) {
    const signature = header(SIGNATURE_HEADER);
    if (signature ? !isSigned(raw ?? '', signature) : requireSignature) {
      throw new Halt("The webhook isn't signed by HighLevel, so it was ignored.");
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
        ...(await recordsOf(highlevel, event, body)),
        payload: raw ?? JSON.stringify(body),
      },
    ];
  },
});
