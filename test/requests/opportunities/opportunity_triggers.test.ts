import { highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();
const SEARCH = 'POST /opportunities/search';
const NOON = Date.parse('2026-01-28T12:00:00Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const atNoon = { Date: new Date(NOON).toUTCString() };
const before = (ms: number) => new Date(NOON - ms).toISOString();

/** An opportunity that was made two days ago, with a value of its own for each date. */
const row = (id: string, more: object = {}) => ({
  id,
  name: `Opportunity ${id}`,
  status: 'open',
  monetaryValue: 100,
  pipelineId: 'p1',
  pipelineStageId: 's1',
  contactId: null,
  assignedTo: null,
  source: null,
  lostReasonId: null,
  followers: [],
  customFields: [],
  createdAt: before(2 * DAY),
  updatedAt: before(MINUTE),
  lastStageChangeAt: before(2 * MINUTE),
  lastStatusChangeAt: before(3 * MINUTE),
  sort: [NOON, id],
  ...more,
});
const found = (...opportunities: object[]) => ({ opportunities, total: opportunities.length });
const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);
const search = (field: string) => ({ locationId: LOCATION, sort: [{ field, direction: 'desc' }] });

const triggers = [
  ['new_opportunity', 'date_added', 'createdAt'],
  ['updated_opportunity', 'date_updated', 'updatedAt'],
  ['opportunity_stage_changed', 'last_stage_change_date', 'lastStageChangeAt'],
  ['opportunity_status_changed', 'last_status_change_date', 'lastStatusChangeAt'],
] as const;

describe.each(triggers)('%s', (key, field, date) => {
  test('sends one request, sorted by its date, newest first', async () => {
    highlevel.answers(
      SEARCH,
      200,
      { ...found(row('o1'), row('o2', { [date]: before(3 * 60 * MINUTE) })), total: 100_000 },
      atNoon,
    );
    expect(ids(await run('triggers', key, {}))).toEqual(['o1', 'o2']);
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...search(field), limit: 100 } }]);
  });

  test('reads on by the cursor of the last row, never by a page number', async () => {
    const rows = Array.from({ length: 100 }, (_, index) =>
      row(`o${index}`, { [date]: before(MINUTE), sort: [NOON - MINUTE, `o${index}`] }),
    );
    highlevel.answers(SEARCH, 200, { opportunities: rows, total: 101 }, atNoon);
    highlevel.answers(SEARCH, 200, { opportunities: [row('last', { [date]: before(MINUTE) })], total: 101 });
    expect(await run('triggers', key, {})).toHaveLength(101);
    expect(highlevel.sent[1]).toEqual({
      request: SEARCH,
      body: { ...search(field), limit: 500, searchAfter: [NOON - MINUTE, 'o99'] },
    });
  });

  test('filters with one text each', async () => {
    highlevel.answers(SEARCH, 200, found(), atNoon);
    await run('triggers', key, { pipelineId: 'p1' });
    expect(highlevel.sent[0]?.body).toMatchObject({
      filters: [{ field: 'pipeline_id', operator: 'eq', value: 'p1' }],
    });
  });

  test('ignores an old date that only now matches the filters', async () => {
    const old = row('old', { createdAt: before(9 * DAY), [date]: before(3 * DAY) });
    highlevel.answers(SEARCH, 200, found(row('o1', { [date]: before(MINUTE) }), old), atNoon);
    expect(ids(await run('triggers', key, { pipelineId: 'p1' }))).not.toContain('old');
  });

  test('fills the dedupe table by page numbers, with what identifies a record', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => row(`o${index}`));
    highlevel.answers(SEARCH, 200, { opportunities: rows, total: 501 }, atNoon);
    highlevel.answers(SEARCH, 200, { opportunities: [row('o500')], total: 501 });
    const filled = await run('triggers', key, {}, { isPopulatingDedupe: true });
    expect(filled).toHaveLength(501);
    expect(Array.isArray(filled) && filled[0]).toEqual({
      id: 'o0',
      ...(key !== 'new_opportunity' && { [date]: row('o0')[date] }),
    });
    expect(highlevel.sent.map(({ body }) => body)).toEqual(
      [1, 2].map((page) => ({ ...search(field), limit: 500, page })),
    );
  });

  test('loads a sample of three with one request', async () => {
    highlevel.answers(SEARCH, 200, found(row('a'), row('b'), row('c')), atNoon);
    expect(ids(await run('triggers', key, {}, { isLoadingSample: true }))).toEqual(['a', 'b', 'c']);
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...search(field), limit: 3 } }]);
  });
});

test.each([
  ['opportunity_stage_changed', 'lastStageChangeAt'],
  ['opportunity_status_changed', 'lastStatusChangeAt'],
] as const)('%s ignores what a new opportunity begins with', async (key, date) => {
  const createdAt = before(10 * MINUTE);
  const made = (id: string, ms: number) =>
    row(id, { createdAt, [date]: new Date(Date.parse(createdAt) + ms).toISOString() });
  highlevel.answers(
    SEARCH,
    200,
    found(made('changed', 2_001), made('first', 0), made('second', 2_000), row('never', { [date]: null })),
    atNoon,
  );
  expect(ids(await run('triggers', key, {}))).toEqual(['changed']);
});

test('a stage that is left and entered again triggers each time', async () => {
  const at = (minutes: number) => ({ lastStageChangeAt: before(minutes * MINUTE) });
  highlevel.answers(SEARCH, 200, found(row('o1', at(9))), atNoon);
  highlevel.answers(SEARCH, 200, found(row('o1', at(1))), atNoon);
  const input = { pipelineId: 'p1', pipelineStageId: 's1' };
  const polls = [
    await run('triggers', 'opportunity_stage_changed', input),
    await run('triggers', 'opportunity_stage_changed', input),
  ];
  expect(polls).toMatchObject([[{ id: 'o1', ...at(9) }], [{ id: 'o1', ...at(1) }]]);
});
