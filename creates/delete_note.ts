import * as z from 'zod';
import { contactIdField, flag, id, notice, noteIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'delete_note',
  noun: 'Note',
  display: { label: 'Delete Note', description: 'Deletes a note of a contact.' },
  input: z.object({
    contactId: contactIdField,
    noteId: noteIdField,
    warning: notice('**This cannot be undone.** The note is gone from HighLevel.'),
  }),
  output: z.object({
    id: id('Note ID', 'zZ8oz9TCLMZcMgBzpv4e'),
    deleted: flag('Deleted', true),
  }),

  async perform(highlevel, { contactId, noteId }) {
    await highlevel.request('DELETE /contacts/{contactId}/notes/{id}', { path: { contactId, id: noteId } });
    return { id: noteId, deleted: true };
  },
});
