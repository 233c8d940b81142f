import type { StoredTask } from './store.ts';

/** How the task search sorts, and what its cursors are: the due date in epoch ms, then the id. */
export type TaskKey = [dueAt: number, id: string];

/**
 * The tasks in the order of the search. Sorted again only after a task came, went or got another due date, which it sees
 * for itself: tests change tasks as they like.
 */
export class TaskIndex {
  readonly #maps: readonly ReadonlyMap<string, StoredTask>[];
  #sorted: { task: StoredTask; dueDate: string; key: TaskKey }[] = [];

  constructor(...maps: ReadonlyMap<string, StoredTask>[]) {
    this.#maps = maps;
  }

  /** The tasks after a cursor; all tasks without one. */
  *after(cursor?: TaskKey): Generator<StoredTask> {
    if (!this.#isSorted()) this.#sort();
    for (let index = cursor ? this.#behind(cursor) : 0; index < this.#sorted.length; index++) {
      const found = this.#sorted[index];
      if (found) yield found.task;
    }
  }

  /** The index of the first task after a cursor, by binary search. */
  #behind(cursor: TaskKey): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#sorted[middle];
      if (there && compare(there.key, cursor) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isSorted(): boolean {
    return (
      this.#sorted.length === this.#maps.reduce((total, map) => total + map.size, 0) &&
      this.#sorted.every(
        ({ task, dueDate }) =>
          task.dueDate === dueDate && this.#maps.some((map) => map.get(task.id) === task),
      )
    );
  }

  #sort(): void {
    this.#sorted = this.#maps
      .flatMap((map) => [...map.values()])
      .map((task) => ({ task, dueDate: task.dueDate, key: taskKey(task) }))
      .toSorted((a, b) => compare(a.key, b.key));
  }
}

/** The cursor of a task. */
export function taskKey({ dueDate, id }: Pick<StoredTask, 'dueDate' | 'id'>): TaskKey {
  return [Date.parse(dueDate), id];
}

function compare(a: TaskKey, b: TaskKey): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}
