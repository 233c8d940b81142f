import { writtenContact } from '../contacts.ts';
import type { CustomFieldValue } from '../custom_fields.ts';
import { HighLevelError } from '../errors.ts';
import type { HighLevel } from '../highlevel.ts';
import type { Lead } from '../jivochat/lead.ts';
import { isPlaceholder } from '../jivochat/name.ts';
import { subAccount } from '../lookups.ts';
import type { Contact, ContactAnswer } from '../records/contact.ts';
import { noteFrom, type Note, type NoteAnswer } from '../records/note.ts';
import { taskFrom, type Task, type TaskAnswer } from '../records/task.ts';
import { allFinished } from './all_finished.ts';
import { missingIn, type ExistingContact, type LeadFields } from './existing.ts';
import { messagesIn, messagesNoted, noteBody } from './note.ts';

import type { Trace } from './trace.ts';

/** What is to stand in HighLevel when a lead has been captured. */
export interface Capture {
  lead: Lead;
  trace: Trace;
  fields: LeadFields;
  tags: string[];
  customFields: CustomFieldValue[];
  existingContact: ExistingContact;
  note: boolean;
  task: { title: string; dueDate: string; assignedTo?: string } | undefined;
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
): Promise<ContactAnswer | string> {
  // Only where HighLevel refuses duplicates does a creation find them for us, at no request more.
  const { settings } = await subAccount(highlevel).catch(passOn('not permitted', { settings: null }));
  if (settings?.allowDuplicateContact !== false) {
    const there = await findDuplicate(highlevel, wanted.fields);
    if (there) return there;
  }
  const { locationId } = highlevel;
  const body = { locationId, ...wanted.fields, ...(wanted.tags.length > 0 && { tags: wanted.tags }) };
  const { customFields } = wanted;
  try {
    return await createContact(highlevel, { ...body, ...(customFields.length > 0 && { customFields }) });
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    if (error.kind === 'refused' && customFields.length > 0 && /custom ?field/i.test(error.message)) {
      warnings.push(`The custom fields were left out. ${error.message}`);
      return createOrFind(highlevel, { ...wanted, customFields: [] }, warnings);
    }
    // An unanswered creation is not repeated, but HighLevel can be asked whether it happened.
    const there =
      error.duplicate?.contactId ??
      (isOpen(error) ? await findDuplicate(highlevel, wanted.fields) : undefined);
    if (!there) throw error.kind === 'uncertain' ? notThere(error) : error;
    return there;
  }
}

/** A creation that was not confirmed, of a contact that is not there: another run looks for it before it creates it. */
function notThere({ kind, reason, status }: HighLevelError): HighLevelError {
  return new HighLevelError(
    kind,
    `${reason} The contact is not there so far. Replay this step in a few minutes: it looks for the contact first and repeats nothing.`,
    { status },
  );
}

async function createContact(highlevel: HighLevel, body: Record<string, unknown>): Promise<ContactAnswer> {
  return (await highlevel.request('POST /contacts/', { body })).contact;
}

function isOpen(error: HighLevelError): boolean {
  return error.kind === 'uncertain' || error.kind === 'duplicate';
}

/** The id of the contact that has this e-mail address or phone number; unlike the search, this lookup has no index lag. */
async function findDuplicate(
  highlevel: HighLevel,
  { email, phone }: LeadFields,
): Promise<string | undefined> {
  const query = { locationId: highlevel.locationId, email, number: phone };
  return (await highlevel.request('GET /contacts/search/duplicate', { query })).contact?.id;
}

async function addToNew(
  highlevel: HighLevel,
  contact: ContactAnswer,
  wanted: Capture,
  warnings: string[],
): Promise<Captured> {
  const [note, task] = await allFinished([
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
  const [{ contact }, { notes }, { tasks }] = await Promise.all([
    highlevel.request('GET /contacts/{contactId}', { path }),
    wanted.note ? highlevel.request('GET /contacts/{contactId}/notes', { path }) : { notes: [] },
    wanted.task ? highlevel.request('GET /contacts/{contactId}/tasks', { path }) : { tasks: [] },
  ]);
  const { fields, customFields, existingContact } = wanted;
  const missing = missingIn(contact, fields, customFields, existingContact, isPlaceholder);
  const newTags = wanted.tags.filter((tag) => !contact.tags.includes(tag));

  const [updated, tagged, note, task] = await allFinished([
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

/** Updates the contact; an e-mail address or phone number that another contact has is left out, with a warning. */
async function updateContact(
  highlevel: HighLevel,
  contactId: string,
  body: LeadFields & { customFields?: CustomFieldValue[] },
  warnings: string[],
): Promise<ContactAnswer | null> {
  if (Object.keys(body).length === 0) return null;
  try {
    return (await highlevel.request('PUT /contacts/{contactId}', { path: { contactId }, body: { ...body } }))
      .contact;
  } catch (error) {
    if (!(error instanceof HighLevelError && error.kind === 'duplicate')) throw error;
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

/** One note per chat: written once, and again only when the chat has more messages by now. */
async function writeNote(
  highlevel: HighLevel,
  contactId: string,
  { lead, trace }: Capture,
  notes: NoteAnswer[],
): Promise<Note> {
  const there = notes.find((note) => trace.isIn(note.body));
  const body = noteBody(lead, trace);
  if (there && messagesIn(lead) <= (messagesNoted(there.body) ?? Infinity))
    return noteFrom(there, highlevel.contactUrl, contactId);
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
  tasks: TaskAnswer[],
): Promise<Task> {
  const there = tasks.find((known) => trace.isIn(known.body));
  if (there) return taskFrom(there, highlevel.contactUrl, contactId);
  const body = [lead.message ?? lead.description, lead.pageUrl && `Page: ${lead.pageUrl}`, trace.line]
    .filter(Boolean)
    .join('\n\n');
  const created = await highlevel.request('POST /contacts/{contactId}/tasks', {
    path: { contactId },
    body: { ...task, body, completed: false },
  });
  return taskFrom(created.task, highlevel.contactUrl, contactId);
}

function passOn<T>(kind: HighLevelError['kind'], value: T) {
  return (error: unknown): T => {
    if (error instanceof HighLevelError && error.kind === kind) return value;
    throw error;
  };
}
