import type * as z from 'zod';
import type { HighLevel } from '../highlevel/client.ts';
import {
  completedFilter,
  taskFields,
  taskFrom,
  type Task,
  type TaskResponse,
} from '../highlevel/records/task.ts';

/** HighLevel gives no more tasks at a time. */
export const PAGE = 500;

/** The tasks search's own filters. */
export interface TaskFilters {
  contactId?: string[];
  assignedTo?: string[];
  completed?: boolean;
  query?: string;
}

/**
 * The sub-account's tasks that fit HighLevel's own filters, by id: page by page to the end of the list, or until `goOn`,
 * asked with what is read before each further page, says no.
 */
export async function readTasks(
  highlevel: HighLevel,
  filters: TaskFilters,
  goOn: (read: ReadonlyMap<string, TaskResponse>) => boolean,
): Promise<Map<string, TaskResponse>> {
  const path = { locationId: highlevel.locationId };
  const read = new Map<string, TaskResponse>();
  const cursors = new Set<string>();
  let searchAfter: unknown[] | undefined;
  for (;;) {
    const body = { ...filters, limit: PAGE, ...(searchAfter && { searchAfter }) };
    const { tasks } = await highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
    const known = read.size;
    for (const task of tasks) read.set(task.id, task);
    searchAfter = tasks.at(-1)?.searchAfter;
    const cursor = JSON.stringify(searchAfter);
    // A page that repeats, or a cursor that was asked already: there is no way on.
    if (tasks.length < PAGE || !searchAfter || read.size === known || cursors.has(cursor)) return read;
    cursors.add(cursor);
    if (!goOn(read)) return read;
  }
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

async function ofContact(highlevel: HighLevel, contactId: string): Promise<TaskResponse[]> {
  return (await highlevel.request('GET /contacts/{contactId}/tasks', { path: { contactId } })).tasks;
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
  return [...(await readTasks(highlevel, filters, ({ size }) => size < MAX_TASKS)).values()];
}

function due(task: TaskResponse): number {
  const moment = Date.parse(task.dueDate ?? '');
  return Number.isNaN(moment) ? Infinity : moment;
}
