import { connection, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const SEARCH = 'POST /contacts/search';
const BUSINESS = '63771dcac1116f0e21de8e12';
const NOON = Date.parse('2026-01-28T12:00:00Z');
const MINUTE = 60_000;

/** HighLevel's clock: the window of a poll is reckoned by it. */
const at = (ms: number) => ({ Date: new Date(ms).toUTCString() });

/** As many contacts, one a minute, the first added `ago` minutes before noon, each with its cursor. */
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

/** What every search of the trigger has in common. */
const search = (field: string) => ({ locationId: LOCATION, sort: [{ field, direction: 'desc' }] });

describe.each([
  ['new_contact', 'dateAdded'],
  ['updated_contact', 'dateUpdated'],
])('%s', (key, field) => {
  test('asks once, newest first, however many contacts there are', async () => {
    const contacts = rows(3, { ago: 59 });
    highlevel.answers(SEARCH, 200, { contacts, total: 100_000 }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toEqual(idsOf(contacts));
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...search(field), pageLimit: 100 } }]);
  });

  test('lets HighLevel filter: several tags mean all of them', async () => {
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

  test('asks once when the first page reaches behind the last hour', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(100) }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toHaveLength(100);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('reads on behind a full page of the last hour, from the last row’s cursor', async () => {
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

  test('stops where HighLevel repeats itself', async () => {
    const same = rows(100).map((row) => ({ ...row, [field]: new Date(NOON).toISOString() }));
    highlevel.answers(SEARCH, 200, { contacts: same }, at(NOON));
    highlevel.answers(SEARCH, 200, { contacts: [same, same, same, same, same].flat() }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toEqual(idsOf(same));
    expect(highlevel.sent).toHaveLength(2);
  });

  test('stops where a row has no cursor', async () => {
    const contacts = rows(100).map(({ id }) => ({ id, [field]: new Date(NOON).toISOString() }));
    highlevel.answers(SEARCH, 200, { contacts }, at(NOON));
    expect(ids(await run('triggers', key, {}))).toHaveLength(100);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('learns what is there by page number, until HighLevel has no more', async () => {
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

  test('learns 10,000 contacts at the most: HighLevel gives no more by page number', async () => {
    for (let page = 0; page < 20; page++)
      highlevel.answers(SEARCH, 200, { contacts: rows(500, { from: page * 500 }), total: 50_000 }, at(NOON));
    const learned = await run('triggers', key, {}, { isPopulatingDedupe: true });
    expect(ids(learned)).toHaveLength(10_000);
  });

  test('learns no more of each than what Zapier tells it by, or 10,000 would be too much for one run', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(2) }, at(NOON));
    const learned = await run('triggers', key, {}, { isPopulatingDedupe: true });
    const primary = field === 'dateAdded' ? ['id'] : ['id', 'dateUpdated'];
    const keys = Array.isArray(learned) ? learned.map((item) => Object.keys(item).toSorted()) : [];
    expect(keys).toEqual([primary.toSorted(), primary.toSorted()]);
  });

  test('shows a sample with one request', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(3) }, at(NOON));
    expect(ids(await run('triggers', key, {}, { isLoadingSample: true }))).toEqual(['c0', 'c1', 'c2']);
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...search(field), pageLimit: 3 } }]);
  });

  test('shows a sample of a business with one request, of its own list', async () => {
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

  test('of a business believes the rows that tell theirs', async () => {
    const [first, second] = rows(2);
    const contacts = [
      { ...first, businessId: BUSINESS },
      { ...second, businessId: 'other' },
    ];
    highlevel.answers(SEARCH, 200, { contacts }, at(NOON));
    expect(ids(await run('triggers', key, { businessId: BUSINESS }))).toEqual(['c0']);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('of a business asks who belongs to it, when a row does not tell', async () => {
    highlevel.answers(SEARCH, 200, { contacts: rows(3) }, at(NOON));
    highlevel.answers(`GET /contacts/business/${BUSINESS}`, 200, { contacts: [{ id: 'c2' }], count: 1 });
    expect(ids(await run('triggers', key, { businessId: BUSINESS }))).toEqual(['c2']);
    expect(highlevel.sent[1]).toEqual({
      request: `GET /contacts/business/${BUSINESS}`,
      query: { locationId: LOCATION, skip: '0', limit: '100' },
    });
  });
});

test('a poll after a long silence looks back to the one before it, by HighLevel’s clock', async () => {
  const zap = connection();
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(NOON));
  await zap.run('triggers', 'new_contact', {});
  const later = NOON + 5 * 60 * MINUTE;
  // 100 contacts, the oldest three hours old: in sight, because nobody looked for five hours.
  const first = rows(100, { ago: 81, noon: later });
  highlevel.answers(SEARCH, 200, { contacts: first }, at(later));
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(later));
  await zap.run('triggers', 'new_contact', {});
  expect(highlevel.sent).toHaveLength(3);
});

test('a poll that fails after its search counts as none: the next one looks back as far', async () => {
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

test('a poll of other filters has a silence of its own', async () => {
  const zap = connection();
  const later = NOON + 5 * 60 * MINUTE;
  highlevel.answers(SEARCH, 200, { contacts: [] }, at(NOON));
  await zap.run('triggers', 'new_contact', { tags: ['vip'] });
  highlevel.answers(SEARCH, 200, { contacts: rows(100, { ago: 81, noon: later }) }, at(later));
  await zap.run('triggers', 'new_contact', {});
  expect(highlevel.sent).toHaveLength(2);
});

test('a poll that cannot remember when it last looked is a poll all the same', async () => {
  const broken = () => {
    throw new Error('The cache is out of order');
  };
  const zap = connection(undefined, undefined, new Proxy({}, { has: broken, set: broken }));
  highlevel.answers(SEARCH, 200, { contacts: rows(2) }, at(NOON));
  expect(ids(await zap.run('triggers', 'new_contact', {}))).toEqual(['c0', 'c1']);
});

test('a contact without a date of change counts as changed when it was added', async () => {
  const [row] = rows(1);
  highlevel.answers(SEARCH, 200, { contacts: [{ ...row, dateUpdated: undefined }] }, at(NOON));
  expect(await run('triggers', 'updated_contact', {})).toMatchObject([{ dateUpdated: row?.dateAdded }]);
});

test('Tag Added to Contact filters by the tag in lower case, and says which it was', async () => {
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

test.each(['new_note', 'updated_note'])('%s says when the chosen contact is gone', async (key) => {
  const message = 'Contact not found for id:c1';
  highlevel.answers('GET /contacts/c1/notes', 400, { statusCode: 400, message, error: 'Bad Request' });
  expect((await failure(run('triggers', key, { contactId: 'c1' }))).message).toBe(
    `HighLevel could not read the contact's notes: what this step names is not in the sub-account, or was deleted. HighLevel says: "${message}". Please check the fields of this step.`,
  );
});
