import { flag, parentContactIdField, taskIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';
import { CompletedTask, taskFrom } from '../lib/highlevel/records/task.ts';

export default create({
  key: 'complete_task',
  noun: 'Task',
  display: { label: 'Complete Task', description: 'Marks a task as completed, or reopens it.' },
  input: {
    contactId: parentContactIdField,
    taskId: taskIdField,
    completed: flag('Completed', true).default(true).describe('Choose **No** to reopen the task.'),
  },
  output: CompletedTask,

  async perform(highlevel, { contactId, taskId, completed }) {
    const { task } = await highlevel.request('PUT /contacts/{contactId}/tasks/{taskId}/completed', {
      path: { contactId, taskId },
      body: { completed },
    });
    return taskFrom(task, highlevel.contactUrl, contactId);
  },
});
