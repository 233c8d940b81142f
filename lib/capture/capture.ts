import { writtenContact } from '../resources/contacts.ts';
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

/** What is to stand in HighLevel when a lead has been captured. */
export interface Capture {
  lead: Lead;
  trace: Trace;
  tags: string[];
  customFields: CustomFieldValue[];
  existingContact: ExistingContact;
  note: boolean;
  task: { title: string; dueDate: string; assignedTo?: string } | undefined;
  /** The sub-account is known to refuse a second contact with the same email or phone: creating one then finds it. */
  refusesDuplicates: boolean;
}

/** What was captured. `note` and `task` are null where none was asked for. */
export interface Captured {
  contact: Contact;
  isNew: boolean;
  note: Note | null;
  task: Task | null;
  warnings: string[];
}

/**
 * Brings a lead into HighLevel: contact, note and task. A new lead costs 3 requests in 2 round trips; what stands there
 * already is not written again, so that a replay writes nothing and completes what an earlier run left undone.
 */
export async function capture(highlevel: HighLevel, wanted: Capture): Promise<Captured> {
  const warnings: string[] = [];
  const created = await createOrFind(highlevel, wanted, warnings);
  return typeof created === 'string'
    ? addToExisting(highlevel, created, wanted, warnings)
    : addToNew(highlevel, created, wanted, warnings);
}

/** The new contact, or the id of the one that is there already. */
async function createOrFind(
  highlevel: HighLevel,
  wanted: Capture,
  warnings: string[],
): Promise<ContactResponse | string> {
  const there = wanted.refusesDuplicates ? undefined : await findDuplicate(highlevel, wanted.lead);
  return there ?? createContact(highlevel, wanted, wanted.customFields, warnings);
}

async function createContact(
  highlevel: HighLevel,
  wanted: Capture,
  customFields: CustomFieldValue[],
  warnings: string[],
): Promise<ContactResponse | string> {
  const body = {
    locationId: highlevel.locationId,
    ...fieldsOf(wanted.lead),
    ...(wanted.tags.length > 0 && { tags: wanted.tags }),
    ...(customFields.length > 0 && { customFields }),
  };
  try {
    return (await highlevel.request('POST /contacts/', { body })).contact;
  } catch (error) {
    const accepted = withoutRefused(error, customFields, warnings);
    if (accepted) return createContact(highlevel, wanted, accepted, warnings);
    if (!(error instanceof ApiError)) throw error;
    if (error.duplicate) return error.duplicate.contactId;
    if (error.kind !== 'uncertain' && error.kind !== 'duplicate') throw error;
    // An unanswered creation is not repeated, but HighLevel can be asked whether it happened.
    const there = await findDuplicate(highlevel, wanted.lead);
    if (there) return there;
    throw error.kind === 'uncertain' ? notConfirmed(error) : unknownDuplicate(error);
  }
}

function notConfirmed({ kind, reason }: ApiError): ApiError {
  return new ApiError(
    kind,
    `${reason} No contact with this email or phone is there yet. Replay this step: it looks again before it writes.`,
  );
}

// Not quietly: a lead that stands nowhere must be seen.
function unknownDuplicate({ status }: ApiError): ApiError {
  return new ApiError(
    'refused',
    'HighLevel did not create the contact: it says that there is one already, but not which, and finds none with this email or phone. Please look for it in HighLevel.',
    { status },
  );
}

/** The id of the contact that has this e-mail address or phone number; unlike the search, this lookup has no index lag. */
async function findDuplicate(highlevel: HighLevel, { email, phone }: Lead): Promise<string | undefined> {
  const { locationId } = highlevel;
  const query = { locationId, email: email ?? undefined, number: phone ?? undefined };
  return (await highlevel.request('GET /contacts/search/duplicate', { query })).contact?.id;
}

async function addToNew(
  highlevel: HighLevel,
  contact: ContactResponse,
  wanted: Capture,
  warnings: string[],
): Promise<Captured> {
  const [note, task] = await finishWrites([
    wanted.note ? writeNote(highlevel, contact.id, wanted, []) : null,
    wanted.task ? writeTask(highlevel, contact.id, wanted.task, wanted, []) : null,
  ]);
  return { contact: await writtenContact(highlevel, contact), isNew: true, note, task, warnings };
}

async function addToExisting(
  highlevel: HighLevel,
  contactId: string,
  wanted: Capture,
  warnings: string[],
): Promise<Captured> {
  const path = { contactId };
  const [{ contact }, { notes }, { tasks }] = await settleAll([
    highlevel.request('GET /contacts/{contactId}', { path }),
    wanted.note ? highlevel.request('GET /contacts/{contactId}/notes', { path }) : { notes: [] },
    wanted.task ? highlevel.request('GET /contacts/{contactId}/tasks', { path }) : { tasks: [] },
  ]);
  const missing = fieldsToWrite(contact, wanted.lead, wanted.customFields, wanted.existingContact);
  const newTags = wanted.tags.filter((tag) => !contact.tags.includes(tag));

  const [updated, tagged, note, task] = await finishWrites([
    updateContact(highlevel, contactId, missing, warnings),
    newTags.length > 0
      ? highlevel.request('POST /contacts/{contactId}/tags', { path, body: { tags: newTags } })
      : null,
    wanted.note ? writeNote(highlevel, contactId, wanted, notes) : null,
    wanted.task ? writeTask(highlevel, contactId, wanted.task, wanted, tasks) : null,
  ]);
  const now = { ...(updated ?? contact), tags: tagged?.tags ?? contact.tags };
  return { contact: await writtenContact(highlevel, now), isNew: false, note, task, warnings };
}

/** Updates the contact; a custom field that is refused, an email or phone that another contact has is left out, with a warning. */
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

/** One note per chat: written once, and again only when there is more to tell by now. */
async function writeNote(
  highlevel: HighLevel,
  contactId: string,
  { lead, trace }: Capture,
  notes: NoteResponse[],
): Promise<Note> {
  const there = notes.find((note) => trace.pattern.test(note.body));
  if (there && !hasNewMessages(lead, there.body, trace))
    return noteFrom(there, highlevel.contactUrl, contactId);
  const body = noteBody(lead, trace);
  const { note } = there
    ? await highlevel.request('PUT /contacts/{contactId}/notes/{id}', {
        path: { contactId, id: there.id },
        body: { body },
      })
    : await highlevel.request('POST /contacts/{contactId}/notes', { path: { contactId }, body: { body } });
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
  const there = tasks.find((known) => trace.ofChat.test(known.body ?? ''));
  if (there) return taskFrom(there, highlevel.contactUrl, contactId);
  const created = await highlevel.request('POST /contacts/{contactId}/tasks', {
    path: { contactId },
    body: { ...task, body: taskBody(lead, trace), completed: false },
  });
  return taskFrom(created.task, highlevel.contactUrl, contactId);
}
