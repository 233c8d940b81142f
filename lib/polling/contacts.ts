import { InputError } from '../base/errors.ts';
import { keepOnly } from '../base/keep_only.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { contactFrom, type Contact, type ContactResponse } from '../highlevel/records/contact.ts';
import { businessFilter, sampleOfBusiness } from '../resources/businesses.ts';
import { contactReader, contactsFrom, searchFilters } from '../resources/contacts.ts';
import { adviseWhenSlow } from './progress.ts';
import { MAX_BY_PAGE_NUMBER, pollNewest, readAll, type PageRequest, type SearchPage } from './search.ts';
import { filterAsync, openWindow, type LookbackWindow, type PollMode } from './window.ts';

const SAMPLE = 3;

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

/** The contacts a trigger should see, newest first (see `pollNewest`). */
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
  const page = async ({ limit, page: number, cursor }: PageRequest): Promise<SearchPage<ContactResponse>> => {
    const { contacts, ...more } = await highlevel.request('POST /contacts/search', {
      body: {
        ...body,
        pageLimit: limit,
        ...(number !== undefined && { page: number }),
        ...(cursor && { searchAfter: cursor }),
      },
    });
    return { rows: contacts, ...more };
  };

  const { businessId } = poll;
  const filters = [poll.tags, businessId, poll.assignedTo];
  if (mode === 'sample') {
    const rows = businessId
      ? await sampleOfBusiness(highlevel, businessId, SAMPLE)
      : (await page({ limit: SAMPLE })).rows;
    return contactsFrom(highlevel, rows);
  }
  if (mode === 'fill') {
    // Regardless of their business: a contact that joins it later was not created or tagged at that time.
    const { keep = (contact: Contact) => keepOnly(contact, PRIMARY) } = poll;
    const { records, isComplete } = await readAll(
      highlevel,
      page,
      (row: ContactResponse) => keep(contactFrom(row, highlevel.contactUrl, new Map())),
      { isAll: Boolean(poll.keep) },
    );
    if (!isComplete && poll.keep) throw tooManyContacts();
    await (await openWindow(highlevel, poll.key, filters)).close();
    return records;
  }

  return pollNewest(highlevel, {
    key: poll.key,
    filters,
    page,
    momentOf: (row) => row[poll.by],
    cursorOf: ({ searchAfter }) => searchAfter,
    due: dueRows(highlevel, poll),
    records: contactReader(highlevel),
  });
}

/** Returns a filter for the rows that a poll returns to Zapier. */
function dueRows(
  highlevel: HighLevel,
  { by, businessId, ...filters }: ContactPoll,
): (rows: ContactResponse[], from: number, window: LookbackWindow) => Promise<ContactResponse[]> {
  if (businessId) {
    const ofBusiness = businessFilter(highlevel, businessId);
    return async (rows, from, window) => {
      // Checking a row may cost requests, and earlier polls have checked the rows before the window.
      const recent = await filterAsync(rows, (row) => window.includes(row[by], from));
      return adviseWhenSlow(highlevel, () => ofBusiness(recent));
    };
  }
  // An old contact that starts to match the filters, because of a new tag or user, is not new.
  if (by === 'dateAdded' && searchFilters(filters).filters) {
    return (rows, _from, window) =>
      filterAsync(rows, async (row) => !(await window.isOlderThanMax(row.dateAdded)));
  }
  return async (rows) => rows;
}

/** The fields by which Zapier recognizes contacts. */
const PRIMARY = ['id', 'dateAdded', 'dateUpdated'];

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
