type DateField = 'dateAdded' | 'dateUpdated';

/** The sort keys of the index. */
type Dated = { id: string } & Record<DateField, string>;

interface Entry<T> {
  at: number;
  contact: T | string;
}

/**
 * HighLevel's search index: it lags behind the records by some seconds, so that changes show late and deleted contacts
 * linger. Kept sorted by both dates, so that a first page is quick with any number of contacts.
 */
export class SearchIndex<T extends Dated> {
  readonly #now: () => number;
  readonly #contacts = new Map<string, T>();
  readonly #sorted: Record<DateField, T[]> = { dateAdded: [], dateUpdated: [] };
  readonly #pending: Entry<T>[] = [];
  lagMs: number;

  constructor(now: () => number, lagMs: number) {
    this.#now = now;
    this.lagMs = lagMs;
  }

  put(contact: T): void {
    this.#enter({ at: this.#now() + this.lagMs, contact });
  }

  remove(id: string): void {
    this.#enter({ at: this.#now() + this.lagMs, contact: id });
  }

  /** The contacts the search knows by now, sorted by a date and then the id, oldest first. */
  sortedBy(field: DateField): readonly T[] {
    this.#catchUp();
    return this.#sorted[field];
  }

  #enter(entry: Entry<T>): void {
    if (this.lagMs > 0) this.#pending.push(entry);
    else this.#apply(entry);
  }

  #catchUp(): void {
    const now = this.#now();
    while (this.#pending[0] && this.#pending[0].at <= now) {
      const entry = this.#pending.shift();
      if (entry) this.#apply(entry);
    }
  }

  #apply({ contact }: Entry<T>): void {
    const id = typeof contact === 'string' ? contact : contact.id;
    const known = this.#contacts.get(id);
    for (const field of ['dateAdded', 'dateUpdated'] as const) {
      const list = this.#sorted[field];
      if (known) list.splice(position(list, field, known), 1);
      if (typeof contact !== 'string') list.splice(position(list, field, contact), 0, contact);
    }
    if (typeof contact === 'string') this.#contacts.delete(id);
    else this.#contacts.set(id, contact);
  }
}

/** Sorts by a date, then by id: two changes in the same millisecond keep their order from page to page. */
function compareBy(field: DateField, a: Dated, b: Dated): number {
  return a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function position(list: readonly Dated[], field: DateField, contact: Dated): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = list[middle];
    if (there && compareBy(field, there, contact) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
