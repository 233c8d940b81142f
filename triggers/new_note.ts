import * as z from 'zod';
import { businessIdField, contactIdField, tagsField } from '../lib/schema/fields.ts';
import { INSTANT_NOTES } from '../lib/resources/notes.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollNotes } from '../lib/polling/notes.ts';
import { Note, noteFrom } from '../lib/highlevel/records/note.ts';

export default trigger({
  key: 'new_note',
  noun: 'Note',
  display: { label: 'New Note', description: 'Triggers when a new note is added to a contact.' },
  input: z.object({
    contactId: contactIdField
      .optional()
      .describe(
        `Only notes of this contact. Without one, all notes are searched where HighLevel allows it. Otherwise, and with tags or a business, only the 25 contacts with the newest activity are watched.${INSTANT_NOTES}`,
      ),
    tags: tagsField.optional().describe('Only notes of contacts that have all of these tags.'),
    businessId: businessIdField.optional().describe('Only notes of contacts of this business.'),
  }),
  output: Note,
  primary: ['id'],

  async perform(highlevel, filters, mode) {
    const notes = await pollNotes(highlevel, { key: 'new_note', ...filters }, mode);
    return notes.map((row) => noteFrom(row, highlevel.contactUrl));
  },
});
