import * as z from 'zod';
import { DAY, epochOf, newestBy } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import { keepOnly } from '../base/keep_only.ts';
import { contactIdField, optional } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { taskFields, type TaskResponse } from '../highlevel/records/task.ts';
import { RUN_BUDGET_MS } from '../highlevel/retry.ts';
import { sampleTasks, taskPages, type TaskFilters } from '../resources/tasks.ts';
import { isOutOfTime, mayPass, startAllowance, tooSlow } from './progress.ts';
import { filterAsync, KEPT_SECONDS, openWindow, type PollMode, type LookbackWindow } from './window.ts';

const SAMPLE = 3;
/** The page size for a sample: deleted tasks, which are skipped, come first. */
const SAMPLE_PAGE = 50;
/** Rows returned even when nothing is new, so that a Zap that slept too long still sees the latest. */
export const MIN_RETURNED = 1_000;
export const READ_WITHIN_MS = 20_000;
/** The bytes that a task grows by on its way to Zapier: its link and its status. */
export const EXTRA_BYTES = 200;
/** How long to remember that only a part of a list is in the dedupe table. */
const KEPT_PARTLY_SECONDS = (30 * DAY) / 1000;

/** The filter inputs of all task triggers; HighLevel applies them. */
export const taskPollInput = {
  contactId: optional(
    contactIdField,
    'Trigger only for tasks of this contact. Choose a contact, or map a Contact ID.',
  ),
  assignedTo: optional(
    taskFields.assignedTo,
    "Trigger only for tasks assigned to this user. Choose a user, or map a user's ID or email. Choose one if the sub-account has many tasks.",
  ),
};

/** A poll of a task trigger: the trigger's `key`, the date to watch, and its filters. */
export interface TaskPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  contactId?: string;
  assignedTo?: string;
  completed?: boolean;
}

/**
 * The tasks a trigger should see, newest first. HighLevel sorts its tasks search neither by creation nor by change and
 * filters neither, so the whole list is read, 500 a request. A list that cannot be read to its end in time is an error: a
 * part of it would silently lose tasks. Only filling the dedupe table may use a part.
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
  if (mode === 'sample') return (await sampleTasks(highlevel, filters, SAMPLE_PAGE)).slice(0, SAMPLE);
  const date = (task: TaskResponse) => task[poll.by] ?? task.dateAdded;
  const name = `${poll.key}:${JSON.stringify(filters)}`;
  const partly = `partly:${name}`;

  if (mode === 'fill') {
    const { tasks, complete } = await learn(highlevel, filters);
    // Tasks missing in the dedupe table must not fire just because they are among the newest of an old list.
    await highlevel.cache.set(partly, complete ? null : highlevel.now(), KEPT_PARTLY_SECONDS);
    await (await openWindow(highlevel, poll.key, filters)).close();
    return tasks.toSorted(newestBy(date));
  }

  let window: LookbackWindow | undefined;
  let found: TaskResponse[] = [];
  let read = 0;
  const minReturned = (await highlevel.cache.get(partly, z.number())) === undefined ? MIN_RETURNED : 0;
  try {
    for await (const { tasks: page, isLast } of taskPages(highlevel, filters)) {
      read += page.length;
      window ??= await openWindow(highlevel, poll.key, filters);
      const { includes } = window;
      // Only tasks that may be returned are kept: a long list exceeds a run's memory.
      const newest = [...found, ...page].toSorted(newestBy(date));
      const recent = await filterAsync(newest.slice(minReturned), (task) => includes(date(task)));
      found = [...newest.slice(0, minReturned), ...recent];
      if (!isLast && isLate(highlevel)) throw tooMany(read);
    }
  } catch (error) {
    if (!isOutOfTime(highlevel, error)) throw error;
    throw read === 0 ? tooSlow() : tooMany(read);
  }
  window ??= await openWindow(highlevel, poll.key, filters);
  const { isOlderThanMax } = window;
  // An old task that starts to match the filters, because it was assigned or completed, is not new.
  const mayBeOld = poll.by === 'dateAdded' && (poll.assignedTo ?? poll.completed) !== undefined;
  const due = mayBeOld
    ? await filterAsync(found, async (task) => !(await isOlderThanMax(task.dateAdded)))
    : found;
  return givePart(highlevel, name, due, date, window);
}

/**
 * Reads as much of the list as possible, reduced to the fields by which Zapier recognizes tasks. The first page is required.
 */
async function learn(
  highlevel: HighLevel,
  filters: TaskFilters,
): Promise<{ tasks: TaskResponse[]; complete: boolean }> {
  const tasks: TaskResponse[] = [];
  let pages = 0;
  try {
    for await (const { tasks: page, isLast } of taskPages(highlevel, filters)) {
      pages++;
      tasks.push(...page.map((task) => keepOnly(task, ['id', 'dateAdded', 'dateUpdated'])));
      if (!isLast && isLate(highlevel)) return { tasks, complete: false };
    }
  } catch (error) {
    if (pages === 0 && isOutOfTime(highlevel, error)) throw tooSlow();
    if (pages === 0 || !mayPass(error)) throw error;
    return { tasks, complete: false };
  }
  return { tasks, complete: true };
}

/** Progress through tasks that exceed one result: the time of the first poll, and the newest and oldest task returned. */
const Given = z.object({
  began: z.number(),
  newest: z.object({ date: z.number(), id: z.string() }),
  oldest: z.object({ date: z.number(), id: z.string() }),
});

/**
 * Returns the tasks if they fit in one result, and closes the window. Otherwise returns the newest that fit; the next polls
 * return newer tasks and continue with the older ones. The window closes when all have been returned, as of the first of
 * these polls.
 */
async function givePart(
  highlevel: HighLevel,
  name: string,
  due: TaskResponse[],
  date: (task: TaskResponse) => string | null,
  window: LookbackWindow,
): Promise<TaskResponse[]> {
  const key = `given:${name}`;
  const before = await highlevel.cache.get(key, Given);
  const all = startAllowance(EXTRA_BYTES);
  if (due.every((task) => all.take(task))) {
    if (before) await highlevel.cache.set(key, null, KEPT_SECONDS);
    await window.close();
    return due;
  }
  const place = (task: TaskResponse) => ({ date: epochOf(date(task)) || 0, id: task.id });
  const order = (a: Place, b: Place) => b.date - a.date || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
  const sorted = due.toSorted((a, b) => order(place(a), place(b)));
  const newer = before ? sorted.filter((task) => order(place(task), before.newest) < 0).toReversed() : [];
  const older = before ? sorted.filter((task) => order(place(task), before.oldest) > 0) : sorted;
  const allowance = startAllowance(EXTRA_BYTES);
  const fitting = (tasks: TaskResponse[]) => {
    const end = tasks.findIndex((task) => !allowance.take({ ...task, bodyText: task.body }));
    return end < 0 ? tasks : tasks.slice(0, end);
  };
  const up = fitting(newer);
  const down = fitting(older);
  const given = [...up.toReversed(), ...down];
  const began = before?.began ?? window.openedAt;
  if (up.length + down.length === newer.length + older.length) {
    await highlevel.cache.set(key, null, KEPT_SECONDS);
    await window.close(began);
    return given;
  }
  const [first] = up.length > 0 ? up.slice(-1) : down;
  const last = down.at(-1);
  const newest = before && up.length === 0 ? before.newest : first && place(first);
  const oldest = last ? place(last) : before?.oldest;
  if (newest && oldest) await highlevel.cache.set(key, { began, newest, oldest }, KEPT_SECONDS);
  return given;
}

/** The position of a task in the sort order. */
interface Place {
  date: number;
  id: string;
}

/**
 * All tasks that match the filters, page by page. Throws ApiError with advice if they cannot be read within 20 seconds: a part of the list would silently lose tasks.
 */
export async function* allTasks(highlevel: HighLevel, filters: TaskFilters): AsyncGenerator<TaskResponse[]> {
  let read = 0;
  try {
    for await (const { tasks, isLast } of taskPages(highlevel, filters)) {
      read += tasks.length;
      yield tasks;
      if (!isLast && isLate(highlevel)) throw tooMany(read);
    }
  } catch (error) {
    if (!isOutOfTime(highlevel, error)) throw error;
    throw read === 0 ? tooSlow() : tooMany(read);
  }
}

function isLate(highlevel: HighLevel): boolean {
  return highlevel.timeLeft() < RUN_BUDGET_MS - READ_WITHIN_MS;
}

function tooMany(read: number): ApiError {
  return new ApiError(
    'refused',
    `This sub-account has too many tasks to read within ${READ_WITHIN_MS / 1000} seconds (${read} and more). ` +
      'Choose an "Owner" or a "Contact", so that the trigger watches fewer tasks.',
  );
}
