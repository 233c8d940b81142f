import { CONTACT, connection, highLevel, LOCATION } from '../support/app.ts';

const highlevel = highLevel();
/** A connection with an empty z.cache: nothing is known yet. */
const fresh = () => connection(undefined, undefined, {});

const USERS = 'GET /users/';
const CALENDARS = 'GET /calendars/';
const BUSINESSES = 'GET /businesses/';
const SEARCH = 'POST /contacts/search';
const LOCATIONS = `GET /locations/${LOCATION}`;
const users = [
  { id: 'u1', name: 'Maria Keller', email: 'maria@example.com' },
  { id: 'u2', firstName: 'Ada', lastName: 'Lovelace', email: null },
];
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `c${index}`,
    firstName: 'Jane',
    lastName: `Doe ${index}`,
    email: `jane${index}@example.com`,
    phone: null,
  }));
const noon = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(noon).toUTCString() };
const before = (minutes: number) => new Date(noon - minutes * 60_000).toISOString();
const requests = () => highlevel.sent.map(({ request }) => request);

describe('The names beside ids', () => {
  test('of an action come from the cached lists, read once for all runs of the connection', async () => {
    const zap = fresh();
    const path = `/contacts/${CONTACT}/tasks/t1`;
    const answer = { task: { id: 't1', title: 'Call', assignedTo: 'u1' } };
    highlevel.answers(`PUT ${path}`, 200, answer);
    highlevel.answers(USERS, 200, { users });
    highlevel.answers(`PUT ${path}`, 200, answer);
    const input = { contactId: CONTACT, taskId: 't1', title: 'Call' };
    const named = { assignedTo: 'u1', assignedToName: 'Maria Keller', assignedToEmail: 'maria@example.com' };
    expect(await zap.run('creates', 'update_task', input)).toMatchObject(named);
    expect(await zap.run('creates', 'update_task', input)).toMatchObject(named);
    expect(requests()).toEqual([`PUT ${path}`, USERS, `PUT ${path}`]);
  });

  test('take no request where a record has no such id', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}/tasks/t1`, 200, { task: { id: 't1', title: 'Call' } });
    const task = await fresh().run('creates', 'update_task', {
      contactId: CONTACT,
      taskId: 't1',
      title: 'x',
    });
    expect(task).toMatchObject({ assignedToName: null, contactName: null });
  });

  test.each([
    ['with a status', () => highlevel.answers(USERS, 403, { message: 'Forbidden' })],
    ['with a broken connection', () => [1, 2].map(() => highlevel.breaks(USERS))],
    ['with HTML', () => [1, 2].map(() => highlevel.answers(USERS, 200, '<html>'))],
  ])(
    'stay null, and the write succeeds, when the lookup fails %s; it is not repeated at once',
    async (_, fail) => {
      // Short waits, so that the second attempt fits into the time for names.
      jest.spyOn(Math, 'random').mockReturnValue(0);
      const zap = fresh();
      const request = `POST /contacts/${CONTACT}/tasks`;
      const answer = { task: { id: 't1', title: 'Call', assignedTo: 'u1' } };
      highlevel.answers(request, 201, answer);
      fail();
      highlevel.answers(request, 201, answer);
      const input = { contactId: CONTACT, title: 'Call', dueDate: '2026-01-30T15:00:00Z' };
      const task = { assignedTo: 'u1', assignedToName: null, assignedToEmail: null };
      expect(await zap.run('creates', 'create_task', input)).toMatchObject(task);
      const lookups = requests().filter((one) => one === USERS).length;
      expect(await zap.run('creates', 'create_task', input)).toMatchObject(task);
      expect(requests().filter((one) => one === USERS)).toHaveLength(lookups);
    },
  );

  test('are looked up again after a rate limit, which ends by itself', async () => {
    const zap = fresh();
    const request = `PUT /contacts/${CONTACT}/tasks/t1`;
    const input = { contactId: CONTACT, taskId: 't1', title: 'Call' };
    for (const _ of [1, 2])
      highlevel.answers(request, 200, { task: { id: 't1', title: 'Call', assignedTo: 'u1' } });
    highlevel.answers(USERS, 429, {}, { 'Retry-After': '60' });
    highlevel.answers(USERS, 200, { users });
    expect(await zap.run('creates', 'update_task', input)).toMatchObject({ assignedToName: null });
    expect(await zap.run('creates', 'update_task', input)).toMatchObject({ assignedToName: 'Maria Keller' });
  });

  test('are not read while the cache fails, because each run would read the lists again', async () => {
    const broken = () => {
      throw new Error('The cache is out of order');
    };
    const zap = connection(undefined, undefined, new Proxy({}, { has: broken, set: broken }));
    highlevel.answers(`PUT /contacts/${CONTACT}/tasks/t1`, 200, {
      task: { id: 't1', title: 'Call', assignedTo: 'u1' },
    });
    const input = { contactId: CONTACT, taskId: 't1', title: 'Call' };
    expect(await zap.run('creates', 'update_task', input)).toMatchObject({ assignedToName: null });
    expect(requests()).toEqual([`PUT /contacts/${CONTACT}/tasks/t1`]);
  });

  test('are on contacts: owner and company', async () => {
    const contact = { id: CONTACT, firstName: 'Jane', assignedTo: 'u2', businessId: 'b1' };
    highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact });
    highlevel.answers(USERS, 200, { users });
    highlevel.answers(BUSINESSES, 200, { businesses: [{ id: 'b1', name: 'Example Ltd' }] });
    expect(await fresh().run('searches', 'find_contact', { contactId: CONTACT })).toMatchObject([
      { assignedToName: 'Ada Lovelace', assignedToEmail: null, businessName: 'Example Ltd' },
    ]);
  });

  test('of 300 rows take one request for each list', async () => {
    const contacts = people(300).map((person) => ({ ...person, assignedTo: 'u1', businessId: 'b1' }));
    highlevel.answers(SEARCH, 200, { contacts, total: 300 });
    highlevel.answers(USERS, 200, { users });
    highlevel.answers(BUSINESSES, 200, { businesses: [{ id: 'b1', name: 'Example Ltd' }] });
    const found = await fresh().run('searches', 'find_contacts', { limit: 300 });
    expect(found).toHaveLength(300);
    expect(found).toMatchObject(
      contacts.map(() => ({ assignedToName: 'Maria Keller', businessName: 'Example Ltd' })),
    );
    expect(requests()).toHaveLength(3);
  });
});

describe('The names in a poll', () => {
  const TASKS = `POST /locations/${LOCATION}/tasks/search`;
  const row = (index: number, minutes = index) => ({
    _id: `t${index}`,
    title: 'Call',
    assignedTo: 'u1',
    contactId: `c${index}`,
    contactDetails: { firstName: 'jane', lastName: `doe ${index}` },
    dateAdded: before(minutes),
    dateUpdated: before(minutes),
  });

  test('of new tasks take one search for all contacts, and none while nothing is new', async () => {
    const zap = fresh();
    const [first, second, third] = [row(1), row(2), row(3, 0)];
    highlevel.answers(TASKS, 201, { tasks: [first, second] }, atNoon);
    highlevel.answers(USERS, 200, { users });
    highlevel.answers(SEARCH, 200, { contacts: people(3).slice(1) });
    expect(await zap.run('triggers', 'new_task', {})).toMatchObject([
      {
        id: 't1',
        contactName: 'Jane Doe 1',
        contactEmail: 'jane1@example.com',
        contactPhone: null,
        assignedToName: 'Maria Keller',
        assignedToEmail: 'maria@example.com',
      },
      { id: 't2', contactName: 'Jane Doe 2' },
    ]);
    expect(highlevel.sent.at(-1)?.body).toEqual({
      locationId: LOCATION,
      pageLimit: 2,
      filters: [
        {
          group: 'OR',
          filters: [
            { field: 'id', operator: 'eq', value: 'c1' },
            { field: 'id', operator: 'eq', value: 'c2' },
          ],
        },
      ],
    });

    highlevel.answers(TASKS, 201, { tasks: [first, second] }, atNoon);
    expect(await zap.run('triggers', 'new_task', {})).toHaveLength(2);
    highlevel.answers(TASKS, 201, { tasks: [third, first, second] }, atNoon);
    highlevel.answers('GET /contacts/c3', 200, {
      contact: { id: 'c3', firstName: 'Ann', email: 'ann@example.com' },
    });
    expect(await zap.run('triggers', 'new_task', {})).toMatchObject([
      { id: 't3', contactName: 'Ann', contactEmail: 'ann@example.com' },
      { id: 't1' },
      { id: 't2' },
    ]);
    expect(requests()).toEqual([TASKS, USERS, SEARCH, TASKS, TASKS, 'GET /contacts/c3']);
  });

  test('come from the rows where the search does not find the contact', async () => {
    highlevel.answers(TASKS, 201, { tasks: [row(1), row(2)] }, atNoon);
    highlevel.answers(USERS, 200, { users });
    highlevel.answers(SEARCH, 200, { contacts: [] });
    expect(await fresh().run('triggers', 'new_task', {})).toMatchObject([
      { contactName: 'jane doe 1', contactEmail: null },
      { contactName: 'jane doe 2', contactEmail: null },
    ]);
  });

  test('take three seconds at most, within which a broken search of contacts is repeated once', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    highlevel.answers(TASKS, 201, { tasks: [row(1)] }, atNoon);
    highlevel.answers(USERS, 200, { users });
    for (const _ of [1, 2]) highlevel.breaks('GET /contacts/c1');
    expect(await fresh().run('triggers', 'new_task', {})).toMatchObject([
      { contactName: 'jane doe 1', contactEmail: null },
    ]);
  });

  test('keep what somebody typed into a form, and fill in what is missing', async () => {
    const submission = { contactId: 'c1', formId: 'f1', createdAt: before(1), name: 'Jane' };
    const typed = { ...submission, id: 's1', email: 'typed@example.com' };
    highlevel.answers(
      'GET /forms/submissions',
      200,
      {
        submissions: [typed, { ...submission, id: 's2' }],
        meta: { total: 2 },
      },
      atNoon,
    );
    highlevel.answers(`GET /locations/${LOCATION}/customFields`, 200, { customFields: [] });
    highlevel.answers('GET /forms/', 200, { forms: [{ id: 'f1', name: 'Contact Us' }] });
    const contact = { id: 'c1', firstName: 'Jane', email: 'saved@example.com', phone: '+14155550132' };
    highlevel.answers('GET /contacts/c1', 200, { contact });
    jest.spyOn(Date, 'now').mockReturnValue(noon);
    const found = await fresh().run('triggers', 'new_form_submission', {});
    expect(found).toMatchObject([
      { id: 's1', contactEmail: 'typed@example.com', contactPhone: '+14155550132', formName: 'Contact Us' },
      { id: 's2', contactEmail: 'saved@example.com', contactPhone: '+14155550132', formName: 'Contact Us' },
    ]);
    // HighLevel refuses longer pages of forms.
    expect(highlevel.sent.find(({ request }) => request === 'GET /forms/')?.query).toMatchObject({
      limit: '50',
    });
  });

  test('are not read to fill the dedupe table', async () => {
    highlevel.answers(TASKS, 201, { tasks: [row(1), row(2)] }, atNoon);
    await fresh().run('triggers', 'new_task', {}, { isPopulatingDedupe: true });
    expect(requests()).toEqual([TASKS]);
  });

  test('of many new tasks take at most three searches of 100 contacts', async () => {
    const tasks = Array.from({ length: 450 }, (_, index) => row(index, 1));
    highlevel.answers(TASKS, 201, { tasks }, atNoon);
    highlevel.answers(USERS, 200, { users });
    for (const start of [0, 100, 200])
      highlevel.answers(SEARCH, 200, { contacts: people(450).slice(start, start + 100) });
    const found = await fresh().run('triggers', 'new_task', {});
    expect(found).toHaveLength(450);
    expect(requests()).toEqual([TASKS, USERS, SEARCH, SEARCH, SEARCH]);
  });
});

test('An appointment says whose it is, in which calendar, and when in words and in which time zone', async () => {
  const event = {
    id: 'a1',
    title: 'First consultation',
    calendarId: 'cal1',
    contactId: CONTACT,
    assignedUserId: 'u1',
    appointmentStatus: 'cancelled',
    startTime: '2026-01-30T15:00:00Z',
    dateAdded: before(1),
    dateUpdated: before(1),
  };
  highlevel.answers('GET /calendars/events', 200, { events: [event] }, atNoon);
  highlevel.answers(USERS, 200, { users });
  highlevel.answers(CALENDARS, 200, { calendars: [{ id: 'cal1', name: 'Consultations' }] });
  highlevel.answers(LOCATIONS, 200, { location: { id: LOCATION, timezone: 'America/New_York' } });
  highlevel.answers(`GET /contacts/${CONTACT}`, 200, {
    contact: {
      id: CONTACT,
      firstName: 'Jane',
      lastName: 'Doe',
      email: 'jane@example.com',
      phone: '+14155550132',
    },
  });
  expect(await fresh().run('triggers', 'updated_appointment', { calendarId: 'cal1' })).toMatchObject([
    {
      startTimeText: 'Friday, January 30, 2026, 10:00 AM EST',
      timezone: 'America/New_York',
      calendarName: 'Consultations',
      assignedToName: 'Maria Keller',
      assignedToEmail: 'maria@example.com',
      contactName: 'Jane Doe',
      contactEmail: 'jane@example.com',
      contactPhone: '+14155550132',
    },
  ]);
});

describe('The contacts of a search', () => {
  const TASKS = `POST /locations/${LOCATION}/tasks/search`;

  test('are read with one request if it does not name one', async () => {
    const tasks = ['c0', 'c1'].map((contactId) => ({
      _id: `task of ${contactId}`.replaceAll(' ', ''),
      contactId,
    }));
    highlevel.answers(TASKS, 201, { tasks });
    highlevel.answers(SEARCH, 200, { contacts: people(2) });
    expect(await fresh().run('searches', 'find_tasks', { completed: false })).toMatchObject([
      { contactName: 'Jane Doe 0', contactEmail: 'jane0@example.com' },
      { contactName: 'Jane Doe 1' },
    ]);
    expect(requests()).toEqual([TASKS, SEARCH]);
  });

  test('are not read if it names one', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, { tasks: [{ id: 't1', title: 'Call' }] });
    const found = await fresh().run('searches', 'find_tasks', { contactId: CONTACT });
    expect(found).toMatchObject([{ contactId: CONTACT, contactName: null }]);
  });
});
