import { refuse } from './answers.ts';
import type { Store, StoredOpportunity } from './store.ts';

const PLAIN = ['eq', 'not_eq', 'exists', 'not_exists'];
const TEXT = [...PLAIN, 'contains', 'not_contains'];
const DATES = ['range', 'exists', 'not_exists'];

/** By what the search sorts. */
export type SortField =
  'createdAt' | 'updatedAt' | 'name' | 'monetaryValue' | 'lastStatusChangeAt' | 'lastStageChangeAt';

/** The fields that can be filtered by, with their operators. Source: mirrors of HighLevel's search documentation. */
const filterable: Record<string, { operators: readonly string[]; key: keyof StoredOpportunity }> = {
  id: { operators: ['eq', 'not_eq'], key: 'id' },
  name: { operators: TEXT, key: 'name' },
  monetary_value: { operators: [...PLAIN, 'range'], key: 'monetaryValue' },
  pipeline_id: { operators: PLAIN, key: 'pipelineId' },
  pipeline_stage_id: { operators: PLAIN, key: 'pipelineStageId' },
  status: { operators: PLAIN, key: 'status' },
  lost_reason_id: { operators: PLAIN, key: 'lostReasonId' },
  source: { operators: PLAIN, key: 'source' },
  assigned_to: { operators: PLAIN, key: 'assignedTo' },
  contact_id: { operators: PLAIN, key: 'contactId' },
  date_added: { operators: DATES, key: 'createdAt' },
  date_updated: { operators: DATES, key: 'updatedAt' },
  last_status_change_date: { operators: DATES, key: 'lastStatusChangeAt' },
  last_stage_change_date: { operators: DATES, key: 'lastStageChangeAt' },
};
const ON_CONTACT = ['contact_name', 'company_name', 'email', 'phone'];

type Test = (one: StoredOpportunity) => boolean;
const never: Test = () => false;

/** The opportunities of the index in the order of a search; those of one moment in the order of their ids. */
export function byDate(
  index: readonly { opportunity: StoredOpportunity }[],
  field: SortField,
  sign: 1 | -1,
): StoredOpportunity[] {
  return index
    .map(({ opportunity }) => opportunity)
    .toSorted((a, b) => sign * (compare(a[field], b[field]) || compare(a.id, b.id)));
}

/** What a filter asks. A value in a form that HighLevel does not expect fits nothing, without an error. Measured. */
export function testOf(store: Store, filter: unknown): Test {
  if (typeof filter !== 'object' || filter === null) refuse(422, ['each value in filters must be an object']);
  const given: Record<string, unknown> = { ...filter };
  if (given.group !== undefined) {
    const tests = (Array.isArray(given.filters) ? given.filters : []).map((one) => testOf(store, one));
    return given.group === 'OR'
      ? (one) => tests.some((test) => test(one))
      : (one) => tests.every((test) => test(one));
  }
  const { field, operator, value } = given;
  const known = filterable[String(field)];
  if (!known && !ON_CONTACT.includes(String(field))) refuse(422, [`field ${String(field)} is not supported`]);
  const operators = known?.operators ?? TEXT;
  if (typeof operator !== 'string' || !operators.includes(operator))
    refuse(422, [`operator ${String(operator)} is not supported for field ${String(field)}`]);
  const read = (one: StoredOpportunity) => (known ? one[known.key] : onContact(store, one, String(field)));
  switch (operator) {
    case 'exists':
      return (one) => !isEmpty(read(one));
    case 'not_exists':
      return (one) => isEmpty(read(one));
    case 'range':
      return typeof value === 'object' && value !== null ? (one) => isWithin(read(one), value) : never;
    case 'contains':
    case 'not_contains': {
      if (typeof value !== 'string') return never;
      const has = (one: StoredOpportunity) => textOf(read(one)).includes(value.toLowerCase());
      return operator === 'contains' ? has : (one) => !has(one);
    }
    default: {
      const wanted = wantedBy(String(field), value);
      if (!wanted) return never;
      return (one) => (operator === 'eq') === wanted.includes(read(one));
    }
  }
}

/** The values of `eq`: a text or a list of them; for the source a list only; for numbers none, which need a range. */
function wantedBy(field: string, value: unknown): unknown[] | undefined {
  if (field === 'monetary_value') return undefined;
  if (Array.isArray(value)) return value;
  return typeof value === 'string' && field !== 'source' ? [value] : undefined;
}

function onContact(store: Store, { contactId }: StoredOpportunity, field: string): unknown {
  const contact = store.contacts.get(contactId);
  if (field === 'contact_name') return [contact?.firstName, contact?.lastName].filter(Boolean).join(' ');
  return field === 'company_name'
    ? contact?.companyName
    : field === 'email'
      ? contact?.email
      : contact?.phone;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isWithin(there: unknown, range: object): boolean {
  const at = typeof there === 'string' ? Date.parse(there) : Number(there);
  const bound = (limit: unknown) => (typeof limit === 'number' ? limit : Date.parse(String(limit)));
  return Object.entries(range).every(([name, limit]) => {
    if (name === 'gte') return at >= bound(limit);
    if (name === 'gt') return at > bound(limit);
    if (name === 'lte') return at <= bound(limit);
    return name === 'lt' && at < bound(limit);
  });
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
