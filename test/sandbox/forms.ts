import { Hono, type Context } from 'hono';
import { needAtMost, needLocation, refuse } from './answers.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredSubmission } from './store.ts';
import { strictQuery } from './strict.ts';

const DAY = 86_400_000;
const MAX_LISTED = 50;
const MAX_SUBMISSIONS = 100;

/** Forms and surveys with their submissions, which have no documented order, and the sub-account's phone numbers. */
export function forms(store: Store): Hono<Env> {
  const app = new Hono<Env>();

  for (const kind of ['form', 'survey'] as const) {
    app.get(`/${kind}s/`, scope(`${kind}s.readonly`), (c) => {
      const query = strictQuery(c.req.query(), ['locationId', 'skip', 'limit', 'type']);
      needLocation(query.locationId);
      const { skip = '0', limit = '10' } = query;
      needAtMost('limit', Number(limit), MAX_LISTED);
      const all = store.questionnaires.filter((one) => one.kind === kind);
      const page = all.slice(Number(skip), Number(skip) + Number(limit));
      return c.json({
        [`${kind}s`]: page.map(({ id, name }) => ({ id, name, locationId: store.locationId })),
        total: all.length,
      });
    });

    app.get(`/${kind}s/submissions`, scope(`${kind}s.readonly`), (c) => submissions(store, kind, c));
  }

  app.get('/phone-system/numbers/location/:locationId', scope('phonenumbers.read'), (c) => {
    const { page = '0', pageSize = '50' } = strictQuery(c.req.query(), [
      'page',
      'pageSize',
      'searchFilter',
      'skipNumberPool',
    ]);
    if (c.req.param('locationId') !== store.locationId)
      refuse(403, 'The token does not have access to this location.');
    if (store.phoneNumbers.length === 0) refuse(404, 'No Twilio account found');
    const start = Number(page) * Number(pageSize);
    const numbers = store.phoneNumbers.slice(start, start + Number(pageSize));
    return c.json({
      status: 'success',
      data: { numbers, total: store.phoneNumbers.length, page: Number(page), pageSize: Number(pageSize) },
    });
  });

  return app;
}

function submissions(store: Store, kind: 'form' | 'survey', c: Context<Env>) {
  const query = strictQuery(c.req.query(), [
    'locationId',
    'page',
    'limit',
    `${kind}Id`,
    'q',
    'startAt',
    'endAt',
  ]);
  needLocation(query.locationId);
  const { page = '1', limit = '20' } = query;
  needAtMost('limit', Number(limit), MAX_SUBMISSIONS);
  for (const name of ['startAt', 'endAt'] as const)
    if (query[name] !== undefined && !/^\d{4}-\d\d-\d\d$/.test(query[name]))
      refuse(422, [`${name} must be a valid date`]);
  const days = new Intl.DateTimeFormat('sv-SE', { timeZone: store.submissionDays });
  const dayOf = (at: number) => days.format(at);
  const { startAt = dayOf(store.now() - 30 * DAY), endAt = dayOf(store.now()) } = query;
  const wanted = query[`${kind}Id`];
  const found = [...store.submissions.values()]
    .filter((one) => one.kind === kind && (wanted === undefined || one.questionnaireId === wanted))
    .filter(({ createdAt }) => {
      const day = dayOf(Date.parse(createdAt));
      return startAt <= day && day <= endAt;
    })
    // In no order that means anything.
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const size = Number(limit);
  const number = Number(page);
  const hasNext = number * size < found.length;
  return c.json({
    submissions: found.slice((number - 1) * size, number * size).map((one) => shown(one)),
    meta: {
      total: found.length,
      currentPage: number,
      nextPage: hasNext ? number + 1 : null,
      prevPage: number > 1 ? number - 1 : null,
    },
  });
}

function shown({ kind, questionnaireId, ...submission }: StoredSubmission): object {
  return { ...submission, [`${kind}Id`]: questionnaireId };
}
