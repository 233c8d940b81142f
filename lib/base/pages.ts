/** Page lengths that servers cap at, whatever was asked for. */
const CAPS = [20, 25, 50, 100];
/** From here on a search engine's total may mean "at least". */
const COUNTED_UP_TO = 10_000;

/** One page of a list. */
export interface Page<T> {
  /** The rows that could be read. */
  rows: T[];
  /** How many rows were sent, with those that could not be read. */
  received: number;
  /** How many rows the whole list has, where the answer says so. */
  total?: number | null;
}

/**
 * Whether a list may go on behind a page. `asked` is the length asked for, `read` how many rows of the list have been
 * received up to and with this page, undefined where the list was not read from its beginning. A page that is shorter than
 * asked is not the end where the total says so, or where its length is one that servers cap at.
 */
export function mayGoOn(
  { received, total }: Pick<Page<unknown>, 'received' | 'total'>,
  asked: number,
  read: number | undefined,
): boolean {
  if (received === 0) return false;
  const mayBeCut = received >= asked || CAPS.includes(received);
  if (typeof total !== 'number') return mayBeCut;
  // Where reading began in the middle, the total does not tell how much is left.
  if (read === undefined) return true;
  if (read === total && total < COUNTED_UP_TO) return false;
  return read < total || mayBeCut;
}

/**
 * The rows of a list that is paged by how many rows to skip, `size` a page, until it ends or `max` rows are read; each id
 * once. A list that gives a page again ends there.
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
