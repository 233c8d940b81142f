import { withoutNames } from '../../support/zapier/cache.ts';
import { CONTACT, connection, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const SEARCH = `POST /locations/${LOCATION}/tasks/search`;
const NOTES = (contactId: string) => `GET /contacts/${contactId}/notes`;
const ALL_NOTES = 'POST /notes/search';
const CONTACTS = 'POST /contacts/search';
const NOON = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(NOON).toUTCString() };
const before = (minutes: number) => new Date(NOON - minutes * 60_000).toISOString();

/** Tasks as the sub-account's search returns them, sorted by due date. */
const tasks = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    _id: `t${from + index}`,
    title: 'Call',
    contactId: CONTACT,
    completed: false,
    dateAdded: before((from + index) * 10),
    dateUpdated: before(from + index),
    searchAfter: [from + index, `t${from + index}`],
  }));

const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);

describe('Task triggers', () => {
  test.each([
    ['new_task', {}, {}],
    ['new_task', { contactId: CONTACT, assignedTo: 'user1', completed: 'no' }, { completed: false }],
    ['updated_task', { contactId: CONTACT, assignedTo: 'user1', completed: 'yes' }, { completed: true }],
    ['completed_task', { contactId: CONTACT, assignedTo: 'user1' }, { completed: true }],
  ])('%s with %j lets HighLevel filter', async (key, input, more) => {
    highlevel.answers(SEARCH, 201, { tasks: tasks(2) }, atNoon);
    await run('triggers', key, input);
    const chosen = 'contactId' in input ? { contactId: [CONTACT], assignedTo: ['user1'] } : {};
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { ...chosen, ...more, limit: 500 } }]);
  });

  test('reads the whole list by cursor, because HighLevel does not sort it by date', async () => {
    const [first, second] = [tasks(500, 101), tasks(101)];
    highlevel.answers(SEARCH, 201, { tasks: first }, atNoon);
    highlevel.answers(SEARCH, 201, { tasks: second }, atNoon);
    const found = await run('triggers', 'new_task', {});
    expect(ids(found)).toEqual([...second, ...first].map(({ _id }) => _id));
    expect(highlevel.sent[1]?.body).toEqual({ limit: 500, searchAfter: first.at(-1)?.searchAfter });
  });

  test('returns the tasks in the lookback window, and at least the newest 1,000', async () => {
    const all = tasks(1_200);
    for (const page of [0, 1, 2])
      highlevel.answers(SEARCH, 201, { tasks: all.slice(page * 500, page * 500 + 500) }, atNoon);
    expect(ids(await run('triggers', 'new_task', {}))).toEqual(all.slice(0, 1_000).map(({ _id }) => _id));
  });

  test('returns all existing tasks to fill Zapier’s dedupe table', async () => {
    const all = tasks(1_200);
    for (const page of [0, 1, 2])
      highlevel.answers(SEARCH, 201, { tasks: all.slice(page * 500, page * 500 + 500) }, atNoon);
    expect(ids(await run('triggers', 'new_task', {}, { isPopulatingDedupe: true }))).toHaveLength(1_200);
  });

  test('stops when HighLevel repeats a page', async () => {
    for (const _ of [1, 2]) highlevel.answers(SEARCH, 201, { tasks: tasks(500) }, atNoon);
    expect(ids(await run('triggers', 'new_task', {}))).toHaveLength(500);
    expect(highlevel.sent).toHaveLength(2);
  });

  test('reads a sample of three tasks in one request and skips deleted ones', async () => {
    // HighLevel says that they are open and not deleted, and has taken their contact out.
    const lost = { deleted: false, completed: false, contactDetails: { firstName: null, lastName: null } };
    const gone = [
      { ...lost, _id: 'gone1', title: 'Call', contactId: null },
      { ...lost, _id: 'gone2', title: 'Call' },
    ];
    highlevel.answers(SEARCH, 201, { tasks: [...gone, ...tasks(4)] });
    const shown = ids(await run('triggers', 'new_task', {}, { isLoadingSample: true }));
    expect(shown).toEqual(ids(tasks(3).map(({ _id: id }) => ({ id }))));
    expect(highlevel.sent).toEqual([{ request: SEARCH, body: { limit: 50 } }]);
  });

  test('with an owner leaves out old tasks that were just assigned', async () => {
    const [fresh, old] = tasks(2);
    const assigned = { ...old, dateAdded: before(25 * 60) };
    highlevel.answers(SEARCH, 201, { tasks: [fresh, assigned] }, atNoon);
    expect(ids(await run('triggers', 'new_task', { assignedTo: 'user1' }))).toEqual(['t0']);
  });

  test('larger than one result are returned in parts; then the next poll looks back to the first of them', async () => {
    const remembered: Record<string, string> = withoutNames(LOCATION);
    const zap = connection(undefined, undefined, remembered);
    const large = tasks(3).map((task) => ({ ...task, body: 'x'.repeat(1_800_000) }));
    const given: string[][] = [];
    for (const minutes of [0, 20, 40]) {
      const now = { Date: new Date(NOON + minutes * 60_000).toUTCString() };
      highlevel.answers(SEARCH, 201, { tasks: large }, now);
      given.push(ids(await zap.run('triggers', 'new_task', {})));
    }
    expect(given).toEqual([['t0'], ['t1'], ['t2']]);
    expect(remembered[`${LOCATION}:polled:new_task:{}`]).toBe(String(NOON));
  });

  test('leaves out deleted tasks', async () => {
    const [kept, gone] = tasks(2);
    highlevel.answers(SEARCH, 201, { tasks: [kept, { ...gone, deleted: true }] }, atNoon);
    expect(ids(await run('triggers', 'updated_task', {}))).toEqual(['t0']);
  });

  test('returns a task in the same shape as other steps, with its update time', async () => {
    highlevel.answers(SEARCH, 201, { tasks: [{ ...tasks(1)[0], dateUpdated: undefined }] }, atNoon);
    expect(await run('triggers', 'updated_task', {})).toEqual([
      {
        id: 't0',
        bodyText: null,
        title: 'Call',
        body: null,
        completed: false,
        status: 'open',
        dueDate: null,
        assignedTo: null,
        assignedToName: null,
        assignedToEmail: null,
        contactId: CONTACT,
        contactName: null,
        contactEmail: null,
        contactPhone: null,
        dateAdded: before(0),
        dateUpdated: before(0),
        url: `https://app.gohighlevel.com/v2/location/${LOCATION}/contacts/detail/${CONTACT}`,
      },
    ]);
  });

  test('fails if the list cannot be read in time, instead of returning a part', async () => {
    highlevel.answers(SEARCH, 429, {}, { 'Retry-After': '10' });
    highlevel.answers(SEARCH, 429, {}, { 'Retry-After': '8' });
    highlevel.answers(SEARCH, 201, { tasks: tasks(500) }, atNoon);
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const { message } = await failure(run('triggers', 'new_task', {}));
    expect(message).toContain('too many tasks to read within 20 seconds (500 and more). Choose an "Owner"');
  });
});

describe('Note triggers', () => {
  test('with a contact send one request and return the newest note first', async () => {
    const notes = [
      { id: 'old', body: 'a', dateAdded: before(500) },
      { id: 'new', body: 'b', dateAdded: before(1) },
    ];
    highlevel.answers(NOTES(CONTACT), 200, { notes });
    expect(await run('triggers', 'new_note', { contactId: CONTACT })).toMatchObject([
      { id: 'new', contactId: CONTACT },
      { id: 'old', contactId: CONTACT },
    ]);
    expect(highlevel.sent).toEqual([{ request: NOTES(CONTACT) }]);
  });

  test('without a contact read the notes of the 25 last updated contacts, and return those of the last hour', async () => {
    highlevel.answers(CONTACTS, 200, { contacts: [{ id: 'c1' }, { id: 'c2' }] }, atNoon);
    const [fresh, stale] = [before(30), before(90)];
    highlevel.answers(NOTES('c1'), 200, { notes: [{ id: 'n1', body: '', dateAdded: fresh }] }, atNoon);
    highlevel.answers(NOTES('c2'), 200, { notes: [{ id: 'n2', body: '', dateAdded: stale }] }, atNoon);
    const found = await run('triggers', 'new_note', { tags: ['VIP'] });
    expect(found).toMatchObject([{ id: 'n1', contactId: 'c1' }]);
    expect(found).toHaveLength(1);
    expect(highlevel.sent[0]).toEqual({
      request: CONTACTS,
      body: {
        locationId: LOCATION,
        pageLimit: 25,
        sort: [{ field: 'dateUpdated', direction: 'desc' }],
        filters: [{ field: 'tags', operator: 'eq', value: 'vip' }],
      },
    });
    expect(highlevel.sent).toHaveLength(3);
  });

  test('read a sample from at most three contacts', async () => {
    highlevel.answers(ALL_NOTES, 404);
    highlevel.answers(CONTACTS, 200, { contacts: [{ id: 'c1' }] }, atNoon);
    highlevel.answers(NOTES('c1'), 200, { notes: [{ id: 'n1', body: '', dateAdded: before(5_000) }] });
    expect(ids(await run('triggers', 'new_note', {}, { isLoadingSample: true }))).toEqual(['n1']);
    expect(highlevel.sent[1]?.body).toMatchObject({ pageLimit: 3 });
  });

  test('skip a contact that was deleted in the meantime', async () => {
    highlevel.answers(ALL_NOTES, 404);
    highlevel.answers(CONTACTS, 200, { contacts: [{ id: 'c1' }] }, atNoon);
    highlevel.answers(NOTES('c1'), 400, { message: 'Contact not found for id:c1' });
    expect(await run('triggers', 'new_note', {})).toEqual([]);
  });

  test('leave the last requests of the burst rate limit to other Zaps', async () => {
    highlevel.answers(ALL_NOTES, 404);
    const contacts = Array.from({ length: 12 }, (_, index) => ({ id: `c${index}` }));
    highlevel.answers(CONTACTS, 200, { contacts }, { ...atNoon, 'X-RateLimit-Remaining': '17' });
    for (const index of [0, 1, 2, 3])
      highlevel.answers(NOTES(`c${index}`), 200, { notes: [] }, { 'X-RateLimit-Remaining': '13' });
    await run('triggers', 'new_note', {});
    expect(highlevel.sent).toHaveLength(6);
  });

  test('Updated Note detects a changed note by its revision', async () => {
    const zap = connection();
    const note = { id: 'n1', body: 'Hi', pinned: false };
    const revision = async (answer: object) => {
      highlevel.answers(NOTES(CONTACT), 200, { notes: [answer] });
      const [found] = Object.values(
        Object(await zap.run('triggers', 'updated_note', { contactId: CONTACT })),
      );
      return JSON.stringify(found).match(/"revision":"([0-9a-f]{16})"/)?.[1];
    };
    const first = await revision(note);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(await revision({ ...note, dateAdded: before(1) })).toBe(first);
    expect(await revision({ ...note, body: 'Hello' })).not.toBe(first);
    expect(await revision({ ...note, pinned: true })).not.toBe(first);
    expect(await revision({ ...note, color: '#FFAA00' })).not.toBe(first);
    expect(await revision({ ...note, title: 'Prices' })).not.toBe(first);
  });

  test('Updated Note requires a contact', async () => {
    expect((await failure(run('triggers', 'updated_note', {}))).message).toBe('Please fill in "Contact".');
  });
});
