import type { HighLevel } from '../highlevel/client.ts';
import type { TaskAnswer } from '../highlevel/records/task.ts';

/** HighLevel gives no more tasks at a time. */
export const PAGE = 500;

/**
 * The sub-account's tasks that fit HighLevel's own filters, by id: page by page to the end of the list, or until `goOn`,
 * asked with what is read before each further page, says no.
 */
export async function readTasks(
  highlevel: HighLevel,
  filters: Record<string, unknown>,
  goOn: (read: ReadonlyMap<string, TaskAnswer>) => boolean,
): Promise<Map<string, TaskAnswer>> {
  const path = { locationId: highlevel.locationId };
  const read = new Map<string, TaskAnswer>();
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
