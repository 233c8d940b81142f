import { DAY, epochOf, HOUR } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { TaskResponse } from '../highlevel/records/task.ts';
import { sampleTasks, type TaskFilters } from '../resources/tasks.ts';
import { startAllowance } from './progress.ts';
import { allTasks, EXTRA_BYTES } from './tasks.ts';
import type { PollMode } from './window.ts';

/** Tasks that were due longer ago are not news, such as when a Zap was off. */
export const MAX_DAYS_OVERDUE = 7;
const SAMPLE = 3;
const SAMPLE_PAGE = 50;

/** Which tasks Task Due watches. */
export interface DuePoll {
  /** How long before its due date a task counts as due. */
  hoursBefore: number;
  contactId?: string;
  assignedTo?: string;
}

/**
 * The open tasks that are due within `hoursBefore`, or were due in the last 7 days, the latest due date first: the same to
 * fill the dedupe table and for a poll, because a due date passes without any change to the task. HighLevel cannot filter by
 * due date, so the open tasks are read to the end, 500 a request. Throws ApiError if that takes too long.
 */
export async function pollDueTasks(
  highlevel: HighLevel,
  { hoursBefore, contactId, assignedTo }: DuePoll,
  mode: PollMode,
): Promise<TaskResponse[]> {
  const filters: TaskFilters = {
    ...(contactId && { contactId: [contactId] }),
    ...(assignedTo && { assignedTo: [assignedTo] }),
    completed: false,
  };
  const latestFirst = (a: TaskResponse, b: TaskResponse) =>
    (epochOf(b.dueDate) || 0) - (epochOf(a.dueDate) || 0);
  if (mode === 'sample') {
    const tasks = await sampleTasks(highlevel, filters, SAMPLE_PAGE);
    return tasks.toSorted(latestFirst).slice(0, SAMPLE);
  }
  const due: TaskResponse[] = [];
  for await (const page of allTasks(highlevel, filters)) {
    // By HighLevel's clock, which the first response has told.
    const now = highlevel.now();
    due.push(
      ...page.filter(({ completed, dueDate }) => {
        const at = epochOf(dueDate);
        return !completed && at <= now + hoursBefore * HOUR && at >= now - MAX_DAYS_OVERDUE * DAY;
      }),
    );
  }
  // What does not fit was due longest ago, so earlier polls have returned it.
  const allowance = startAllowance(EXTRA_BYTES);
  const sorted = due.toSorted(latestFirst);
  const end =
    mode === 'fill' ? -1 : sorted.findIndex((task) => !allowance.take({ ...task, bodyText: task.body }));
  return end < 0 ? sorted : sorted.slice(0, end);
}
