import * as z from 'zod';
import { findNotes, isWrittenBy, noteSearchInput } from '../lib/resources/notes.ts';
import { search } from '../lib/zapier/operation.ts';
import { Note } from '../lib/highlevel/records/note.ts';

export default search({
  key: 'find_notes',
  noun: 'Note',
  display: { label: 'Find Notes', description: 'Finds all notes on a contact, newest first.' },
  input: z.object(noteSearchInput),
  output: Note,

  async perform(highlevel, { contactId, noteId, text, userId }) {
    const notes = (await findNotes(highlevel, contactId, text)).filter(isWrittenBy(userId));
    return noteId ? notes.filter((note) => note.id === noteId) : notes;
  },
});
