import { contactIdField, integer, optional } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Task } from '../lib/highlevel/records/task.ts';
import { listTasks, taskFilters } from '../lib/resources/tasks.ts';

export default search({
  key: 'find_tasks',
  noun: 'Task',
  display: {
    label: 'Find Tasks',
    description: 'Finds all tasks of a contact, a user, or the whole sub-account.',
  },
  input: {
    contactId: optional(contactIdField),
    ...taskFilters,
    limit: integer('Limit', 50)
      .narrowed((limit) => limit.min(1).max(500))
      .default(50)
      .describe('Maximum number of results, up to 500.'),
  },
  output: Task,

  perform: listTasks,
});
