import { contactsFrom } from '../resources/contacts.ts';
import { newestBy } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { PollMode } from '../zapier/operation.ts';
import type { Contact, ContactAnswer } from '../highlevel/records/contact.ts';
import { together } from '../base/settle.ts';
import { contactsOfBusiness, ofBusiness, sampleOfBusiness } from '../resources/business_contacts.ts';
import { openWindow, type Window } from './window.ts';

export const FIRST_PAGE = 100;
export const PAGE = 500;
/** HighLevel serves no more rows than this by page number. Source: mirrors of HighLevel's search documentation. */
export const MOST_BY_NUMBER = 10_000;
export const MOST_PAGES_BY_CURSOR = 20;
const AT_ONCE = 4;
const SAMPLE = 3;

/** What a contact trigger looks for. `key` names the trigger; the filters are its inputs. */
export interface ContactPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  tags?: string[];
  businessId?: string;
  assignedTo?: string;
}

/**
 * The contacts a trigger should see, newest first. A poll costs one request in peace and, with K changes inside its
 * window, at most ceil(K/500)+1, whatever the number of contacts: it reads newest first and stops behind the window.
 */
export async function pollContacts(
  highlevel: HighLevel,
  poll: ContactPoll,
  mode: PollMode,
): Promise<Contact[]> {
  const body = {
    locationId: highlevel.locationId,
    sort: [{ field: poll.by, direction: 'desc' }],
    ...filtersOf(poll),
  };
  const page = (more: Record<string, unknown>) =>
    highlevel.request('POST /contacts/search', { body: { ...body, ...more } });

  const { businessId } = poll;
  if (mode === 'sample') {
    const rows = businessId
      ? await sampleOfBusiness(highlevel, businessId, SAMPLE)
      : (await page({ pageLimit: SAMPLE })).contacts;
    return contactsFrom(highlevel, rows);
  }
  const open = () => openWindow(highlevel, poll.key, [poll.tags, businessId, poll.assignedTo]);
  if (mode === 'fill') {
    // Whatever their business: a contact that joins it later was not created, and did not get its tag, then.
    const contacts = await contactsFrom(highlevel, await fill(page));
    await (await open()).close();
    return contacts;
  }

  const { contacts: rows } = await page({ pageLimit: FIRST_PAGE });
  const window = await open();
  const seen = new Set(rows.map((row) => row.id));
  const cursors = new Set<string>();
  let full = rows.length === FIRST_PAGE;
  for (let pages = 0; full && pages < MOST_PAGES_BY_CURSOR; pages++) {
    const last = rows.at(-1);
    const cursor = JSON.stringify(last?.searchAfter ?? null);
    // A row without a cursor, or one that was asked already: there is no way on.
    if (!last?.searchAfter || cursors.has(cursor) || !window.holds(last[poll.by])) break;
    cursors.add(cursor);
    const next = (await page({ pageLimit: PAGE, searchAfter: last.searchAfter })).contacts;
    const fresh = next.filter((row) => !seen.has(row.id));
    if (fresh.length === 0) break;
    for (const row of fresh) seen.add(row.id);
    rows.push(...fresh);
    full = next.length === PAGE;
  }
  const due = await contactsFrom(highlevel, await dueOf(highlevel, rows, poll, window));
  // Last of all: a poll that fails has given nothing, and the next one must look back as far.
  await window.close();
  return due;
}

/** Those of the rows that a poll gives to Zapier. */
async function dueOf(
  highlevel: HighLevel,
  rows: ContactAnswer[],
  { by, businessId, ...filters }: ContactPoll,
  window: Window,
): Promise<ContactAnswer[]> {
  if (businessId) {
    // Judging a row may cost requests: what lies behind the window was judged by earlier polls.
    const recent = rows.filter((row) => window.holds(row[by]));
    return ofBusiness(highlevel, recent, businessId);
  }
  // An old contact that comes to match the filters, by a tag or a user it was given, is not new.
  if (by === 'dateAdded' && filtersOf(filters).filters) {
    return rows.filter((row) => !window.isLongAgo(row.dateAdded));
  }
  return rows;
}

/** What Find Contacts looks for, at most `limit` contacts. */
export interface ContactSearch {
  tags?: string[];
  businessId?: string;
  assignedTo?: string;
  query?: string;
  updatedAfter?: string;
  limit: number;
}

/**
 * The contacts that match, the latest changed first. Costs one request per 500 contacts looked through; with a business its
 * own list is read instead, 1,000 contacts at the most, and the other filters are applied here.
 */
export async function listContacts(highlevel: HighLevel, wanted: ContactSearch): Promise<ContactAnswer[]> {
  const { businessId, limit, query, updatedAfter } = wanted;
  const recent = (row: ContactAnswer) =>
    updatedAfter === undefined || Date.parse(row.dateUpdated ?? '') > Date.parse(updatedAfter);
  if (businessId) {
    const rows = (await contactsOfBusiness(highlevel, businessId, query)).filter(
      (row) => recent(row) && fits(row, wanted),
    );
    return rows.toSorted(newestBy(({ dateUpdated }) => dateUpdated)).slice(0, limit);
  }
  const { contacts } = await highlevel.request('POST /contacts/search', {
    body: {
      locationId: highlevel.locationId,
      pageLimit: Math.min(limit, PAGE),
      sort: [{ field: 'dateUpdated', direction: 'desc' }],
      ...filtersOf(wanted),
      ...(query && { query }),
    },
  });
  // Newest first, so that the rest need not be read: the format of HighLevel's date filter is disputed.
  return contacts.filter(recent);
}

function fits(row: ContactAnswer, { tags = [], assignedTo }: ContactSearch): boolean {
  return (
    tags.every((tag) => row.tags.includes(tag)) && (assignedTo === undefined || row.assignedTo === assignedTo)
  );
}

/** Everything HighLevel gives by page number, so that no old contact slides into view later and fires. */
async function fill(
  page: (more: Record<string, unknown>) => Promise<{ contacts: ContactAnswer[]; total?: number | null }>,
): Promise<ContactAnswer[]> {
  const first = await page({ page: 1, pageLimit: PAGE });
  const rows = new Map(first.contacts.map((row) => [row.id, row]));
  const most = MOST_BY_NUMBER / PAGE;
  const pages = first.total ? Math.min(most, Math.ceil(first.total / PAGE)) : most;
  let ended = first.contacts.length < PAGE;
  for (let next = 2; !ended && next <= pages; next += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, pages - next + 1) }, (_, index) => next + index);
    for (const { contacts } of await together(
      numbers.map((number) => page({ page: number, pageLimit: PAGE })),
    )) {
      for (const row of contacts) rows.set(row.id, row);
      ended ||= contacts.length < PAGE;
    }
  }
  return [...rows.values()];
}

/** HighLevel's own filters; several tags mean all of them, one filter each. */
function filtersOf({ tags = [], assignedTo }: Pick<ContactPoll, 'tags' | 'assignedTo'>): {
  filters?: Record<string, unknown>[];
} {
  const filters = [
    ...tags.map((tag) => ({ field: 'tags', operator: 'eq', value: tag })),
    ...(assignedTo ? [{ field: 'assignedTo', operator: 'eq', value: assignedTo }] : []),
  ];
  return filters.length > 0 ? { filters } : {};
}
