import { isObject } from '../../lib/base/json.ts';
import { at, messageIn, rowsAt, type Live } from './connection.ts';

/** An open question about HighLevel's API, and how to answer it: `look` throws if it cannot tell. */
export interface Uncertainty {
  question: string;
  look: (live: Live) => Promise<string>;
}

/** A response that can answer a question. */
type Answer = Awaited<ReturnType<Live['api']>>;

/** The response if it answers what was asked; not if HighLevel was busy, failed, or refused the token. */
function telling(answer: Answer): Answer {
  if (answer.status === 401 || answer.status === 403) throw new Error(`Not tried: ${refusal(answer)}.`);
  return reached(answer);
}

/** The response if HighLevel was able to answer; a refused token is an answer to whether the token is accepted. */
function reached(answer: Answer): Answer {
  if (answer.status === 429 || answer.status >= 500 || [408, 425, 499].includes(answer.status))
    throw new Error(`It could not be told: ${refusal(answer)}.`);
  return answer;
}

/** The response to a request that prepares a question, and has to succeed. */
function done(answer: Answer): Answer {
  if (telling(answer).status >= 400) throw new Error(`It could not be prepared: ${refusal(answer)}.`);
  return answer;
}

function refusal({ status, data }: Answer): string {
  return `refused with ${status} ${messageIn(data)}`.trim();
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
        const date = at(done(await live.api(`GET /contacts/${id}`)).data, 'contact.dateUpdated');
        if (date === undefined) throw new Error('A single read has no dateUpdated.');
        return date;
      };
      const moves = async (write: () => Promise<Answer>) => {
        const before = await read();
        await live.sleep(2_000);
        done(await write());
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
        done(await live.api(`POST /contacts/${contactId}/tasks`, taskDue(live, days, name)));
        await live.sleep(1_100);
      }
      const path = `POST /locations/${live.locationId}/tasks/search`;
      const found = await live.until('Three tasks in the search', async () => {
        const { status, data } = done(await live.api(path, { contactId: [contactId], limit: 25 }));
        const rows = rowsAt(data, 'tasks');
        return rows.length === 3 ? { status, rows } : undefined;
      });
      const sorted = telling(
        await live.api(path, { contactId: [contactId], limit: 25, sortKey: 'dateAdded', sortDirection: -1 }),
      );
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
      const search = async (filters: object[]) =>
        telling(
          await live.api('POST /contacts/search', { locationId: live.locationId, pageLimit: 100, filters }),
        );
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
      const answer = telling(await live.api(`PUT /contacts/${id}`, { companyName: 'Example Ltd' }));
      if (answer.status >= 400) return refusal(answer);
      const { status } = answer;
      const { data: after } = done(await live.api(`GET /contacts/${id}`));
      const kept = at(after, 'contact.companyName') === 'Example Ltd';
      return `accepted with ${status}, and ${kept ? 'kept' : 'ignored'}`;
    },
  },
  {
    question: 'What does the duplicate lookup answer when there is no match?',
    async look(live) {
      const query = new URLSearchParams({ locationId: live.locationId, email: `${live.mark}@example.org` });
      const { status, data } = telling(await live.api(`GET /contacts/search/duplicate?${query.toString()}`));
      return `${status} ${JSON.stringify(data, (key, value: unknown) => (key === 'traceId' ? '...' : value))}`;
    },
  },
  {
    question: 'How is a field cleared?',
    async look(live) {
      const id = await live.contact('clear', { city: 'Reno', state: 'Nevada' });
      const tried = async (field: string, value: null | '') => {
        const read = async () => at(done(await live.api(`GET /contacts/${id}`)).data, `contact.${field}`);
        if (!(await read())) throw new Error(`The contact was created without ${field}.`);
        const answer = telling(await live.api(`PUT /contacts/${id}`, { [field]: value }));
        if (answer.status >= 400) return refusal(answer);
        return (await read()) ? `accepted with ${answer.status}, but the field stays` : 'clears it';
      };
      return `null: ${await tried('city', null)}; an empty text: ${await tried('state', '')}`;
    },
  },
  {
    question: 'Which status has a note that is not there?',
    async look(live) {
      const id = await live.contact('missing');
      const { status, data } = telling(await live.api(`GET /contacts/${id}/notes/${NOBODY}`));
      return `${status} ${messageIn(data)}`;
    },
  },
  {
    question:
      'Does the search of all notes accept this token, and answer newest first and with their contacts?',
    async look(live) {
      const id = await live.contact('all-notes');
      for (const name of ['A', 'B']) {
        done(await live.api(`POST /contacts/${id}/notes`, { body: `${live.mark} all ${name}` }));
        await live.sleep(1_100);
      }
      const { locationId } = live;
      const body = { locationId, limit: 10, skip: 0, sortBy: 'dateAdded', sortOrder: 'desc' };
      const search = async () =>
        reached(await live.api('POST /notes/search', { ...body, includeRelationRecords: true }, 'v3'));
      const first = await search();
      if (first.status >= 400) return refusal(first);
      const { status } = first;
      const rows = await live.until('Two notes in the search', async () => {
        const found = rowsAt((await search()).data, 'notes').filter((row) =>
          String(row.body).includes(`${live.mark} all`),
        );
        return found.length === 2 ? found : undefined;
      });
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
      const answer = reached(await live.api(`GET /contacts/lookup?${query.toString()}`, undefined, 'v3'));
      if (answer.status >= 400) return refusal(answer);
      return `${answer.status}, ${rowsAt(answer.data, 'contacts').length} found at once`;
    },
  },
  {
    question: 'Does an appointment answer the same under both versions?',
    async look(live) {
      const { data } = done(await live.api(`GET /calendars/?locationId=${live.locationId}`));
      const [from, to] = [Date.now() - 30 * DAY, Date.now() + 60 * DAY];
      for (const { id } of rowsAt(data, 'calendars').slice(0, 5)) {
        const range = `locationId=${live.locationId}&calendarId=${String(id)}&startTime=${from}&endTime=${to}`;
        const [event] = rowsAt((await live.api(`GET /calendars/events?${range}`)).data, 'events');
        if (!event) continue;
        const path = `GET /calendars/events/appointments/${String(event.id)}`;
        const keys = async (version: string) => {
          const answer = telling(await live.api(path, undefined, version));
          return `${answer.status} ${keysIn(answer.data)}`;
        };
        const [old, current] = [await keys('2021-04-15'), await keys('2021-07-28')];
        return old === current ? `yes: ${old}` : `no: ${old}; ${current}`;
      }
      throw new Error('Not tried: there is no appointment.');
    },
  },
  {
    question: 'Do 100 filters by id fit in one group of the contact search?',
    async look(live) {
      const id = await live.contact('hundred');
      const filters = [id, ...Array.from({ length: 99 }, (_, index) => nobody(index))].map((value) => ({
        field: 'id',
        operator: 'eq',
        value,
      }));
      const search = async (asked: object[]) =>
        telling(
          await live.api('POST /contacts/search', {
            locationId: live.locationId,
            pageLimit: 100,
            filters: [{ group: 'OR', filters: asked }],
          }),
        );
      const isThere = ({ data }: Answer) => rowsAt(data, 'contacts').some((row) => row.id === id);
      await live.until('The contact in the search by its id', async () =>
        isThere(await search(filters.slice(0, 1))) ? true : undefined,
      );
      const answer = await search(filters);
      if (answer.status >= 400) return refusal(answer);
      return isThere(answer) ? 'yes' : `accepted with ${answer.status}, but does not find the contact`;
    },
  },
  {
    question: 'How long does a new opportunity take to show in the search?',
    async look(live) {
      const { locationId } = live;
      const { data } = done(await live.api(`GET /opportunities/pipelines?locationId=${locationId}`));
      const [pipeline] = rowsAt(data, 'pipelines');
      const [stage] = rowsAt(pipeline, 'stages');
      if (!pipeline || !stage) throw new Error('Not tried: there is no pipeline.');
      const contactId = await live.contact('opportunity');
      const created = done(
        await live.api('POST /opportunities/', {
          locationId,
          contactId,
          pipelineId: pipeline.id,
          pipelineStageId: stage.id,
          name: `${live.mark} deal`,
          status: 'open',
        }),
      );
      const id = String(at(created.data, 'opportunity.id'));
      try {
        let waited = 0;
        await live.until('The opportunity in the search', async () => {
          const filters = [{ field: 'contact_id', operator: 'eq', value: contactId }];
          const search = done(
            await live.api('POST /opportunities/search', { locationId, limit: 20, filters }),
          );
          if (rowsAt(search.data, 'opportunities').some((row) => row.id === id)) return true;
          waited += 2;
          return undefined;
        });
        return waited === 0 ? 'none, it shows at once' : `at most ${waited} seconds`;
      } finally {
        await live.api(`DELETE /opportunities/${id}`);
      }
    },
  },
  {
    question: 'Does Do Not Disturb accept the channel RCS?',
    async look(live) {
      const id = await live.contact('rcs');
      const dndSettings = { RCS: { status: 'active', message: 'test', code: '' } };
      const answer = telling(await live.api(`PUT /contacts/${id}`, { dndSettings }));
      if (answer.status >= 400) return refusal(answer);
      const { data } = done(await live.api(`GET /contacts/${id}`));
      const kept = at(data, 'contact.dndSettings.RCS.status') === 'active';
      return `accepted with ${answer.status}, and ${kept ? 'kept' : 'ignored'}`;
    },
  },
  {
    question: 'Does the export of messages accept this token, and what does it return?',
    async look(live) {
      const path = `GET /conversations/messages/export?locationId=${live.locationId}&limit=10`;
      const answer = reached(await live.api(path, undefined, '2021-04-15'));
      if (answer.status >= 400) return refusal(answer);
      const [message] = rowsAt(answer.data, 'messages');
      const keys = message ? Object.keys(message).toSorted().join(', ') : 'no message';
      return `${answer.status} ${Object.keys(Object(answer.data)).toSorted().join(', ')} (${keys})`;
    },
  },
  {
    question: 'Do the days of form submissions include the last one, and whose days are they?',
    async look(live) {
      const between = async (startAt: string, endAt: string) =>
        done(
          await live.api(
            `GET /forms/submissions?locationId=${live.locationId}&limit=100&startAt=${startAt}&endAt=${endAt}`,
          ),
        );
      const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);
      const recent = await between(dayOf(Date.now() - 60 * DAY), dayOf(Date.now() + DAY));
      const [submission] = rowsAt(recent.data, 'submissions');
      if (!submission) throw new Error('Not tried: no form was submitted in the last 60 days.');
      const time = Date.parse(String(submission.createdAt));
      const finds = async (from: number, to: number) =>
        rowsAt((await between(dayOf(from), dayOf(to))).data, 'submissions').some(
          (row) => row.id === submission.id,
        );
      const found = {
        'its day in UTC alone': await finds(time, time),
        'the day before alone': await finds(time - DAY, time - DAY),
        'the day after alone': await finds(time + DAY, time + DAY),
      };
      const days = Object.entries(found).map(([day, is]) => `${day}: ${is ? 'yes' : 'no'}`);
      return `a submission of ${new Date(time).toISOString().slice(11, 16)} UTC is found with ${days.join('; ')}`;
    },
  },
];

/** One of many well-formed ids that do not exist. */
function nobody(index: number): string {
  return `${NOBODY.slice(0, -2)}${String(index).padStart(2, '0')}`;
}

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
