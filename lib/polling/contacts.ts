import { contactsFrom, PAGE_SIZE, searchFilters } from '../resources/contacts.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Contact, ContactResponse } from '../highlevel/records/contact.ts';
import { settleAll } from '../base/settle.ts';
import { ofBusiness, sampleOfBusiness } from '../resources/businesses.ts';
import { openWindow, type PollMode, type LookbackWindow } from './window.ts';

export const FIRST_PAGE = 100;
/** The most rows that HighLevel serves by page number. Source: mirrors of HighLevel's search documentation. */
export const MAX_BY_PAGE_NUMBER = 10_000;
export const MAX_PAGES_BY_CURSOR = 20;
const CONCURRENCY = 4;
const SAMPLE = 3;

/** A poll of a contact trigger: the trigger's `key`, the date to watch, and its filters. */
export interface ContactPoll {
  key: string;
  by: 'dateAdded' | 'dateUpdated';
  tags?: string[];
  businessId?: string;
  assignedTo?: string;
}

/** A page of the search, by number or by the cursor of the row before it. */
interface PageRequest {
  pageLimit: number;
  page?: number;
  searchAfter?: unknown[];
}

/**
 * Polls for contacts, newest first. Reads the newest rows first and stops after the lookback window, so the cost does not
 * depend on the number of contacts: 1 request when little has changed, at most ceil(K/500)+1 for K changes in the window.
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
    // Regardless of the business: a contact that joins it later is neither new nor newly tagged.
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
    // Without a new cursor there is no next page.
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
  // Closed last, so that the poll after a failed one looks back as far.
  await window.close();
  return due;
}

/** The rows to return to Zapier. */
async function dueOf(
  highlevel: HighLevel,
  rows: ContactResponse[],
  { by, businessId, ...filters }: ContactPoll,
  window: LookbackWindow,
): Promise<ContactResponse[]> {
  if (businessId) {
    // Checking a row may cost requests, and earlier polls have checked those before the window.
    const recent = rows.filter((row) => window.includes(row[by]));
    return ofBusiness(highlevel, recent, businessId);
  }
  // An old contact that starts to match the filters, by a new tag or user, is not new.
  if (by === 'dateAdded' && searchFilters(filters).filters) {
    return rows.filter((row) => !window.isOlderThanMax(row.dateAdded));
  }
  return rows;
}

/** All contacts that HighLevel serves by page number, so that no old contact triggers the Zap later. */
async function fill(
  page: (more: PageRequest) => Promise<{ contacts: ContactResponse[]; total?: number | null }>,
): Promise<ContactResponse[]> {
  const first = await page({ page: 1, pageLimit: PAGE_SIZE });
  const rows = new Map(first.contacts.map((row) => [row.id, row]));
  const maxPages = MAX_BY_PAGE_NUMBER / PAGE_SIZE;
  const pages = first.total ? Math.min(maxPages, Math.ceil(first.total / PAGE_SIZE)) : maxPages;
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
