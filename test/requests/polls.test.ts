import { connection, CONTACT, failure, highLevel, LOCATION, run } from '../support/app.ts';

const highlevel = highLevel();

const TASKS = `POST /locations/${LOCATION}/tasks/search`;
const CONTACTS = 'POST /contacts/search';
const NOON = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(NOON).toUTCString() };
const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);

describe('Deleted task that the search still returns', () => {
  const dates = { dateAdded: '2026-01-28T11:59:00Z', dateUpdated: '2026-01-28T11:59:00Z' };
  const kept = { _id: 'kept', title: 'Call', contactId: CONTACT, completed: false, deleted: false, ...dates };
  const { contactId: _contactId, ...without } = kept;
  const nulled = { firstName: null, lastName: null };
  test.each([
    ['marked as deleted', { ...kept, deleted: true }],
    ['whose contact is null', { ...kept, contactId: null }],
    ['whose contact is null, and its names too', { ...kept, contactId: null, contactDetails: nulled }],
    ['whose contact is absent', { ...without, contactDetails: nulled }],
    ['whose contact and its details are absent', without],
    ['whose contact is absent, its details null', { ...without, contactDetails: null }],
  ])('%s is skipped by polls and searches', async (_, row) => {
    const gone = { ...row, _id: 'gone' };
    for (const _key of ['poll', 'fill', 'sample', 'search'])
      highlevel.answers(TASKS, 201, { tasks: [gone, kept, gone] }, atNoon);
    expect(ids(await run('triggers', 'updated_task', {}))).toEqual(['kept']);
    expect(ids(await run('triggers', 'updated_task', {}, { isPopulatingDedupe: true }))).toEqual(['kept']);
    expect(ids(await run('triggers', 'updated_task', {}, { isLoadingSample: true }))).toEqual(['kept']);
    expect(ids(await run('searches', 'find_tasks', { title: 'call' }))).toEqual(['kept']);
  });

  test('is skipped in the list of a contact’s tasks', async () => {
    const tasks = [
      { id: 'kept', title: 'Call', contactId: CONTACT },
      { id: 'gone', title: 'Call', contactId: CONTACT, deleted: true },
      { id: 'lost', title: 'Call', contactId: null, contactDetails: null },
    ];
    highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, { tasks });
    const choices = await connection().choices('update_task', 'taskId', { contactId: CONTACT });
    expect(choices).toMatchObject({ results: [{ id: 'kept' }] });
  });
});

describe('Appointment with dates without an offset', () => {
  const local = (zone: string, ms: number) => new Date(ms).toLocaleString('sv-SE', { timeZone: zone });
  const ZONES = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'UTC'] as const;

  test.each(ZONES)('triggers if it is new in UTC or in %s', async (zone) => {
    const minuteAgo = NOON - 60_000;
    const events = [
      { id: 'utc', dateAdded: local('UTC', minuteAgo), startTime: local(zone, NOON) },
      { id: 'zone', dateAdded: local(zone, minuteAgo), startTime: local(zone, NOON) },
      { id: 'old', dateAdded: local('UTC', NOON - 3 * 86_400_000), startTime: local(zone, NOON) },
    ];
    highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events }, atNoon);
    const location = { id: LOCATION, timezone: zone };
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location });
    const found = await run('triggers', 'new_appointment', { contactId: CONTACT });
    expect(ids(found).toSorted()).toEqual(['utc', 'zone']);
    expect(found).toMatchObject([
      { startTime: '2026-01-28T12:00:00Z' },
      { startTime: '2026-01-28T12:00:00Z' },
    ]);
  });

  test('needs no lookup if every date has an offset', async () => {
    const events = [
      { id: 'a1', dateAdded: '2026-01-28T06:59:00-05:00', startTime: '2026-02-01T10:00:00-05:00' },
    ];
    highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events }, atNoon);
    expect(ids(await run('triggers', 'new_appointment', { contactId: CONTACT }))).toEqual(['a1']);
    expect(highlevel.sent).toHaveLength(1);
  });
});

describe('List whose page size HighLevel caps', () => {
  const named = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({ id: `b${from + index}`, name: `Name ${from + index}` }));

  test.each([20, 25, 50])('at %d businesses is read to its end', async (cap) => {
    highlevel.answers('GET /businesses/', 200, { businesses: named(cap) });
    highlevel.answers('GET /businesses/', 200, { businesses: named(3, cap) });
    const found = await run('searches', 'find_business', { name: `Name ${cap + 2}` });
    expect(ids(found)).toEqual([`b${cap + 2}`]);
    expect(highlevel.sent[1]?.query).toMatchObject({ skip: `${cap}` });
  });

  test.each([20, 25, 50])('at %d contacts of a business is read to its end', async (cap) => {
    const list = 'GET /contacts/business/63771dcac1116f0e21de8e12';
    highlevel.answers(list, 200, { contacts: named(cap), count: cap });
    highlevel.answers(list, 200, { contacts: named(3, cap), count: 3 });
    const input = { businessId: '63771dcac1116f0e21de8e12', limit: 500 };
    expect(ids(await run('searches', 'find_contacts', input))).toHaveLength(cap + 3);
  });

  test('of contacts of a business is read to its end if the count is larger', async () => {
    const list = 'GET /contacts/business/63771dcac1116f0e21de8e12';
    highlevel.answers(list, 200, { contacts: named(30), count: 33 });
    highlevel.answers(list, 200, { contacts: named(3, 30), count: 33 });
    const input = { businessId: '63771dcac1116f0e21de8e12', limit: 500 };
    expect(ids(await run('searches', 'find_contacts', input))).toHaveLength(33);
  });

  test.each([20, 25, 50])('at %d users is read to its end', async (cap) => {
    highlevel.answers('GET /users/', 404, { message: 'Cannot GET /users/' });
    highlevel.answers(`GET /locations/${LOCATION}`, 200, {
      location: { id: LOCATION, companyId: 'company1' },
    });
    highlevel.answers('GET /users/search', 200, { users: named(cap) });
    highlevel.answers('GET /users/search', 200, { users: named(3, cap) });
    const choices = await connection().choices('create_task', 'assignedTo');
    expect(choices).toMatchObject({ results: { length: cap + 3 } });
    expect(highlevel.sent.at(-1)?.query).toMatchObject({ skip: `${cap}` });
  });

  test.each([20, 25, 50])('at %d businesses has a next page in the dropdown', async (cap) => {
    highlevel.answers('GET /businesses/', 200, { businesses: named(cap) });
    const choices = await connection().choices('set_business', 'businessId');
    expect(choices).toMatchObject({ paging_token: `${cap}` });
  });
});

describe('Note trigger without a contact', () => {
  const contacts = Array.from({ length: 8 }, (_, index) => ({ id: `c${index}` }));
  const note = (id: string) => ({ id, body: '', dateAdded: '2026-01-28T11:59:00Z' });

  test('returns what it could read, and starts the next poll with the contact that failed', async () => {
    const zap = connection();
    highlevel.answers('POST /notes/search', 404);
    highlevel.answers(CONTACTS, 200, { contacts: contacts.slice(0, 2) }, atNoon);
    highlevel.answers('GET /contacts/c0/notes', 200, { notes: [note('n0')] }, atNoon);
    for (const _ of [1, 2, 3, 4]) highlevel.answers('GET /contacts/c1/notes', 500, {}, atNoon);
    expect(ids(await zap.run('triggers', 'new_note', {}))).toEqual(['n0']);
    highlevel.answers(CONTACTS, 200, { contacts: [{ id: 'c9' }] }, atNoon);
    for (const id of ['c1', 'c9']) highlevel.answers(`GET /contacts/${id}/notes`, 200, { notes: [note(id)] });
    expect(ids(await zap.run('triggers', 'new_note', {})).toSorted()).toEqual(['c1', 'c9']);
  });

  test('fails if no contact’s notes can be read', async () => {
    highlevel.answers('POST /notes/search', 404);
    highlevel.answers(CONTACTS, 200, { contacts: contacts.slice(0, 1) }, atNoon);
    for (const _ of [1, 2, 3, 4]) highlevel.answers('GET /contacts/c0/notes', 500, {}, atNoon);
    expect((await failure(run('triggers', 'new_note', {}))).message).toContain("read the contact's notes");
  });
});
