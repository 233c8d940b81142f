import { writtenContact } from '../resources/contacts.ts';
import { createNote } from '../resources/notes.ts';
import { createTask } from '../resources/tasks.ts';
import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { wordsOf } from './refusal.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Lead } from '../jivochat/lead.ts';
import type { Contact, ContactResponse } from '../highlevel/records/contact.ts';
import { noteFrom, type Note, type NoteResponse } from '../highlevel/records/note.ts';
import type { Opportunity } from '../highlevel/records/opportunity.ts';
import { taskFrom, type Task, type TaskResponse } from '../highlevel/records/task.ts';
import { settleAll } from '../base/settle.ts';
import { finishWrites } from '../resources/remaining_writes.ts';
import { createOrFind, forgetNew, isStillNew, rememberNew, updateContact, type Existing } from './contact.ts';
import { fieldsToWrite, isSomebodyElse, type ExistingContact } from './existing.ts';
import { writeOpportunity, type WantedOpportunity } from './opportunity.ts';
import { noteBody, taskBody, updatedNote } from './note.ts';
import { endsWithTrace, ownPart } from './own_part.ts';
import { tagsRefused } from './refused_fields.ts';
import { withinLimit } from './shorten.ts';
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
  opportunity: WantedOpportunity | undefined;
  /** Whether the sub-account refuses a second contact with the same email or phone. The refusal then names the existing one. */
  refusesDuplicates: boolean;
}

/** The records of a captured lead. `note`, `task` and `opportunity` are null when they were not requested. */
export interface Captured {
  contact: Contact;
  isNew: boolean;
  note: Note | null;
  task: Task | null;
  opportunity: Opportunity | null;
  warnings: string[];
}

/**
 * Writes a lead to HighLevel: contact, note, task and opportunity. At least 3 requests in 2 round trips for a new lead. Writes only what
 * is missing, so a replay changes nothing but completes an earlier run that failed halfway. Throws ApiError.
 */
export async function capture(highlevel: HighLevel, input: Capture): Promise<Captured> {
  const warnings: string[] = [];
  const startedAt = highlevel.now();
  const found = await createOrFind(highlevel, input, warnings);
  if ('existing' in found) return addToExisting(highlevel, found.existing, input, warnings);
  try {
    return await addToNew(highlevel, found.created, input, warnings);
  } catch (error) {
    await rememberNew(highlevel, input, startedAt);
    throw error;
  }
}

async function addToNew(
  highlevel: HighLevel,
  contact: ContactResponse,
  input: Capture,
  warnings: string[],
): Promise<Captured> {
  const [note, task, opportunity] = await finishWrites([
    input.note ? writeNote(highlevel, contact.id, input, []) : null,
    input.task ? writeTask(highlevel, contact.id, input.task, input, [], warnings) : null,
    opportunityOf(highlevel, contact.id, input, { isNew: true }, warnings),
  ]);
  const written = await writtenContact(highlevel, contact);
  return { contact: written, isNew: true, note, task, opportunity, warnings };
}

async function addToExisting(
  highlevel: HighLevel,
  { id: contactId, matchedBy }: Existing,
  input: Capture,
  warnings: string[],
): Promise<Captured> {
  const path = { contactId };
  const [{ contact }, { notes }, { tasks }] = await settleAll([
    highlevel.request('GET /contacts/{contactId}', { path }),
    input.note ? highlevel.request('GET /contacts/{contactId}/notes', { path }) : { notes: [] },
    input.task ? highlevel.request('GET /contacts/{contactId}/tasks', { path }) : { tasks: [] },
  ]);
  const isOther = isSomebodyElse(contact, input.lead, matchedBy);
  if (isOther) warnings.push(keptAsTheyAre(contact, input.lead));
  const lead = isOther ? { ...input.lead, firstName: null, lastName: null, email: null } : input.lead;
  const missing = fieldsToWrite(contact, lead, input.customFields, input.existingContact);
  const newTags = input.tags.filter((tag) => !contact.tags.includes(tag));
  const wasNew = await isStillNew(highlevel, input, contact);

  const [updated, tagged, note, task, opportunity] = await finishWrites([
    updateContact(highlevel, contactId, missing, warnings),
    newTags.length > 0 ? addTags(highlevel, contactId, newTags, warnings) : null,
    input.note ? writeNote(highlevel, contactId, input, notes) : null,
    input.task ? writeTask(highlevel, contactId, input.task, input, tasks, warnings) : null,
    opportunityOf(highlevel, contactId, input, { isNew: false }, warnings),
  ]);
  if (wasNew) await forgetNew(highlevel, input);
  const now = { ...(updated ?? contact), tags: tagged ?? contact.tags };
  const written = await writtenContact(highlevel, now);
  return { contact: written, isNew: wasNew, note, task, opportunity, warnings };
}

function opportunityOf(
  highlevel: HighLevel,
  contactId: string,
  { opportunity, lead, trace }: Capture,
  { isNew }: { isNew: boolean },
  warnings: string[],
): Promise<Opportunity | null> | null {
  if (!opportunity) return null;
  return writeOpportunity(highlevel, contactId, opportunity, { lead, trace, isNew }, warnings);
}

function keptAsTheyAre(contact: ContactResponse, { name, email, phone }: Lead): string {
  const details = [name, email].filter(Boolean).join(', ');
  return `The contact with the phone number ${phone} has another email (${contact.email}), so its name and email were kept. This visitor's are: ${details}.`;
}

async function addTags(
  highlevel: HighLevel,
  contactId: string,
  tags: string[],
  warnings: string[],
): Promise<string[] | null> {
  try {
    return (
      await highlevel.request('POST /contacts/{contactId}/tags', { path: { contactId }, body: { tags } })
    ).tags;
  } catch (error) {
    if (!(error instanceof ApiError && error.kind === 'refused')) throw error;
    warnings.push(tagsRefused(tags));
    return null;
  }
}

/** One note per chat: created once, and updated only when the event has something that the note lacks. */
async function writeNote(
  highlevel: HighLevel,
  contactId: string,
  { lead, trace }: Capture,
  notes: NoteResponse[],
): Promise<Note> {
  const found = new Set<string>();
  const isOfChat = ({ id, body }: NoteResponse) => {
    const isOwn = ownPart(body, trace) !== undefined;
    if (isOwn) found.add(id);
    return isOwn;
  };
  const existing =
    notes.find(isOfChat) ??
    (await withinLimit(
      (max) => noteBody(lead, trace, max),
      (body) => createNote(highlevel, contactId, { body }, { identity: trace.line, is: isOfChat }),
    ));
  // A note that was just created is complete.
  if (!found.has(existing.id) || updatedNote(lead, existing.body, trace) === undefined)
    return noteFrom(existing, highlevel.contactUrl, contactId);
  const path = { contactId, id: existing.id };
  const { note } = await withinLimit(
    (max) => updatedNote(lead, existing.body, trace, max) ?? existing.body,
    (body) => highlevel.request('PUT /contacts/{contactId}/notes/{id}', { path, body: { body } }),
  );
  return noteFrom(note, highlevel.contactUrl, contactId);
}

/** One task per chat, open or completed. */
async function writeTask(
  highlevel: HighLevel,
  contactId: string,
  task: NonNullable<Capture['task']>,
  { lead, trace }: Capture,
  tasks: TaskResponse[],
  warnings: string[],
): Promise<Task> {
  const text = taskBody(lead, trace);
  const isOfChat = (other: TaskResponse) => endsWithTrace(other.body ?? '', trace, text);
  const existing = tasks.find(isOfChat);
  if (existing) return taskFrom(existing, highlevel.contactUrl, contactId);
  const same = { identity: trace.line, is: isOfChat };
  const { assignedTo, ...unassigned } = { ...task, body: text, completed: false };
  try {
    const body = { ...unassigned, ...(assignedTo !== undefined && { assignedTo }) };
    return taskFrom(await createTask(highlevel, contactId, body, same), highlevel.contactUrl, contactId);
  } catch (error) {
    if (assignedTo === undefined || !mayBeAboutOwner(error)) throw error;
    const created = await createTask(highlevel, contactId, unassigned, same);
    warnings.push(
      "The task is unassigned because HighLevel didn't accept the chosen user, who may have been removed.",
    );
    return taskFrom(created, highlevel.contactUrl, contactId);
  }
}

/**
 * Whether a task may have been refused because of its owner. A refusal writes nothing, so the task can be sent without the
 * owner.
 */
function mayBeAboutOwner(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    ['refused', 'not found'].includes(error.kind) &&
    (/assigned|user|owner/i.test(wordsOf(error)) ||
      !/\b(?:contact|title|body|dueDate)\b/i.test(wordsOf(error)))
  );
}
