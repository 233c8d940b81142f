import { ApiError, InputError, type FailureKind } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { EndpointName } from '../highlevel/endpoints.ts';
import { isObject, isTooDeep } from '../base/json.ts';
import { saysNothing } from '../base/text.ts';
import { contactsFrom } from '../resources/contacts.ts';
import { appointmentFrom, AppointmentResponse, type Appointment } from '../highlevel/records/appointment.ts';
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
  /** Whether it is an app event about another kind of record, which only names a contact. */
  isOther: boolean;
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

/** The kinds of record, most specific first, because a payload often includes the record's contact. */
const KINDS = ['note', 'task', 'appointment', 'contact'] as const;
/** Zapier's limit. Source: Zapier's documentation of webhook limits. */
const MAX_CHARACTERS = 10_000_000;
/** HighLevel nests a record's fields three or four levels deep; much deeper nesting would overflow the stack. */
const MAX_DEPTH = 50;

function oversized(): InputError {
  return new InputError(
    'The webhook is too long or too deeply nested to be from HighLevel. Check what sends to this URL.',
  );
}

/**
 * Parses the body of a delivery: from a marketplace app's webhook (`type` and the record, flat or under the name of its
 * kind), or from a workflow's Webhook action. A workflow's custom data (`event`, `contactId`, `taskId`, `noteId`,
 * `appointmentId`) is under `customData`, or is the whole body. HighLevel adds its standard data (`contact_id`, `calendar`,
 * `location`) and the sub-account's custom fields by label. A label may be anything, even `type` or `note_id`, so custom
 * fields are ignored. Undefined for an app event that names no record of ours, such as an installation, an invoice or a
 * product: a marketplace app receives all events at one URL. Throws InputError for any other delivery.
 */
export function readHighLevelEvent(body: unknown): HighLevelEvent | undefined {
  if (typeof body === 'string' && body.length > MAX_CHARACTERS) throw oversized();
  const payload = typeof body === 'string' ? parse(body) : body;
  if (!isObject(payload)) throw new InputError("The webhook isn't JSON, so it didn't come from HighLevel.");
  const own = ownData(payload);
  if (isTooDeep([payload, own], MAX_DEPTH)) throw oversized();
  const location = isObject(payload.location) ? text(payload.location.id) : undefined;
  const locationId =
    firstText(own, 'locationId', 'location_id') ??
    firstText(payload, 'locationId', 'location_id') ??
    location;

  const type = isOfWorkflow(payload) || text(own.event) ? undefined : text(payload.type);
  const kind = type && kindOf(type);
  if (kind) {
    const content = isObject(payload[kind]) ? payload[kind] : payload;
    const recordId = firstText(content, 'id', `${kind}Id`);
    if (!recordId) throw new InputError(`HighLevel's ${type} webhook has no record ID.`);
    const contactId =
      kind === 'contact'
        ? recordId
        : (text(content.contactId) ?? text(payload.contactId) ?? idIn(payload, 'contact'));
    return { name: type, kind, recordId, contactId, locationId, content, isOther: false };
  }

  const isOther = type !== undefined && OTHER_EVENT.test(type);
  const ownContactId = firstText(own, 'contactId', 'contact_id');
  const contactId = ownContactId ?? text(payload.contact_id) ?? idIn(payload, 'contact');
  const named = {
    note: firstText(own, 'noteId', 'note_id') ?? idIn(payload, 'note'),
    task: firstText(own, 'taskId', 'task_id') ?? idIn(payload, 'task'),
    // Custom data that names a contact means the contact, even in a workflow that an appointment started.
    appointment:
      firstText(own, 'appointmentId', 'appointment_id') ??
      (ownContactId ? undefined : (idIn(payload, 'calendar') ?? idIn(payload, 'appointment'))),
    contact: contactId,
  };
  for (const candidate of KINDS) {
    const recordId = named[candidate];
    if (recordId) {
      const record = isObject(payload[candidate]) ? payload[candidate] : payload;
      return {
        // Other events of a marketplace app, such as CampaignStatusUpdate, keep their name.
        name: text(own.event) ?? type ?? 'workflow',
        kind: candidate,
        recordId,
        contactId,
        locationId,
        content: { ...record, ...own, id: recordId },
        isOther,
      };
    }
  }
  // Invoices, products, associations and object schemas have no type.
  const isUntyped = type === undefined && !isOfWorkflow(payload) && !text(payload.event);
  if (isOther || (isUntyped && firstText(payload, 'altId', 'locationId'))) return undefined;
  throw new InputError(
    "The webhook didn't say which record it is about. Add contactId, and taskId or noteId, to the custom data of the workflow's Webhook action.",
  );
}

/** HighLevel's names of app events: `OpportunityCreate`, `LCEmailStats`, `PLAN_CHANGE`, `invoice.paid`. */
const OTHER_EVENT = /^(?:(?:[A-Z]+[a-z]+){2,}|[A-Z]{4,}(?:_[A-Z]+)*|[a-z]+(?:[._][a-z]+)+)$/;

/** Whether HighLevel's event name says that the record was deleted. A workflow's event name may be anything. */
function isDeletion(name: string): boolean {
  return kindOf(name) !== undefined && canonicalName(name).endsWith('delete');
}

/** An event's name in HighLevel's format, without case and punctuation: `contact.created` is ContactCreate. */
export function canonicalName(name: string): string {
  const letters = name.toLowerCase().replace(/[\s._-]/g, '');
  return letters.replace(/(create|update|delete|complete)d$/, '$1');
}

/** The custom data that the user added to the delivery. */
function ownData(payload: Record<string, unknown>): Record<string, unknown> {
  const sent = payload.customData;
  const data = typeof sent === 'string' ? parse(sent) : sent;
  if (isObject(data)) return data;
  // At the top level custom fields and custom data cannot be distinguished; HighLevel itself uses `contact_id`.
  return isOfWorkflow(payload) && text(payload.contactId) === undefined ? {} : payload;
}

/** Whether the delivery has the standard data of a workflow. */
function isOfWorkflow(payload: Record<string, unknown>): boolean {
  const { customData, workflow, location, contact_id: contactId, triggerData } = payload;
  if (isObject(customData) || isObject(workflow) || isObject(triggerData)) return true;
  if (typeof customData === 'string' && isObject(parse(customData))) return true;
  return (
    text(contactId) !== undefined &&
    (isObject(location) || 'contact_type' in payload || 'date_created' in payload)
  );
}

/** The id of a record under its own key. For a calendar, it is the id of the appointment. */
function idIn(payload: Record<string, unknown>, key: string): string | undefined {
  const record = payload[key];
  if (!isObject(record)) return undefined;
  return key === 'calendar' ? firstText(record, 'appointmentId', 'appointment_id') : text(record.id);
}

function firstText(record: Record<string, unknown>, ...keys: string[]): string | undefined {
  return keys.map((key) => text(record[key])).find((value) => value !== undefined);
}

/**
 * Failures that a repeat does not fix, although the event has happened: the record was deleted or refused, the connection
 * may not read it, or the response is unreadable. The payload is then used instead. A rate limit or an outage is temporary,
 * so Zapier runs the step again; a wrong sub-account or token needs the user.
 */
const IN_PAYLOAD_ONLY: readonly FailureKind[] = ['not found', 'refused', 'not permitted', 'unreadable'];

function isInPayloadOnly({ kind, isUnreadable }: ApiError): boolean {
  return IN_PAYLOAD_ONLY.includes(kind) || isUnreadable;
}

/**
 * Reads the record of an event, as the polling triggers return it. If HighLevel does not return it, the payload is used. A
 * workflow's payload (`body`) has the details of the contact.
 */
export async function recordsOf(
  highlevel: HighLevel,
  event: HighLevelEvent,
  body: unknown,
): Promise<EventRecords> {
  const records = await recordOf(highlevel, event);
  const payload = typeof body === 'string' ? parse(body) : body;
  if (!isObject(payload) || !isOfWorkflow(payload)) return records;
  const { task, note, appointment } = records;
  const names = {
    contactName: text(payload.full_name),
    contactEmail: text(payload.email),
    contactPhone: text(payload.phone),
  };
  for (const record of [task, note, appointment]) {
    if (!record?.contactId || record.contactId !== text(payload.contact_id)) continue;
    for (const [key, value] of Object.entries(names)) if (value) Object.assign(record, { [key]: value });
  }
  return records;
}

async function recordOf(highlevel: HighLevel, event: HighLevelEvent): Promise<EventRecords> {
  if (!isDeletion(event.name)) {
    try {
      const found = await fetched(highlevel, event);
      if (found) return { ...NOTHING, ...found, fetched: true };
    } catch (error) {
      if (!(error instanceof ApiError && isInPayloadOnly(error))) throw error;
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
      const { appointment } = await highlevel.request('GET /calendars/events/appointments/{eventId}', {
        path,
      });
      return { appointment: appointmentFrom(appointment, highlevel.contactUrl) };
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
    default: {
      const appointment = AppointmentResponse.safeParse(content).data;
      return appointment ? { appointment: appointmentFrom(appointment, highlevel.contactUrl) } : {};
    }
  }
}

/** The endpoint that reads the record of an app event; undefined for events about other records. */
export function endpointOf(type: string): EndpointName | undefined {
  const kind = kindOf(type);
  return kind && READ_WITH[kind];
}

const READ_WITH = {
  contact: 'GET /contacts/{contactId}',
  task: 'GET /contacts/{contactId}/tasks/{taskId}',
  note: 'GET /contacts/{contactId}/notes/{id}',
  appointment: 'GET /calendars/events/appointments/{eventId}',
} as const satisfies Record<RecordKind, EndpointName>;

/** The kind of record of an app event, such as `ContactTagUpdate` or `contact.created`. */
function kindOf(type: string): RecordKind | undefined {
  const name = type === type.toUpperCase() ? type.toLowerCase() : `${type[0]?.toLowerCase()}${type.slice(1)}`;
  const kind = /^(contact|task|note|appointment)(?:[A-Z]|[._][a-z])/.exec(name)?.[1];
  return KINDS.find((known) => known === kind);
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
  return typeof value === 'string' && !saysNothing(value) ? value.trim() : undefined;
}
