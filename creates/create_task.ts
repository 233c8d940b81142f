import { contactIdField, optional } from '../lib/schema/fields.ts';
import { createTask } from '../lib/resources/tasks.ts';
import { create } from '../lib/zapier/operation.ts';
import { Task, taskFields, taskFrom } from '../lib/highlevel/records/task.ts';

export default create({
  key: 'create_task',
  noun: 'Task',
  display: { label: 'Create Task', description: 'Creates a task for a contact.' },
  input: {
    contactId: contactIdField,
    title: taskFields.title,
    dueDate: taskFields.dueDate,
    body: optional(taskFields.body),
    assignedTo: optional(taskFields.assignedTo),
    completed: taskFields.completed
      .default(false)
      .describe('Choose **Yes** to create the task as completed.'),
  },
  output: Task,

  async perform(highlevel, { contactId, ...body }) {
    return taskFrom(await createTask(highlevel, contactId, body), highlevel.contactUrl, contactId);
  },
});
