import { App, CONTACT, failure, fullAccess, highLevel, LOCATION, run } from '../../support/app.ts';
import { finished, sample } from '../../support/jivochat/samples.ts';
import { chat, good, knowing, location, newContact, noteText, paths, roundTrips, taskText } from './lead.ts';

const highlevel = highLevel();
const USER = '0IHuJvc2ofPAAA8GzTRi';

/** Answers these requests successfully, in order. */
const all = (...names: (keyof typeof paths)[]) => {
  for (const name of names) highlevel.answers(paths[name], 200, good[name]);
};
const withScopes = (but: string) => ({
  ...fullAccess,
  scope: fullAccess.scope
    .split(' ')
    .filter((scope) => scope !== but)
    .join(' '),
});
const sentTo = (name: keyof typeof paths) => highlevel.sent.filter(({ request }) => request === paths[name]);

describe('New lead', () => {
  test('creates contact, note and task in three requests', async () => {
    const capture = await knowing(highlevel);
    all('create', 'note', 'task');
    expect(await capture({ createTask: 'always', dueInHours: '0' })).toMatchObject({
      isNew: true,
      contact: { email: 'email@example.com', tags: ['jivochat'] },
      note: { id: 'n1' },
      task: { id: 't1', status: 'open' },
      warnings: [],
    });
    expect(highlevel.sent).toEqual([
      { request: paths.create, body: newContact },
      { request: paths.note, body: { body: noteText } },
      {
        request: paths.task,
        body: {
          title: 'Follow up with John Smith',
          body: taskText,
          dueDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          completed: false,
        },
      },
    ]);
  });

  test('takes two round trips: note and task are sent in parallel', async () => {
    const capture = await knowing(highlevel);
    const trips = roundTrips([
      [paths.create, 201, good.create],
      [paths.note, 201, good.note],
      [paths.task, 201, good.task],
    ]);
    await capture({ createTask: 'always' });
    expect(trips).toEqual([[paths.create], [paths.note, paths.task]]);
  });

  test.each([
    ['the sub-account allows duplicates', location(true), fullAccess],
    ['the sub-account does not say', location(), fullAccess],
    ['the sub-account has no settings', { location: { id: LOCATION, country: 'US' } }, fullAccess],
    ['the connection may not read the sub-account', {}, withScopes('locations.readonly')],
  ])('is looked up first when %s: four requests in three round trips', async (_, answer, authData) => {
    const capture = await knowing(highlevel, answer, authData);
    const trips = roundTrips([
      [paths.duplicate, 200, good.duplicate],
      [paths.create, 201, good.create],
      [paths.note, 201, good.note],
      [paths.task, 201, good.task],
    ]);
    expect(await capture({ createTask: 'always' })).toMatchObject({ isNew: true });
    expect(trips).toEqual([[paths.duplicate], [paths.create], [paths.note, paths.task]]);
  });

  test('is looked up by both email and phone', async () => {
    const capture = await knowing(highlevel, location(true));
    all('duplicate', 'create', 'note');
    await capture();
    expect(highlevel.sent[0]).toEqual({
      request: paths.duplicate,
      query: { locationId: LOCATION, email: 'email@example.com', number: '+14084987855' },
    });
  });

  test('costs one more request when the sub-account is not cached', async () => {
    all('location', 'create', 'note');
    await run('creates', 'capture_jivochat_lead', { payload: JSON.stringify(chat) });
    expect(highlevel.sent.map(({ request }) => request)).toEqual([paths.location, paths.create, paths.note]);
  });

  test.each([
    [{ logNote: false }, ['create']],
    [{ logNote: 'no', createTask: 'always' }, ['create', 'task']],
    [{}, ['create', 'note']],
    [{ createTask: 'never' }, ['create', 'note']],
    [{ createTask: 'missed' }, ['create', 'note']],
    [{ createTask: 'missed', missed: 'yes' }, ['create', 'note', 'task']],
    [
      { createTask: 'missed', payload: JSON.stringify(finished([['visitor', 'Hi?']])) },
      ['create', 'note', 'task'],
    ],
    [
      { createTask: 'missed', payload: JSON.stringify(sample('offline_message')) },
      ['create', 'note', 'task'],
    ],
    [{ payload: JSON.stringify(sample('client_updated')), chatId: '' }, ['create']],
  ] as const)('with %j writes only the chosen records', async (input, names) => {
    const capture = await knowing(highlevel);
    all(...names);
    const { note, task } = Object(await capture(input));
    expect(highlevel.sent.map(({ request }) => request)).toEqual(names.map((name) => paths[name]));
    expect([note === null, task === null]).toEqual([
      !names.some((name) => name === 'note'),
      !names.some((name) => name === 'task'),
    ]);
  });

  test('sends the chosen tags, normalized as HighLevel stores them', async () => {
    const capture = await knowing(highlevel);
    all('create');
    highlevel.answers(`GET /locations/${LOCATION}/tags`, 200, { tags: [] });
    await capture({ logNote: false, tags: ['Hot Lead', 'chat, hot lead'] });
    expect(highlevel.sent[1]?.body).toEqual({ ...newContact, tags: ['hot lead', 'chat'] });
  });

  test('sends UTM parameters and page in the chosen custom fields, without unknown ones', async () => {
    const capture = await knowing(highlevel);
    all('create');
    const payload = JSON.stringify({ ...chat, page: { url: 'https://example.com/?gclid=G1' } });
    await capture({
      payload,
      logNote: false,
      utmSourceField: 'cfSource',
      utmMediumField: 'cfMedium',
      utmCampaignField: 'cfCampaign',
      utmTermField: 'cfTerm',
      utmContentField: 'cfContent',
      gclidField: 'cfGclid',
      fbclidField: 'cfFbclid',
      pageField: 'cfPage',
    });
    expect(highlevel.sent[0]?.body).toEqual({
      ...newContact,
      customFields: [
        { id: 'cfSource', field_value: 'google' },
        { id: 'cfMedium', field_value: 'cpc' },
        { id: 'cfCampaign', field_value: 'campaign_name' },
        { id: 'cfContent', field_value: 'banner' },
        { id: 'cfGclid', field_value: 'G1' },
        { id: 'cfPage', field_value: 'https://example.com/?gclid=G1' },
      ],
    });
  });

  test.each([
    [
      'cfSource',
      [{ id: 'cfMedium', field_value: 'cpc' }],
      'HighLevel refused "google" for a custom field, so the contact was written without it.',
    ],
    ['someOther', undefined, 'HighLevel refused the custom fields, so the contact was written without them.'],
  ])(
    'whose custom field %s is refused is created without it, with a warning',
    async (refused, left, warning) => {
      const capture = await knowing(highlevel);
      const message = `Invalid Custom Field Value "google" for "${refused}"`;
      highlevel.answers(paths.create, 400, { statusCode: 400, message });
      all('create');
      const captured = await capture({
        logNote: false,
        utmSourceField: 'cfSource',
        utmMediumField: 'cfMedium',
      });
      expect(captured).toMatchObject({ isNew: true, warnings: [warning] });
      expect(highlevel.sent).toHaveLength(2);
      expect(highlevel.sent[1]?.body).toEqual({ ...newContact, ...(left && { customFields: left }) });
    },
  );
});

describe('Follow-up task', () => {
  test('is due this many hours from now by HighLevel’s clock, to the second', async () => {
    const headers = { Date: 'Wed, 28 Jan 2026 10:00:00 GMT' };
    highlevel.answers(paths.location, 200, good.location, headers);
    all('create', 'task');
    const input = { payload: JSON.stringify(chat), logNote: false, createTask: 'always', dueInHours: '36.5' };
    await run('creates', 'capture_jivochat_lead', input);
    expect(sentTo('task')[0]?.body).toMatchObject({
      dueDate: expect.stringMatching(/^2026-01-29T22:30:0\dZ$/),
    });
  });

  test.each([
    ['John Smith', {}, 'Call John Smith, John Smith!'],
    ['Cash $& Co', {}, 'Call Cash $& Co, Cash $& Co!'],
    [null, {}, 'Call email@example.com, email@example.com!'],
    ['Visitor 12', { 'visitor.email': null }, 'Call +14084987855, +14084987855!'],
  ])('is named after %j', async (name, changes, title) => {
    const capture = await knowing(highlevel);
    all('create', 'task');
    const payload = JSON.stringify(finished([], { 'visitor.name': name, ...changes }));
    await capture({ payload, logNote: false, createTask: 'always', taskTitle: 'Call {name}, {name}!' });
    expect(sentTo('task')[0]?.body).toMatchObject({ title });
  });

  const users = [
    { id: 'someoneElse', email: 'other@example.com' },
    { id: USER, email: 'Agent@JivoSite.com' },
  ];
  test('is assigned to the user with the email of the chat’s agent', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.users, 200, { users });
    all('create', 'task');
    const captured = await capture({ logNote: false, createTask: 'always', assignedTo: 'chat_agent' });
    expect(captured).toMatchObject({ warnings: [] });
    expect(sentTo('task')[0]?.body).toMatchObject({ assignedTo: USER });
  });

  test('is assigned to the first of the chat’s agents who is a user', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.users, 200, { users });
    all('create', 'task');
    const agents = [
      { id: 1, name: 'Thomas', email: 'agent@jivosite.com' },
      { id: 2, name: 'Ann', email: 'nobody@example.com' },
    ];
    const payload = JSON.stringify(finished([], { agents }));
    const given = { payload, logNote: false, createTask: 'always', assignedTo: 'chat_agent' };
    expect(await capture(given)).toMatchObject({ warnings: [] });
    expect(sentTo('task')[0]?.body).toMatchObject({ assignedTo: USER });
  });

  test('has no owner, with a warning, when the users cannot be read', async () => {
    const capture = await knowing(highlevel);
    for (const _ of [1, 2, 3, 4]) highlevel.answers(paths.users, 200, '<html>');
    all('create', 'task');
    const captured = await capture({ logNote: false, createTask: 'always', assignedTo: 'chat_agent' });
    expect(captured).toMatchObject({
      task: { id: 't1' },
      warnings: [expect.stringMatching(/^The task is unassigned/)],
    });
  });

  test('is assigned to the chosen user without reading the users', async () => {
    const capture = await knowing(highlevel);
    all('create', 'task');
    await capture({ logNote: false, createTask: 'always', assignedTo: USER });
    expect(sentTo('task')[0]?.body).toMatchObject({ assignedTo: USER });
  });

  test.each([
    [
      { agentEmail: 'nobody@example.com' },
      fullAccess,
      true,
      "no user of the sub-account has the agent's email nobody@",
    ],
    [
      {},
      withScopes('users.readonly'),
      false,
      "no user of the sub-account has the agent's email agent@jivosite.com",
    ],
    [
      { payload: JSON.stringify(finished([], { agents: [] })) },
      fullAccess,
      false,
      'no agent was in the chat',
    ],
  ])(
    'has no owner, with a warning, when the agent is not a user: %j',
    async (input, authData, asks, warning) => {
      const capture = await knowing(highlevel, good.location, authData);
      if (asks) highlevel.answers(paths.users, 200, { users });
      all('create', 'task');
      const given = { logNote: false, createTask: 'always', assignedTo: 'chat_agent', ...input };
      expect(await capture(given)).toMatchObject({ warnings: [expect.stringContaining(warning)] });
      expect(sentTo('task')[0]?.body).not.toHaveProperty('assignedTo');
    },
  );

  test('without a task does not read the users', async () => {
    const capture = await knowing(highlevel);
    all('create', 'note');
    await capture({ createTask: 'missed', assignedTo: 'chat_agent' });
    expect(sentTo('users')).toEqual([]);
  });

  test.each(['-1', '1e12', 'soon'])('is rejected when it is due in %s hours', async (dueInHours) => {
    const capture = await knowing(highlevel);
    expect((await failure(capture({ createTask: 'always', dueInHours }))).message).toMatch(
      /^"Task Due In \(Hours\)" (?:can't be (?:more|less) than|isn't a number)/,
    );
    expect(highlevel.sent).toEqual([]);
  });
});

test.each([
  ['a 500', 4, 500, {}],
  ['a 404', 1, 404, { statusCode: 404, message: 'Location not found' }],
  ['a 404 without words', 1, 404, ''],
  ['a page', 4, 200, '<html></html>'],
  ['a firewall', 1, 403, '<html></html>'],
  ['another shape', 4, 200, { ok: true }],
])(
  'a sub-account that cannot be read (%s) leaves its country and its duplicates unknown, and the lead is captured',
  async (_, times, status, body) => {
    for (let time = 0; time < times; time++) highlevel.answers(paths.location, status, body);
    highlevel.answers(paths.duplicate, 200, good.duplicate);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.answers(paths.note, 201, good.note);
    const captured = await run('creates', 'capture_jivochat_lead', {
      payload: JSON.stringify(chat),
      chatId: '7607',
    });
    expect(captured).toMatchObject({ isNew: true, contact: { id: CONTACT }, note: { id: 'n1' } });
  },
);

test('a sub-account whose reads all fail is treated as unknown', async () => {
  for (const _ of [1, 2, 3, 4]) highlevel.breaks(paths.location);
  highlevel.answers(paths.duplicate, 200, good.duplicate);
  highlevel.answers(paths.create, 201, good.create);
  highlevel.answers(paths.note, 201, good.note);
  const captured = await run('creates', 'capture_jivochat_lead', {
    payload: JSON.stringify(chat),
    chatId: '7607',
  });
  expect(captured).toMatchObject({ isNew: true });
});

test('a sub-account whose read hangs is given up in time for the rest', async () => {
  const clock = jest.spyOn(Date, 'now');
  const now = clock.getMockImplementation() ?? Date.now;
  let passed = 0;
  clock.mockImplementation(() => now() + passed);
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    // The read's time limit ends at once, by the mock clock.
    if (passed > 0) return timeout(ms);
    passed = ms;
    return timeout(50);
  });
  highlevel.hangs(paths.location);
  all('duplicate', 'create', 'note');
  const captured = await run('creates', 'capture_jivochat_lead', {
    payload: JSON.stringify(chat),
    chatId: '7607',
  });
  expect(captured).toMatchObject({ isNew: true });
  expect(passed).toBeLessThanOrEqual(8_000);
});

test('the throttle keeps leads of the usual kinds within HighLevel’s 100 requests in 10 seconds', async () => {
  const costs: number[] = [];
  for (const allows of [false, true]) {
    // With both, and duplicates allowed, a lead may wait for HighLevel's limit.
    const kinds: { createTask?: string; pipelineId?: string }[] = [
      { createTask: 'never' },
      { createTask: 'always' },
      { pipelineId: 'p1' },
    ];
    if (!allows) kinds.push({ createTask: 'always', pipelineId: 'p1' });
    for (const kind of kinds) {
      const capture = await knowing(highlevel, location(allows));
      all(...(allows ? (['duplicate'] as const) : []), 'create', 'note');
      if (kind.createTask === 'always') all('task');
      if (kind.pipelineId) all('opportunity');
      await capture(kind);
      costs.push(highlevel.sent.length);
      highlevel.sent.length = 0;
    }
  }
  const { operation } = App.creates.capture_jivochat_lead;
  // Some are left for what else runs in the sub-account.
  expect(operation.throttle).toMatchObject({ window: 10, limit: Math.floor(96 / Math.max(...costs)) });
});
