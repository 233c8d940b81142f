import type * as z from 'zod';
import { HighLevelError } from '../errors.ts';
import { contactId, userId } from '../fields.ts';
import type { HighLevel } from '../highlevel.ts';
import type { PollMode } from '../operation.ts';
import type { TaskAnswer } from '../records/task.ts';
import { openWindow, type Window } from './window.ts';

const PAGE = 500;
const SAMPLE = 3;
/** Rows returned even when nothing is new, so that a Zap that slept too long still sees the latest. */
const ALWAYS = 1_000;
const READ_WITHIN_MS = 20_000;
const RESERVED_MS = 5_000; // of the run's 25 s

/** What every task trigger filters by; all at HighLevel. */
export const taskPollInput = {
  contactId: contactId.optional().describe('Only tasks of this contact.'),
  assignedTo: userId('Assigned To')
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
export async function pollTasks(highlevel: HighLevel, poll: TaskPoll, mode: PollMode): Promise<TaskAnswer[]> {
  const path = { locationId: highlevel.locationId };
  const body = {
    ...(poll.contactId && { contactId: [poll.contactId] }),
    ...(poll.assignedTo && { assignedTo: [poll.assignedTo] }),
    ...(poll.completed !== undefined && { completed: poll.completed }),
  };
  const page = async (more: Record<string, unknown>) =>
    (
      await highlevel.request('POST /locations/{locationId}/tasks/search', {
        path,
        body: { ...body, ...more },
      })
    ).tasks;
  const date = (task: TaskAnswer) => task[poll.by] ?? task.dateAdded;

  if (mode === 'sample') return (await page({ limit: SAMPLE })).filter((task) => !task.deleted);

  const tasks = new Map<string, TaskAnswer>();
  const cursors = new Set<string>();
  let searchAfter: unknown[] | undefined;
  for (;;) {
    const rows = await page({ limit: PAGE, ...(searchAfter && { searchAfter }) });
    const known = tasks.size;
    for (const row of rows) tasks.set(row.id, row);
    searchAfter = rows.at(-1)?.searchAfter;
    const cursor = JSON.stringify(searchAfter);
    // A page that repeats, or a cursor that was asked already: there is no way on.
    if (rows.length < PAGE || !searchAfter || tasks.size === known || cursors.has(cursor)) break;
    cursors.add(cursor);
    if (highlevel.timeLeft() < RESERVED_MS) throw tooMany(tasks.size);
  }
  const found = [...tasks.values()].filter((task) => !task.deleted);
  found.sort((a, b) => Date.parse(date(b) ?? '') - Date.parse(date(a) ?? '') || (a.id < b.id ? -1 : 1));

  const window = await openWindow(highlevel, poll.key, body);
  const due = mode === 'fill' ? found : dueOf(found, poll, window);
  await window.close();
  return due;
}

/** Those of the tasks, newest first, that a poll gives to Zapier. */
function dueOf(tasks: TaskAnswer[], { by, assignedTo, completed }: TaskPoll, window: Window): TaskAnswer[] {
  const due = tasks.filter((task, index) => index < ALWAYS || window.holds(task[by] ?? task.dateAdded));
  // An old task that comes to match the filters, by a user it was given or by its completion, is not new.
  const mayBeOld = by === 'dateAdded' && (assignedTo !== undefined || completed !== undefined);
  return mayBeOld ? due.filter((task) => !window.isLongAgo(task.dateAdded)) : due;
}

function tooMany(read: number): HighLevelError {
  return new HighLevelError(
    'refused',
    `This sub-account has too many tasks to read within ${READ_WITHIN_MS / 1000} seconds (${read} and more). ` +
      'Choose a user under Assigned To, or a contact, so that the trigger watches fewer tasks.',
  );
}
