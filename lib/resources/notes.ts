import type * as z from 'zod';
import { newestBy } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { isSameText } from '../base/text.ts';
import { contactIdField, noteIdField, text } from '../schema/fields.ts';
import { createOnce, likeRecord } from './create_once.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { noteFrom, type Note, type NoteResponse } from '../highlevel/records/note.ts';

/** The inputs of both note searches. */
export const noteSearchInput = {
  contactId: contactIdField,
  text: text('Text', 'price list')
    .optional()
    .describe('Part of the note or its title. Upper and lower case are the same.'),
  // Without "add a search step", because this is the search.
  noteId: noteIdField
    .meta({ editor: { type: 'string', dropdown: 'notes', dependsOn: ['contactId'] } })
    .optional(),
} satisfies z.ZodRawShape;

/** Help text of the note triggers: the instant trigger covers all contacts, while polling is limited to a few. */
export const INSTANT_NOTES =
  ' For every note of every contact, the moment it is written, use New HighLevel Event.';

/** A contact's notes that contain `query`, case-insensitive (all notes without it), newest first. One request. */
export async function findNotes(highlevel: HighLevel, contactId: string, query = ''): Promise<Note[]> {
  const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path: { contactId } });
  const lowercase = query.toLowerCase();
  return notes
    .filter((note) => `${note.title ?? ''}\n${note.body}`.toLowerCase().includes(lowercase))
    .toSorted(newestFirst)
    .map((note) => noteFrom(note, highlevel.contactUrl, contactId));
}

/** What a note is made of. */
export interface NewNote {
  body: string;
  title?: string;
  userId?: string;
  color?: string;
  pinned?: boolean;
}

/**
 * Creates a note, once (create_once.ts). The notes of the contact that could be this one have its text; or are, however old,
 * those that `same` finds, where the caller knows them better.
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
