import nock from 'nock';
import { withoutNames, zapierCache } from '../../support/zapier/cache.ts';
import { connection, CONTACT, failure, fullAccess, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();
const MINUTE = 60_000;
const requests = () => highlevel.sent.map(({ request }) => request);
const broken = { statusCode: 502, message: 'Bad Gateway' };

const NOTES = `/contacts/${CONTACT}/notes`;
const TASKS = `/contacts/${CONTACT}/tasks`;
const APPOINTMENTS = `GET /contacts/${CONTACT}/appointments`;
const DUPLICATE = 'GET /contacts/search/duplicate';
const SEARCH = 'POST /contacts/search';
const REPLAY =
  'Replay this step in a few minutes: it looks in HighLevel first, so nothing is written a second time.';

/** HighLevel's time, some ms after it was asked last. */
const at = (ms = 0) => new Date(Date.now() + ms).toISOString();
type Input = Record<string, unknown>;
type Answer = readonly [request: string, answer: (added: string) => object, nothing: object];

/** The contact's conversation, and what is in it. */
const inConversation = (rows: (dateAdded: string) => object[]): Answer[] => {
  const conversations = { conversations: [{ id: 'conv1', contactId: CONTACT }] };
  const page = (messages: object[]) => ({ messages: { messages, nextPage: false } });
  return [
    ['GET /conversations/search', () => conversations, conversations],
    ['GET /conversations/conv1/messages', (dateAdded) => page(rows(dateAdded)), page([])],
  ];
};

/** Writes that can be looked up: the step, its request and successful response, and the lookups with their results. */
const lookable: [kind: string, key: string, input: Input, write: string, good: object, looks: Answer[]][] = [
  [
    'note',
    'create_note',
    { contactId: CONTACT, body: 'Likes <blue> & red.\nCall him' },
    `POST ${NOTES}`,
    { note: { id: 'made', body: 'Likes <blue> & red.\nCall him' } },
    [
      [
        `GET ${NOTES}`,
        (dateAdded) => ({
          notes: [
            { id: 'other', body: 'Likes green.', dateAdded },
            // HighLevel's editor keeps HTML.
            { id: 'made', body: '<p>Likes &lt;blue&gt; &amp; red.</p><p>Call him</p>', dateAdded },
          ],
        }),
        { notes: [] },
      ],
    ],
  ],
  [
    'task',
    'create_task',
    { contactId: CONTACT, title: 'Call', body: 'About prices', dueDate: '2026-01-30T15:00:00Z' },
    `POST ${TASKS}`,
    { task: { id: 'made', title: 'Call' } },
    [
      [
        `GET ${TASKS}`,
        () => ({
          // The contact's own list has no dates.
          tasks: [
            { id: 'other', title: 'Call', body: 'About prices', dueDate: '2026-01-31T15:00:00Z' },
            { id: 'made', title: 'Call', body: 'About prices', dueDate: '2026-01-30T15:00:00.000Z' },
          ],
        }),
        { tasks: [] },
      ],
    ],
  ],
  [
    'appointment',
    'book_appointment',
    { calendarId: 'cal1', contactId: CONTACT, startTime: '2026-01-30T15:00:00Z' },
    'POST /calendars/events/appointments',
    { id: 'made' },
    [
      [
        APPOINTMENTS,
        (dateAdded) => ({
          events: [
            { id: 'another', calendarId: 'cal2', startTime: '2026-01-30 10:00:00', dateAdded },
            { id: 'made', calendarId: 'cal1', startTime: '2026-01-30 10:00:00', dateAdded },
          ],
        }),
        { events: [] },
      ],
    ],
  ],
  [
    'opportunity',
    'create_opportunity',
    { contactId: CONTACT, pipelineId: 'p1', name: 'Implants', monetaryValue: 5 },
    'POST /opportunities/',
    { opportunity: { id: 'made', name: 'Implants' } },
    [
      [
        'POST /opportunities/search',
        (createdAt) => ({
          opportunities: [
            { id: 'other', name: 'Braces', contactId: CONTACT, pipelineId: 'p1', createdAt },
            { id: 'made', name: 'Implants', contactId: CONTACT, pipelineId: 'p1', createdAt },
          ],
        }),
        { opportunities: [] },
      ],
    ],
  ],
  [
    'company',
    'create_business',
    { name: 'Example Ltd', email: 'Office@Example.com' },
    'POST /businesses/',
    { success: true, buiseness: { id: 'made', name: 'Example Ltd' } },
    [
      [
        'GET /businesses/',
        (createdAt) => ({
          businesses: [
            // HighLevel accepts several companies with one name.
            { id: 'older', name: 'Example Ltd', createdAt: '2025-01-01T00:00:00Z' },
            { id: 'branch', name: 'Example Ltd', email: 'branch@example.com', createdAt },
            { id: 'other', name: 'Example Ltd Branch', createdAt },
            { id: 'made', name: 'Example Ltd', email: 'office@example.com', createdAt },
          ],
        }),
        { businesses: [{ id: 'older', name: 'Example Ltd', createdAt: '2025-01-01T00:00:00Z' }] },
      ],
    ],
  ],
  [
    'contact',
    'create_contact',
    { email: 'a@b.co' },
    'POST /contacts/',
    { contact: { id: 'made', email: 'a@b.co' } },
    [
      [
        DUPLICATE,
        (dateAdded) => ({ contact: { id: 'made', email: 'a@b.co', dateAdded } }),
        { contact: null },
      ],
    ],
  ],
  [
    'contact',
    'create_contact',
    { firstName: 'Ada', lastName: 'Lovelace' },
    'POST /contacts/',
    { contact: { id: 'made', firstName: 'Ada' } },
    [
      [
        SEARCH,
        (dateAdded) => ({
          contacts: [
            { id: 'other', contactName: 'ada lovelace', email: 'ada@example.com', dateAdded },
            { id: 'made', contactName: 'ada lovelace', dateAdded },
          ],
        }),
        { contacts: [] },
      ],
    ],
  ],
  [
    'message',
    'send_message',
    { contactId: CONTACT, channel: 'SMS', message: 'From ten\nto two.' },
    'POST /conversations/messages',
    { conversationId: 'conv1', messageId: 'made' },
    inConversation((dateAdded) => [
      { id: 'event', direction: 'outbound', messageType: 'TYPE_ACTIVITY_CONTACT', body: 'x', dateAdded },
      { id: 'theirs', direction: 'inbound', messageType: 'TYPE_SMS', body: 'From ten to two.', dateAdded },
      {
        id: 'other',
        direction: 'outbound',
        messageType: 'TYPE_SMS',
        body: 'Hi',
        source: 'workflow',
        dateAdded,
      },
      { id: 'made', direction: 'outbound', messageType: 'TYPE_SMS', body: 'From ten\nto two.', dateAdded },
    ]),
  ],
  [
    'email',
    'send_email',
    { contactId: CONTACT, subject: 'Prices', body: 'See <below>' },
    'POST /conversations/messages',
    { conversationId: 'conv1', messageId: 'made', emailMessageId: 'e1' },
    inConversation((dateAdded) => [
      {
        id: 'made',
        direction: 'outbound',
        messageType: 'TYPE_EMAIL',
        meta: { email: { subject: 'Prices', messageIds: ['e1'] } },
        dateAdded,
      },
    ]),
  ],
];

/** Writes that cannot be looked up in HighLevel or JivoChat. */
const unlookable = [
  [
    'workflow',
    'add_to_workflow',
    { contactId: CONTACT, workflowId: 'w1' },
    `POST /contacts/${CONTACT}/workflow/w1`,
    'whether the contact was added to the workflow, so this step does not try again for 24 hours. Check the contact in HighLevel. To add it anyway, do that in HighLevel, or replay this step after 24 hours.',
  ],
  [
    'campaign',
    'add_to_campaign',
    { contactId: CONTACT, campaignId: 'c1' },
    `POST /contacts/${CONTACT}/campaigns/c1`,
    'whether the contact was added to the campaign, so this step does not try again for 24 hours. Check the contact in HighLevel. To add it anyway, do that in HighLevel, or replay this step after 24 hours.',
  ],
] as const;

describe.each(lookable)(
  'A %s that HighLevel does not confirm (%s, %j)',
  (kind, key, input, write, good, looks) => {
    const names = looks.map(([look]) => look);
    const [save, saved] = key.startsWith('send_') ? ['send', 'sent'] : ['save', 'saved'];
    /** The sub-account's time zone, which a contact's appointments use; requested once. */
    const zone = (zap: object) => {
      if (key !== 'book_appointment' || `${LOCATION}:location` in zap) return;
      highlevel.answers(`GET /locations/${LOCATION}`, 200, {
        location: { id: LOCATION, timezone: 'America/New_York' },
      });
    };
    const step = () => {
      const remembered = Object.assign(zapierCache(), withoutNames(LOCATION));
      const zap = connection(undefined, undefined, remembered);
      return {
        remembered,
        go: () => zap.run('creates', key, input),
        finds: (added = at()) => {
          zone(remembered);
          for (const [look, found] of looks) highlevel.answers(look, 200, found(added));
        },
        findsNothing: () => {
          for (const [look, , nothing] of looks) highlevel.answers(look, 200, nothing);
        },
      };
    };
    const sentToHighLevel = () => requests().filter((request) => request !== `GET /locations/${LOCATION}`);
    const fails = async (running: Promise<unknown>) => {
      const { code, message } = await failure(running);
      expect(code).toBe('Uncertain');
      return message;
    };

    test('is found at once, and the step succeeds', async () => {
      const { go, finds, remembered } = step();
      highlevel.breaks(write);
      finds();
      expect(await go()).toMatchObject({ id: 'made' });
      expect(sentToHighLevel()).toEqual([write, ...names]);
      expect(Object.keys(remembered).filter((name) => name.includes('unconfirmed'))).toEqual([]);
    });

    test('is found by a replay, even 20 seconds late, and nothing is written', async () => {
      const { go, finds, findsNothing } = step();
      highlevel.answers(write, 502, broken);
      findsNothing();
      expect(await fails(go())).toContain(
        `The ${kind} is not in HighLevel yet, but may still appear there. ${REPLAY}`,
      );
      const late = at(20_000);
      highlevel.passes(5 * MINUTE);
      finds(late);
      expect(await go()).toMatchObject({ id: 'made' });
      expect(sentToHighLevel()).toEqual([write, ...names, ...names]);

      // On purpose, it is a new one.
      highlevel.answers(write, 201, good);
      await go();
      expect(sentToHighLevel()).toEqual([write, ...names, ...names, write]);
    });

    test('is not repeated while it may still appear, with the same error each time', async () => {
      const { go, findsNothing } = step();
      highlevel.answers(write, 502, broken);
      findsNothing();
      await fails(go());
      highlevel.passes(MINUTE - 5_000);
      for (const _ of [1, 2]) {
        findsNothing();
        expect(await fails(go())).toBe(
          `HighLevel did not confirm an earlier attempt to ${save} the ${kind}, and does not show the ${kind} yet. Nothing more was written. ${REPLAY}`,
        );
      }
      expect(sentToHighLevel()).toEqual([write, ...names, ...names, ...names]);
    });

    test('is repeated once if it is still missing a minute later', async () => {
      const { go, findsNothing, remembered } = step();
      highlevel.answers(write, 502, broken);
      findsNothing();
      await fails(go());
      highlevel.passes(MINUTE);
      findsNothing();
      highlevel.answers(write, 201, good);
      expect(await go()).toMatchObject({ id: 'made' });
      expect(sentToHighLevel()).toEqual([write, ...names, ...names, write]);
      expect(Object.keys(remembered).filter((name) => name.includes('unconfirmed'))).toEqual([]);

      // On purpose, it is a new one.
      highlevel.answers(write, 201, good);
      await go();
      expect(sentToHighLevel().at(-1)).toBe(write);
    });

    test('is repeated by one of five replays at the same time', async () => {
      const { go, findsNothing } = step();
      highlevel.answers(write, 502, broken);
      findsNothing();
      await fails(go());
      highlevel.passes(MINUTE);
      const replays = [1, 2, 3, 4, 5];
      for (const _ of replays) findsNothing();
      highlevel.answers(write, 201, good);
      const ended = await Promise.allSettled(replays.map(go));
      expect(ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual([
        expect.objectContaining({ id: 'made' }),
      ]);
      expect(sentToHighLevel().filter((request) => request === write)).toHaveLength(2);
    });

    test('is not repeated if the lookup fails, in five replays', async () => {
      const { go, finds } = step();
      const [look = ''] = names;
      highlevel.answers(write, 502, broken);
      highlevel.answers(look, 403, '<html>');
      expect(await fails(go())).toContain(
        `Whether the ${kind} was ${saved} could not be looked up. ${REPLAY}`,
      );
      for (const minutes of [5, 30, 60, 180, 360]) {
        highlevel.passes(minutes * MINUTE);
        highlevel.answers(look, 403, '<html>');
        const message = await fails(go());
        expect(message).toMatch(
          new RegExp(
            `^HighLevel did not confirm an earlier attempt to ${save} the ${kind}\\. Before this step writes, it must check that the ${kind} is not there yet, and that failed\\. Nothing more was written\\. HighLevel could not .+: HighLevel's firewall blocked the request\\. Please try again in a few minutes\\.$`,
          ),
        );
      }
      expect(sentToHighLevel().filter((request) => request === write)).toHaveLength(1);
      finds();
      expect(await go()).toMatchObject({ id: 'made' });
    });

    test('whose response is lost each time is sent once per replay, and finally found', async () => {
      const { go, finds, findsNothing } = step();
      for (const minutes of [0, 5, 30, 60, 180]) {
        highlevel.passes(minutes * MINUTE);
        highlevel.answers(write, 502, broken);
        if (minutes > 0) findsNothing();
        findsNothing();
        await fails(go());
      }
      expect(sentToHighLevel().filter((request) => request === write)).toHaveLength(5);
      // Created by any attempt: here the one before the last.
      const made = at(-180 * MINUTE);
      highlevel.passes(360 * MINUTE);
      finds(made);
      expect(await go()).toMatchObject({ id: 'made' });
    });

    test('leaves a rate limit of the lookup to Zapier, and writes nothing', async () => {
      const { go, findsNothing } = step();
      const [look = ''] = names;
      const spent = { 'X-RateLimit-Daily-Remaining': '0', 'X-RateLimit-Daily-Reset': '60000' };
      highlevel.answers(write, 502, broken);
      findsNothing();
      await fails(go());
      highlevel.passes(5 * MINUTE);
      highlevel.answers(look, 429, {}, spent);
      expect(await failure(go())).toMatchObject({ kind: 'ThrottledError', delay: 60 });
      expect(sentToHighLevel().filter((request) => request === write)).toHaveLength(1);
    });

    test('reports a refusal of the replay', async () => {
      const { go, findsNothing } = step();
      highlevel.answers(write, 502, broken);
      findsNothing();
      await fails(go());
      highlevel.passes(5 * MINUTE);
      findsNothing();
      highlevel.answers(write, 422, { statusCode: 422, message: ['body must be shorter'] });
      expect(await failure(go())).toMatchObject({ code: 'Refused' });
    });

    describe('without a working cache', () => {
      const failing = (method: 'get' | 'set' | 'both') => failingCache(method);

      test.each(['get', 'set', 'both'] as const)('(%s) is looked up before it is written', async (method) => {
        const zap = connection(undefined, undefined, failing(method));
        const go = () => zap.run('creates', key, input);
        const knowsZone = key === 'book_appointment';
        const answers = (found: boolean) => {
          if (knowsZone && found)
            highlevel.answers(`GET /locations/${LOCATION}`, 200, {
              location: { id: LOCATION, timezone: 'America/New_York' },
            });
          for (const [look, some, nothing] of looks)
            highlevel.answers(look, 200, found ? some(at()) : nothing);
        };
        answers(false);
        highlevel.answers(write, 502, broken);
        answers(false);
        expect(await fails(go())).toMatch(
          / It may or may not have been saved, and Zapier's cache did not respond, so this attempt can't be remembered\. Check HighLevel before you replay this step\.$/,
        );
        expect(sentToHighLevel()).toEqual([...names, write, ...names]);
        highlevel.passes(5 * MINUTE);
        answers(true);
        expect(await go()).toMatchObject({ id: 'made' });
        expect(sentToHighLevel()).toEqual([...names, write, ...names, ...names]);
      });

      test('is not written if the lookup fails', async () => {
        const zap = connection(undefined, undefined, failing('both'));
        const [look = ''] = names;
        highlevel.answers(look, 403, '<html>');
        expect(await fails(zap.run('creates', key, input))).toMatch(
          /^Zapier's cache did not respond, so an earlier attempt of this step may be unknown\. Before this step writes, it must check that the \w+ is not there yet, and that failed\. Nothing more was written\. /,
        );
        expect(sentToHighLevel()).toEqual([look]);
      });
    });
  },
);

describe.each(unlookable)(
  'A contact that HighLevel does not confirm to have added to a %s',
  (_, key, input, write, told) => {
    test('is not added again in five replays, and the error says how to do it', async () => {
      const zap = connection();
      const go = () => zap.run('creates', key, input);
      highlevel.breaks(write);
      expect((await failure(go())).message).toMatch(
        /^HighLevel did not confirm the request to .+: the connection was lost\. There is no way/,
      );
      for (const minutes of [5, 30, 60, 180, 360]) {
        highlevel.passes(minutes * MINUTE);
        expect(await failure(go())).toEqual({
          kind: 'AppError',
          code: 'Uncertain',
          message: `An earlier attempt of this step was not confirmed. There is no way to look up ${told}`,
        });
      }
      expect(requests()).toEqual([write]);

      // Another contact is another matter.
      highlevel.answers(write.replace(CONTACT, 'other1'), 200, { succeded: true });
      expect(await zap.run('creates', key, { ...input, contactId: 'other1' })).toMatchObject({ added: true });
    });

    test.each(['get', 'set', 'both'] as const)(
      'is not sent at all while Zapier’s cache fails (%s)',
      async (method) => {
        const zap = connection(undefined, undefined, failingCache(method));
        expect(await failure(zap.run('creates', key, input))).toEqual({
          kind: 'AppError',
          code: 'Unavailable',
          message:
            "Zapier's cache did not respond, so this step cannot tell whether an earlier attempt was sent. Nothing was sent now. Please try again in a few minutes.",
        });
        expect(requests()).toEqual([]);
      },
    );
  },
);

describe('Records that are not mistaken for the lost one', () => {
  const createNote = (zap = connection()) =>
    zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });

  test('an older note with the same text', async () => {
    highlevel.breaks(`POST ${NOTES}`);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [{ id: 'old', body: 'Hi', dateAdded: at(-10_000) }] });
    expect((await failure(createNote())).code).toBe('Uncertain');
  });

  test('but one that was added up to 5 seconds before HighLevel’s clock, which tells whole seconds, is it', async () => {
    highlevel.breaks(`POST ${NOTES}`);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [{ id: 'made', body: 'Hi', dateAdded: at(-3_000) }] });
    expect(await createNote()).toMatchObject({ id: 'made' });
  });

  test('a note with the same text and another title', async () => {
    highlevel.breaks(`POST ${NOTES}`);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [{ id: 'n', title: 'A', body: 'Hi', dateAdded: at() }] });
    const input = { contactId: CONTACT, body: 'Hi', title: 'B' };
    expect((await failure(run('creates', 'create_note', input))).code).toBe('Uncertain');
  });

  test('an older record by HighLevel’s clock, not the machine’s', async () => {
    // HighLevel is an hour ahead: by our clock a note of half an hour ago was added after the first try.
    const date = new Date(Date.now() + 60 * MINUTE).toUTCString();
    const zap = connection();
    highlevel.answers(`POST ${NOTES}`, 502, broken, { Date: date });
    highlevel.answers(
      `GET ${NOTES}`,
      200,
      { notes: [{ id: 'old', body: 'Hi', dateAdded: at(30 * MINUTE) }] },
      { Date: date },
    );
    expect((await failure(createNote(zap))).code).toBe('Uncertain');

    // A minute on HighLevel's clock, which the response to the lookup carries.
    const later = new Date(Date.parse(date) + 61_000).toUTCString();
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] }, { Date: later });
    highlevel.answers(`POST ${NOTES}`, 201, { note: { id: 'made', body: 'Hi' } });
    expect(await createNote(zap)).toMatchObject({ id: 'made' });
  });

  test('a canceled appointment without a date, but not one that was booked since', async () => {
    const book = () =>
      run('creates', 'book_appointment', {
        calendarId: 'cal1',
        contactId: CONTACT,
        startTime: '2026-01-30T15:00:00Z',
      });
    const row = { calendarId: 'cal1', startTime: '2026-01-30T15:00:00Z', appointmentStatus: 'cancelled' };
    for (const _ of [1, 2]) highlevel.breaks('POST /calendars/events/appointments');
    highlevel.answers(APPOINTMENTS, 200, { events: [{ id: 'old', ...row }] });
    highlevel.answers(APPOINTMENTS, 200, { events: [{ id: 'made', ...row, dateAdded: at() }] });
    expect((await failure(book())).code).toBe('Uncertain');
    expect(await book()).toMatchObject({ id: 'made' });
  });

  test('an older contact with the same email, if duplicates are allowed', async () => {
    const older = { id: 'old', email: 'a@b.co', dateAdded: at(-60 * MINUTE) };
    const zap = connection();
    const go = () => zap.run('creates', 'create_contact', { email: 'a@b.co', phone: '+14155550132' });
    highlevel.breaks('POST /contacts/');
    for (const _ of [1, 2]) highlevel.answers(DUPLICATE, 200, { contact: older });
    highlevel.answers(SEARCH, 200, { contacts: [older] });
    expect((await failure(go())).code).toBe('Uncertain');
    expect(highlevel.sent.at(-1)).toEqual({
      request: SEARCH,
      body: {
        locationId: LOCATION,
        pageLimit: 500,
        sort: [{ field: 'dateAdded', direction: 'desc' }],
        filters: [
          {
            group: 'OR',
            filters: [
              { field: 'email', operator: 'eq', value: 'a@b.co' },
              { field: 'phone', operator: 'eq', value: '+14155550132' },
            ],
          },
        ],
      },
    });
    const made = { id: 'made', email: 'a@b.co', dateAdded: at(2_000) };
    highlevel.passes(5 * MINUTE);
    highlevel.answers(SEARCH, 200, { contacts: [made, older] });
    expect(await go()).toMatchObject({ id: 'made' });
  });

  test('a contact that is only hidden by a full page of newer contacts', async () => {
    const zap = connection();
    const go = () => zap.run('creates', 'create_contact', { firstName: 'Ada' });
    highlevel.breaks('POST /contacts/');
    highlevel.answers(SEARCH, 200, { contacts: [] });
    expect((await failure(go())).code).toBe('Uncertain');
    highlevel.passes(5 * MINUTE);
    const contacts = Array.from({ length: 500 }, (_, index) => ({
      id: `c${index}`,
      email: 'x@y.co',
      dateAdded: at(),
    }));
    highlevel.answers(SEARCH, 200, { contacts });
    const { code, message } = await failure(go());
    expect(code).toBe('Uncertain');
    expect(message).toMatch(
      /More than 500 contacts were added since, too many to look through\. Check HighLevel for the contact\.$/,
    );
    expect(requests()).toEqual(['POST /contacts/', SEARCH, SEARCH]);
  });
});

describe('A stale token', () => {
  const zap = connection();
  const createNote = () => zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
  const stale = (request: string) => {
    for (const one of [request, `GET /locations/${LOCATION}`, SEARCH])
      highlevel.answers(one, 401, { statusCode: 401, message: 'Invalid JWT' });
  };

  test('during the lookup does not hide the unknown outcome, and is refreshed by the next lookup', async () => {
    highlevel.breaks(`POST ${NOTES}`);
    stale(`GET ${NOTES}`);
    expect((await failure(createNote())).code).toBe('Uncertain');
    stale(`GET ${NOTES}`);
    expect((await failure(createNote())).kind).toBe('RefreshAuthError');
    expect(requests().filter((request) => request === `POST ${NOTES}`)).toHaveLength(1);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [{ id: 'made', body: 'Hi', dateAdded: at() }] });
    expect(await createNote()).toMatchObject({ id: 'made' });
  });
});

describe('An update to JivoChat that it does not confirm', () => {
  const CHANNEL = 'https://joint.jivosite.com/chat/integration/secret1';
  const jivochat = () => nock('https://joint.jivosite.com').post('/chat/integration/secret1');

  test('is not repeated without the time for it', async () => {
    const zap = connection({ ...fullAccess, jivoChatChannelSecret: CHANNEL });
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const READ = `GET /contacts/${CONTACT}`;
    highlevel.answers(READ, 429, {}, { 'Retry-After': '22' });
    highlevel.answers(READ, 200, { contact: { id: CONTACT, firstName: 'Jane' } });
    jivochat().reply(503);
    const sending = zap.run('creates', 'send_jivochat_update', { contactId: CONTACT, text: 'Hello' });
    expect((await failure(sending)).code).toBe('Uncertain');
    expect(highlevel.waits).toEqual([22_000]);
  });

  test('is not sent again in five replays; another text is', async () => {
    const zap = connection({ ...fullAccess, jivoChatChannelSecret: CHANNEL });
    const send = (said: string) => zap.run('creates', 'send_jivochat_update', { text: said });
    for (const _ of [1, 2]) jivochat().reply(503);
    const tail =
      'There is no way to look up whether the update arrived in JivoChat, so this step does not try again for 24 hours. Check the channel in JivoChat. To send the update anyway, change "Message", or replay this step after 24 hours.';
    expect(await failure(send('Hello'))).toMatchObject({
      code: 'Uncertain',
      message: `JivoChat did not confirm the update. ${tail}`,
    });
    for (const minutes of [5, 30, 60, 180, 360]) {
      highlevel.passes(minutes * MINUTE);
      expect(await failure(send('Hello'))).toMatchObject({
        code: 'Uncertain',
        message: `An earlier attempt of this step was not confirmed. ${tail}`,
      });
    }
    jivochat().reply(200);
    expect(await send('Hello again')).toMatchObject({ delivered: true });
  });
});

test('a missing cache is treated as one that does not work', async () => {
  // Core turns to Zapier's server then, and has no key for it.
  const zap = connection(undefined, undefined, new Map());
  highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
  highlevel.answers(`POST ${NOTES}`, 201, { note: { id: 'made', body: 'Hi' } });
  const input = { contactId: CONTACT, body: 'Hi' };
  expect(await zap.run('creates', 'create_note', input)).toMatchObject({ id: 'made' });
  expect(requests()).toEqual([`GET ${NOTES}`, `POST ${NOTES}`]);
});

test('a marker in another format still prevents a blind write', async () => {
  const remembered = withoutNames(LOCATION);
  const zap = connection(undefined, undefined, remembered);
  const go = () => zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
  highlevel.breaks(`POST ${NOTES}`);
  highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
  await failure(go());
  const [key = ''] = Object.keys(remembered).filter((name) => name.includes('unconfirmed'));
  remembered[key] = JSON.stringify({ sent: 'yesterday' });
  highlevel.answers(`GET ${NOTES}`, 200, { notes: [{ id: 'made', body: 'Hi', dateAdded: at(-MINUTE) }] });
  expect(await go()).toMatchObject({ id: 'made' });
});

test('an attempt is remembered only for its connection, operation and content', async () => {
  const remembered = withoutNames(LOCATION);
  const zap = connection(undefined, undefined, remembered);
  highlevel.breaks(`POST ${NOTES}`);
  highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
  await failure(zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' }));
  highlevel.answers(`POST ${NOTES}`, 201, { note: { id: 'n2', body: 'Ho' } });
  expect(await zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Ho' })).toMatchObject({
    id: 'n2',
  });
  highlevel.answers(`POST ${NOTES}`, 201, { note: { id: 'n3', body: 'Hi' } });
  const other = connection();
  expect(await other.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' })).toMatchObject({
    id: 'n3',
  });
});

/** Where core's mock keeps z.cache: the calls of this one fail. */
function failingCache(method: 'get' | 'set' | 'both'): object {
  const fail = () => {
    throw new Error('Unable to reach the RPC server');
  };
  return new Proxy(
    {},
    {
      ...(method !== 'set' && { has: fail }),
      ...(method !== 'get' && { set: fail }),
    },
  );
}
