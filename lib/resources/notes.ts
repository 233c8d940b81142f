import type * as z from 'zod';
import { newestBy } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { contactIdField, noteIdField, text } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { noteFrom, type Note, type NoteResponse } from '../highlevel/records/note.ts';

/** What both note searches ask for. */
export const noteSearchInput = {
  contactId: contactIdField,
  text: text('Text', 'price list')
    .optional()
    .describe('Part of the note or its title. Upper and lower case are the same.'),
  // Without a search step beside it: this is the search.
  noteId: noteIdField
    .meta({ editor: { type: 'string', dropdown: 'notes', dependsOn: ['contactId'] } })
    .optional(),
} satisfies z.ZodRawShape;

/** Where to get what polling cannot see, for a note trigger's help: HighLevel lists notes of one contact only. */
export const INSTANT_NOTES =
  ' For every note of every contact, the moment it is written, use New HighLevel Event.';

/** A contact's notes that hold the words (all notes without any), the newest first. One request. */
export async function findNotes(highlevel: HighLevel, contactId: string, words = ''): Promise<Note[]> {
  const { notes } = await highlevel.request('GET /contacts/{contactId}/notes', { path: { contactId } });
  const wanted = words.toLowerCase();
  return notes
    .filter((note) => `${note.title ?? ''}\n${note.body}`.toLowerCase().includes(wanted))
    .toSorted(newestFirst)
    .map((note) => noteFrom(note, highlevel.contactUrl, contactId));
}

/** A mark that changes when a note's content does: HighLevel keeps no date of change for notes. */
export function revisionOf({ title, body, color, pinned }: NoteResponse): string {
  return digest(JSON.stringify([title, body, color, pinned]));
}

/** Sorts notes by when they were added. */
export const newestFirst = newestBy((note: NoteResponse) => note.dateAdded);
