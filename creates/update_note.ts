import { noteIdField, parentContactIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { Note, noteFrom, noteInput } from '../lib/highlevel/records/note.ts';

export default create({
  key: 'update_note',
  noun: 'Note',
  display: { label: 'Update Note', description: 'Replaces the text of a note.' },
  input: {
    contactId: parentContactIdField,
    noteId: noteIdField,
    ...noteInput,
    body: noteInput.body.describe('Enter the new text. It replaces the whole text of the note.'),
  },
  output: Note,

  async perform(highlevel, { contactId, noteId, ...body }) {
    const path = { contactId, id: noteId };
    const updated = await highlevel.request('PUT /contacts/{contactId}/notes/{id}', { path, body });
    return noteFrom(updated.note, highlevel.contactUrl, contactId);
  },
});
