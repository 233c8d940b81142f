import type * as z from 'zod';
import { mayGoOn } from '../base/pages.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  completedFilter,
  taskFields,
  taskFrom,
  type Task,
  type TaskResponse,
} from '../highlevel/records/task.ts';

/** HighLevel gives no more tasks at a time. */
const PAGE = 500;

/** The tasks search's own filters. */
export interface TaskFilters {
  contactId?: string[];
  assignedTo?: string[];
  completed?: boolean;
  query?: string;
}

/**
 * The sub-account's tasks that fit HighLevel's own filters, page by page to the end of the list, each task once. What was
 * deleted is left out. HighLevel does not say how many there are, so a page as short as servers cap at is not the end.
 */
export async function* taskPages(
  highlevel: HighLevel,
  filters: TaskFilters,
): AsyncGenerator<{ tasks: TaskResponse[]; isLast: boolean }> {
  const seen = new Set<string>();
  const cursors = new Set<string>();
  let searchAfter: unknown[] | undefined;
  let read = 0;
  for (;;) {
    const page = await searchTasks(highlevel, filters, PAGE, searchAfter);
    const fresh = page.tasks.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    read += page.received;
    // The last row may be odd; the rows behind the last cursor come again, and count once.
    searchAfter = page.tasks.findLast((task) => task.searchAfter)?.searchAfter;
    const cursor = JSON.stringify(searchAfter);
    // A page that repeats, or a cursor that was asked already: there is no way on.
    const isStuck = !searchAfter || fresh.length === 0 || cursors.has(cursor);
    const isLast = isStuck || !mayGoOn(page, PAGE, read);
    yield { tasks: fresh.filter((task) => !isRemoved(task)), isLast };
    if (isLast) return;
    cursors.add(cursor);
  }
}

/** A few of the sub-account's tasks, for a sample. One request. */
export async function sampleTasks(
  highlevel: HighLevel,
  filters: TaskFilters,
  limit: number,
): Promise<TaskResponse[]> {
  return (await searchTasks(highlevel, filters, limit)).tasks.filter((task) => !isRemoved(task));
}

function searchTasks(highlevel: HighLevel, filters: TaskFilters, limit: number, searchAfter?: unknown[]) {
  const path = { locationId: highlevel.locationId };
  const body = { ...filters, limit, ...(searchAfter && { searchAfter }) };
  return highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
}

/**
 * Whether a row is a task that was deleted: it stays in the sub-account's search as an open one, not marked as deleted, but
 * its contact is taken out. Source: integrators' reports.
 */
function isRemoved({ deleted, contactRemoved }: TaskResponse): boolean {
  return deleted || contactRemoved;
}

/** The tasks of a contact. One request. */
export async function tasksOfContact(highlevel: HighLevel, contactId: string): Promise<TaskResponse[]> {
  const { tasks } = await highlevel.request('GET /contacts/{contactId}/tasks', { path: { contactId } });
  return tasks.filter((task) => !isRemoved(task));
}

/** At most this many of the sub-account's tasks are read to find some of them. */
export const MAX_TASKS = 5_000;

/** What task searches filter by, beside the contact. */
export const taskFilters = {
  title: taskFields.title.optional().describe('Part of the title. Upper and lower case are the same.'),
  completed: completedFilter,
  assignedTo: taskFields.assignedTo.optional().describe('Only tasks of this user.'),
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
    ? await tasksOfContact(highlevel, wanted.contactId)
    : await ofSubAccount(highlevel, wanted);
  const words = wanted.title?.toLowerCase();
  const found = rows.filter(
    (row) =>
      (words === undefined || row.title?.toLowerCase().includes(words)) &&
      (wanted.completed === undefined || row.completed === wanted.completed) &&
      (wanted.assignedTo === undefined || row.assignedTo === wanted.assignedTo),
  );
  found.sort(
    (a, b) => Number(a.completed) - Number(b.completed) || due(a) - due(b) || (a.id < b.id ? -1 : 1),
  );
  return found.slice(0, limit).map((row) => taskFrom(row, highlevel.contactUrl, wanted.contactId));
}

async function ofSubAccount(
  highlevel: HighLevel,
  { title, completed, assignedTo }: Omit<TaskSearch, 'limit'>,
): Promise<TaskResponse[]> {
  const filters = {
    ...(title && { query: title }),
    ...(completed !== undefined && { completed }),
    ...(assignedTo && { assignedTo: [assignedTo] }),
  };
  // To the end: HighLevel begins with the tasks that were due first, years ago, and the open ones may come last.
  const found: TaskResponse[] = [];
  for await (const { tasks } of taskPages(highlevel, filters)) {
    found.push(...tasks);
    if (found.length >= MAX_TASKS) break;
  }
  return found;
}

function due(task: TaskResponse): number {
  const moment = Date.parse(task.dueDate ?? '');
  return Number.isNaN(moment) ? Infinity : moment;
}
