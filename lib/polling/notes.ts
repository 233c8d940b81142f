import { newestBy } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { newestFirst, NOTES_PAGE, notesOfSubAccount, type FoundNote } from '../resources/notes.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { NoteResponse } from '../highlevel/records/note.ts';
import { contactsOfBusiness, requestsFor } from '../resources/businesses.ts';
import { listContacts } from '../resources/contacts.ts';
import { adviseWhenSlow } from './progress.ts';
import { readInTurns } from './turns.ts';
import { filterAsync, openWindow, type LookbackWindow, type PollMode } from './window.ts';

/** The maximum number of contacts whose notes one poll reads. */
export const CONTACTS = 25;
/** The maximum number of requests of one poll, including those that find the contacts. */
const MAX_REQUESTS = CONTACTS + 1;
const SAMPLE_CONTACTS = 3;
const SAMPLE_NOTES = 3;
/** What distinguishes the window of a poll without filters from others. */
const NO_FILTERS = [undefined, undefined];

/** A poll of a note trigger: the trigger's `key` and its filters. */
export interface NotePoll {
  key: string;
  contactId?: string;
  tags?: string[];
  businessId?: string;
  /** The user who wrote the note. */
  userId?: string;
}

/**
 * Polls for notes, newest first. Without a chosen contact and other filters, the notes of the whole sub-account are searched
 * if HighLevel serves that search: 1 request per 100 notes in the lookback window. Otherwise the notes of the last updated
 * matching contacts are read, and only those added inside the window are returned: an old note must not trigger because its
 * contact was updated. At most 26 requests, fewer if the rate limit is nearly used up or HighLevel is slow: skipped contacts
 * come first in the next poll.
 */
export async function pollNotes(
  highlevel: HighLevel,
  { userId, ...poll }: NotePoll,
  mode: PollMode,
): Promise<FoundNote[]> {
  if (userId === undefined) return notesFor(highlevel, poll, mode);
  // HighLevel cannot filter notes by author. Each author has a window of its own.
  const key = `${poll.key}:${userId}`;
  const isHers = (note: FoundNote) => note.userId === userId;
  const notes = (await notesFor(highlevel, { ...poll, key }, mode, NOTES_PAGE)).filter(isHers);
  return mode === 'sample' ? notes.slice(0, SAMPLE_NOTES) : notes;
}

/** The notes for a poll, of any author. `sampled` is how many of the sub-account's notes a sample is chosen from. */
async function notesFor(
  highlevel: HighLevel,
  poll: Omit<NotePoll, 'userId'>,
  mode: PollMode,
  sampled = SAMPLE_NOTES,
): Promise<FoundNote[]> {
  // A deleted contact is an error here: otherwise the trigger would silently never fire again.
  if (poll.contactId) return (await notesOf(highlevel, poll.contactId)).toSorted(newestFirst);

  // The search can filter neither by tag nor by business.
  if (!poll.tags?.length && poll.businessId === undefined) {
    const notes = await pollSubAccount(highlevel, poll.key, mode, sampled);
    if (notes) return notes;
  }

  const max = mode === 'sample' ? SAMPLE_CONTACTS : CONTACTS;
  const contacts = await adviseWhenSlow(highlevel, () => contactsOf(highlevel, poll, max));
  const filters = [poll.tags, poll.businessId];
  const window = await openWindow(highlevel, poll.key, filters);
  const turns = {
    name: `${poll.key}:${JSON.stringify(filters)}`,
    ids: contacts.map(({ id }) => id),
    read: (contactId: string) => notesIfFound(highlevel, contactId),
    // The requests for the members of a business are no longer available for their notes.
    max: poll.businessId === undefined ? max : contacts.length,
  };
  const found = await readInTurns(highlevel, turns, window, mode);
  const due =
    mode === 'poll' ? await filterAsync(found, ({ dateAdded }) => window.includes(dateAdded)) : found;
  return due.toSorted(newestFirst);
}

/** The new notes of all contacts; undefined if HighLevel's notes search does not return them. */
async function pollSubAccount(
  highlevel: HighLevel,
  key: string,
  mode: PollMode,
  sampled: number,
): Promise<FoundNote[] | undefined> {
  if (mode === 'sample') return notesOfSubAccount(highlevel, sampled, async () => false);
  let opened: LookbackWindow | undefined;
  // Opened after the first response, because it uses HighLevel's clock.
  const window = async () => (opened ??= await openWindow(highlevel, key, NO_FILTERS));
  // Filling the dedupe table goes back as far as any later poll may look.
  const isDue = async ({ dateAdded }: NoteResponse) =>
    mode === 'fill'
      ? !(await (await window()).isOlderThanMax(dateAdded))
      : (await window()).includes(dateAdded);
  const found = await notesOfSubAccount(highlevel, NOTES_PAGE, isDue);
  if (found === undefined) return undefined;
  const lookback = await window();
  await lookback.close();
  return mode === 'poll' ? filterAsync(found, ({ dateAdded }) => lookback.includes(dateAdded)) : found;
}

/**
 * The matching contacts, last updated first. With a business, its list of contacts is read, up to 10 requests for 1,000
 * contacts, and fewer contacts are returned accordingly.
 */
async function contactsOf(
  highlevel: HighLevel,
  { tags = [], businessId }: NotePoll,
  limit: number,
): Promise<ContactResponse[]> {
  if (businessId === undefined) return listContacts(highlevel, { tags, limit });
  const members = await contactsOfBusiness(highlevel, businessId);
  const maxContacts = Math.min(limit, MAX_REQUESTS - requestsFor(members.length));
  return members
    .filter((member) => tags.every((tag) => member.tags.includes(tag)))
    .toSorted(newestBy(({ dateUpdated }) => dateUpdated))
    .slice(0, maxContacts);
}

async function notesOf(highlevel: HighLevel, contactId: string): Promise<FoundNote[]> {
  const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path: { contactId } });
  return notes.map((note) => ({ ...note, contactId }));
}

/** A contact's notes; none when the contact was deleted in the meantime. */
async function notesIfFound(highlevel: HighLevel, contactId: string): Promise<FoundNote[]> {
  try {
    return await notesOf(highlevel, contactId);
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'not found') return [];
    throw error;
  }
}
