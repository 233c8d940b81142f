import { InputError } from '../lib/base/errors.ts';
import { contactIdField, id, optional } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Task, taskFrom } from '../lib/highlevel/records/task.ts';
import { listTasks, taskFilters } from '../lib/resources/tasks.ts';

export default search({
  key: 'find_task',
  noun: 'Task',
  display: {
    label: 'Find Task',
    description: 'Finds a task by title, contact, or owner, open tasks first.',
  },
  input: {
    contactId: optional(contactIdField),
    ...taskFilters,
    taskId: optional(
      id('Task', 'fa0ldVuKMz4BySvUBSJx').meta({
        title: 'Task',
        editor: { type: 'string', dropdown: 'tasks', dependsOn: ['contactId'] },
      }),
      'Choose a task of the contact above, or map a Task ID.',
    ),
  },
  output: Task,

  async perform(highlevel, { taskId, contactId, ...filters }) {
    if (taskId) {
      if (!contactId)
        throw new InputError('Please fill in "Contact". HighLevel keeps tasks with their contacts.');
      const { task } = await highlevel.request('GET /contacts/{contactId}/tasks/{taskId}', {
        path: { contactId, taskId },
      });
      return [taskFrom(task, highlevel.contactUrl, contactId)];
    }
    if (!contactId && Object.keys(filters).length === 0)
      throw new InputError('Please fill in at least one field to find a task by.');
    return listTasks(highlevel, { contactId, ...filters, limit: 10 });
  },
});
