import * as z from 'zod';
import { InputError } from '../base/errors.ts';
import { DAY, epochOf } from '../base/dates.ts';
import { keepOnly } from '../base/keep_only.ts';
import { mayGoOn } from '../base/pages.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  contactFrom,
  type Contact,
  type ContactPage,
  type ContactResponse,
} from '../highlevel/records/contact.ts';
import { businessFilter, sampleOfBusiness } from '../resources/businesses.ts';
import { contactReader, contactsFrom, PAGE_SIZE, searchFilters } from '../resources/contacts.ts';
import { adviseWhenSlow, mayPass, startAllowance, startPace, type Allowance, type Pace } from './progress.ts';
import { filterAsync, KEPT_SECONDS, openWindow, type LookbackWindow, type PollMode } from './window.ts';

export const FIRST_PAGE = 100;
/** The most rows that HighLevel returns by page number. Source: mirrors of HighLevel's search documentation. */
export const MAX_BY_PAGE_NUMBER = 10_000;
export const MAX_PAGES_BY_CURSOR = 20;
const CONCURRENCY = 4;
/** Pages with more custom field values than this are read 2 at a time, because a run has little memory. */
const MANY_VALUES = 20_000;
const SAMPLE = 3;
/**
 * The number of rows by which the next poll recognizes where this one started: one may change or be deleted, but hardly all.
 */
const MAX_LANDMARKS = 20;
/** The number of consecutive polls that may return a part when a later page fails; the next one throws the error. */
const MAX_FAILURES = 3;
/** More stretches than this are merged into one. */
const MAX_STRETCHES = 10;

/** A poll of a contact trigger: the trigger's `key`, the date to watch, and its filters. */
export interface ContactPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  tags?: string[];
  businessId?: string;
  assignedTo?: string;
  /** More filters of HighLevel's search. */
  filters?: Record<string, unknown>[];
  /**
   * What Zapier needs to recognize a contact in its present state, where the id and the dates do not suffice. Filling the
   * dedupe table is then all or nothing: each contact left out would trigger the Zap later.
   */
  keep?: (contact: Contact) => Contact;
}

/** A page of the search, by number or by the cursor of the row before it. */
interface PageRequest {
  pageLimit: number;
  page?: number;
  searchAfter?: unknown[];
}

type ReadPage = (more: PageRequest) => Promise<ContactPage>;

/**
 * The contacts a trigger should see, newest first. A poll without changes costs one request; with K changes in its window,
 * at most ceil(K/500)+1, no matter how many contacts there are: it reads newest first and stops after the window. What one
 * poll cannot read or return is left for the next.
 */
export async function pollContacts(
  highlevel: HighLevel,
  poll: ContactPoll,
  mode: PollMode,
): Promise<Contact[]> {
  const body = {
    locationId: highlevel.locationId,
    sort: [{ field: poll.by, direction: 'desc' }],
    ...withFilters(searchFilters(poll), poll.filters),
  };
  const page: ReadPage = (more) => highlevel.request('POST /contacts/search', { body: { ...body, ...more } });

  const { businessId } = poll;
  const filters = [poll.tags, businessId, poll.assignedTo];
  if (mode === 'sample') {
    const rows = businessId
      ? await sampleOfBusiness(highlevel, businessId, SAMPLE)
      : (await page({ pageLimit: SAMPLE })).contacts;
    return contactsFrom(highlevel, rows);
  }
  if (mode === 'fill') {
    // Regardless of their business: a contact that joins it later was not created or tagged at that time.
    const { contacts, isComplete } = await fill(highlevel, page, poll.keep, { isAll: Boolean(poll.keep) });
    if (!isComplete && poll.keep) throw tooManyContacts();
    await (await openWindow(highlevel, poll.key, filters)).close();
    return contacts;
  }

  const pace = startPace(highlevel);
  const first = await pace.read(() => page({ pageLimit: FIRST_PAGE }));
  const window = await openWindow(highlevel, poll.key, filters);
  const key = `unread:${poll.key}:${JSON.stringify(filters)}`;
  const unread = await highlevel.cache.get(key, Unread);
  const walk = new Walk(highlevel, poll, window, page, pace);
  const rest = [
    ...(await walk.along({ until: unread?.top ?? window.start }, { first, landmarks: unread?.landmarks })),
  ];
  for (const stretch of unread?.stretches ?? []) rest.push(...(await walk.along(stretch)));
  // Last, because a failed poll returns nothing, so the next one must look back as far.
  if (rest.length > 0) {
    const landmarks = first.contacts.slice(0, MAX_LANDMARKS).map((row) => landmark(row, poll));
    const top = epochOf(first.contacts[0]?.[poll.by] ?? null) || window.start;
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

function landmark(row: ContactResponse, { by }: ContactPoll): string {
  return `${row.id} ${row[by]}`;
}

function joined(stretches: Stretch[]): Stretch[] {
  if (stretches.length <= MAX_STRETCHES) return stretches;
  return [{ after: stretches[0]?.after, until: Math.min(...stretches.map(({ until }) => until)) }];
}

/** Reads the rows for one poll, newest first, as far as time and Zapier's size limit allow. */
class Walk {
  readonly given: Contact[] = [];
  /** Why a further page could not be read. */
  failure: unknown;
  readonly #window: LookbackWindow;
  readonly #poll: ContactPoll;
  readonly #page: ReadPage;
  readonly #pace: Pace;
  readonly #isDue: (rows: ContactResponse[], until: number) => Promise<ContactResponse[]>;
  readonly #contacts: (rows: ContactResponse[]) => Promise<Contact[]>;
  readonly #allowance: Allowance = startAllowance();
  readonly #ids = new Set<string>();
  #pages = 0;
  #full = false;

  constructor(highlevel: HighLevel, poll: ContactPoll, window: LookbackWindow, page: ReadPage, pace: Pace) {
    this.#poll = poll;
    this.#window = window;
    this.#page = page;
    this.#pace = pace;
    this.#contacts = contactReader(highlevel);
    this.#isDue = dueRows(highlevel, poll, window);
  }

  /** Returns what is due of a stretch, and what is left of the stretch: nothing or one stretch. */
  async along(
    { after, until }: Stretch,
    { first, landmarks = [] }: { first?: ContactPage; landmarks?: string[] } = {},
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
      const fresh = page.contacts.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      const met = fresh.findIndex((row) => known.has(landmark(row, this.#poll)));
      const end = await this.#give(met < 0 ? fresh : fresh.slice(0, met), from);
      if (end !== undefined) {
        const before = fresh.slice(0, end).findLast((row) => row.searchAfter)?.searchAfter;
        return [{ after: before ?? cursor, until }];
      }
      // The previous poll has read the rows from here on.
      if (met >= 0) return [];
      const last = page.contacts.findLast((row) => !Number.isNaN(epochOf(row[this.#poll.by])));
      if (last && !(await this.#window.includes(last[this.#poll.by], from))) return [];
      // The last row may be invalid; rows after the last cursor are repeated, and count once.
      cursor = page.contacts.findLast((row) => row.searchAfter)?.searchAfter ?? undefined;
      const asText = JSON.stringify(cursor);
      // Stop if there is no cursor, a cursor that was used before, or a repeated page.
      if (!cursor || cursors.has(asText) || (fresh.length === 0 && page.contacts.length > 0)) return [];
      cursors.add(asText);
      if (!mayGoOn(page, asked, received)) return [];
    }
  }

  /** The page after a cursor; undefined if it must be left for the next poll. */
  async #next(cursor: unknown[] | undefined): Promise<ContactPage | undefined> {
    if (this.#full || this.#pages >= MAX_PAGES_BY_CURSOR || !this.#pace.hasTime()) return undefined;
    this.#pages++;
    try {
      return await this.#pace.read(() =>
        this.#page({ pageLimit: PAGE_SIZE, ...(cursor && { searchAfter: cursor }) }),
      );
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.failure = error;
      this.#full = true;
      return undefined;
    }
  }

  /** Adds the due rows to the result. Returns the index of the first that does not fit, undefined if all do. */
  async #give(rows: ContactResponse[], from: number): Promise<number | undefined> {
    for (const contact of await this.#contacts(await this.#isDue(rows, from))) {
      if (this.#ids.has(contact.id)) continue;
      if (!this.#allowance.take(contact)) {
        this.#full = true;
        return rows.findIndex(({ id }) => id === contact.id);
      }
      this.#ids.add(contact.id);
      this.given.push(contact);
    }
    return undefined;
  }
}

/** Returns a filter for the rows that a poll returns to Zapier, of a stretch that goes back to `from` (epoch ms). */
function dueRows(
  highlevel: HighLevel,
  { by, businessId, ...filters }: ContactPoll,
  window: LookbackWindow,
): (rows: ContactResponse[], from: number) => Promise<ContactResponse[]> {
  if (businessId) {
    const ofBusiness = businessFilter(highlevel, businessId);
    return async (rows, from) => {
      // Checking a row may cost requests, and earlier polls have checked the rows before the window.
      const recent = await filterAsync(rows, (row) => window.includes(row[by], from));
      return adviseWhenSlow(highlevel, () => ofBusiness(recent));
    };
  }
  // An old contact that starts to match the filters, because of a new tag or user, is not new.
  if (by === 'dateAdded' && searchFilters(filters).filters) {
    return (rows) => filterAsync(rows, async (row) => !(await window.isOlderThanMax(row.dateAdded)));
  }
  return async (rows) => rows;
}

/** The fields by which Zapier recognizes contacts. */
const PRIMARY = ['id', 'dateAdded', 'dateUpdated'];

/**
 * Reads all contacts that HighLevel returns by page number, so that no old contact appears later and triggers the Zap. Each
 * page is reduced to the fields by which Zapier recognizes contacts. The first page is required; a later one that fails, or
 * that there is no time for, ends the reading.
 */
async function fill(
  highlevel: HighLevel,
  page: ReadPage,
  keep = (contact: Contact) => keepOnly(contact, PRIMARY),
  { isAll = false } = {},
): Promise<{ contacts: Contact[]; isComplete: boolean }> {
  const pace = startPace(highlevel);
  const contacts = new Map<string, Contact>();
  const read = async (number: number, pageLimit: number) => {
    const { contacts: rows, received, total } = await page({ page: number, pageLimit });
    let values = 0;
    for (const row of rows) {
      contacts.set(row.id, keep(contactFrom(row, highlevel.contactUrl, new Map())));
      values += row.customFields.length;
    }
    return { received, total, values };
  };
  const first = await pace.read(() => read(1, PAGE_SIZE));
  // Not all of them can be read.
  const isTooLong = (first.total ?? 0) > MAX_BY_PAGE_NUMBER;
  const filled = (isComplete: boolean) => ({ contacts: [...contacts.values()], isComplete });
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

function withFilters(
  { filters = [] }: { filters?: Record<string, unknown>[] },
  more: Record<string, unknown>[] = [],
): { filters?: Record<string, unknown>[] } {
  const all = [...filters, ...more];
  return all.length > 0 ? { filters: all } : {};
}

/** Thrown when a trigger must know every contact, and cannot. */
export class TooManyContacts extends InputError {}

function tooManyContacts(): TooManyContacts {
  return new TooManyContacts(
    `More than ${MAX_BY_PAGE_NUMBER.toLocaleString('en')} contacts match, or HighLevel was too slow to read them all, so this trigger cannot know their present values. Fill in "Tags" or "Value" to watch fewer contacts.`,
  );
}
