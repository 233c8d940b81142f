import { flag, id, notice, parentContactIdField, taskIdField, contactLink } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'delete_task',
  noun: 'Task',
  display: { label: 'Delete Task', description: 'Deletes a task.' },
  input: {
    contactId: parentContactIdField,
    taskId: taskIdField,
    warning: notice("**This can't be undone.** To keep a record, use Complete Task instead."),
  },
  output: {
    id: id('Task ID', 'fa0ldVuKMz4BySvUBSJx'),
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    deleted: flag('Deleted', true),
    url: contactLink,
  },

  async perform(highlevel, { contactId, taskId }) {
    await highlevel.request('DELETE /contacts/{contactId}/tasks/{taskId}', { path: { contactId, taskId } });
    return { id: taskId, contactId, deleted: true, url: highlevel.contactUrl(contactId) };
  },
});
