import { businessIdField, contactIdField, optional, tagsField } from '../lib/schema/fields.ts';
import { INSTANT_NOTES, writtenByFilter } from '../lib/resources/notes.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollNotes } from '../lib/polling/notes.ts';
import { Note, noteFrom } from '../lib/highlevel/records/note.ts';

export default trigger({
  key: 'new_note',
  noun: 'Note',
  display: { label: 'New Note', description: 'Triggers when a new note is added to a contact.' },
  input: {
    contactId: optional(
      contactIdField,
      `Trigger only for notes on this contact. Choose a contact, or map a Contact ID. If left blank, all notes are checked where HighLevel allows it; otherwise, and with tags or a company, only the 25 most recently active contacts, so some notes can be missed.${INSTANT_NOTES}`,
    ),
    tags: optional(
      tagsField,
      'Trigger only for notes on contacts that have all of these tags. Choose or type tags.',
    ),
    businessId: optional(
      businessIdField,
      "Trigger only for notes on contacts of this company. Choose a company, or map a company's ID.",
    ),
    userId: writtenByFilter,
  },
  output: Note,
  primary: ['id'],

  async perform(highlevel, filters, mode) {
    const notes = await pollNotes(highlevel, { key: 'new_note', ...filters }, mode);
    return notes.map((row) => noteFrom(row, highlevel.contactUrl));
  },
});
