import { trigger } from '../lib/zapier/operation.ts';
import { pollTasks, taskPollInput } from '../lib/polling/tasks.ts';
import { CompletedTask, taskFrom } from '../lib/highlevel/records/task.ts';

export default trigger({
  key: 'completed_task',
  noun: 'Task',
  display: { label: 'Task Completed', description: 'Triggers when a task is completed for the first time.' },
  input: taskPollInput,
  output: CompletedTask,
  primary: ['id'],

  async perform(highlevel, filters, mode) {
    const poll = { key: 'completed_task', by: 'dateUpdated' as const, completed: true, ...filters };
    const tasks = await pollTasks(highlevel, poll, mode);
    return tasks.map((row) => taskFrom(row, highlevel.contactUrl));
  },
});
