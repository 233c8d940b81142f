import { isObject } from '../../lib/base/json.ts';
import { at, messageIn, rowsAt, type Live } from './connection.ts';

/** An open question about HighLevel's API, and how to answer it. */
export interface Uncertainty {
  question: string;
  look: (live: Live) => Promise<string>;
}

const DAY = 86_400_000;
/** A well-formed id that does not exist. */
const NOBODY = 'AAAAAAAAAAAAAAAAAAAA';

/** The questions that a run in a real account answers. */
export const uncertainties: Uncertainty[] = [
  {
    question: "Does a note or a task move the contact's dateUpdated?",
    async look(live) {
      const id = await live.contact('moves');
      const read = async () => {
        const { data } = await live.api(`GET /contacts/${id}`);
        return at(data, 'contact.dateUpdated');
      };
      const moves = async (write: () => Promise<unknown>) => {
        const before = await read();
        if (before === undefined) return 'cannot be seen, a single read has no dateUpdated';
        await live.sleep(2_000);
        await write();
        await live.sleep(2_000);
        return (await read()) === before ? 'no' : 'yes';
      };
      const note = await moves(() => live.api(`POST /contacts/${id}/notes`, { body: live.mark }));
      const task = await moves(() => live.api(`POST /contacts/${id}/tasks`, taskDue(live, 1)));
      const tag = await moves(() => live.api(`POST /contacts/${id}/tags`, { tags: [`${live.mark}-moves`] }));
      return `a note: ${note}; a task: ${task}; a tag: ${tag}`;
    },
  },
  {
    question: 'In which order does the task search answer, and does it take sortKey?',
    async look(live) {
      const contactId = await live.contact('order');
      // Created in the order of their names, due in another order.
      const due = { A: 2, B: 3, C: 1 };
      for (const [name, days] of Object.entries(due)) {
        await live.api(`POST /contacts/${contactId}/tasks`, taskDue(live, days, name));
        await live.sleep(1_100);
      }
      const path = `POST /locations/${live.locationId}/tasks/search`;
      const found = await live.until('Three tasks in the search', async () => {
        const { status, data } = await live.api(path, { contactId: [contactId], limit: 25 });
        if (status >= 400) throw new Error(`The task search refused: ${status} ${messageIn(data)}`);
        const rows = rowsAt(data, 'tasks');
        return rows.length === 3 ? { status, rows } : undefined;
      });
      const sorted = await live.api(path, {
        contactId: [contactId],
        limit: 25,
        sortKey: 'dateAdded',
        sortDirection: -1,
      });
      const accepted = sorted.status < 400;
      return [
        `status ${found.status}, by ${orderOf(found.rows)}`,
        accepted
          ? `sortKey dateAdded, sortDirection -1: accepted, then by ${orderOf(rowsAt(sorted.data, 'tasks'))}`
          : `sortKey: refused with ${sorted.status} ${messageIn(sorted.data)}`,
      ].join('; ');
    },
  },
  {
    question: 'Does a range in the contact search take ISO 8601 or epoch milliseconds?',
    async look(live) {
      const id = await live.contact('range');
      const hasMark = { field: 'tags', operator: 'eq', value: live.mark };
      const search = (filters: object[]) =>
        live.api('POST /contacts/search', { locationId: live.locationId, pageLimit: 100, filters });
      const isThere = (data: unknown) => rowsAt(data, 'contacts').some((row) => row.id === id);
      await live.until('The contact in the search', async () =>
        isThere((await search([hasMark])).data) ? true : undefined,
      );
      const hourAgo = Date.now() - 3_600_000;
      const tried = async (gte: string | number) => {
        const { status, data } = await search([
          hasMark,
          { field: 'dateAdded', operator: 'range', value: { gte } },
        ]);
        if (status >= 400) return `refused with ${status} ${messageIn(data)}`;
        return isThere(data) ? 'finds the contact' : `accepted with ${status}, but does not find the contact`;
      };
      return `ISO 8601: ${await tried(new Date(hourAgo).toISOString())}; epoch: ${await tried(hourAgo)}`;
    },
  },
  {
    question: 'Does PUT take companyName?',
    async look(live) {
      const id = await live.contact('company');
      const { status, data } = await live.api(`PUT /contacts/${id}`, { companyName: 'Example Ltd' });
      if (status >= 400) return `refused with ${status} ${messageIn(data)}`;
      const { data: after } = await live.api(`GET /contacts/${id}`);
      const kept = at(after, 'contact.companyName') === 'Example Ltd';
      return `accepted with ${status}, and ${kept ? 'kept' : 'ignored'}`;
    },
  },
  {
    question: 'What does the duplicate lookup answer when there is no match?',
    async look(live) {
      const query = new URLSearchParams({ locationId: live.locationId, email: `${live.mark}@example.org` });
      const { status, data } = await live.api(`GET /contacts/search/duplicate?${query.toString()}`);
      return `${status} ${JSON.stringify(data, (key, value: unknown) => (key === 'traceId' ? '...' : value))}`;
    },
  },
  {
    question: 'How is a field cleared?',
    async look(live) {
      const id = await live.contact('clear', { city: 'Reno', state: 'Nevada' });
      const tried = async (field: string, value: null | '') => {
        const { status, data } = await live.api(`PUT /contacts/${id}`, { [field]: value });
        if (status >= 400) return `refused with ${status} ${messageIn(data)}`;
        const { data: after } = await live.api(`GET /contacts/${id}`);
        return at(after, `contact.${field}`) ? `accepted with ${status}, but the field stays` : 'clears it';
      };
      return `null: ${await tried('city', null)}; an empty text: ${await tried('state', '')}`;
    },
  },
  {
    question: 'Which status has a note that is not there?',
    async look(live) {
      const id = await live.contact('missing');
      const { status, data } = await live.api(`GET /contacts/${id}/notes/${NOBODY}`);
      return `${status} ${messageIn(data)}`;
    },
  },
  {
    question: 'Does the search of all notes answer, newest first and with their contacts?',
    async look(live) {
      const id = await live.contact('all-notes');
      for (const name of ['A', 'B']) {
        await live.api(`POST /contacts/${id}/notes`, { body: `${live.mark} all ${name}` });
        await live.sleep(1_100);
      }
      const { locationId } = live;
      const body = { locationId, limit: 10, skip: 0, sortBy: 'dateAdded', sortOrder: 'desc' };
      const { status, data } = await live.api(
        'POST /notes/search',
        { ...body, includeRelationRecords: true },
        'v3',
      );
      if (status >= 400) return `refused with ${status} ${messageIn(data)}`;
      const rows = rowsAt(data, 'notes').filter((row) => String(row.body).includes(`${live.mark} all`));
      const order = rows.map((row) => String(row.body).at(-1)).join('');
      const [relation] = rowsAt(rows[0], 'relations');
      return `${status}; newest first: ${order === 'BA' ? 'yes' : `no (${order})`}; a relation has ${Object.keys(relation ?? {}).join(', ') || 'nothing'}`;
    },
  },
  {
    question: 'Does the contact lookup of v3 answer to this token?',
    async look(live) {
      const email = live.email('lookup');
      await live.contact('lookup');
      const query = new URLSearchParams({ locationId: live.locationId, email });
      const { status, data } = await live.api(`GET /contacts/lookup?${query.toString()}`, undefined, 'v3');
      if (status >= 400) return `refused with ${status} ${messageIn(data)}`;
      return `${status}, ${rowsAt(data, 'contacts').length} found at once`;
    },
  },
  {
    question: 'Does an appointment answer the same under both versions?',
    async look(live) {
      const { status, data } = await live.api(`GET /calendars/?locationId=${live.locationId}`);
      if (status >= 400) return `not tried: the calendars are refused with ${status} ${messageIn(data)}`;
      const [from, to] = [Date.now() - 30 * DAY, Date.now() + 60 * DAY];
      for (const { id } of rowsAt(data, 'calendars').slice(0, 5)) {
        const range = `locationId=${live.locationId}&calendarId=${String(id)}&startTime=${from}&endTime=${to}`;
        const [event] = rowsAt((await live.api(`GET /calendars/events?${range}`)).data, 'events');
        if (!event) continue;
        const path = `GET /calendars/events/appointments/${String(event.id)}`;
        const keys = async (version: string) => {
          const answer = await live.api(path, undefined, version);
          return `${answer.status} ${keysIn(answer.data)}`;
        };
        const [old, current] = [await keys('2021-04-15'), await keys('2021-07-28')];
        return old === current ? `yes: ${old}` : `no: ${old}; ${current}`;
      }
      return 'not tried: there is no appointment';
    },
  },
];

function taskDue(live: Live, days: number, name = 'task'): object {
  const dueDate = new Date(Date.now() + days * DAY).toISOString();
  return { title: `${live.mark} ${name}`, dueDate, completed: false };
}

/** The names in an answer, and in the record it holds. */
function keysIn(data: unknown): string {
  const [name = '', record] = Object.entries(Object(data)).find(([, value]) => isObject(value)) ?? [];
  return `${Object.keys(Object(data)).toSorted().join(', ')}${name && ` (${Object.keys(Object(record)).toSorted().join(', ')})`}`;
}

function orderOf(rows: readonly Record<string, unknown>[]): string {
  const names = rows.map(({ title }) => String(title).at(-1)).join('');
  const known: Record<string, string> = {
    CAB: 'due date, the earliest first',
    BAC: 'due date, the latest first',
    ABC: 'date added, the oldest first',
    CBA: 'date added, the newest first',
  };
  return known[names] ?? `no order that is known (${names})`;
}
