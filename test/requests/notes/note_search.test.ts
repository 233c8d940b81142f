import { CONTACT, connection, failure, fullAccess, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const ALL_NOTES = 'POST /notes/search';
const CONTACTS = 'POST /contacts/search';
const NOTES = `GET /contacts/${CONTACT}/notes`;
const TEST_CALL = `GET /locations/${LOCATION}`;
const NOON = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(NOON).toUTCString() };

/** A row of the search, that many minutes old. */
const row = (id: string, minutes: number, contactId: string | null = CONTACT) => ({
  id,
  body: `<p>${id}</p>`,
  dateAdded: new Date(NOON - minutes * 60_000).toISOString(),
  relations: [
    { objectKey: 'opportunity', recordId: 'o1' },
    ...(contactId === null ? [] : [{ objectKey: 'contact', recordId: contactId }]),
  ],
});
const rows = (count: number, minutes: number, name = 'n') =>
  Array.from({ length: count }, (_, index) => row(`${name}${index}`, minutes));
const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);
const requests = () => highlevel.sent.map(({ request }) => request);
/** The answers of a poll of the contacts with the newest activity. */
const answerContacts = () => {
  highlevel.answers(CONTACTS, 200, { contacts: [{ id: CONTACT }] }, atNoon);
  highlevel.answers(
    NOTES,
    200,
    { notes: [{ id: 'oldway', body: '', dateAdded: row('', 5).dateAdded }] },
    atNoon,
  );
};

describe('New Note without a contact', () => {
  test('reads the notes of the whole sub-account with one request, newest first, under version v3', async () => {
    const notes = [row('new', 5), row('other', 20, 'c2'), row('old', 90)];
    highlevel.answers(ALL_NOTES, 200, { notes, traceId: 't' }, atNoon);
    expect(await run('triggers', 'new_note', {})).toMatchObject([
      { id: 'new', contactId: CONTACT, bodyText: 'new', url: expect.stringContaining(CONTACT) },
      { id: 'other', contactId: 'c2' },
    ]);
    expect(highlevel.sent).toEqual([
      {
        request: ALL_NOTES,
        body: {
          locationId: LOCATION,
          limit: 100,
          skip: 0,
          sortBy: 'dateAdded',
          sortOrder: 'desc',
          includeRelationRecords: true,
        },
      },
    ]);
    expect(highlevel.headers[0]).toMatchObject({ version: 'v3' });
  });

  test.each([
    ['relations of type', { relations: [{ type: 'contact', recordId: CONTACT }] }],
    ['related records', { relations: [{ objectKey: 'contact', record: { id: CONTACT } }] }],
    ['related records with an id', { relations: [{ objectKey: 'contact', id: CONTACT }] }],
    ['a contact of its own', { relations: [], contactId: CONTACT }],
  ])('takes the contact from %s', async (_, more) => {
    highlevel.answers(ALL_NOTES, 200, { notes: [{ ...row('n1', 5), ...more }] }, atNoon);
    expect(await run('triggers', 'new_note', {})).toMatchObject([{ id: 'n1', contactId: CONTACT }]);
  });

  test('accepts the documented key of the list, and skips notes of other records', async () => {
    const note = [row('n1', 5), row('opportunitys', 6, null)];
    highlevel.answers(ALL_NOTES, 200, { note }, atNoon);
    expect(ids(await run('triggers', 'new_note', {}))).toEqual(['n1']);
  });

  test('reads on while the oldest note is inside the window', async () => {
    highlevel.answers(ALL_NOTES, 200, { notes: rows(100, 5, 'a') }, atNoon);
    highlevel.answers(ALL_NOTES, 200, { notes: [...rows(50, 30, 'b'), ...rows(50, 90, 'c')] }, atNoon);
    expect(await run('triggers', 'new_note', {})).toHaveLength(150);
    expect(highlevel.sent.map(({ body }) => body)).toMatchObject([{ skip: 0 }, { skip: 100 }]);
  });

  test('returns the later state of a note that moved to the next page', async () => {
    highlevel.answers(ALL_NOTES, 200, { notes: [...rows(99, 5), row('moved', 6)] }, atNoon);
    const edited = { ...row('moved', 6), body: 'Edited' };
    highlevel.answers(ALL_NOTES, 200, { notes: [edited, row('old', 90)] }, atNoon);
    const found = await run('triggers', 'new_note', {});
    expect(found).toHaveLength(100);
    expect(found).toContainEqual(expect.objectContaining({ id: 'moved', body: 'Edited' }));
  });

  test('looks back to the last poll, even after hours', async () => {
    const zap = connection();
    highlevel.answers(ALL_NOTES, 200, { notes: [] }, atNoon);
    expect(await zap.run('triggers', 'new_note', {})).toEqual([]);
    const atFive = { Date: new Date(NOON + 5 * 3_600_000).toUTCString() };
    highlevel.answers(ALL_NOTES, 200, { notes: [row('since', -30), row('before', 30)] }, atFive);
    expect(ids(await zap.run('triggers', 'new_note', {}))).toEqual(['since']);
  });

  test('of one author has a lookback window of its own', async () => {
    const zap = connection();
    const by = (userId: string, id: string, minutes: number) => ({ ...row(id, minutes), userId });
    highlevel.answers(ALL_NOTES, 200, { notes: [by('u1', 'a', 5), by('u2', 'b', 6)] }, atNoon);
    expect(ids(await zap.run('triggers', 'new_note', { userId: 'u1' }))).toEqual(['a']);
    const atFive = { Date: new Date(NOON + 5 * 3_600_000).toUTCString() };
    highlevel.answers(ALL_NOTES, 200, { notes: [by('u2', 'c', -290), by('u2', 'd', -60)] }, atFive);
    expect(ids(await zap.run('triggers', 'new_note', { userId: 'u2' }))).toEqual(['c']);
  });

  test('of a company’s contacts with a tag reads the notes of these contacts alone', async () => {
    const contacts = [
      { id: 'c1', tags: ['vip'] },
      { id: 'c2', tags: [] },
    ];
    highlevel.answers('GET /contacts/business/b1', 200, { contacts, count: 2 }, atNoon);
    highlevel.answers('GET /contacts/c1/notes', 200, { notes: [row('n1', 5)] }, atNoon);
    expect(ids(await run('triggers', 'new_note', { businessId: 'b1', tags: ['VIP'] }))).toEqual(['n1']);
  });

  test('of a large company’s contacts reads fewer notes, so that a poll has 26 requests at most', async () => {
    const members = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        id: `c${from + index}`,
        dateUpdated: row('', from + index).dateAdded,
      }));
    const list = 'GET /contacts/business/b1';
    highlevel.answers(list, 200, { contacts: members(0, 100), count: 120 }, atNoon);
    highlevel.answers(list, 200, { contacts: members(100, 20), count: 120 }, atNoon);
    for (let index = 0; index < 24; index++)
      highlevel.answers(`GET /contacts/c${index}/notes`, 200, { notes: [] }, atNoon);
    expect(await run('triggers', 'new_note', { businessId: 'b1' })).toEqual([]);
    expect(highlevel.sent).toHaveLength(26);
  });

  test('reads at most 20 pages', async () => {
    for (let page = 0; page < 20; page++)
      highlevel.answers(ALL_NOTES, 200, { notes: rows(100, 5, `p${page}-`) }, atNoon);
    expect(await run('triggers', 'new_note', {})).toHaveLength(2000);
  });

  test('stops at a repeated page', async () => {
    for (let page = 0; page < 2; page++) highlevel.answers(ALL_NOTES, 200, { notes: rows(100, 5) }, atNoon);
    expect(await run('triggers', 'new_note', {})).toHaveLength(100);
  });

  test('fills the dedupe table with the notes of a day, the longest lookback window', async () => {
    highlevel.answers(ALL_NOTES, 200, { notes: rows(100, 5, 'a') }, atNoon);
    highlevel.answers(ALL_NOTES, 200, { notes: rows(100, 23 * 60, 'b') }, atNoon);
    highlevel.answers(ALL_NOTES, 200, { notes: rows(100, 25 * 60, 'c') }, atNoon);
    expect(await run('triggers', 'new_note', {}, { isPopulatingDedupe: true })).toHaveLength(300);
  });

  test('has a sample of three notes of any age', async () => {
    highlevel.answers(ALL_NOTES, 200, { notes: [row('n1', 5_000)] }, atNoon);
    expect(ids(await run('triggers', 'new_note', {}, { isLoadingSample: true }))).toEqual(['n1']);
    expect(highlevel.sent).toMatchObject([{ body: { limit: 3 } }]);
  });

  test.each([[{ tags: ['vip'] }], [{ businessId: 'b1' }]])(
    'does not search with the filters %j',
    async (filters) => {
      if ('businessId' in filters)
        highlevel.answers('GET /contacts/business/b1', 200, { contacts: [] }, atNoon);
      else highlevel.answers(CONTACTS, 200, { contacts: [] }, atNoon);
      await run('triggers', 'new_note', filters);
      expect(requests()).not.toContain(ALL_NOTES);
    },
  );
});

describe('Without the sub-account’s notes search', () => {
  test.each([
    [403, { message: 'Forbidden resource' }],
    [404, ''],
    [422, { message: ['relations should not be empty'] }],
    [400, { message: 'version header is invalid' }],
  ])(
    'New Note reads notes by contact after a %i, and tries the search again a day later',
    async (status, body) => {
      const zap = connection();
      highlevel.answers(ALL_NOTES, status, body, atNoon);
      for (let poll = 0; poll < 2; poll++) {
        answerContacts();
        expect(ids(await zap.run('triggers', 'new_note', {}))).toEqual(['oldway']);
      }
      expect(requests().filter((request) => request === ALL_NOTES)).toHaveLength(1);
    },
  );

  test('a 401 is checked with one test call, and neither repeated nor treated as a stale token', async () => {
    const zap = connection();
    highlevel.answers(ALL_NOTES, 401, { message: 'The token is not authorized for this scope.' }, atNoon);
    highlevel.answers(TEST_CALL, 200, { location: { id: LOCATION } }, atNoon);
    for (let poll = 0; poll < 2; poll++) {
      answerContacts();
      expect(ids(await zap.run('triggers', 'new_note', {}))).toEqual(['oldway']);
    }
    expect(requests()).toEqual([ALL_NOTES, TEST_CALL, CONTACTS, NOTES, CONTACTS, NOTES]);
  });

  test('a stale token is refreshed first, and nothing is cached', async () => {
    const { locationId, scope, ...rest } = fullAccess;
    const zap = connection({ ...rest, locationId, scope });
    highlevel.answers(ALL_NOTES, 401, { message: 'Invalid JWT' });
    highlevel.answers(TEST_CALL, 401, { message: 'Invalid JWT' });
    highlevel.answers(CONTACTS, 401, { message: 'Invalid JWT' });
    expect(await failure(zap.run('triggers', 'new_note', {}))).toMatchObject({ kind: 'RefreshAuthError' });
    highlevel.answers(ALL_NOTES, 200, { notes: [row('n1', 5)] }, atNoon);
    expect(ids(await zap.run('triggers', 'new_note', {}))).toEqual(['n1']);
  });

  test.each([
    ['it breaks', () => highlevel.breaks(ALL_NOTES)],
    ['it is down', () => highlevel.answers(ALL_NOTES, 503)],
    ['it cannot be read', () => highlevel.answers(ALL_NOTES, 200, '<html>')],
    [
      'it does not sort',
      () => highlevel.answers(ALL_NOTES, 200, { notes: [row('a', 50), row('b', 5)] }, atNoon),
    ],
    ['it names no contacts', () => highlevel.answers(ALL_NOTES, 200, { notes: [row('a', 5, null)] }, atNoon)],
    [
      'it gives no dates',
      () =>
        highlevel.answers(
          ALL_NOTES,
          200,
          { notes: [row('a', 5), { ...row('b', 5), dateAdded: null }] },
          atNoon,
        ),
    ],
  ])('New Note reads notes by contact, without a repeat, because %s', async (_, fails) => {
    fails();
    answerContacts();
    expect(ids(await run('triggers', 'new_note', {}))).toEqual(['oldway']);
    expect(requests().slice(-2)).toEqual([CONTACTS, NOTES]);
    expect(highlevel.waits).toEqual([]);
  });

  test('a rate limit fails the poll, so that Zapier polls again', async () => {
    highlevel.answers(ALL_NOTES, 429, {}, { 'Retry-After': '60' });
    expect(await failure(run('triggers', 'new_note', {}))).toMatchObject({ kind: 'ThrottledError' });
  });
});
