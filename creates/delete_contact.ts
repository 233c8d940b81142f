import { contactIdField, dateTime, flag, id, notice } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'delete_contact',
  noun: 'Contact',
  display: {
    label: 'Delete Contact',
    description: 'Deletes a contact, including its notes, tasks, and conversations.',
  },
  input: {
    contactId: contactIdField,
    warning: notice(
      "**This can't be undone.** The contact and everything attached to it will be permanently deleted.",
    ),
  },
  output: {
    id: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    deleted: flag('Deleted', true),
    deletedAt: dateTime('Deleted At', '2026-01-28T09:12:41.000Z'),
  },

  async perform(highlevel, { contactId }) {
    await highlevel.request('DELETE /contacts/{contactId}', { path: { contactId } });
    return { id: contactId, deleted: true, deletedAt: new Date(highlevel.now()).toISOString() };
  },
});
