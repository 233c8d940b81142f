import { optional } from '../schema/fields.ts';
import { withoutMarkup } from '../base/html.ts';
import { mayGoOn } from '../base/pages.ts';
import { isSameText } from '../base/text.ts';
import { createOnce, likeRecord } from './create_once.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  completedFilter,
  taskFields,
  taskFrom,
  type Task,
  type TaskResponse,
} from '../highlevel/records/task.ts';

/** The page size of HighLevel's tasks search. */
export const PAGE = 500;

/** The filters of HighLevel's tasks search. */
export interface TaskFilters {
  contactId?: string[];
  assignedTo?: string[];
  completed?: boolean;
  query?: string;
}

/**
 * The sub-account's tasks that match HighLevel's filters, page by page to the end of the list, each task once and without
 * deleted ones. HighLevel does not send a total, so a page with the length of a common server cap is not treated as the
 * last.
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
    // The last row may be invalid; rows after the last cursor are repeated, and count once.
    searchAfter = page.tasks.findLast((task) => task.searchAfter)?.searchAfter;
    const cursor = JSON.stringify(searchAfter);
    // Stop at a repeated page or cursor.
    const isStuck = !searchAfter || fresh.length === 0 || cursors.has(cursor);
    const isLast = isStuck || !mayGoOn(page, PAGE, read);
    yield { tasks: fresh.filter((task) => !task.deleted), isLast };
    if (isLast) return;
    cursors.add(cursor);
  }
}

/** The fields of a new task. `dueDate` is ISO 8601. */
export interface NewTask {
  title: string;
  dueDate: string;
  completed: boolean;
  body?: string;
  assignedTo?: string;
}

/**
 * Creates a task, once (create_once.ts). The task already exists if the contact has one with its title, text and due time,
 * or one of any age that `same` finds, if given.
 */
export async function createTask(
  highlevel: HighLevel,
  contactId: string,
  task: NewTask,
  same?: { identity: unknown; is: (task: TaskResponse) => boolean },
): Promise<TaskResponse> {
  const path = { contactId };
  return createOnce(highlevel, {
    kind: 'task',
    identity: [contactId, same?.identity ?? task],
    send: async () =>
      (await highlevel.request('POST /contacts/{contactId}/tasks', { path, body: { ...task } })).task,
    findLike: async () => {
      // A contact's own list has no dates, so only the content is compared.
      const tasks = await tasksOfContact(highlevel, contactId);
      if (same) return tasks.filter(same.is).map((record) => ({ id: record.id, dateAdded: null, record }));
      return tasks
        .filter(
          ({ title, body, dueDate }) =>
            isSameText(title ?? '', task.title) &&
            isSameText(body ?? '', task.body ?? '') &&
            Date.parse(dueDate ?? '') === Date.parse(task.dueDate),
        )
        .map((record) => likeRecord(record));
    },
  });
}

/** A few of the sub-account's tasks, for a sample. One request. */
export async function sampleTasks(
  highlevel: HighLevel,
  filters: TaskFilters,
  limit: number,
): Promise<TaskResponse[]> {
  return (await searchTasks(highlevel, filters, limit)).tasks.filter((task) => !task.deleted);
}

function searchTasks(highlevel: HighLevel, filters: TaskFilters, limit: number, searchAfter?: unknown[]) {
  const path = { locationId: highlevel.locationId };
  const body = { ...filters, limit, ...(searchAfter && { searchAfter }) };
  return highlevel.request('POST /locations/{locationId}/tasks/search', { path, body });
}

/** The tasks of a contact. One request. */
export async function tasksOfContact(highlevel: HighLevel, contactId: string): Promise<TaskResponse[]> {
  const { tasks } = await highlevel.request('GET /contacts/{contactId}/tasks', { path: { contactId } });
  return tasks.filter((task) => !task.deleted);
}

/** The maximum number of the sub-account's tasks that a search reads. */
export const MAX_TASKS = 5_000;

/** The filter inputs of the task searches, besides the contact. */
export const taskFilters = {
  title: optional(taskFields.title, 'Return only tasks with this text in the title. Not case-sensitive.'),
  completed: completedFilter,
  assignedTo: optional(
    taskFields.assignedTo,
    "Return only tasks assigned to this user. Choose a user, or map a user's ID or email.",
  ),
};

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
    ? await tasksOfContact(highlevel, search.contactId)
    : await ofSubAccount(highlevel, search);
  const words = search.title?.toLowerCase();
  const found = rows.filter(
    (row) =>
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
