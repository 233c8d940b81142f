import * as z from 'zod';
import { contactIdField, contactLink, flag, id, notice, taskIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'delete_task',
  noun: 'Task',
  display: { label: 'Delete Task', description: 'Deletes a task of a contact.' },
  input: z.object({
    contactId: contactIdField,
    taskId: taskIdField,
    warning: notice('**This cannot be undone.** To keep the task as done, use Complete Task.'),
  }),
  output: z.object({
    id: id('Task ID', 'fa0ldVuKMz4BySvUBSJx'),
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    deleted: flag('Deleted', true),
    url: contactLink,
  }),

  async perform(highlevel, { contactId, taskId }) {
    await highlevel.request('DELETE /contacts/{contactId}/tasks/{taskId}', { path: { contactId, taskId } });
    return { id: taskId, contactId, deleted: true, url: highlevel.contactUrl(contactId) };
  },
});
