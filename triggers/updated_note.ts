import { contactIdField, text } from '../lib/schema/fields.ts';
import { INSTANT_NOTES, revisionOf, writtenByFilter } from '../lib/resources/notes.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollNotes } from '../lib/polling/notes.ts';
import { Note, noteFrom } from '../lib/highlevel/records/note.ts';

export default trigger({
  key: 'updated_note',
  noun: 'Note',
  display: {
    label: 'New or Updated Note',
    description: 'Triggers when a note on a contact is added or edited.',
  },
  input: {
    contactId: contactIdField.describe(
      `Trigger only for notes on this contact. Choose a contact, or map a Contact ID.${INSTANT_NOTES}`,
    ),
    userId: writtenByFilter,
  },
  output: { ...Note, revision: text('Revision', '5f0c9a1be2d34478') },
  primary: ['id', 'revision'],

  async perform(highlevel, input, mode) {
    const notes = await pollNotes(highlevel, { key: 'updated_note', ...input }, mode);
    return notes.map((row) => ({ ...noteFrom(row, highlevel.contactUrl), revision: revisionOf(row) }));
  },
});
