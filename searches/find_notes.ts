import { findNotes, noteSearchInput } from '../lib/resources/notes.ts';
import { search } from '../lib/zapier/operation.ts';
import { Note } from '../lib/highlevel/records/note.ts';

export default search({
  key: 'find_notes',
  noun: 'Note',
  display: { label: 'Find Notes', description: 'Finds all notes on a contact, newest first.' },
  input: noteSearchInput,
  output: Note,

  async perform(highlevel, { contactId, noteId, ...filters }) {
    const notes = await findNotes(highlevel, contactId, filters);
    return noteId ? notes.filter((note) => note.id === noteId) : notes;
  },
});
