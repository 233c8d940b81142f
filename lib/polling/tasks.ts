import type * as z from 'zod';
import { newestBy } from '../base/dates.ts';
import { HighLevelError } from '../base/errors.ts';
import { contactId } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { PollMode } from '../zapier/operation.ts';
import { task, type TaskAnswer } from '../highlevel/records/task.ts';
import { RUN_BUDGET_MS } from '../highlevel/retry.ts';
import { readTasks } from '../resources/task_pages.ts';
import { openWindow, type Window } from './window.ts';

const SAMPLE = 3;
const SAMPLE_PAGE = 50;
/** Rows returned even when nothing is new, so that a Zap that slept too long still sees the latest. */
const ALWAYS = 1_000;
const READ_WITHIN_MS = 20_000;

/** What every task trigger filters by; all at HighLevel. */
export const taskPollInput = {
  contactId: contactId.optional().describe('Only tasks of this contact.'),
  assignedTo: task.assignedTo
    .optional()
    .describe("Only this user's tasks. In a sub-account with very many tasks, choose one."),
} satisfies z.ZodRawShape;

/** What a task trigger looks for. `key` names the trigger; the filters are its inputs. */
export interface TaskPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  contactId?: string;
  assignedTo?: string;
  completed?: boolean;
}

/**
 * The tasks a trigger should see, newest first. HighLevel sorts its tasks search neither by creation nor by change and
 * filters neither, so the whole list is read, 500 a request. A list that cannot be read to its end in time is an error:
 * a part of it would lose tasks silently.
 */
export async function pollTasks(highlevel: HighLevel, poll: TaskPoll, mode: PollMode): Promise<TaskAnswer[]> {
  const filters = {
    ...(poll.contactId && { contactId: [poll.contactId] }),
    ...(poll.assignedTo && { assignedTo: [poll.assignedTo] }),
    ...(poll.completed !== undefined && { completed: poll.completed }),
  };
  if (mode === 'sample') {
    const path = { locationId: highlevel.locationId };
    // More than it shows: what was deleted may come first.
    const body = { ...filters, limit: SAMPLE_PAGE };
    const { tasks } = await highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
    return tasks.filter((task) => !task.deleted).slice(0, SAMPLE);
  }

  const tasks = await readTasks(highlevel, filters, ({ size }) => {
    if (highlevel.timeLeft() < RUN_BUDGET_MS - READ_WITHIN_MS) throw tooMany(size);
    return true;
  });
  const date = (task: TaskAnswer) => task[poll.by] ?? task.dateAdded;
  const found = [...tasks.values()].filter((task) => !task.deleted);
  found.sort(newestBy(date));

  const window = await openWindow(highlevel, poll.key, filters);
  const due = mode === 'fill' ? found : dueOf(found, poll, window);
  await window.close();
  return due;
}

/** Those of the tasks, newest first, that a poll gives to Zapier. */
function dueOf(tasks: TaskAnswer[], { by, assignedTo, completed }: TaskPoll, window: Window): TaskAnswer[] {
  const due = tasks.filter((task, index) => index < ALWAYS || window.holds(task[by] ?? task.dateAdded));
  // An old task that comes to match the filters, by a user it was given or by its completion, is not new.
  const mayBeOld = by === 'dateAdded' && (assignedTo !== undefined || completed !== undefined);
  return mayBeOld ? due.filter((task) => !window.isLongAgo(task.dateAdded)) : due;
}

function tooMany(read: number): HighLevelError {
  return new HighLevelError(
    'refused',
    `This sub-account has too many tasks to read within ${READ_WITHIN_MS / 1000} seconds (${read} and more). ` +
      'Choose a user under Assigned To, or a contact, so that the trigger watches fewer tasks.',
  );
}
