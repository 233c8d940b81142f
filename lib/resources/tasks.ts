import type * as z from 'zod';
import type { HighLevel } from '../highlevel/client.ts';
import { completedFilter, task, taskFrom, type Task, type TaskAnswer } from '../highlevel/records/task.ts';
import { readTasks } from './task_pages.ts';

/** A search looks through this many tasks of the sub-account at the most. */
export const MOST_TASKS = 5_000;

/** What task searches filter by, beside the contact. */
export const taskFilters = {
  title: task.title.optional().describe('Part of the title. Upper and lower case are the same.'),
  completed: completedFilter,
  assignedTo: task.assignedTo.optional().describe('Only tasks of this user.'),
} satisfies z.ZodRawShape;

/** What to look for. */
export interface TaskSearch {
  contactId?: string;
  title?: string;
  completed?: boolean;
  assignedTo?: string;
  limit: number;
}

/**
 * The tasks that match, open ones first and the next due before the later; at most `limit`. A contact's tasks are its own
 * list, 1 request; otherwise the sub-account's tasks are read, 500 a request and 5,000 at the most.
 */
export async function listTasks(highlevel: HighLevel, { limit, ...wanted }: TaskSearch): Promise<Task[]> {
  const rows = wanted.contactId
    ? await ofContact(highlevel, wanted.contactId)
    : await ofSubAccount(highlevel, wanted);
  const words = wanted.title?.toLowerCase();
  const found = rows.filter(
    (row) =>
      !row.deleted &&
      (words === undefined || row.title?.toLowerCase().includes(words)) &&
      (wanted.completed === undefined || row.completed === wanted.completed) &&
      (wanted.assignedTo === undefined || row.assignedTo === wanted.assignedTo),
  );
  found.sort(
    (a, b) => Number(a.completed) - Number(b.completed) || due(a) - due(b) || (a.id < b.id ? -1 : 1),
  );
  return found.slice(0, limit).map((row) => taskFrom(row, highlevel.contactUrl, wanted.contactId));
}

async function ofContact(highlevel: HighLevel, contactId: string): Promise<TaskAnswer[]> {
  return (await highlevel.request('GET /contacts/{contactId}/tasks', { path: { contactId } })).tasks;
}

async function ofSubAccount(
  highlevel: HighLevel,
  { title, completed, assignedTo }: Omit<TaskSearch, 'limit'>,
): Promise<TaskAnswer[]> {
  const filters = {
    ...(title && { query: title }),
    ...(completed !== undefined && { completed }),
    ...(assignedTo && { assignedTo: [assignedTo] }),
  };
  // To the end: HighLevel begins with the tasks that were due first, years ago, and the open ones may come last.
  return [...(await readTasks(highlevel, filters, ({ size }) => size < MOST_TASKS)).values()];
}

function due(task: TaskAnswer): number {
  const moment = Date.parse(task.dueDate ?? '');
  return Number.isNaN(moment) ? Infinity : moment;
}
