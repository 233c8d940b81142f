import { CONTACT, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const TASK = 'fa0ldVuKMz4BySvUBSJx';
const USER = '0IHuJvc2ofPAAA8GzTRi';
const path = `/contacts/${CONTACT}/tasks`;
/** A task in HighLevel's response, and as a Zap receives it. */
const answer = { id: TASK, title: 'Call', completed: false, dueDate: '2026-01-30T14:00:00.000Z' };
const task = {
  ...answer,
  body: null,
  bodyText: null,
  assignedTo: null,
  assignedToName: null,
  assignedToEmail: null,
  contactId: CONTACT,
  contactName: null,
  contactEmail: null,
  contactPhone: null,
  dateAdded: null,
  dateUpdated: null,
  status: 'open',
  url: `https://app.gohighlevel.com/v2/location/${LOCATION}/contacts/detail/${CONTACT}`,
};

test('Create Task with a date alone is due at 9 a.m. in the Zap’s time zone', async () => {
  highlevel.answers(`POST ${path}`, 201, { task: answer });
  const made = await run('creates', 'create_task', {
    contactId: CONTACT,
    title: 'Call',
    dueDate: '2026-01-30',
    body: '',
    assignedTo: '',
    completed: '',
  });
  expect(made).toEqual(task);
  expect(highlevel.sent).toEqual([
    { request: `POST ${path}`, body: { title: 'Call', dueDate: '2026-01-30T14:00:00Z', completed: false } },
  ]);
});

test('Create Task sends all filled-in fields', async () => {
  highlevel.answers(`POST ${path}`, 201, { task: answer });
  await run('creates', 'create_task', {
    contactId: CONTACT,
    title: 'Call',
    dueDate: '2026-01-30T15:00:00+01:00',
    body: 'She asked.\n',
    assignedTo: USER,
    completed: 'yes',
  });
  expect(highlevel.sent).toEqual([
    {
      request: `POST ${path}`,
      body: {
        title: 'Call',
        dueDate: '2026-01-30T14:00:00Z',
        body: 'She asked.\n',
        assignedTo: USER,
        completed: true,
      },
    },
  ]);
});

test('a Zap without a time zone uses the sub-account’s, and reads it once', async () => {
  highlevel.answers(`GET /locations/${LOCATION}`, 200, {
    location: { id: LOCATION, timezone: 'Europe/Berlin' },
  });
  highlevel.answers(`POST ${path}`, 201, { task: answer });
  const input = { contactId: CONTACT, title: 'Call', dueDate: '2026-01-30 15:00' };
  await run('creates', 'create_task', input, { timezone: null });
  expect(highlevel.sent).toEqual([
    { request: `GET /locations/${LOCATION}` },
    { request: `POST ${path}`, body: { title: 'Call', dueDate: '2026-01-30T14:00:00Z', completed: false } },
  ]);
});

test('Update Task sends only the filled-in fields, in one request', async () => {
  highlevel.answers(`PUT ${path}/${TASK}`, 200, { task: answer });
  const input = {
    contactId: CONTACT,
    taskId: TASK,
    title: 'Call',
    body: '',
    completed: false,
    dueDate: null,
  };
  expect(await run('creates', 'update_task', input)).toEqual(task);
  expect(highlevel.sent).toEqual([
    { request: `PUT ${path}/${TASK}`, body: { title: 'Call', completed: false } },
  ]);
});

test.each([
  [undefined, true, 'completed'],
  ['no', false, 'open'],
])('Complete Task with Completed %s sends %s', async (completed, sent, status) => {
  highlevel.answers(`PUT ${path}/${TASK}/completed`, 200, { task: { ...answer, completed: sent } });
  const done = await run('creates', 'complete_task', { contactId: CONTACT, taskId: TASK, completed });
  expect(done).toEqual({ ...task, completed: sent, status });
  expect(highlevel.sent).toEqual([{ request: `PUT ${path}/${TASK}/completed`, body: { completed: sent } }]);
});

test('Delete Task deletes the task', async () => {
  highlevel.answers(`DELETE ${path}/${TASK}`, 200, { succeded: true });
  const gone = await run('creates', 'delete_task', { contactId: CONTACT, taskId: TASK });
  expect(gone).toEqual({ id: TASK, contactId: CONTACT, deleted: true, url: task.url });
  expect(highlevel.sent).toEqual([{ request: `DELETE ${path}/${TASK}` }]);
});

test('Find Task reads the chosen task', async () => {
  highlevel.answers(`GET ${path}/${TASK}`, 200, { task: answer });
  expect(await run('searches', 'find_task', { contactId: CONTACT, taskId: TASK })).toEqual([task]);
  expect(highlevel.sent).toEqual([{ request: `GET ${path}/${TASK}` }]);
});

test('Find Task finds nothing when the task was deleted', async () => {
  highlevel.answers(`GET ${path}/${TASK}`, 404, { statusCode: 404, message: 'Task not found' });
  expect(await run('searches', 'find_task', { contactId: CONTACT, taskId: TASK })).toEqual([]);
});

test('Find Tasks reads a contact’s tasks in one request and sorts open ones first, then by due date', async () => {
  const tasks = [
    { id: 'done', title: 'Call', completed: true, dueDate: '2026-01-01T00:00:00Z', assignedTo: USER },
    { id: 'later', title: 'call again', completed: false, dueDate: '2026-02-02T00:00:00Z', assignedTo: USER },
    { id: 'sooner', title: 'Call', completed: false, dueDate: '2026-02-01T00:00:00Z', assignedTo: USER },
    { id: 'undated', title: 'Call', completed: false, assignedTo: USER },
    { id: 'mail', title: 'Write', completed: false, assignedTo: USER },
    { id: 'hers', title: 'Call', completed: false, assignedTo: 'other' },
  ];
  highlevel.answers(`GET ${path}`, 200, { tasks });
  const found = await run('searches', 'find_tasks', { contactId: CONTACT, title: 'CALL', assignedTo: USER });
  expect(found).toMatchObject([{ id: 'sooner' }, { id: 'later' }, { id: 'undated' }, { id: 'done' }]);
  expect(highlevel.sent).toEqual([{ request: `GET ${path}` }]);
});

test('Find Tasks without a contact lets HighLevel filter, and drops deleted tasks', async () => {
  const tasks = [
    { _id: 'kept', title: 'Call', contactId: CONTACT, completed: false, assignedTo: USER },
    { _id: 'gone', title: 'Call', contactId: CONTACT, completed: false, assignedTo: USER, deleted: true },
  ];
  highlevel.answers(`POST /locations/${LOCATION}/tasks/search`, 201, { tasks });
  const input = { title: 'call', completed: 'no', assignedTo: USER };
  expect(await run('searches', 'find_tasks', input)).toMatchObject([{ id: 'kept', contactId: CONTACT }]);
  expect(highlevel.sent).toEqual([
    {
      request: `POST /locations/${LOCATION}/tasks/search`,
      body: { query: 'call', completed: false, assignedTo: [USER], limit: 500 },
    },
  ]);
});

test('Find Task finds an open task after hundreds of completed ones', async () => {
  const SEARCH = `POST /locations/${LOCATION}/tasks/search`;
  const done = Array.from({ length: 500 }, (_, index) => ({
    _id: `done${index}`,
    title: 'Call Jane',
    completed: true,
    dueDate: '2024-01-01T00:00:00Z',
    searchAfter: [index, `done${index}`],
  }));
  const open = { _id: 'open', title: 'Call Jane', completed: false, dueDate: '2026-01-01T00:00:00Z' };
  highlevel.answers(SEARCH, 201, { tasks: done });
  highlevel.answers(SEARCH, 201, { tasks: [open] });
  const found = await run('searches', 'find_task', { title: 'call jane' });
  expect(found).toMatchObject([{ id: 'open' }, ...done.slice(0, 9).map(() => ({ completed: true }))]);
  expect(highlevel.sent[1]?.body).toMatchObject({ searchAfter: [499, 'done499'] });
});

test.each([
  ['creates', 'create_task', { contactId: CONTACT }, 'Please fill in "Title" and "Due Date".'],
  [
    'creates',
    'create_task',
    { contactId: CONTACT, title: 'Call', dueDate: '2026-02-31' },
    '"Due Date" isn\'t a date we can read: "2026-02-31".',
  ],
  ['creates', 'update_task', { contactId: CONTACT, taskId: TASK, title: '' }, 'Please fill in at least one'],
  ['creates', 'complete_task', { contactId: CONTACT, taskId: TASK, completed: 'perhaps' }, 'Use Yes or No.'],
  [
    'creates',
    'delete_task',
    { contactId: CONTACT, taskId: '..' },
    '"Task" needs a HighLevel task ID, not "..".',
  ],
  ['searches', 'find_task', {}, 'Please fill in at least one field'],
  ['searches', 'find_task', { taskId: TASK }, 'Please fill in "Contact".'],
  ['searches', 'find_tasks', { contactId: CONTACT, limit: '1000' }, '"Limit" can\'t be more than 500.'],
] as const)('%s %s with %j is a readable error before any request', async (kind, key, input, sentence) => {
  const { kind: name, message } = await failure(run(kind, key, input));
  expect({ name, message }).toEqual({ name: 'AppError', message: expect.stringContaining(sentence) });
  expect(highlevel.sent).toEqual([]);
});

test('a task written in HighLevel’s editor is returned as HTML and as text', async () => {
  const body = '<p>Ask for <b>prices</b>&nbsp;&amp;<br>dates</p>';
  highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, { tasks: [{ id: 't1', title: 'Call', body }] });
  expect(await run('searches', 'find_tasks', { contactId: CONTACT })).toMatchObject([
    { body, bodyText: 'Ask for prices &\ndates' },
  ]);
});

test.each([
  ['tea & milk', 1],
  ['CALL', 1],
  ['strong', 0],
  ['amp;', 0],
])('Find Tasks finds %j in the text of a title', async (title, count) => {
  const tasks = [{ id: 't1', title: '<strong>Call</strong>: Tea &amp; milk' }];
  highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, { tasks });
  expect(await run('searches', 'find_tasks', { contactId: CONTACT, title })).toHaveLength(count);
});
