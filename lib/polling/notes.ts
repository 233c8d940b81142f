import { HighLevelError } from '../errors.ts';
import type { HighLevel } from '../highlevel.ts';
import { newestFirst } from '../notes.ts';
import type { PollMode } from '../operation.ts';
import type { NoteAnswer } from '../records/note.ts';
import { openWindow } from './window.ts';

/** Contacts whose notes one poll reads: a poll then costs at most one request more than this. */
const CONTACTS = 25;
const SAMPLE_CONTACTS = 3;
const AT_ONCE = 4;
/** Requests of the burst window that a poll leaves to other Zaps of the sub-account. */
const LEAVE = 10;

/** What a note trigger looks for. `key` names the trigger; the filters are its inputs. */
export interface NotePoll {
  key: string;
  contactId?: string;
  tags?: string[];
}

/** A note, and the contact it stands on. */
export type FoundNote = NoteAnswer & { contactId: string };

/**
 * The notes a trigger should see, newest first. HighLevel lists notes of one contact only. Without a chosen contact the
 * contacts with the newest activity are read, and only notes added inside the window count: an old note must not fire
 * because its contact came into view.
 */
export async function pollNotes(highlevel: HighLevel, poll: NotePoll, mode: PollMode): Promise<FoundNote[]> {
  if (poll.contactId) return (await notesOf(highlevel, poll.contactId)).toSorted(newestFirst);

  const filters = poll.tags?.map((tag) => ({ field: 'tags', operator: 'eq', value: tag }));
  const { contacts } = await highlevel.request('POST /contacts/search', {
    body: {
      locationId: highlevel.locationId,
      pageLimit: mode === 'sample' ? SAMPLE_CONTACTS : CONTACTS,
      sort: [{ field: 'dateUpdated', direction: 'desc' }],
      ...(filters?.length && { filters }),
    },
  });
  const window = await openWindow(highlevel, poll.key, poll.tags);
  const found: FoundNote[] = [];
  for (let next = 0; next < contacts.length && highlevel.requestsLeft() > LEAVE + AT_ONCE; next += AT_ONCE) {
    const some = contacts.slice(next, next + AT_ONCE);
    found.push(...(await Promise.all(some.map((contact) => notesOf(highlevel, contact.id)))).flat());
  }
  if (mode !== 'poll') return found.toSorted(newestFirst);
  await window.close();
  return found.filter((note) => window.holds(note.dateAdded)).toSorted(newestFirst);
}

/** A contact's notes; none when the contact was deleted since it was found. */
async function notesOf(highlevel: HighLevel, contactId: string): Promise<FoundNote[]> {
  try {
    const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path: { contactId } });
    return notes.map((note) => ({ ...note, contactId }));
  } catch (error) {
    if (error instanceof HighLevelError && error.kind === 'not found') return [];
    throw error;
  }
}
