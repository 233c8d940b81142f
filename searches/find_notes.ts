import * as z from 'zod';
import { contactId, noteId } from '../lib/fields.ts';
import { findNotes, noteText } from '../lib/notes.ts';
import { search } from '../lib/operation.ts';
import { Note } from '../lib/records/note.ts';

export default search({
  key: 'find_notes',
  noun: 'Note',
  display: { label: 'Find Notes', description: 'Finds all notes of a contact, the newest first.' },
  input: z.object({
    contactId,
    text: noteText,
    noteId: noteId.meta({ look: { type: 'string', dropdown: 'notes', dependsOn: ['contactId'] } }).optional(),
  }),
  output: Note,

  async perform(highlevel, { contactId, noteId, text }) {
    const notes = await findNotes(highlevel, contactId, text);
    return noteId ? notes.filter((note) => note.id === noteId) : notes;
  },
});
