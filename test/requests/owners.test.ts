import { CONTACT, connection, failure, fullAccess, highLevel, LOCATION, run } from '../support/app.ts';

const highlevel = highLevel();

const USERS = 'GET /users/';
const TASKS = `POST /contacts/${CONTACT}/tasks`;
const users = [
  { id: 'u1', name: 'Maria Keller', email: 'Maria@Example.com' },
  { id: 'u2', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' },
  { id: 'u3', name: 'Sam Smith', email: 'sam@example.com' },
  { id: 'u4', name: 'Sam Smith', email: 'sam.smith@example.com' },
  { id: 'u5', name: 'Zoë', email: 'zoe@example.com' },
  { id: 'u6', name: 'Gone Person', email: 'gone@example.com', deleted: true },
];
const task = { contactId: CONTACT, title: 'Call', dueDate: '2026-01-30T15:00:00Z' };

describe('An owner', () => {
  test.each([
    ['maria@example.com', 'u1'],
    ['  MARIA KELLER ', 'u1'],
    ['ada  lovelace', 'u2'],
    ['Ada Lovelace <ada@example.com>', 'u2'],
    ['sam.smith@example.com', 'u4'],
    ['zoë', 'u5'],
    ['Zoe\u0308', 'u5'],
  ])('given as %j is user %s', async (assignedTo, id) => {
    highlevel.answers(USERS, 200, { users });
    highlevel.answers(TASKS, 201, { task: { id: 't1', title: 'Call' } });
    await run('creates', 'create_task', { ...task, assignedTo });
    expect(highlevel.sent).toEqual([
      { request: USERS, query: { locationId: LOCATION } },
      {
        request: TASKS,
        body: { title: 'Call', dueDate: '2026-01-30T15:00:00Z', completed: false, assignedTo: id },
      },
    ]);
  });

  test.each([
    ['Nobody', /^"Owner": no user of the sub-account has the name or email "Nobody"\./],
    [
      'nobody@example.com',
      /^"Owner": no user of the sub-account has the name or email "nobody@example.com"\./,
    ],
    ['gone@example.com', /^"Owner": no user/],
    ['Sam Smith', /^"Owner": "Sam Smith" is the name of several users\. Map the user's email/],
    ['Maria', /^"Owner": no user/],
  ])('given as %j is rejected, and nothing is written', async (assignedTo, sentence) => {
    highlevel.answers(USERS, 200, { users });
    expect((await failure(run('creates', 'create_task', { ...task, assignedTo }))).message).toMatch(sentence);
  });

  test.each(['0IHuJvc2ofPAAA8GzTRi', 'abcdefghijklmnopqrst', 'u1'])(
    'given by the id %s takes no request',
    async (assignedTo) => {
      highlevel.answers(TASKS, 201, { task: { id: 't1', title: 'Call' } });
      await run('creates', 'create_task', { ...task, assignedTo });
      expect(highlevel.sent).toMatchObject([{ request: TASKS, body: { assignedTo } }]);
    },
  );

  test('is not looked up when another field is invalid', async () => {
    const input = { ...task, assignedTo: 'Maria Keller', dueDate: 'soon' };
    expect((await failure(run('creates', 'create_task', input))).message).toMatch(/^"Due Date" isn't a date/);
    expect(highlevel.sent).toEqual([]);
  });

  test.each(['n/a', 'null', '--'])('given as %s is ignored', async (assignedTo) => {
    highlevel.answers(TASKS, 201, { task: { id: 't1', title: 'Call' } });
    await run('creates', 'create_task', { ...task, assignedTo });
    expect(highlevel.sent[0]?.body).not.toHaveProperty('assignedTo');
  });

  test('is looked up once for several runs, in actions, searches and triggers', async () => {
    const zap = connection();
    highlevel.answers(USERS, 200, { users });
    highlevel.answers('POST /contacts/upsert', 200, { contact: { id: CONTACT } });
    highlevel.answers('POST /contacts/search', 200, { contacts: [] });
    await zap.run('creates', 'create_or_update_contact', { email: 'a@b.co', assignedTo: 'Ada Lovelace' });
    await zap.run('searches', 'find_contacts', { assignedTo: 'maria keller' });
    expect(highlevel.sent.slice(1)).toMatchObject([
      { body: { assignedTo: 'u2' } },
      { body: { filters: [{ field: 'assignedTo', operator: 'eq', value: 'u1' }] } },
    ]);
  });

  test('whose name looks like an id is used as an id if users cannot be read', async () => {
    const zap = connection({ ...fullAccess, scope: 'contacts.readonly contacts.write' });
    highlevel.answers(TASKS, 201, { task: { id: 't1', title: 'Call' } });
    await zap.run('creates', 'create_task', { ...task, assignedTo: 'Maria' });
    expect(highlevel.sent.at(-1)?.body).toMatchObject({ assignedTo: 'Maria' });
  });
});

test.each([
  ['a text', 'Maria Keller, ada@example.com; u3'],
  ['JSON text', '["Maria Keller", "ada@example.com", "u3"]'],
  ['lines', 'Maria Keller\nada@example.com\r\nu3'],
  ['a list', ['maria@example.com', 'u2', 'u3']],
  ['a list of one text', ['u1,Ada Lovelace,u3']],
])('followers as %s', async (_, followers) => {
  highlevel.answers(USERS, 200, { users });
  highlevel.answers(`POST /contacts/${CONTACT}/followers`, 200, { followers: ['u1', 'u2', 'u3'] });
  await run('creates', 'add_followers', { contactId: CONTACT, followers });
  expect(highlevel.sent[1]?.body).toEqual({ followers: ['u1', 'u2', 'u3'] });
});
