import { flag, id, notice, noteIdField, parentContactIdField, contactLink } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'delete_note',
  noun: 'Note',
  display: { label: 'Delete Note', description: 'Deletes a note.' },
  input: {
    contactId: parentContactIdField,
    noteId: noteIdField,
    warning: notice("**This can't be undone.** The note will be permanently deleted."),
  },
  output: {
    id: id('Note ID', 'zZ8oz9TCLMZcMgBzpv4e'),
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    deleted: flag('Deleted', true),
    url: contactLink,
  },

  async perform(highlevel, { contactId, noteId }) {
    await highlevel.request('DELETE /contacts/{contactId}/notes/{id}', { path: { contactId, id: noteId } });
    return { id: noteId, contactId, deleted: true, url: highlevel.contactUrl(contactId) };
  },
});
