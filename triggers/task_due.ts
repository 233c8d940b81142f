import { number } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { taskPollInput } from '../lib/polling/tasks.ts';
import { pollDueTasks } from '../lib/polling/due_tasks.ts';
import { MAX_HOURS_BEFORE } from '../lib/polling/window.ts';
import { Task, taskFrom } from '../lib/highlevel/records/task.ts';

export default trigger({
  key: 'task_due',
  noun: 'Task',
  display: {
    label: 'Task Due',
    description: 'Triggers when an open task is due, or a number of hours before.',
  },
  input: {
    hoursBefore: number('Hours Before', 0)
      .narrowed((hours) => hours.min(0).max(MAX_HOURS_BEFORE))
      .default(0)
      .describe(
        'Number of hours before the due date, such as `24`. Enter `0` to trigger when the task is due.',
      ),
    ...taskPollInput,
  },
  output: Task,
  primary: ['id', 'dueDate'],

  async perform(highlevel, filters, mode) {
    const tasks = await pollDueTasks(highlevel, filters, mode);
    return tasks.map((row) => taskFrom(row, highlevel.contactUrl));
  },
});
