import type * as z from 'zod';
import { newestBy } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import { contactIdField } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { taskFields, type TaskResponse } from '../highlevel/records/task.ts';
import { RUN_BUDGET_MS } from '../highlevel/retry.ts';
import { readTasks, type TaskFilters } from '../resources/tasks.ts';
import { openWindow, type PollMode, type LookbackWindow } from './window.ts';

const SAMPLE = 3;
/** Rows returned even when nothing is new, so that a Zap that slept too long still sees the latest. */
export const MIN_RETURNED = 1_000;
export const READ_WITHIN_MS = 20_000;

/** What every task trigger filters by; all at HighLevel. */
export const taskPollInput = {
  contactId: contactIdField.optional().describe('Only tasks of this contact.'),
  assignedTo: taskFields.assignedTo
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
export async function pollTasks(
  highlevel: HighLevel,
  poll: TaskPoll,
  mode: PollMode,
): Promise<TaskResponse[]> {
  const filters: TaskFilters = {
    ...(poll.contactId && { contactId: [poll.contactId] }),
    ...(poll.assignedTo && { assignedTo: [poll.assignedTo] }),
    ...(poll.completed !== undefined && { completed: poll.completed }),
  };
  if (mode === 'sample') {
    const path = { locationId: highlevel.locationId };
    const body = { ...filters, limit: SAMPLE };
    const { tasks } = await highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
    return tasks.filter((task) => !task.deleted);
  }

  const tasks = await readTasks(highlevel, filters, ({ size }) => {
    if (highlevel.timeLeft() < RUN_BUDGET_MS - READ_WITHIN_MS) throw tooMany(size);
    return true;
  });
  const date = (task: TaskResponse) => task[poll.by] ?? task.dateAdded;
  const found = [...tasks.values()].filter((task) => !task.deleted);
  found.sort(newestBy(date));

  const window = await openWindow(highlevel, poll.key, filters);
  const due = mode === 'fill' ? found : dueOf(found, poll, window);
  await window.close();
  return due;
}

/** Those of the tasks, newest first, that a poll gives to Zapier. */
function dueOf(
  tasks: TaskResponse[],
  { by, assignedTo, completed }: TaskPoll,
  window: LookbackWindow,
): TaskResponse[] {
  const due = tasks.filter(
    (task, index) => index < MIN_RETURNED || window.includes(task[by] ?? task.dateAdded),
  );
  // An old task that comes to match the filters, by a user it was given or by its completion, is not new.
  const mayBeOld = by === 'dateAdded' && (assignedTo !== undefined || completed !== undefined);
  return mayBeOld ? due.filter((task) => !window.isOlderThanMax(task.dateAdded)) : due;
}

function tooMany(read: number): ApiError {
  return new ApiError(
    'refused',
    `This sub-account has too many tasks to read within ${READ_WITHIN_MS / 1000} seconds (${read} and more). ` +
      'Choose a user under Assigned To, or a contact, so that the trigger watches fewer tasks.',
  );
}
