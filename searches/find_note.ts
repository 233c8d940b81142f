import { findNotes, noteSearchInput } from '../lib/resources/notes.ts';
import { search } from '../lib/zapier/operation.ts';
import { Note, noteFrom } from '../lib/highlevel/records/note.ts';

export default search({
  key: 'find_note',
  noun: 'Note',
  display: {
    label: 'Find Note',
    description: 'Finds a note on a contact by its text, newest first.',
  },
  input: noteSearchInput,
  output: Note,

  async perform(highlevel, { contactId, noteId, ...filters }) {
    if (!noteId) return findNotes(highlevel, contactId, filters);
    const { note } = await highlevel.request('GET /contacts/{contactId}/notes/{id}', {
      path: { contactId, id: noteId },
    });
    return [noteFrom(note, highlevel.contactUrl, contactId)];
  },
});
