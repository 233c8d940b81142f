import * as z from 'zod';
import { DAY, epochOf } from '../base/dates.ts';
import { mayGoOn } from '../base/pages.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { mayPass, startAllowance, startPace, type Allowance, type Pace } from './progress.ts';
import { KEPT_SECONDS, openWindow, type LookbackWindow } from './window.ts';

/** The rows of a poll's first page, and of all further ones. */
export const FIRST_PAGE = 100;
const PAGE_SIZE = 500;
/** The most rows that HighLevel returns by page number. Source: mirrors of HighLevel's search documentation. */
export const MAX_BY_PAGE_NUMBER = 10_000;
export const MAX_PAGES_BY_CURSOR = 20;
const CONCURRENCY = 4;
/** Pages with more custom field values than this are read 2 at a time, because a run has little memory. */
const MANY_VALUES = 20_000;
/**
 * The number of rows by which the next poll recognizes where this one started: one may change or be deleted, but hardly all.
 */
const MAX_LANDMARKS = 20;
/** The number of consecutive polls that may return a part when a later page fails; the next one throws the error. */
const MAX_FAILURES = 3;
/** More stretches than this are merged into one. */
const MAX_STRETCHES = 10;

/** A page of one of HighLevel's searches, by number or by the cursor of the row before it. */
export interface PageRequest {
  limit: number;
  page?: number;
  cursor?: unknown[];
}

/** What HighLevel sent: the valid rows, and how many there were with the invalid ones. */
export interface SearchPage<R> {
  rows: R[];
  received: number;
  total?: number | null | undefined;
}

/** A row of a search. */
interface Row {
  id: string;
  customFields: readonly unknown[];
}

/** A poll of a search that HighLevel sorts by a date, newest first. */
export interface SearchPoll<R extends Row, T extends { id: string }> {
  /** The trigger's key, and its filters: what polls of the same trigger share a position by. */
  key: string;
  filters: unknown;
  page: (request: PageRequest) => Promise<SearchPage<R>>;
  /** The date that the search sorts by. */
  momentOf: (row: R) => string | null;
  cursorOf: (row: R) => unknown[] | null | undefined;
  /** The rows that are due of a stretch that goes back to `from` (epoch ms). */
  due: (rows: R[], from: number, window: LookbackWindow) => Promise<R[]>;
  /** The records for the Zap, one for each row. */
  records: (rows: R[]) => Promise<T[]>;
}

/**
 * The records that a poll should return, newest first. A poll without changes costs one request; with K changes in its
 * window, at most ceil(K/500)+1, no matter how many records there are: it reads newest first and stops after the window.
 * What one poll cannot read or return is left for the next.
 */
export async function pollNewest<R extends Row, T extends { id: string }>(
  highlevel: HighLevel,
  poll: SearchPoll<R, T>,
): Promise<T[]> {
  const pace = startPace(highlevel);
  const first = await pace.read(() => poll.page({ limit: FIRST_PAGE }));
  const window = await openWindow(highlevel, poll.key, poll.filters);
  const key = `unread:${poll.key}:${JSON.stringify(poll.filters)}`;
  const unread = await highlevel.cache.get(key, Unread);
  const walk = new Walk(poll, window, pace);
  const rest = [
    ...(await walk.along({ until: unread?.top ?? window.start }, { first, landmarks: unread?.landmarks })),
  ];
  for (const stretch of unread?.stretches ?? []) rest.push(...(await walk.along(stretch)));
  // Last, because a failed poll returns nothing, so the next one must look back as far.
  if (rest.length > 0) {
    const landmarks = first.rows.slice(0, MAX_LANDMARKS).map((row) => landmark(row, poll));
    const [newest] = first.rows;
    const top = epochOf(newest ? poll.momentOf(newest) : null) || window.start;
    const began = unread?.began ?? window.openedAt;
    const failures = walk.failure ? (unread?.failures ?? 0) + 1 : 0;
    if (unread && walk.failure && failures > MAX_FAILURES) {
      await highlevel.cache.set(key, { ...unread, failures: 0 }, KEPT_SECONDS);
      throw walk.failure;
    }
    const stretches = joined(rest);
    await highlevel.cache.set(key, { began, top, landmarks, stretches, failures }, KEPT_SECONDS);
  } else {
    if (unread) await highlevel.cache.set(key, null, KEPT_SECONDS);
    await window.close(unread?.began);
  }
  return walk.given;
}

/** A part of the search's rows to read: from a cursor, else from the top, back to a time in epoch ms. */
const Stretch = z.object({ after: z.array(z.unknown()).optional(), until: z.number() });
type Stretch = z.output<typeof Stretch>;

/**
 * What polls have left unread since the one that started at `began` (epoch ms). Rows newer than the `top` row of the last
 * poll, recognized by its `landmarks`, were added since.
 */
const Unread = z.object({
  began: z.number(),
  top: z.number(),
  landmarks: z.array(z.string()),
  stretches: z.array(Stretch),
  failures: z.number(),
});

function landmark<R extends Row>(
  row: R,
  { momentOf }: Pick<SearchPoll<R, { id: string }>, 'momentOf'>,
): string {
  return `${row.id} ${momentOf(row)}`;
}

function joined(stretches: Stretch[]): Stretch[] {
  if (stretches.length <= MAX_STRETCHES) return stretches;
  return [{ after: stretches[0]?.after, until: Math.min(...stretches.map(({ until }) => until)) }];
}

/** Reads the rows for one poll, newest first, as far as time and Zapier's size limit allow. */
class Walk<R extends Row, T extends { id: string }> {
  readonly given: T[] = [];
  /** Why a further page could not be read. */
  failure: unknown;
  readonly #window: LookbackWindow;
  readonly #poll: SearchPoll<R, T>;
  readonly #pace: Pace;
  readonly #allowance: Allowance = startAllowance();
  readonly #ids = new Set<string>();
  #pages = 0;
  #full = false;

  constructor(poll: SearchPoll<R, T>, window: LookbackWindow, pace: Pace) {
    this.#poll = poll;
    this.#window = window;
    this.#pace = pace;
  }

  /** Returns what is due of a stretch, and what is left of the stretch: nothing or one stretch. */
  async along(
    { after, until }: Stretch,
    { first, landmarks = [] }: { first?: SearchPage<R>; landmarks?: string[] } = {},
  ): Promise<Stretch[]> {
    const from = Math.max(until, this.#window.openedAt - DAY);
    const known = new Set(landmarks);
    const seen = new Set<string>();
    const cursors = new Set<string>();
    let cursor = after;
    let received = after ? undefined : 0;
    for (let page = first; ; page = undefined) {
      const asked = page ? FIRST_PAGE : PAGE_SIZE;
      page ??= await this.#next(cursor);
      if (!page) return [{ after: cursor, until }];
      if (received !== undefined) received += page.received;
      const fresh = page.rows.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      const met = fresh.findIndex((row) => known.has(landmark(row, this.#poll)));
      const end = await this.#give(met < 0 ? fresh : fresh.slice(0, met), from);
      if (end !== undefined) {
        return [{ after: this.#lastCursor(fresh.slice(0, end)) ?? cursor, until }];
      }
      // The previous poll has read the rows from here on.
      if (met >= 0) return [];
      const last = page.rows.findLast((row) => !Number.isNaN(epochOf(this.#poll.momentOf(row))));
      if (last && !(await this.#window.includes(this.#poll.momentOf(last), from))) return [];
      // The last row may be invalid; rows after the last cursor are repeated, and count once.
      cursor = this.#lastCursor(page.rows);
      const asText = JSON.stringify(cursor);
      // Stop if there is no cursor, a cursor that was used before, or a repeated page.
      if (!cursor || cursors.has(asText) || (fresh.length === 0 && page.rows.length > 0)) return [];
      cursors.add(asText);
      if (!mayGoOn(page, asked, received)) return [];
    }
  }

  /** The page after a cursor; undefined if it must be left for the next poll. */
  async #next(cursor: unknown[] | undefined): Promise<SearchPage<R> | undefined> {
    if (this.#full || this.#pages >= MAX_PAGES_BY_CURSOR || !this.#pace.hasTime()) return undefined;
    this.#pages++;
    try {
      return await this.#pace.read(() => this.#poll.page({ limit: PAGE_SIZE, ...(cursor && { cursor }) }));
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.failure = error;
      this.#full = true;
      return undefined;
    }
  }

  #lastCursor(rows: R[]): unknown[] | undefined {
    const last = rows.findLast((row) => this.#poll.cursorOf(row));
    return (last && this.#poll.cursorOf(last)) ?? undefined;
  }

  /** Adds the due rows to the result. Returns the index of the first that does not fit, undefined if all do. */
  async #give(rows: R[], from: number): Promise<number | undefined> {
    const due = await this.#poll.due(rows, from, this.#window);
    for (const record of await this.#poll.records(due)) {
      if (this.#ids.has(record.id)) continue;
      if (!this.#allowance.take(record)) {
        this.#full = true;
        return rows.findIndex(({ id }) => id === record.id);
      }
      this.#ids.add(record.id);
      this.given.push(record);
    }
    return undefined;
  }
}

/**
 * Reads all rows that HighLevel returns by page number, so that no old record appears later and triggers the Zap. `keep`
 * reduces each row to the fields by which Zapier recognizes the record. The first page is required; a later one that fails, or
 * that there is no time for, ends the reading.
 */
export async function readAll<R extends Row, T extends { id: string }>(
  highlevel: HighLevel,
  page: SearchPoll<R, T>['page'],
  keep: (row: R) => T,
  { isAll = false } = {},
): Promise<{ records: T[]; isComplete: boolean }> {
  const pace = startPace(highlevel);
  const records = new Map<string, T>();
  const read = async (number: number, limit: number) => {
    const { rows, received, total } = await page({ page: number, limit });
    let values = 0;
    for (const row of rows) {
      records.set(row.id, keep(row));
      values += row.customFields.length;
    }
    return { received, total: total ?? null, values };
  };
  const first = await pace.read(() => read(1, PAGE_SIZE));
  // Not all of them can be read.
  const isTooLong = (first.total ?? 0) > MAX_BY_PAGE_NUMBER;
  const filled = (isComplete: boolean) => ({ records: [...records.values()], isComplete });
  if (isAll && isTooLong) return filled(false);
  if (!mayGoOn(first, PAGE_SIZE, first.received)) return filled(true);
  // HighLevel may return fewer rows per page than requested: then further pages of that size are requested.
  const size = Math.min(first.received, PAGE_SIZE);
  const most = Math.floor(MAX_BY_PAGE_NUMBER / size);
  const pages = first.total ? Math.min(most, Math.ceil(first.total / size)) : most;
  const concurrency = first.values > MANY_VALUES ? 2 : CONCURRENCY;
  let [ended, failed] = [false, false];
  let next = 2;
  for (; !ended && next <= pages && pace.hasTime(); next += concurrency) {
    const numbers = Array.from(
      { length: Math.min(concurrency, pages - next + 1) },
      (_, index) => next + index,
    );
    const results = await pace.read(() => Promise.allSettled(numbers.map((number) => read(number, size))));
    for (const result of results) {
      if (result.status === 'rejected') {
        if (!mayPass(result.reason)) throw result.reason;
        ended = true;
        failed = true;
      } else ended ||= result.value.received === 0 || (!first.total && result.value.received < size);
    }
  }
  const isEveryPage = first.total ? first.total <= most * size && next > pages : ended;
  return filled(isEveryPage && !failed);
}
