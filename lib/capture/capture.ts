import { findDuplicate, writtenContact } from '../resources/contacts.ts';
import { createOnce } from '../resources/create_once.ts';
import { createNote } from '../resources/notes.ts';
import { createTask } from '../resources/tasks.ts';
import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Lead } from '../jivochat/lead.ts';
import type { Contact, ContactResponse } from '../highlevel/records/contact.ts';
import { noteFrom, type Note, type NoteResponse } from '../highlevel/records/note.ts';
import { taskFrom, type Task, type TaskResponse } from '../highlevel/records/task.ts';
import { settleAll } from '../base/settle.ts';
import { finishWrites } from '../resources/remaining_writes.ts';
import { fieldsOf, fieldsToWrite, type ExistingContact, type LeadFields } from './existing.ts';
import { noteBody, taskBody, hasNewMessages } from './note.ts';
import { withoutRefused } from './refused_fields.ts';
import type { Trace } from './trace.ts';

/** A lead, and what to write to HighLevel for it. */
export interface Capture {
  lead: Lead;
  trace: Trace;
  tags: string[];
  customFields: CustomFieldValue[];
  existingContact: ExistingContact;
  note: boolean;
  task: { title: string; dueDate: string; assignedTo?: string } | undefined;
  /** Whether the sub-account refuses a second contact with the same email or phone. The refusal then names the existing one. */
  refusesDuplicates: boolean;
}

/** The records of a captured lead. `note` and `task` are null when they were not requested. */
export interface Captured {
  contact: Contact;
  isNew: boolean;
  note: Note | null;
  task: Task | null;
  warnings: string[];
}

/**
 * Writes a lead to HighLevel: contact, note and task. At least 3 requests in 2 round trips for a new lead. Writes only what
 * is missing, so a replay changes nothing but completes an earlier run that failed halfway. Throws ApiError.
 */
export async function capture(highlevel: HighLevel, input: Capture): Promise<Captured> {
  const warnings: string[] = [];
  const created = await createOrFind(highlevel, input, warnings);
  return typeof created === 'string'
    ? addToExisting(highlevel, created, input, warnings)
    : addToNew(highlevel, created, input, warnings);
}

/** The new contact, or the id of the existing one. */
async function createOrFind(
  highlevel: HighLevel,
  input: Capture,
  warnings: string[],
): Promise<ContactResponse | string> {
  const existing = input.refusesDuplicates ? undefined : (await findDuplicate(highlevel, input.lead))?.id;
  return existing ?? createContact(highlevel, input, input.customFields, warnings);
}

async function createContact(
  highlevel: HighLevel,
  input: Capture,
  customFields: CustomFieldValue[],
  warnings: string[],
): Promise<ContactResponse | string> {
  const body = {
    locationId: highlevel.locationId,
    ...fieldsOf(input.lead),
    ...(input.tags.length > 0 && { tags: input.tags }),
    ...(customFields.length > 0 && { customFields }),
  };
  const { email, phone } = input.lead;
  try {
    return await createOnce<ContactResponse | string>(highlevel, {
      kind: 'contact',
      identity: [email, phone],
      send: async () => (await highlevel.request('POST /contacts/', { body })).contact,
      // Any contact with the lead's email or phone is its contact, however old.
      findLike: async () => {
        const existing = await findDuplicate(highlevel, input.lead);
        return existing ? [{ id: existing.id, dateAdded: null, record: existing.id }] : [];
      },
    });
  } catch (error) {
    const accepted = withoutRefused(error, customFields, warnings);
    if (accepted) return createContact(highlevel, input, accepted, warnings);
    if (!(error instanceof ApiError && error.kind === 'duplicate')) throw error;
    const existing = error.duplicate?.contactId ?? (await findDuplicate(highlevel, input.lead))?.id;
    if (existing) return existing;
    throw unknownDuplicate(error);
  }
}

// An error and not a warning: the lead is not in HighLevel.
function unknownDuplicate({ status }: ApiError): ApiError {
  return new ApiError(
    'refused',
    'HighLevel did not create the contact: it says that there is one already, but not which, and finds none with this email or phone. Please look for it in HighLevel.',
    { status },
  );
}

async function addToNew(
  highlevel: HighLevel,
  contact: ContactResponse,
  input: Capture,
  warnings: string[],
): Promise<Captured> {
  const [note, task] = await finishWrites([
    input.note ? writeNote(highlevel, contact.id, input, []) : null,
    input.task ? writeTask(highlevel, contact.id, input.task, input, []) : null,
  ]);
  return { contact: await writtenContact(highlevel, contact), isNew: true, note, task, warnings };
}

async function addToExisting(
  highlevel: HighLevel,
  contactId: string,
  input: Capture,
  warnings: string[],
): Promise<Captured> {
  const path = { contactId };
  const [{ contact }, { notes }, { tasks }] = await settleAll([
    highlevel.request('GET /contacts/{contactId}', { path }),
    input.note ? highlevel.request('GET /contacts/{contactId}/notes', { path }) : { notes: [] },
    input.task ? highlevel.request('GET /contacts/{contactId}/tasks', { path }) : { tasks: [] },
  ]);
  const missing = fieldsToWrite(contact, input.lead, input.customFields, input.existingContact);
  const newTags = input.tags.filter((tag) => !contact.tags.includes(tag));

  const [updated, tagged, note, task] = await finishWrites([
    updateContact(highlevel, contactId, missing, warnings),
    newTags.length > 0
      ? highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags: newTags } })
      : null,
    input.note ? writeNote(highlevel, contactId, input, notes) : null,
    input.task ? writeTask(highlevel, contactId, input.task, input, tasks) : null,
  ]);
  const now = { ...(updated ?? contact), tags: tagged?.tags ?? contact.tags };
  return { contact: await writtenContact(highlevel, now), isNew: false, note, task, warnings };
}

/**
 * Updates the contact. Leaves out, with a warning, a custom field that HighLevel refuses, and an email or phone that another
 * contact has. Null when there is nothing to update.
 */
async function updateContact(
  highlevel: HighLevel,
  contactId: string,
  body: LeadFields & { customFields?: CustomFieldValue[] },
  warnings: string[],
): Promise<ContactResponse | null> {
  if (Object.keys(body).length === 0) return null;
  try {
    return (await highlevel.request('PUT /contacts/{contactId}', { path: { contactId }, body: { ...body } }))
      .contact;
  } catch (error) {
    const { customFields = [], ...fields } = body;
    const accepted = withoutRefused(error, customFields, warnings);
    if (accepted) {
      const custom = accepted.length > 0 && { customFields: accepted };
      return updateContact(highlevel, contactId, { ...fields, ...custom }, warnings);
    }
    if (!(error instanceof ApiError && error.kind === 'duplicate')) throw error;
    const { email, phone, ...rest } = body;
    warnings.push(
      `${[email, phone].filter(Boolean).join(' and ')} was not added to the contact, because another contact` +
        `${error.duplicate ? ` (${error.duplicate.contactId})` : ''} has it already.`,
    );
    return email === undefined && phone === undefined
      ? null
      : updateContact(highlevel, contactId, rest, warnings);
  }
}

/** One note per chat: created once, and updated only when there are new messages. */
async function writeNote(
  highlevel: HighLevel,
  contactId: string,
  { lead, trace }: Capture,
  notes: NoteResponse[],
): Promise<Note> {
  const isOfChat = (note: NoteResponse) => trace.pattern.test(note.body);
  const body = noteBody(lead, trace);
  const same = { identity: trace.line, is: isOfChat };
  const existing = notes.find(isOfChat) ?? (await createNote(highlevel, contactId, { body }, same));
  if (!hasNewMessages(lead, existing.body, trace)) return noteFrom(existing, highlevel.contactUrl, contactId);
  const path = { contactId, id: existing.id };
  const { note } = await highlevel.request('PUT /contacts/{contactId}/notes/{id}', { path, body: { body } });
  return noteFrom(note, highlevel.contactUrl, contactId);
}

/** One task per chat, open or completed. */
async function writeTask(
  highlevel: HighLevel,
  contactId: string,
  task: NonNullable<Capture['task']>,
  { lead, trace }: Capture,
  tasks: TaskResponse[],
): Promise<Task> {
  const isOfChat = (other: TaskResponse) => trace.ofChat.test(other.body ?? '');
  const existing = tasks.find(isOfChat);
  if (existing) return taskFrom(existing, highlevel.contactUrl, contactId);
  const same = { identity: trace.line, is: isOfChat };
  const body = { ...task, body: taskBody(lead, trace), completed: false };
  return taskFrom(await createTask(highlevel, contactId, body, same), highlevel.contactUrl, contactId);
}
