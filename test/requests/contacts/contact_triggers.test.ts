import { connection, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const SEARCH = 'POST /contacts/search';
const BUSINESS = '63771dcac1116f0e21de8e12';
const NOON = Date.parse('2026-01-28T12:00:00Z');
const MINUTE = 60_000;

/** HighLevel's clock, which the lookback window uses. */
const at = (ms: number) => ({ Date: new Date(ms).toUTCString() });

/** `count` contacts, one per minute, the first added `ago` minutes before noon, each with its cursor. */
function rows(
  count: number,
  { from = 0, ago = 0, noon = NOON }: { from?: number; ago?: number; noon?: number } = {},
) {
  return Array.from({ length: count }, (_, index) => {
    const moment = noon - (ago + index) * MINUTE;
    const id = `c${from + index}`;
    const date = new Date(moment).toISOString();
    return { id, dateAdded: date, dateUpdated: date, searchAfter: [moment, id] };
  });
}

const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);
const idsOf = (contacts: { id: string }[]) => contacts.map(({ id }) => id);

/** The part of the body that all searches of the trigger share. */
const search = (field: string) => ({ locationId: LOCATION, sort: [{ field, direction: 'desc' }] });

describe.each([
  ['new_contact', 'dateAdded'],
  ['updated_contact', 'dateUpdated'],
])('%s', (key, field) => {
  test('sends one request, newest first, for any number of contacts', async () => {
    const contacts = rows(3, { ago: 59 });
    highlevel.answers(SEARCH, 200, { contacts, total: 100_000 }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toEqual(idsOf(contacts));
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...search(field), pageLimit: 100 } }]);
  });

  test('lets HighLevel filter, with one filter per tag', async () => {
    highlevel.answers(SEARCH, 200, { contacts: [] }, at(NOON));
    await run('triggers', key, { tags: ['VIP', 'new'], assignedTo: 'user1', businessId: '' });
    expect(highlevel.sent).toEqual([
      {
        request: SEARCH,
        body: {
          ...search(field),
          filters: [
            { field: 'tags', operator: 'eq', value: 'vip' },
            { field: 'tags', operator: 'eq', value: 'new' },
            { field: 'assignedTo', operator: 'eq', value: 'user1' },
          ],
          pageLimit: 100,
        },
      },
    ]);
  });

  test('sends one request when the first page covers the lookback window', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(100) }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toHaveLength(100);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('reads the next page by the last row’s cursor while the window is not covered', async () => {
    const first = rows(100).map((row) => ({ ...row, [field]: new Date(NOON - MINUTE).toISOString() }));
    const second = rows(30, { from: 100 });
    highlevel.answers(SEARCH, 200, { contacts: first }, at(NOON));
    highlevel.answers(SEARCH, 200, { contacts: second }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toEqual([...idsOf(first), ...idsOf(second)]);
    expect(highlevel.sent[1]).toEqual({
      request: SEARCH,
      body: { ...search(field), pageLimit: 500, searchAfter: first.at(-1)?.searchAfter },
    });
    expect(highlevel.sent).toHaveLength(2);
  });

  test('stops when HighLevel repeats a page', async () => {
    const same = rows(100).map((row) => ({ ...row, [field]: new Date(NOON).toISOString() }));
    highlevel.answers(SEARCH, 200, { contacts: same }, at(NOON));
    highlevel.answers(SEARCH, 200, { contacts: [same, same, same, same, same].flat() }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toEqual(idsOf(same));
    expect(highlevel.sent).toHaveLength(2);
  });

  test('stops at a row without a cursor', async () => {
    const contacts = rows(100).map(({ id }) => ({ id, [field]: new Date(NOON).toISOString() }));
    highlevel.answers(SEARCH, 200, { contacts }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toHaveLength(100);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('fills the dedupe table by page number, to the last page', async () => {
    for (const [page, count] of [500, 500, 120].entries()) {
      const contacts = rows(count, { from: page * 500 });
      highlevel.answers(SEARCH, 200, { contacts, total: 1_120 }, at(NOON));
    }
    const learned = await run('triggers', key, {}, { isPopulatingDedupe: true });
    expect(new Set(ids(learned)).size).toBe(1_120);
    expect(highlevel.sent).toEqual(
      [1, 2, 3].map((page) => ({ request: SEARCH, body: { ...search(field), page, pageLimit: 500 } })),
    );
  });

  test('fills the dedupe table with at most 10,000 contacts, the limit of page numbers', async () => {
    for (let page = 0; page < 20; page++)
      highlevel.answers(SEARCH, 200, { contacts: rows(500, { from: page * 500 }), total: 50_000 }, at(NOON));
    const learned = await run('triggers', key, {}, { isPopulatingDedupe: true });
    expect(ids(learned)).toHaveLength(10_000);
  });

  test('fills the dedupe table with the primary fields only', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(2) }, at(NOON));
    const learned = await run('triggers', key, {}, { isPopulatingDedupe: true });
    const primary = field === 'dateAdded' ? ['id'] : ['id', 'dateUpdated'];
    const keys = Array.isArray(learned) ? learned.map((item) => Object.keys(item).toSorted()) : [];
    expect(keys).toEqual([primary.toSorted(), primary.toSorted()]);
  });

  test('reads a sample in one request', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(3) }, at(NOON));
    expect(ids(await run('triggers', key, {}, { isLoadingSample: true }))).toEqual(['c0', 'c1', 'c2']);
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...search(field), pageLimit: 3 } }]);
  });

  test('reads a sample of a business in one request, from its list of contacts', async () => {
    highlevel.answers(`GET /contacts/business/${BUSINESS}`, 200, { contacts: rows(3), count: 3 });
    const sample = await run('triggers', key, { businessId: BUSINESS }, { isLoadingSample: true });
    expect(ids(sample)).toHaveLength(3);
    expect(highlevel.sent).toEqual([
      {
        request: `GET /contacts/business/${BUSINESS}`,
        query: { locationId: LOCATION, skip: '0', limit: '3' },
      },
    ]);
  });

  test('with a business uses the rows’ own business ids', async () => {
    const [first, second] = rows(2);
    const contacts = [
      { ...first, businessId: BUSINESS },
      { ...second, businessId: 'other' },
    ];
    highlevel.answers(SEARCH, 200, { contacts }, at(NOON));
    expect(ids(await run('triggers', key, { businessId: BUSINESS }))).toEqual(['c0']);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('with a business reads its contacts when a row has no business id', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(3) }, at(NOON));
    highlevel.answers(`GET /contacts/business/${BUSINESS}`, 200, { contacts: [{ id: 'c2' }], count: 1 });
    expect(ids(await run('triggers', key, { businessId: BUSINESS }))).toEqual(['c2']);
    expect(highlevel.sent[1]).toEqual({
      request: `GET /contacts/business/${BUSINESS}`,
      query: { locationId: LOCATION, skip: '0', limit: '100' },
    });
  });
});

test('the lookback window starts at the previous poll, by HighLevel’s clock', async () => {
  const zap = connection();
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(NOON));
  await zap.run('triggers', 'new_contact', {});
  const later = NOON + 5 * 60 * MINUTE;
  // 100 contacts, up to three hours old: inside the window, because the previous poll was five hours ago.
  const first = rows(100, { ago: 81, noon: later });
  highlevel.answers(SEARCH, 200, { contacts: first }, at(later));
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(later));
  await zap.run('triggers', 'new_contact', {});
  expect(highlevel.sent).toHaveLength(3);
});

test('a failed poll does not move the lookback window', async () => {
  const zap = connection();
  const DEFINITIONS = `GET /locations/${LOCATION}/customFields`;
  const [row] = rows(1);
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(NOON));
  await zap.run('triggers', 'new_contact', {});
  const later = NOON + 5 * 60 * MINUTE;
  highlevel.answers(
    SEARCH,
    200,
    { contacts: [{ ...row, customFields: [{ id: 'f1', value: 'x' }] }] },
    at(later),
  );
  highlevel.answers(DEFINITIONS, 400, { message: 'Nope' });
  await failure(zap.run('triggers', 'new_contact', {}));
  highlevel.answers(SEARCH, 200, { contacts: rows(100, { ago: 81, noon: later }) }, at(later));
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(later));
  await zap.run('triggers', 'new_contact', {});
  expect(highlevel.sent).toHaveLength(5);
});

test('each set of filters has its own lookback window', async () => {
  const zap = connection();
  const later = NOON + 5 * 60 * MINUTE;
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(NOON));
  await zap.run('triggers', 'new_contact', { tags: ['vip'] });
  highlevel.answers(SEARCH, 200, { contacts: rows(100, { ago: 81, noon: later }) }, at(later));
  await zap.run('triggers', 'new_contact', {});
  expect(highlevel.sent).toHaveLength(2);
});

test('a poll works without Zapier’s cache', async () => {
  const broken = () => {
    throw new Error('The cache is out of order');
  };
  const zap = connection(undefined, undefined, new Proxy({}, { has: broken, set: broken }));
  highlevel.answers(SEARCH, 200, { contacts: rows(2) }, at(NOON));
  expect(ids(await zap.run('triggers', 'new_contact', {}))).toEqual(['c0', 'c1']);
});

test('a contact without an update time counts as updated when it was added', async () => {
  const [row] = rows(1);
  highlevel.answers(SEARCH, 200, { contacts: [{ ...row, dateUpdated: undefined }] }, at(NOON));
  expect(await run('triggers', 'updated_contact', {})).toMatchObject([{ dateUpdated: row?.dateAdded }]);
});

test('Tag Added to Contact filters by the lowercase tag and returns it', async () => {
  highlevel.answers(SEARCH, 200, { contacts: rows(1) }, at(NOON));
  expect(await run('triggers', 'contact_tagged', { tag: ' VIP ' })).toMatchObject([{ id: 'c0', tag: 'vip' }]);
  expect(highlevel.sent).toEqual([
    {
      request: SEARCH,
      body: {
        ...search('dateUpdated'),
        filters: [{ field: 'tags', operator: 'eq', value: 'vip' }],
        pageLimit: 100,
      },
    },
  ]);
});

test.each(['new_note', 'updated_note'])('%s fails when the chosen contact was deleted', async (key) => {
  const message = 'Contact not found for id:c1';
  highlevel.answers('GET /contacts/c1/notes', 400, { statusCode: 400, message, error: 'Bad Request' });
  expect((await failure(run('triggers', key, { contactId: 'c1' }))).message).toBe(
    `HighLevel could not read the contact's notes because it can't find a record used in this step. It may have been deleted or belong to another sub-account. HighLevel says: "${message}". Check the fields of this step.`,
  );
});

describe('What a poll could not read', () => {
  const later = NOON + 5 * MINUTE;
  /** A hundred contacts that changed at one moment, as an import changes them, with a cursor each. */
  const first = rows(100).map((row) => ({ ...row, dateUpdated: new Date(NOON - MINUTE).toISOString() }));
  /** A poll whose second page HighLevel refuses. */
  const pollPart = async () => {
    const zap = connection();
    highlevel.answers(SEARCH, 200, { contacts: first }, at(NOON));
    highlevel.answers(SEARCH, 400, { message: 'Nope' });
    expect(ids(await zap.run('triggers', 'updated_contact', {}))).toEqual(idsOf(first));
    return zap;
  };

  test('is read by the next one from the cursor on, after what is new; a contact in both is returned once', async () => {
    const zap = await pollPart();
    const [top] = first;
    const edited = { ...top, dateUpdated: new Date(later - MINUTE).toISOString() };
    highlevel.answers(SEARCH, 200, { contacts: [edited, ...first.slice(1)] }, at(later));
    highlevel.answers(SEARCH, 200, { contacts: [top, ...rows(2, { from: 100, ago: 10 })] }, at(later));
    expect(ids(await zap.run('triggers', 'updated_contact', {}))).toEqual(['c0', 'c100', 'c101']);
    expect(highlevel.sent.at(-1)?.body).toMatchObject({ searchAfter: first.at(-1)?.searchAfter });
  });

  test('is looked for a day back at most', async () => {
    const zap = await pollPart();
    const nextDay = NOON + 30 * 60 * MINUTE;
    // Newer than the last poll, but older than a day.
    const old = rows(100, { from: 200, noon: NOON + 120 * MINUTE });
    highlevel.answers(SEARCH, 200, { contacts: old }, at(nextDay));
    highlevel.answers(SEARCH, 200, { contacts: [] }, at(nextDay));
    expect(ids(await zap.run('triggers', 'updated_contact', {}))).toHaveLength(100);
    expect(highlevel.sent.at(-1)?.body).toMatchObject({ searchAfter: first.at(-1)?.searchAfter });
    expect(highlevel.sent).toHaveLength(4);
  });
});

test('New Contact with a tag leaves out old contacts that just got it', async () => {
  const [fresh, old] = rows(2);
  const added = new Date(NOON - 25 * 60 * MINUTE).toISOString();
  highlevel.answers(SEARCH, 200, { contacts: [fresh, { ...old, dateAdded: added }] }, at(NOON));
  expect(ids(await run('triggers', 'new_contact', { tags: ['vip'] }))).toEqual(['c0']);
});

test('what Zapier asks for to fill the dedupe table is never a sample', async () => {
  highlevel.answers(SEARCH, 200, { contacts: rows(4), total: 4 }, at(NOON));
  const meta = { isPopulatingDedupe: true, isLoadingSample: true };
  expect(await run('triggers', 'new_contact', {}, meta)).toEqual(rows(4).map(({ id }) => ({ id })));
});
