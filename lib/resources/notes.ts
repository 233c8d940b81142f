import { newestBy } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { ifServed } from './optional.ts';
import { isSameText } from '../base/text.ts';
import { contactIdField, noteIdField, optional, text, userId } from '../schema/fields.ts';
import { createOnce, likeRecord } from './create_once.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { noteFrom, type Note, type NoteResponse } from '../highlevel/records/note.ts';

/** The inputs of both note searches. */
export const noteSearchInput = {
  contactId: contactIdField,
  text: optional(
    text('Note Contains', 'price list'),
    'Return only notes that contain this text in the note or its title. Not case-sensitive.',
  ),
  userId: optional(
    userId('Written By'),
    "Return only notes written by this user. Choose a user, or map a user's ID or email.",
  ),
  // Without "add a search step", because this is the search.
  noteId: optional(
    noteIdField.meta({ editor: { type: 'string', dropdown: 'notes', dependsOn: ['contactId'] } }),
    'Choose a note of the contact above, or map a Note ID.',
  ),
};

/** Help text of the note triggers: the instant trigger covers all contacts, while polling is limited to a few. */
export const INSTANT_NOTES = ' To catch every note, use New HighLevel Event.';

/** The author filter of the note triggers. */
export const writtenByFilter = optional(
  userId('Written By'),
  "Trigger only for notes written by this user. Choose a user, or map a user's ID or email.",
);

/**
 * A contact's notes that contain `text`, case-insensitive, and are written by `userId`, as far as these are given; newest
 * first. One request.
 */
export async function findNotes(
  highlevel: HighLevel,
  contactId: string,
  { text: query = '', userId: author }: { text?: string; userId?: string },
): Promise<Note[]> {
  const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path: { contactId } });
  const lowercase = query.toLowerCase();
  return notes
    .toSorted(newestFirst)
    .map((note) => noteFrom(note, highlevel.contactUrl, contactId))
    .filter(
      (note) =>
        (author === undefined || note.userId === author) &&
        `${note.title ?? ''}\n${note.bodyText}`.toLowerCase().includes(lowercase),
    );
}

/** The notes on a page of the sub-account's notes search, and the most pages of one poll. */
export const NOTES_PAGE = 100;
export const MAX_NOTE_PAGES = 20;

/** A note with the id of its contact. */
export type FoundNote = NoteResponse & { contactId: string };

/**
 * The notes of all contacts, newest first: page after page of `limit`, at most 20 pages, while `goOn` is true for the oldest
 * note read so far. At least one request. Undefined if HighLevel does not serve the search to this connection, or if a note
 * could be missed: the response is not sorted newest first, or lacks the contacts.
 */
export function notesOfSubAccount(
  highlevel: HighLevel,
  limit: number,
  goOn: (oldest: NoteResponse) => Promise<boolean>,
): Promise<FoundNote[] | undefined> {
  return ifServed(highlevel, 'POST /notes/search', async () => {
    const found = new Map<string, FoundNote>();
    const seen = new Set<string>();
    for (let page = 0; page < MAX_NOTE_PAGES; page++) {
      const { notes } = await highlevel.request('POST /notes/search', {
        body: {
          locationId: highlevel.locationId,
          limit,
          skip: page * limit,
          sortBy: 'dateAdded',
          sortOrder: 'desc',
          includeRelationRecords: true,
        },
      });
      if (!isNewestFirst(notes) || (notes.length > 0 && notes.every(({ contactId }) => !contactId)))
        return undefined;
      const before = seen.size;
      // A note may belong to another record only, such as an opportunity.
      for (const note of notes) {
        seen.add(note.id);
        if (note.contactId) found.set(note.id, { ...note, contactId: note.contactId });
      }
      const oldest = notes.at(-1);
      if (!oldest || notes.length < limit || seen.size === before || !(await goOn(oldest))) break;
    }
    return [...found.values()];
  });
}

function isNewestFirst(notes: NoteResponse[]): boolean {
  const dates = notes.map(({ dateAdded }) => Date.parse(dateAdded ?? ''));
  return dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? Number.NaN));
}

/** The fields of a new note. */
export interface NewNote {
  body: string;
  title?: string;
  userId?: string;
  color?: string;
  pinned?: boolean;
}

/**
 * Creates a note, once (create_once.ts). The note already exists if the contact has a recent note with its text, or one of
 * any age that `same` finds, if given.
 */
export async function createNote(
  highlevel: HighLevel,
  contactId: string,
  note: NewNote,
  same?: { identity: unknown; is: (note: NoteResponse) => boolean },
): Promise<NoteResponse> {
  const path = { contactId };
  return createOnce(highlevel, {
    kind: 'note',
    identity: [contactId, same?.identity ?? note],
    send: async () =>
      (await highlevel.request('POST /contacts/{contactId}/notes', { path, body: { ...note } })).note,
    findLike: async () => {
      const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path });
      if (same) return notes.filter(same.is).map((record) => ({ id: record.id, dateAdded: null, record }));
      const hasTitle = (title: string | null) => title === null || isSameText(title, note.title ?? '');
      return notes
        .filter(({ title, body }) => isSameText(body, note.body) && hasTitle(title))
        .map((record) => likeRecord(record));
    },
  });
}

/** A hash of a note's content, to detect changes: HighLevel's notes have no update time. */
export function revisionOf({ title, body, color, pinned }: NoteResponse): string {
  return digest(JSON.stringify([title, body, color, pinned]));
}

/** A comparator that sorts notes by when they were added, newest first. */
export const newestFirst = newestBy((note: NoteResponse) => note.dateAdded);
