import { newestBy } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { newestFirst } from '../resources/notes.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { NoteResponse } from '../highlevel/records/note.ts';
import { contactsOfBusiness, requestsFor } from '../resources/businesses.ts';
import { listContacts } from '../resources/contacts.ts';
import { adviseWhenSlow } from './progress.ts';
import { readInTurns } from './turns.ts';
import { filterAsync, openWindow, type PollMode } from './window.ts';

/** Contacts whose notes one poll reads. */
const CONTACTS = 25;
/** Requests of one poll, with those that find the contacts. */
const MAX_REQUESTS = CONTACTS + 1;
const SAMPLE_CONTACTS = 3;

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
 * fire because its contact came into view. At most 26 requests, fewer when the burst window runs low or HighLevel is slow:
 * the contacts left out then come first in the next poll.
 */
export async function pollNotes(highlevel: HighLevel, poll: NotePoll, mode: PollMode): Promise<FoundNote[]> {
  // A chosen contact that is gone is an error: the trigger would be silent for ever.
  if (poll.contactId) return (await notesOf(highlevel, poll.contactId)).toSorted(newestFirst);

  const max = mode === 'sample' ? SAMPLE_CONTACTS : CONTACTS;
  const contacts = await adviseWhenSlow(highlevel, () => contactsOf(highlevel, poll, max));
  const filters = [poll.tags, poll.businessId];
  const window = await openWindow(highlevel, poll.key, filters);
  const turns = {
    name: `${poll.key}:${JSON.stringify(filters)}`,
    ids: contacts.map(({ id }) => id),
    read: (contactId: string) => notesIfThere(highlevel, contactId),
    // What finding the members of a business cost is not left for their notes.
    max: poll.businessId === undefined ? max : contacts.length,
  };
  const found = await readInTurns(highlevel, turns, window, mode);
  const due =
    mode === 'poll' ? await filterAsync(found, ({ dateAdded }) => window.includes(dateAdded)) : found;
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
