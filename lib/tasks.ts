import type * as z from 'zod';
import type { HighLevel } from './highlevel.ts';
import { task, taskFrom, type Task, type TaskAnswer } from './records/task.ts';

const PAGE = 500;
/** A search looks through this many tasks of the sub-account at the most. */
const MOST_PAGES = 10;

/** What task searches filter by, beside the contact. */
export const taskFilters = {
  title: task.title.optional().describe('Part of the title. Upper and lower case are the same.'),
  completed: task.completed.optional().describe('Yes for completed tasks only, no for open ones only.'),
  assignedTo: task.assignedTo.optional(),
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

async function ofSubAccount(highlevel: HighLevel, wanted: Omit<TaskSearch, 'limit'>): Promise<TaskAnswer[]> {
  const path = { locationId: highlevel.locationId };
  const filters = {
    ...(wanted.title && { query: wanted.title }),
    ...(wanted.completed !== undefined && { completed: wanted.completed }),
    ...(wanted.assignedTo && { assignedTo: [wanted.assignedTo] }),
  };
  const rows = new Map<string, TaskAnswer>();
  let searchAfter: unknown[] | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const body = { ...filters, limit: PAGE, ...(searchAfter && { searchAfter }) };
    const { tasks } = await highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
    const known = rows.size;
    for (const task of tasks) rows.set(task.id, task);
    searchAfter = tasks.at(-1)?.searchAfter;
    if (tasks.length < PAGE || !searchAfter || rows.size === known) break;
  }
  return [...rows.values()];
}

function due(task: TaskAnswer): number {
  const moment = Date.parse(task.dueDate ?? '');
  return Number.isNaN(moment) ? Infinity : moment;
}
