import { InputError } from '../lib/base/errors.ts';
import { optional, parentContactIdField, taskIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { Task, taskFields, taskFrom } from '../lib/highlevel/records/task.ts';

export default create({
  key: 'update_task',
  noun: 'Task',
  display: {
    label: 'Update Task',
    description: 'Updates a task. Blank fields are left unchanged.',
  },
  input: {
    contactId: parentContactIdField,
    taskId: taskIdField,
    title: optional(taskFields.title),
    dueDate: optional(taskFields.dueDate),
    body: optional(taskFields.body),
    assignedTo: optional(taskFields.assignedTo),
    completed: optional(taskFields.completed, 'Choose **Yes** to complete the task or **No** to reopen it.'),
  },
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
