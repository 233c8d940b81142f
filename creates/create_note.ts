import { contactIdField } from '../lib/schema/fields.ts';
import { createNote } from '../lib/resources/notes.ts';
import { create } from '../lib/zapier/operation.ts';
import { Note, noteFrom, noteInput } from '../lib/highlevel/records/note.ts';

export default create({
  key: 'create_note',
  noun: 'Note',
  display: { label: 'Create Note', description: 'Adds a note to a contact.' },
  input: {
    contactId: contactIdField,
    ...noteInput,
  },
  output: Note,

  async perform(highlevel, { contactId, ...body }) {
    return noteFrom(await createNote(highlevel, contactId, body), highlevel.contactUrl, contactId);
  },
});
