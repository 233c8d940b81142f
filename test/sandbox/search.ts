import { Hono } from 'hono';
import { needAtMost, refuse } from './answers.ts';
import { fullName, row } from './contact_shapes.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredContact } from './store.ts';
import { array, number, strictBody, string } from './strict.ts';

const MAX_PER_PAGE = 500;
const MAX_BY_PAGE = 10_000;
const TEXT = ['eq', 'not_eq', 'exists', 'not_exists', 'contains', 'not_contains'];
const PLAIN = ['eq', 'not_eq', 'exists', 'not_exists'];
const DATES = ['range', 'exists', 'not_exists'];

/** The fields that can be filtered by, with their operators. Source: mirrors of HighLevel's search documentation. */
const filterable: Record<string, readonly string[]> = {
  id: ['eq', 'not_eq'],
  contactName: PLAIN,
  country: PLAIN,
  state: PLAIN,
  assignedTo: PLAIN,
  source: PLAIN,
  dnd: PLAIN,
  followers: PLAIN,
  tags: [...PLAIN, 'contains', 'not_contains'],
  firstNameLowerCase: TEXT,
  lastNameLowerCase: TEXT,
  phone: TEXT,
  address: TEXT,
  city: TEXT,
  postalCode: TEXT,
  companyName: TEXT,
  businessName: TEXT,
  email: PLAIN,
  dateAdded: DATES,
  dateUpdated: DATES,
};
const sortable = [
  'email',
  'dnd',
  'source',
  'firstNameLowerCase',
  'lastNameLowerCase',
  'dateAdded',
  'dateUpdated',
];

type Test = (contact: StoredContact) => boolean;

/** The contact search: filters, sort, pages by number up to 10,000 rows, and a cursor in each row. */
export function search(store: Store): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/contacts/search', scope('contacts.readonly'), (c) => {
    const known = {
      locationId: string,
      pageLimit: number,
      page: number,
      searchAfter: array,
      filters: array,
      sort: array,
      query: string,
    };
    const body = strictBody(c.get('body'), known, ['locationId', 'pageLimit']);
    const pageLimit = Number(body.pageLimit);
    const page = body.page === undefined ? undefined : Number(body.page);
    if (pageLimit < 1) refuse(400, 'pageLimit must not be less than 1');
    needAtMost('pageLimit', pageLimit, MAX_PER_PAGE);
    // It is unknown whether HighLevel accepts page 0, so it is rejected.
    if (page !== undefined && page < 1) refuse(400, 'page must not be less than 1');
    if (page !== undefined && body.searchAfter !== undefined)
      refuse(422, ['page should not exist with searchAfter']);
    if (page !== undefined && page * pageLimit > MAX_BY_PAGE)
      refuse(400, 'page * pageLimit must not be greater than 10000');
    const query = typeof body.query === 'string' ? body.query : '';
    if (query.length > 75) refuse(422, ['query must be shorter than or equal to 75 characters']);

    const { field, descending } = sortOf(body.sort);
    const sorted = sortedContacts(store, field);
    const tests = [
      ...(Array.isArray(body.filters) ? body.filters.map((filter) => testOf(store, filter)) : []),
      ...(query ? [mentions(query)] : []),
    ];
    const fits: Test = (contact) => tests.every((test) => test(contact));

    const after = Array.isArray(body.searchAfter) ? body.searchAfter : undefined;
    const key = (contact: StoredContact): [number | string | null, string] => [
      sortValue(contact, field),
      contact.id,
    ];
    const beyond =
      after &&
      ((contact: StoredContact) =>
        compare(key(contact), [scalar(after[0]), String(after[1])]) * (descending ? -1 : 1) > 0);

    const skip = page === undefined ? 0 : (page - 1) * pageLimit;
    const found: StoredContact[] = [];
    let total = tests.length === 0 ? sorted.length : 0;
    let passed = 0;
    const step = descending ? -1 : 1;
    let index = descending ? sorted.length - 1 : 0;
    if (after) index = startAfter(sorted, key, [scalar(after[0]), String(after[1])], descending);
    for (; index >= 0 && index < sorted.length; index += step) {
      const contact = sorted[index];
      if (!contact || !fits(contact)) continue;
      if (tests.length > 0) total++;
      if (beyond && !beyond(contact)) continue;
      if (passed++ < skip) continue;
      if (found.length < pageLimit) found.push(contact);
      else if (tests.length === 0) break;
    }
    return c.json({
      contacts: found.map((contact) => row(store, contact, key(contact))),
      total,
    });
  });

  return app;
}

function sortOf(sort: unknown): { field: string; descending: boolean } {
  const first: unknown = Array.isArray(sort) ? sort[0] : undefined;
  if (typeof first !== 'object' || first === null) return { field: 'dateAdded', descending: true };
  const { field = 'dateAdded', direction = 'desc' }: { field?: unknown; direction?: unknown } = first;
  if (typeof field !== 'string' || !sortable.includes(field))
    refuse(400, `Invalid sort field ${String(field)}`);
  return { field, descending: direction === 'desc' };
}

function sortedContacts(store: Store, field: string): readonly StoredContact[] {
  if (field === 'dateAdded' || field === 'dateUpdated') return store.index.sortedBy(field);
  return store.index
    .sortedBy('dateAdded')
    .toSorted((a, b) => compare([sortValue(a, field), a.id], [sortValue(b, field), b.id]));
}

function sortValue(contact: StoredContact, field: string): number | string | null {
  const value = valueOf(contact, field);
  if (field === 'dateAdded' || field === 'dateUpdated') return Date.parse(String(value));
  return scalar(value);
}

function scalar(value: unknown): number | string | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function compare(a: [number | string | null, string], b: [number | string | null, string]): number {
  const [x, y] = [a[0] ?? '', b[0] ?? ''];
  return x < y ? -1 : x > y ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}

/** The first index after a cursor, by binary search. */
function startAfter(
  sorted: readonly StoredContact[],
  key: (contact: StoredContact) => [number | string | null, string],
  cursor: [number | string | null, string],
  descending: boolean,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = sorted[middle];
    if (there && compare(key(there), cursor) <= (descending ? -1 : 0)) low = middle + 1;
    else high = middle;
  }
  return descending ? low - 1 : low;
}

function valueOf(contact: StoredContact, field: string): unknown {
  const special: Record<string, () => unknown> = {
    contactName: () => fullName(contact)?.toLowerCase(),
    firstNameLowerCase: () => contact.firstName?.toLowerCase(),
    lastNameLowerCase: () => contact.lastName?.toLowerCase(),
    address: () => contact.address1,
  };
  return special[field] ? special[field]() : Reflect.get(contact, field);
}

function testOf(store: Store, filter: unknown): Test {
  if (typeof filter !== 'object' || filter === null) refuse(422, ['each value in filters must be an object']);
  const given: Record<string, unknown> = { ...filter };
  if (given.group !== undefined) {
    const tests = (Array.isArray(given.filters) ? given.filters : []).map((inner) => testOf(store, inner));
    return given.group === 'OR'
      ? (contact) => tests.some((test) => test(contact))
      : (contact) => tests.every((test) => test(contact));
  }
  const { field, operator, value } = given;
  if (typeof field !== 'string') refuse(400, 'Invalid field undefined');
  const custom = /^customFields\.(\w+)$/.exec(field)?.[1];
  const operators = custom ? [...TEXT, 'range'] : filterable[field];
  if (!operators) refuse(400, `Invalid field ${field}`);
  if (typeof operator !== 'string' || !operators.includes(operator))
    refuse(400, `Invalid Operator (${String(operator)}) passed for field ${field}`);
  const read = (contact: StoredContact) =>
    custom
      ? contact.customFields.find(({ id }) => id === custom)?.value
      : field === 'businessName'
        ? store.businesses.find(({ id }) => id === contact.businessId)?.name
        : valueOf(contact, field);
  return (contact) => holds(operator, read(contact), value);
}

function holds(operator: string, there: unknown, wanted: unknown): boolean {
  const same = (a: unknown, b: unknown) =>
    typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b;
  const equal = Array.isArray(there) ? there.some((item) => same(item, wanted)) : same(there, wanted);
  const empty =
    there === undefined || there === null || there === '' || (Array.isArray(there) && there.length === 0);
  switch (operator) {
    case 'eq':
      return equal;
    case 'not_eq':
      return !equal;
    case 'exists':
      return !empty;
    case 'not_exists':
      return empty;
    case 'contains':
      return includes(there, wanted);
    case 'not_contains':
      return !includes(there, wanted);
    default: {
      const range: Record<string, unknown> =
        typeof wanted === 'object' && wanted !== null ? { ...wanted } : {};
      const at = typeof there === 'string' ? Date.parse(there) : Number(there);
      const bound = (limit: unknown) => (typeof limit === 'number' ? limit : Date.parse(String(limit)));
      return (
        (range.gte === undefined || at >= bound(range.gte)) &&
        (range.gt === undefined || at > bound(range.gt)) &&
        (range.lte === undefined || at <= bound(range.lte)) &&
        (range.lt === undefined || at < bound(range.lt))
      );
    }
  }
}

function includes(there: unknown, wanted: unknown): boolean {
  const items = Array.isArray(there) ? there : [there];
  return items.some(
    (item) =>
      typeof item === 'string' &&
      typeof wanted === 'string' &&
      item.toLowerCase().includes(wanted.toLowerCase()),
  );
}

function mentions(query: string): Test {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (contact) => {
    const text = [contact.firstName, contact.lastName, contact.email, contact.phone, contact.companyName]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
