/** Common server-side caps on the page size. */
const CAPS = [20, 25, 50, 100];
/** From here on a search engine's total may mean "at least". */
const COUNTED_UP_TO = 10_000;

/** One page of a list. */
export interface Page<T> {
  /** The valid rows. */
  rows: T[];
  /** How many rows were received, including invalid ones. */
  received: number;
  /** The length of the whole list, if the response has it. */
  total?: number | null;
}

/**
 * Whether a list may continue after a page. `asked` is the requested page size; `read` the number of rows received so far,
 * including this page, or undefined if reading did not start at the beginning. A page shorter than requested is the last
 * one, unless the total says otherwise or its length is a common server cap.
 */
export function mayGoOn(
  { received, total }: Pick<Page<unknown>, 'received' | 'total'>,
  asked: number,
  read: number | undefined,
): boolean {
  if (received === 0) return false;
  const mayBeCut = received >= asked || CAPS.includes(received);
  if (typeof total !== 'number') return mayBeCut;
  // If reading started in the middle, the total does not tell how much is left.
  if (read === undefined) return true;
  if (read === total && total < COUNTED_UP_TO) return false;
  return read < total || mayBeCut;
}

/**
 * Reads a list that is paged by offset, `size` rows per page, until it ends or `max` rows are read. Each id is returned
 * once. Stops at a page that repeats earlier rows.
 */
export async function pagesBySkip<T extends { id: string }>(
  fetch: (skip: number, limit: number) => Promise<Page<T>>,
  size: number,
  max: number,
): Promise<T[]> {
  const found = new Map<string, T>();
  for (let skip = 0; skip < max;) {
    const page = await fetch(skip, size);
    skip += Math.min(page.received, size);
    const known = found.size;
    for (const row of page.rows) if (!found.has(row.id)) found.set(row.id, row);
    const repeats = page.rows.length > 0 && found.size === known;
    if (repeats || !mayGoOn(page, size, skip)) break;
  }
  return [...found.values()].slice(0, max);
}
