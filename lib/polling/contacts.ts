import { contactsFrom, PAGE_SIZE, searchFilters } from '../resources/contacts.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Contact, ContactResponse } from '../highlevel/records/contact.ts';
import { settleAll } from '../base/settle.ts';
import { ofBusiness, sampleOfBusiness } from '../resources/businesses.ts';
import { openWindow, type PollMode, type LookbackWindow } from './window.ts';

export const FIRST_PAGE = 100;
/** HighLevel serves no more rows than this by page number. Source: mirrors of HighLevel's search documentation. */
export const MAX_BY_PAGE_NUMBER = 10_000;
export const MAX_PAGES_BY_CURSOR = 20;
const CONCURRENCY = 4;
const SAMPLE = 3;

/** What a contact trigger looks for. `key` names the trigger; the filters are its inputs. */
export interface ContactPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  tags?: string[];
  businessId?: string;
  assignedTo?: string;
}

/** Which page of the search is asked for, by number or by the cursor of the row before it. */
interface PageRequest {
  pageLimit: number;
  page?: number;
  searchAfter?: unknown[];
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
    ...searchFilters(poll),
  };
  const page = (more: PageRequest) =>
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
  for (let pages = 0; full && pages < MAX_PAGES_BY_CURSOR; pages++) {
    const last = rows.at(-1);
    const cursor = JSON.stringify(last?.searchAfter ?? null);
    // A row without a cursor, or one that was asked already: there is no way on.
    if (!last?.searchAfter || cursors.has(cursor) || !window.includes(last[poll.by])) break;
    cursors.add(cursor);
    const next = (await page({ pageLimit: PAGE_SIZE, searchAfter: last.searchAfter })).contacts;
    const fresh = next.filter((row) => !seen.has(row.id));
    if (fresh.length === 0) break;
    for (const row of fresh) seen.add(row.id);
    rows.push(...fresh);
    full = next.length === PAGE_SIZE;
  }
  const due = await contactsFrom(highlevel, await dueOf(highlevel, rows, poll, window));
  // Last of all: a poll that fails has given nothing, and the next one must look back as far.
  await window.close();
  return due;
}

/** Those of the rows that a poll gives to Zapier. */
async function dueOf(
  highlevel: HighLevel,
  rows: ContactResponse[],
  { by, businessId, ...filters }: ContactPoll,
  window: LookbackWindow,
): Promise<ContactResponse[]> {
  if (businessId) {
    // Judging a row may cost requests: what lies behind the window was judged by earlier polls.
    const recent = rows.filter((row) => window.includes(row[by]));
    return ofBusiness(highlevel, recent, businessId);
  }
  // An old contact that comes to match the filters, by a tag or a user it was given, is not new.
  if (by === 'dateAdded' && searchFilters(filters).filters) {
    return rows.filter((row) => !window.isOlderThanMax(row.dateAdded));
  }
  return rows;
}

/** Everything HighLevel gives by page number, so that no old contact slides into view later and fires. */
async function fill(
  page: (more: PageRequest) => Promise<{ contacts: ContactResponse[]; total?: number | null }>,
): Promise<ContactResponse[]> {
  const first = await page({ page: 1, pageLimit: PAGE_SIZE });
  const rows = new Map(first.contacts.map((row) => [row.id, row]));
  const most = MAX_BY_PAGE_NUMBER / PAGE_SIZE;
  const pages = first.total ? Math.min(most, Math.ceil(first.total / PAGE_SIZE)) : most;
  let ended = first.contacts.length < PAGE_SIZE;
  for (let next = 2; !ended && next <= pages; next += CONCURRENCY) {
    const numbers = Array.from(
      { length: Math.min(CONCURRENCY, pages - next + 1) },
      (_, index) => next + index,
    );
    for (const { contacts } of await settleAll(
      numbers.map((number) => page({ page: number, pageLimit: PAGE_SIZE })),
    )) {
      for (const row of contacts) rows.set(row.id, row);
      ended ||= contacts.length < PAGE_SIZE;
    }
  }
  return [...rows.values()];
}
