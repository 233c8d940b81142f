import { ApiError, InputError, type FailureKind } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { isObject, isTooDeep } from '../base/json.ts';
import { contactsFrom } from '../resources/contacts.ts';
import { AppointmentResponse, type Appointment } from '../highlevel/records/appointment.ts';
import { ContactResponse, type Contact } from '../highlevel/records/contact.ts';
import { NoteResponse, noteFrom, type Note } from '../highlevel/records/note.ts';
import { TaskResponse, taskFrom, type Task } from '../highlevel/records/task.ts';
import { MAX_TASKS, taskPages } from '../resources/tasks.ts';

/** The types of record that an event can be about. */
export type RecordKind = 'contact' | 'task' | 'note' | 'appointment';

/** An event from HighLevel, sent by a marketplace app's webhook or a workflow's Webhook action. */
export interface HighLevelEvent {
  /** HighLevel's name of the event, or the one set in the workflow. */
  name: string;
  kind: RecordKind;
  recordId: string;
  contactId: string | undefined;
  locationId: string | undefined;
  /** The record in the payload. */
  content: Record<string, unknown>;
}

/** The record of an event, under the key of its kind; the other keys are null. */
export interface EventRecords {
  contact: Contact | null;
  task: Task | null;
  note: Note | null;
  appointment: Appointment | null;
  /** Whether the record was read from HighLevel. If not, it comes from the payload. */
  fetched: boolean;
}

const NOTHING = { contact: null, task: null, note: null, appointment: null };

/** Zapier takes no longer ones. Source: Zapier's documentation of webhook limits. */
const MAX_CHARACTERS = 10_000_000;
/** HighLevel nests a record's fields three or four levels deep; what is far beyond breaks whoever reads it. */
const MAX_DEPTH = 50;

function oversized(): InputError {
  return new InputError(
    'The delivery is too long or too deeply nested to be an event of HighLevel. Check what sends to this URL.',
  );
}

/**
 * Parses the body of a delivery: from a marketplace app's webhook (flat, with `type` and `id`), or from a workflow's Webhook
 * action, whose custom data (`event`, `contactId`, `taskId`, `noteId`) is at the top level or under `customData`. Throws
 * InputError when it is neither.
 */
export function readHighLevelEvent(body: unknown): HighLevelEvent {
  if (typeof body === 'string' && body.length > MAX_CHARACTERS) throw oversized();
  const payload = typeof body === 'string' ? parse(body) : body;
  if (!isObject(payload))
    throw new InputError('The delivery is not JSON, so it did not come from HighLevel.');
  const sent = payload.customData;
  const data = typeof sent === 'string' ? parse(sent) : sent;
  if (isTooDeep([payload, data], MAX_DEPTH)) throw oversized();
  const custom = isObject(data) ? data : {};
  const find = (...keys: string[]) =>
    keys.map((key) => text(custom[key]) ?? text(payload[key])).find((value) => value !== undefined);
  const location = isObject(payload.location) ? text(payload.location.id) : undefined;
  const locationId = find('locationId', 'location_id') ?? location;

  const type = text(payload.type);
  const kind = type && kindOf(type);
  if (kind) {
    const content = kind === 'appointment' && isObject(payload.appointment) ? payload.appointment : payload;
    const recordId = text(content.id);
    if (!recordId) throw new InputError(`HighLevel's ${type} came without the ID of its record.`);
    const contactId = kind === 'contact' ? recordId : text(content.contactId);
    return { name: type, kind, recordId, contactId, locationId, content };
  }

  const contactId = find('contactId', 'contact_id');
  const named = {
    note: find('noteId', 'note_id'),
    task: find('taskId', 'task_id'),
    appointment: find('appointmentId', 'appointment_id'),
    contact: contactId,
  };
  for (const candidate of ['note', 'task', 'appointment', 'contact'] as const) {
    const recordId = named[candidate];
    if (recordId)
      return {
        // Other events of a marketplace app, such as CampaignStatusUpdate, keep their name.
        name: find('event') ?? type ?? 'workflow',
        kind: candidate,
        recordId,
        contactId,
        locationId,
        content: { ...payload, ...custom, id: recordId },
      };
  }
  throw new InputError(
    "The delivery names no record. In the workflow's Webhook action add custom data: event and contactId, and taskId or noteId where one is meant.",
  );
}

/** A record that HighLevel does not give: deleted, or asked for in a way that it refuses. The event happened all the same. */
const IN_PAYLOAD_ONLY: readonly FailureKind[] = ['not found', 'refused', 'unreadable'];

/** The full record of an event, as the polling triggers give it; what HighLevel does not give comes as the payload has it. */
export async function recordsOf(highlevel: HighLevel, event: HighLevelEvent): Promise<EventRecords> {
  if (!event.name.endsWith('Delete')) {
    try {
      const found = await fetched(highlevel, event);
      if (found) return { ...NOTHING, ...found, fetched: true };
    } catch (error) {
      if (!(error instanceof ApiError && IN_PAYLOAD_ONLY.includes(error.kind))) throw error;
    }
  }
  return { ...NOTHING, ...fromPayload(highlevel, event), fetched: false };
}

async function fetched(
  highlevel: HighLevel,
  { kind, recordId, contactId }: HighLevelEvent,
): Promise<Partial<EventRecords> | undefined> {
  switch (kind) {
    case 'contact': {
      const { contact } = await highlevel.request('GET /contacts/{contactId}', {
        path: { contactId: recordId },
      });
      return { contact: (await contactsFrom(highlevel, [contact]))[0] ?? null };
    }
    case 'task': {
      const task = contactId
        ? (
            await highlevel.request('GET /contacts/{contactId}/tasks/{taskId}', {
              path: { contactId, taskId: recordId },
            })
          ).task
        : await findTask(highlevel, recordId);
      return task && { task: taskFrom(task, highlevel.contactUrl, contactId ?? task.contactId) };
    }
    case 'note': {
      if (!contactId) return undefined;
      const { note } = await highlevel.request('GET /contacts/{contactId}/notes/{id}', {
        path: { contactId, id: recordId },
      });
      return { note: noteFrom(note, highlevel.contactUrl, contactId) };
    }
    default: {
      const path = { eventId: recordId };
      return {
        appointment: (await highlevel.request('GET /calendars/events/appointments/{eventId}', { path }))
          .appointment,
      };
    }
  }
}

/** Finds a task in the sub-account, because HighLevel sends some TaskCreate events without the contact's id. */
async function findTask(highlevel: HighLevel, taskId: string): Promise<TaskResponse | undefined> {
  let read = 0;
  for await (const { tasks } of taskPages(highlevel, {})) {
    const found = tasks.find(({ id }) => id === taskId);
    read += tasks.length;
    if (found || read >= MAX_TASKS) return found;
  }
  return undefined;
}

function fromPayload(
  highlevel: HighLevel,
  { kind, content, contactId }: HighLevelEvent,
): Partial<EventRecords> {
  switch (kind) {
    case 'contact': {
      const contact = ContactResponse.safeParse(content).data;
      return contact ? { contact: { ...contact, custom: {}, url: highlevel.contactUrl(contact.id) } } : {};
    }
    case 'task': {
      const task = TaskResponse.safeParse(content).data;
      return task ? { task: taskFrom(task, highlevel.contactUrl, contactId ?? task.contactId) } : {};
    }
    case 'note': {
      const note = NoteResponse.safeParse(content).data;
      return note ? { note: noteFrom(note, highlevel.contactUrl, contactId ?? note.contactId) } : {};
    }
    default:
      return { appointment: AppointmentResponse.safeParse(content).data ?? null };
  }
}

function kindOf(type: string): RecordKind | undefined {
  const kind = /^(contact|task|note|appointment)(?=[A-Z])/i.exec(type)?.[1]?.toLowerCase();
  return kind === 'contact' || kind === 'task' || kind === 'note' || kind === 'appointment'
    ? kind
    : undefined;
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
