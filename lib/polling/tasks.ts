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
const SAMPLE_PAGE = 50;
/** Rows always returned, so that a Zap that was off for longer than the lookback window still gets the latest tasks. */
export const MIN_RETURNED = 1_000;
export const READ_WITHIN_MS = 20_000;

/** The filter inputs of all task triggers; HighLevel applies them. */
export const taskPollInput = {
  contactId: contactIdField.optional().describe('Only tasks of this contact.'),
  assignedTo: taskFields.assignedTo
    .optional()
    .describe("Only this user's tasks. In a sub-account with very many tasks, choose one."),
} satisfies z.ZodRawShape;

/** A poll of a task trigger: the trigger's `key`, the date to watch, and its filters. */
export interface TaskPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  contactId?: string;
  assignedTo?: string;
  completed?: boolean;
}

/**
 * Polls for tasks, newest first. HighLevel's tasks search can neither sort nor filter by creation or update time, so the
 * whole list is read, 500 tasks per request. Throws ApiError when that takes too long: a part of the list would silently
 * lose tasks.
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
    // More than it shows: what was deleted may come first.
    const body = { ...filters, limit: SAMPLE_PAGE };
    const { tasks } = await highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
    return tasks.filter((task) => !task.deleted).slice(0, SAMPLE);
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

/** The tasks to return to Zapier; `tasks` is sorted newest first. */
function dueOf(
  tasks: TaskResponse[],
  { by, assignedTo, completed }: TaskPoll,
  window: LookbackWindow,
): TaskResponse[] {
  const due = tasks.filter(
    (task, index) => index < MIN_RETURNED || window.includes(task[by] ?? task.dateAdded),
  );
  // An old task that starts to match the filters, by a new user or its completion, is not new.
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
