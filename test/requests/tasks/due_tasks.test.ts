import { CONTACT, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const SEARCH = `POST /locations/${LOCATION}/tasks/search`;
const noon = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(noon).toUTCString() };
const HOUR = 3_600_000;
const task = (id: string, dueInHours: number, more: object = {}) => ({
  _id: id,
  title: 'Call',
  completed: false,
  contactId: CONTACT,
  dueDate: new Date(noon + dueInHours * HOUR).toISOString(),
  dateAdded: '2025-06-01T00:00:00Z',
  dateUpdated: '2025-06-01T00:00:00Z',
  ...more,
});
const tasks = [
  task('ahead', 25),
  task('soon', 23),
  task('due', -0.1),
  task('overdue', -167),
  task('old', -169),
  task('done', -1, { completed: true }),
  task('deleted', -1, { contactId: null, contactDetails: { firstName: null }, deleted: false }),
  task('undated', 0, { dueDate: null }),
];
const ids = (rows: unknown) => (Array.isArray(rows) ? rows.map(({ id }) => id) : rows);

describe('Task Due', () => {
  test.each([
    [{}, ['due', 'overdue']],
    [{ hoursBefore: 24 }, ['soon', 'due', 'overdue']],
    [{ hoursBefore: '25.5' }, ['ahead', 'soon', 'due', 'overdue']],
  ])(
    'with %j returns the open tasks that are due, the same for a poll and for the dedupe table',
    async (input, due) => {
      for (const meta of [{}, { isPopulatingDedupe: true }]) {
        highlevel.answers(SEARCH, 201, { tasks }, atNoon);
        expect(ids(await run('triggers', 'task_due', input, meta))).toEqual(due);
      }
      expect(highlevel.sent[0]).toEqual({ request: SEARCH, body: { completed: false, limit: 500 } });
    },
  );

  test('lets HighLevel filter by contact and user', async () => {
    highlevel.answers(SEARCH, 201, { tasks: [] }, atNoon);
    await run('triggers', 'task_due', { contactId: CONTACT, assignedTo: 'u1' });
    expect(highlevel.sent[0]?.body).toEqual({
      contactId: [CONTACT],
      assignedTo: ['u1'],
      completed: false,
      limit: 500,
    });
  });

  test('identifies a task by its due date, so that a task that is postponed triggers again', async () => {
    highlevel.answers(SEARCH, 201, { tasks: [task('t1', -1)] }, atNoon);
    expect(await run('triggers', 'task_due', {}, { isPopulatingDedupe: true })).toEqual([
      { id: 't1', dueDate: '2026-01-28T11:00:00.000Z' },
    ]);
  });

  test('has a sample of open tasks, due or not', async () => {
    highlevel.answers(SEARCH, 201, { tasks: [task('a', 500), task('b', -500)] }, atNoon);
    expect(ids(await run('triggers', 'task_due', {}, { isLoadingSample: true }))).toEqual(['a', 'b']);
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { completed: false, limit: 50 } }]);
  });

  test.each([
    [{ hoursBefore: -1 }, '"Hours Before" can\'t be less than 0.'],
    [{ hoursBefore: 9000 }, '"Hours Before" can\'t be more than 8760.'],
    [{ hoursBefore: 'soon' }, '"Hours Before" isn\'t a number: "soon".'],
  ])('rejects %j before any request', async (input, sentence) => {
    expect((await failure(run('triggers', 'task_due', input))).message).toBe(sentence);
    expect(highlevel.sent).toEqual([]);
  });
});
