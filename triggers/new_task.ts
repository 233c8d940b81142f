import { trigger } from '../lib/zapier/operation.ts';
import { pollTasks, taskPollInput } from '../lib/polling/tasks.ts';
import { completedFilter, Task, taskFrom } from '../lib/highlevel/records/task.ts';

export default trigger({
  key: 'new_task',
  noun: 'Task',
  display: { label: 'New Task', description: 'Triggers when a new task is created.' },
  input: {
    ...taskPollInput,
    completed: completedFilter,
  },
  output: Task,
  primary: ['id'],

  async perform(highlevel, filters, mode) {
    const tasks = await pollTasks(highlevel, { key: 'new_task', by: 'dateAdded', ...filters }, mode);
    return tasks.map((row) => taskFrom(row, highlevel.contactUrl));
  },
});
