import type * as z from 'zod';
import { withoutMarkup } from '../base/html.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  completedFilter,
  taskFields,
  taskFrom,
  type Task,
  type TaskResponse,
} from '../highlevel/records/task.ts';

/** The most tasks on one page of HighLevel's tasks search. */
export const PAGE = 500;

/** The filters of HighLevel's tasks search. */
export interface TaskFilters {
  contactId?: string[];
  assignedTo?: string[];
  completed?: boolean;
  query?: string;
}

/**
 * The sub-account's tasks that match HighLevel's filters, by id. Reads page after page to the end of the list, or until
 * `goOn`, called before each next page with the tasks read so far, returns false.
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
    const before = read.size;
    for (const task of tasks) read.set(task.id, task);
    searchAfter = tasks.at(-1)?.searchAfter;
    const cursor = JSON.stringify(searchAfter);
    // Without new tasks or a new cursor there is no next page.
    if (tasks.length < PAGE || !searchAfter || read.size === before || cursors.has(cursor)) return read;
    cursors.add(cursor);
    if (!goOn(read)) return read;
  }
}

/** The most tasks that a search reads from the sub-account. */
export const MAX_TASKS = 5_000;

/** The filter inputs of the task searches, besides the contact. */
export const taskFilters = {
  title: taskFields.title.optional().describe('Part of the title. Upper and lower case are the same.'),
  completed: completedFilter,
  assignedTo: taskFields.assignedTo.optional().describe('Only tasks of this user.'),
} satisfies z.ZodRawShape;

/** The filters of a task search, and the most tasks to return. */
export interface TaskSearch {
  contactId?: string;
  title?: string;
  completed?: boolean;
  assignedTo?: string;
  limit: number;
}

/**
 * The matching tasks, at most `limit`: open ones first, then by due date. With a contact 1 request; otherwise the
 * sub-account's tasks are read, 500 per request, at most 5,000.
 */
export async function listTasks(highlevel: HighLevel, { limit, ...search }: TaskSearch): Promise<Task[]> {
  const rows = search.contactId
    ? await ofContact(highlevel, search.contactId)
    : await ofSubAccount(highlevel, search);
  const words = search.title?.toLowerCase();
  const found = rows.filter(
    (row) =>
      !row.deleted &&
      (words === undefined ||
        withoutMarkup(row.title ?? '')
          .toLowerCase()
          .includes(words)) &&
      (search.completed === undefined || row.completed === search.completed) &&
      (search.assignedTo === undefined || row.assignedTo === search.assignedTo),
  );
  found.sort(
    (a, b) => Number(a.completed) - Number(b.completed) || due(a) - due(b) || (a.id < b.id ? -1 : 1),
  );
  return found.slice(0, limit).map((row) => taskFrom(row, highlevel.contactUrl, search.contactId));
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
  // All pages, because HighLevel sorts by due date, oldest first: the open tasks may come last.
  return [...(await readTasks(highlevel, filters, ({ size }) => size < MAX_TASKS)).values()];
}

function due(task: TaskResponse): number {
  const moment = Date.parse(task.dueDate ?? '');
  return Number.isNaN(moment) ? Infinity : moment;
}
