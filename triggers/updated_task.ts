import { trigger } from '../lib/zapier/operation.ts';
import { pollTasks, taskPollInput } from '../lib/polling/tasks.ts';
import { completedFilter, Task, taskFrom } from '../lib/highlevel/records/task.ts';

export default trigger({
  key: 'updated_task',
  noun: 'Task',
  display: { label: 'New or Updated Task', description: 'Triggers when a task is created or updated.' },
  input: {
    ...taskPollInput,
    completed: completedFilter,
  },
  output: Task,
  primary: ['id', 'dateUpdated'],

  async perform(highlevel, filters, mode) {
    const tasks = await pollTasks(highlevel, { key: 'updated_task', by: 'dateUpdated', ...filters }, mode);
    return tasks.map((row) => taskFrom(row, highlevel.contactUrl));
  },
});
