import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { contactIdField, taskIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { Task, taskFields, taskFrom } from '../lib/highlevel/records/task.ts';

export default create({
  key: 'update_task',
  noun: 'Task',
  display: {
    label: 'Update Task',
    description: 'Updates a task of a contact. Fields left empty stay as they are.',
  },
  input: z.object({
    contactId: contactIdField,
    taskId: taskIdField,
    title: taskFields.title.optional(),
    dueDate: taskFields.dueDate
      .optional()
      .describe("A date alone means 9 in the morning, in the Zap's time zone."),
    body: taskFields.body.optional(),
    assignedTo: taskFields.assignedTo.optional(),
    completed: taskFields.completed.optional().describe('Yes completes the task, no opens it again.'),
  }),
  output: Task,

  async perform(highlevel, { contactId, taskId, ...body }) {
    if (Object.keys(body).length === 0) throw new InputError('Please fill at least one field to update.');
    const path = { contactId, taskId };
    const updated = await highlevel.request('PUT /contacts/{contactId}/tasks/{taskId}', { path, body });
    return taskFrom(updated.task, highlevel.contactUrl, contactId);
  },
});
