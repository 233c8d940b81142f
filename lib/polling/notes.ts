import { newestBy } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { newestFirst } from '../resources/notes.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { NoteResponse } from '../highlevel/records/note.ts';
import { settleAll } from '../base/settle.ts';
import { contactsOfBusiness, requestsFor } from '../resources/businesses.ts';
import { listContacts } from '../resources/contacts.ts';
import { openWindow, type PollMode } from './window.ts';

/** Contacts whose notes one poll reads. */
export const CONTACTS = 25;
/** Requests of one poll, with those that find the contacts. */
const MAX_REQUESTS = CONTACTS + 1;
const SAMPLE_CONTACTS = 3;
const CONCURRENCY = 4;
/** Requests of the burst window that a poll leaves to other Zaps of the sub-account. */
const RESERVED_REQUESTS = 10;

/** What a note trigger looks for. `key` names the trigger; the filters are its inputs. */
export interface NotePoll {
  key: string;
  contactId?: string;
  tags?: string[];
  businessId?: string;
}

/** A note, and the contact it stands on. */
export type FoundNote = NoteResponse & { contactId: string };

/**
 * The notes a trigger should see, newest first. HighLevel lists notes of one contact only. Without a chosen contact the
 * matching contacts with the newest activity are read, and only notes added inside the window count: an old note must not
 * fire because its contact came into view. At most 26 requests, fewer when the burst window runs low.
 */
export async function pollNotes(highlevel: HighLevel, poll: NotePoll, mode: PollMode): Promise<FoundNote[]> {
  // A chosen contact that is gone is an error: the trigger would be silent for ever.
  if (poll.contactId) return (await notesOf(highlevel, poll.contactId)).toSorted(newestFirst);

  const contacts = await contactsOf(highlevel, poll, mode === 'sample' ? SAMPLE_CONTACTS : CONTACTS);
  const window = await openWindow(highlevel, poll.key, [poll.tags, poll.businessId]);
  // The answers of four requests at once come in any order: the last to come need not tell what is left after them.
  const mayGoOn = () => highlevel.requestsLeft() >= RESERVED_REQUESTS + 2 * CONCURRENCY - 1;
  const found: FoundNote[] = [];
  let read = 0;
  for (; read < contacts.length && mayGoOn(); read += CONCURRENCY) {
    const some = contacts.slice(read, read + CONCURRENCY);
    found.push(...(await settleAll(some.map((contact) => notesIfThere(highlevel, contact.id)))).flat());
  }
  // Where contacts were left out, the next poll must look back as far as this one.
  if (mode !== 'sample' && read >= contacts.length) await window.close();
  const due = mode === 'poll' ? found.filter((note) => window.includes(note.dateAdded)) : found;
  return due.toSorted(newestFirst);
}

/**
 * The matching contacts with the newest activity. By business its own list is read, up to 10 requests for 1,000 contacts,
 * and as many fewer of them are given.
 */
async function contactsOf(
  highlevel: HighLevel,
  { tags = [], businessId }: NotePoll,
  limit: number,
): Promise<ContactResponse[]> {
  if (businessId === undefined) return listContacts(highlevel, { tags, limit });
  const members = await contactsOfBusiness(highlevel, businessId);
  const most = Math.min(limit, MAX_REQUESTS - requestsFor(members.length));
  return members
    .filter((member) => tags.every((tag) => member.tags.includes(tag)))
    .toSorted(newestBy(({ dateUpdated }) => dateUpdated))
    .slice(0, most);
}

async function notesOf(highlevel: HighLevel, contactId: string): Promise<FoundNote[]> {
  const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path: { contactId } });
  return notes.map((note) => ({ ...note, contactId }));
}

/** A contact's notes; none when the contact was deleted since it was found. */
async function notesIfThere(highlevel: HighLevel, contactId: string): Promise<FoundNote[]> {
  try {
    return await notesOf(highlevel, contactId);
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'not found') return [];
    throw error;
  }
}
