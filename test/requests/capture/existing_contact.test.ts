import { CONTACT, highLevel } from '../../support/app.ts';
import { finished, sample } from '../../support/jivochat/samples.ts';
import { chat, contactFields, duplicateOf, good, knowing, location, newContact } from './lead.ts';
import { noteText, paths, roundTrips, taskText } from './lead.ts';

const highlevel = highLevel();
const OTHER = 'pTsiSEsHRmXDBY1mPl90';

/** HighLevel refuses the lead as a duplicate of this contact, with these notes and tasks. */
const has = (contact: object, notes: object[] = [], tasks?: object[], field = 'email') => {
  highlevel.answers(paths.create, 400, duplicateOf(CONTACT, field));
  highlevel.answers(paths.read, 200, { contact: { id: CONTACT, ...contact } });
  highlevel.answers(paths.notes, 200, { notes });
  if (tasks) highlevel.answers(paths.tasks, 200, { tasks });
};
const everything = { ...contactFields, name: 'John Smith', tags: ['jivochat'] };
const written = () =>
  highlevel.sent.slice(1).filter(({ request }) => !request.startsWith('GET') && request !== paths.create);
const theNote = [{ id: 'n1', body: noteText }];
const theTask = [{ id: 't1', title: 'Call', body: taskText, completed: true }];

test('an existing contact is read with its notes and tasks in parallel, and what is missing is written in parallel', async () => {
  const capture = await knowing(highlevel);
  const trips = roundTrips([
    [paths.create, 400, duplicateOf(CONTACT)],
    [paths.read, 200, { contact: { id: CONTACT, email: 'email@example.com', tags: ['vip'] } }],
    [paths.notes, 200, { notes: [] }],
    [paths.tasks, 200, { tasks: [] }],
    [paths.update, 200, good.update],
    [paths.tag, 201, { tags: ['vip', 'jivochat'] }],
    [paths.note, 201, good.note],
    [paths.task, 201, good.task],
  ]);
  expect(await capture({ createTask: 'always' })).toMatchObject({
    isNew: false,
    contact: { id: CONTACT, firstName: 'John', tags: ['vip', 'jivochat'] },
    note: { id: 'n1' },
    task: { id: 't1' },
    warnings: [],
  });
  expect(trips).toEqual([
    [paths.create],
    [paths.read, paths.notes, paths.tasks],
    [paths.update, paths.tag, paths.note, paths.task],
  ]);
});

test('missing fields, tags, note and task are each written by their own request', async () => {
  const capture = await knowing(highlevel);
  has({ email: 'email@example.com', tags: ['vip'] }, [], []);
  highlevel.answers(paths.update, 200, good.update);
  highlevel.answers(paths.tag, 201, { tags: ['vip', 'jivochat'] });
  highlevel.answers(paths.note, 201, good.note);
  highlevel.answers(paths.task, 201, good.task);
  await capture({ createTask: 'always', utmSourceField: 'cfSource' });
  expect(written()).toEqual([
    {
      request: paths.update,
      body: {
        firstName: 'John',
        lastName: 'Smith',
        phone: '+14084987855',
        source: 'JivoChat',
        customFields: [{ id: 'cfSource', field_value: 'google' }],
      },
    },
    { request: paths.tag, body: { tags: ['jivochat'] } },
    { request: paths.note, body: { body: noteText } },
    {
      request: paths.task,
      body: {
        title: 'Follow up with John Smith',
        body: taskText,
        completed: false,
        dueDate: expect.stringMatching(/Z$/),
      },
    },
  ]);
});

test('a replay writes nothing, in either mode, whatever the case of the email in HighLevel', async () => {
  for (const existingContact of ['fill', 'overwrite']) {
    const capture = await knowing(highlevel);
    const contact = {
      ...everything,
      email: 'Email@Example.com',
      customFields: [{ id: 'cf', value: 'google' }],
    };
    has(contact, theNote, theTask);
    highlevel.answers(paths.customFields, 200, good.customFields);
    const captured = await capture({ createTask: 'always', existingContact, utmSourceField: 'cf' });
    expect(captured).toMatchObject({ isNew: false, note: { id: 'n1' }, task: { id: 't1' }, warnings: [] });
    expect(written()).toEqual([]);
    highlevel.sent.length = 0;
  }
});

test('notes and tasks that HighLevel converted to HTML are recognized', async () => {
  const capture = await knowing(highlevel);
  const html = (text: string) =>
    text
      .split('\n')
      .map((line) => `<p>${line}</p>`)
      .join('');
  has(everything, [{ id: 'n1', body: html(noteText) }], [{ id: 't1', title: 'x', body: html(taskText) }]);
  expect(await capture({ createTask: 'always' })).toMatchObject({ note: { id: 'n1' }, task: { id: 't1' } });
  expect(written()).toEqual([]);
});

test('in a sub-account that allows duplicates, the lookup finds the contact and none is created', async () => {
  const capture = await knowing(highlevel, location(true));
  highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
  highlevel.answers(paths.read, 200, { contact: { id: CONTACT, ...everything } });
  highlevel.answers(paths.notes, 200, { notes: theNote });
  expect(await capture()).toMatchObject({ isNew: false });
  expect(highlevel.sent.map(({ request }) => request)).toEqual([paths.duplicate, paths.read, paths.notes]);
});

test.each([
  [['phone', 'email'], false],
  [['phone'], true],
  [['email'], true],
])(
  'in a sub-account that recognizes contacts by %j, a lead with email and phone is looked up first: %s',
  async (names, first) => {
    const settings = { allowDuplicateContact: false, contactUniqueIdentifiers: names };
    const capture = await knowing(highlevel, location(false, { settings }));
    if (first) highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
    else highlevel.answers(paths.create, 400, duplicateOf(CONTACT, 'phone'));
    highlevel.answers(paths.read, 200, { contact: { id: CONTACT, ...everything } });
    highlevel.answers(paths.notes, 200, { notes: theNote });
    expect(await capture()).toMatchObject({ isNew: false });
    expect(highlevel.sent[0]?.request).toBe(first ? paths.duplicate : paths.create);
  },
);

describe('Fields of an existing contact', () => {
  const other = {
    firstName: 'Johnny',
    lastName: 'Miller',
    name: 'Johnny Miller',
    email: 'other@example.com',
    phone: '+14155550199',
    source: 'Website',
    tags: ['jivochat'],
    customFields: [{ id: 'cf', value: 'bing' }],
  };
  const lead = { firstName: 'John', lastName: 'Smith', email: 'email@example.com', phone: '+14084987855' };
  const cf = [{ id: 'cf', field_value: 'google' }];

  test.each([
    ['stay', 'fill', other, {}, undefined],
    ['are replaced, but for the source', 'overwrite', other, {}, { ...lead, customFields: cf }],
    ['are filled', 'fill', { tags: ['jivochat'] }, {}, { ...lead, source: 'JivoChat', customFields: cf }],
    [
      'are filled where empty',
      'fill',
      { ...other, phone: '', customFields: [] },
      {},
      { phone: lead.phone, customFields: cf },
    ],
    [
      'keep a real name from a stand-in',
      'overwrite',
      { ...everything, customFields: other.customFields },
      { 'visitor.name': 'Visitor 2198' },
      { customFields: cf },
    ],
    [
      'lose a stand-in to a real name',
      'fill',
      { ...other, firstName: 'Visitor', lastName: '1234', name: 'Visitor 1234' },
      {},
      { firstName: 'John', lastName: 'Smith' },
    ],
    [
      'lose all of a stand-in to a name of one word',
      'fill',
      { ...other, firstName: 'Visitor', lastName: '1234', name: 'Visitor 1234' },
      { 'visitor.name': 'Zoë' },
      { firstName: 'Zoë', lastName: null },
    ],
    [
      'lose a place with a number to a real name',
      'fill',
      { ...other, firstName: 'San', lastName: 'Francisco 7', name: 'San Francisco 7' },
      {},
      { firstName: 'John', lastName: 'Smith' },
    ],
    [
      'get the last name of the same person',
      'fill',
      { ...other, firstName: 'john', lastName: null, name: 'john' },
      {},
      { lastName: 'Smith' },
    ],
    [
      'get no last name of somebody else',
      'fill',
      { ...other, lastName: null, name: 'Johnny' },
      {},
      undefined,
    ],
    [
      'keep the last name where the lead has none',
      'overwrite',
      { ...everything, customFields: [{ id: 'cf', value: 'google' }] },
      { 'visitor.name': 'Jack' },
      { firstName: 'Jack' },
    ],
  ])('%s (%s)', async (_, existingContact, contact, changes, body) => {
    const capture = await knowing(highlevel);
    has(contact, theNote);
    // The definitions are read only when the contact has custom fields.
    if (body) highlevel.answers(paths.update, 200, good.update);
    else highlevel.answers(paths.customFields, 200, good.customFields);
    const payload = JSON.stringify(finished([], changes));
    await capture({ payload, existingContact, utmSourceField: 'cf' });
    expect(written()).toEqual(body ? [{ request: paths.update, body }] : []);
  });

  test.each(['email', undefined])(
    'that another contact has (%s) are left out with a warning, and the rest is written',
    async (field) => {
      const capture = await knowing(highlevel);
      has({ phone: '+14084987855', tags: [] }, [], undefined, 'phone');
      highlevel.answers(paths.update, 400, duplicateOf(OTHER, field));
      for (const name of ['update', 'tag', 'note'] as const) highlevel.answers(paths[name], 200, good[name]);
      const captured = await capture({ utmSourceField: 'cf' });
      expect(captured).toMatchObject({
        warnings: [
          `email@example.com was not added to the contact, because another contact (${OTHER}) already has it.`,
        ],
      });
      const updates = written().filter(({ request }) => request === paths.update);
      const rest = { firstName: 'John', lastName: 'Smith', source: 'JivoChat', customFields: cf };
      expect(updates).toEqual([
        { request: paths.update, body: { ...rest, email: 'email@example.com' } },
        { request: paths.update, body: rest },
      ]);
      expect(written().map(({ request }) => request)).toEqual(
        expect.arrayContaining([paths.tag, paths.note]),
      );
    },
  );

  test('are not sent again if another contact has all of them', async () => {
    const capture = await knowing(highlevel);
    has({ ...everything, phone: null }, theNote);
    highlevel.answers(paths.update, 400, duplicateOf(OTHER, 'phone'));
    expect(await capture()).toMatchObject({
      warnings: [
        expect.stringContaining(
          `+14084987855 was not added to the contact, because another contact (${OTHER})`,
        ),
      ],
    });
    expect(written()).toEqual([{ request: paths.update, body: { phone: '+14084987855' } }]);
  });

  test('are written without a refused custom field, with a warning', async () => {
    const capture = await knowing(highlevel);
    has({ ...everything, phone: null }, theNote);
    const message = 'Invalid Custom Field Value "google" for "cf"';
    highlevel.answers(paths.update, 400, { statusCode: 400, message });
    highlevel.answers(paths.update, 200, good.update);
    const captured = await capture({ utmSourceField: 'cf', utmMediumField: 'cfMedium' });
    expect(captured).toMatchObject({
      warnings: ['HighLevel refused "google" for a custom field, so the contact was written without it.'],
    });
    const medium = { id: 'cfMedium', field_value: 'cpc' };
    expect(written()).toEqual([
      { request: paths.update, body: { phone: '+14084987855', customFields: [...cf, medium] } },
      { request: paths.update, body: { phone: '+14084987855', customFields: [medium] } },
    ]);
  });
});

describe('Note on an existing contact', () => {
  const longer = finished([
    ['visitor', 'Hello!'],
    ['agent', 'Hi John'],
    ['visitor', 'Bye'],
  ]);
  const call = (status: string) =>
    sample('call_event', { 'call.status': status, chat_id: 7607, widget_id: '3948' });
  const noteOf = (closing: string, id = '3948/7607') =>
    `JivoChat chat\nAbout: Messages: 99\n\n${closing}\nJivoChat ${id}`;

  test.each<[string, object, string, boolean]>([
    ['more messages', longer, noteText, true],
    ['as many messages', chat, noteText, false],
    ['fewer messages', finished([['visitor', 'Hello!']]), noteText, false],
    ['messages after none', chat, noteOf('Messages: 0'), true],
    [
      'as many messages, but the progress line was deleted',
      chat,
      noteText.replace('Messages: 2\n', ''),
      true,
    ],
    ['more messages, without the widget', { ...longer, widget_id: null }, noteText, true],
    ['texts that were withheld before', chat, noteOf('Messages: 0'), true],
    ['withheld texts', sample('chat_finished'), noteOf('Messages: 1'), false],
    ['the end of a call', call('end'), noteOf('Status: start', '3948/7607/call'), true],
    ['a late start of a call', call('start'), noteOf('Status: end', '3948/7607/call'), false],
    ['the recording of a call that had ended', call('end'), noteOf('Status: end', '3948/7607/call'), true],
  ])('is updated only with new information: %s', async (_, event, body, updated) => {
    const capture = await knowing(highlevel);
    has(everything, [
      { id: 'n0', body: 'JivoChat 3948/76070' },
      { id: 'n1', body },
    ]);
    if (updated) highlevel.answers(paths.changeNote, 200, good.changeNote);
    await capture({ payload: JSON.stringify(event), chatId: '7607' });
    expect(written().map(({ request }) => request)).toEqual(updated ? [paths.changeNote] : []);
  });

  test.each<[string, object]>([
    ['an offline message', sample('offline_message', { chat_id: 7607 })],
    ['another offline message', sample('offline_message', { chat_id: 7607, offline_message_id: 5 })],
    ['a call', call('start')],
  ])('of a chat is kept next to that of %s in the same chat', async (_, event) => {
    const capture = await knowing(highlevel);
    has(everything, [
      ...theNote,
      { id: 'n2', body: 'JivoChat offline message\n\nMessages: 1\nJivoChat 3948/7607/9' },
    ]);
    highlevel.answers(paths.note, 201, good.note);
    await capture({ payload: JSON.stringify(event) });
    expect(written().map(({ request }) => request)).toEqual([paths.note]);
  });
});

test('when email and phone match two contacts, the lead goes to the one that HighLevel returns', async () => {
  const capture = await knowing(highlevel);
  has(
    { email: 'email@example.com', firstName: 'John', lastName: 'Smith', source: 'x', tags: ['jivochat'] },
    [],
  );
  highlevel.answers(paths.update, 400, duplicateOf(OTHER, 'phone'));
  highlevel.answers(paths.note, 201, good.note);
  expect(await capture()).toMatchObject({
    contact: { id: CONTACT },
    warnings: [expect.stringContaining(OTHER)],
  });
  expect(highlevel.sent[0]).toEqual({ request: paths.create, body: newContact });
  expect(highlevel.sent.filter(({ request }) => request.includes(OTHER))).toEqual([]);
});
