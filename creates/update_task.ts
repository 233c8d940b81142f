import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { parentContactIdField, taskIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { Task, taskFields, taskFrom } from '../lib/highlevel/records/task.ts';

export default create({
  key: 'update_task',
  noun: 'Task',
  display: {
    label: 'Update Task',
    description: 'Updates a task. Blank fields are left unchanged.',
  },
  input: z.object({
    contactId: parentContactIdField,
    taskId: taskIdField,
    title: taskFields.title.optional(),
    dueDate: taskFields.dueDate.optional(),
    body: taskFields.body.optional(),
    assignedTo: taskFields.assignedTo.optional(),
    completed: taskFields.completed
      .optional()
      .describe('Choose **Yes** to complete the task or **No** to reopen it.'),
  }),
  output: Task,

  async perform(highlevel, { contactId, taskId, ...body }) {
    if (Object.keys(body).length === 0)
      throw new InputError(
        'Nothing to update. Please fill in at least one field besides "Contact" and "Task".',
      );
    const path = { contactId, taskId };
    const updated = await highlevel.request('PUT /contacts/{contactId}/tasks/{taskId}', { path, body });
    return taskFrom(updated.task, highlevel.contactUrl, contactId);
  },
});
