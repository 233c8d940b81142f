import { zapierCache, withoutNames } from '../../support/zapier/cache.ts';
import {
  connection,
  CONTACT,
  failure,
  fullAccess,
  highLevel,
  LOCATION,
  record,
  run,
} from '../../support/app.ts';

const highlevel = highLevel();
const SEND = 'POST /conversations/messages';
const SEARCH = 'GET /conversations/search';
const MESSAGES = 'GET /conversations/conv1/messages';
const EXPORT = 'GET /conversations/messages/export';
const NOON = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(NOON).toUTCString() };
const sent = { conversationId: 'conv1', messageId: 'm1' };
const link = `https://app.gohighlevel.com/v2/location/${LOCATION}/contacts/detail/${CONTACT}`;
const noNames = { contactName: null, contactEmail: null, contactPhone: null };
const conversations = {
  conversations: [
    { id: 'other', contactId: 'c2' },
    { id: 'conv1', contactId: CONTACT, fullName: 'Jane Doe', lastMessageDate: NOON },
  ],
};
const row = (id: string, more: object = {}) => ({
  id,
  contactId: CONTACT,
  conversationId: 'conv1',
  direction: 'inbound',
  messageType: 'TYPE_SMS',
  body: 'Hello',
  dateAdded: new Date(NOON - 60_000).toISOString(),
  ...more,
});
const ids = (found: unknown) =>
  Array.isArray(found) ? found.map((one: unknown) => String(record(one).id)) : [];

describe('Send Message', () => {
  test.each([
    ['SMS', 'SMS', 'TYPE_SMS', 'SMS'],
    ['WhatsApp', 'WhatsApp', 'TYPE_WHATSAPP', 'WhatsApp'],
    ['facebook', 'FB', 'TYPE_FACEBOOK', 'Facebook'],
    ['IG', 'IG', 'TYPE_INSTAGRAM', 'Instagram'],
    ['Live Chat', 'Live_Chat', 'TYPE_LIVE_CHAT', 'Live Chat'],
  ])('sends %s as %s, and nothing that is blank', async (channel, type, messageType, label) => {
    highlevel.answers(SEND, 200, sent);
    const made = await run('creates', 'send_message', {
      contactId: CONTACT,
      channel,
      message: 'Hello',
      fromNumber: '',
      attachments: ['', null],
    });
    expect(highlevel.sent).toEqual([{ request: SEND, body: { type, contactId: CONTACT, message: 'Hello' } }]);
    expect(highlevel.headers[0]).toMatchObject({ version: '2021-04-15' });
    expect(made).toEqual({
      id: 'm1',
      contactId: CONTACT,
      ...noNames,
      conversationId: 'conv1',
      channel: label,
      direction: 'outbound',
      body: 'Hello',
      bodyText: 'Hello',
      subject: null,
      status: null,
      attachments: [],
      from: null,
      to: null,
      source: null,
      userId: null,
      userName: null,
      userEmail: null,
      dateAdded: null,
      messageType,
      url: link,
    });
  });

  test('sends attachments once each, and the number in international form', async () => {
    highlevel.answers(SEND, 200, { ...sent, status: 'pending' });
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION, country: 'US' } });
    const file = 'https://example.com/a,b.pdf?x=1';
    const made = await run('creates', 'send_message', {
      contactId: CONTACT,
      channel: 'SMS',
      message: 'Hello {{contact.first_name}}',
      fromNumber: '(415) 555-0110',
      attachments: [file, ` ${file} `],
    });
    expect(highlevel.sent.at(-1)?.body).toEqual({
      type: 'SMS',
      contactId: CONTACT,
      message: 'Hello {{contact.first_name}}',
      fromNumber: '+14155550110',
      attachments: [file],
    });
    expect(made).toMatchObject({ status: 'pending', from: '+14155550110', attachments: [file] });
  });

  test('takes the first of several ids in the response', async () => {
    highlevel.answers(SEND, 200, { conversationId: 'conv1', messageIds: ['m7', 'm8'] });
    expect(
      await run('creates', 'send_message', { contactId: CONTACT, channel: 'SMS', message: 'Hi' }),
    ).toMatchObject({ id: 'm7' });
  });

  test('is not sent again if the conversation has another message since then', async () => {
    const zap = connection(undefined, undefined, Object.assign(zapierCache(), withoutNames(LOCATION)));
    const go = () =>
      zap.run('creates', 'send_message', { contactId: CONTACT, channel: 'SMS', message: 'Hi {{x}}' });
    const look = () => {
      highlevel.answers(SEARCH, 200, conversations);
      const mine = {
        direction: 'outbound',
        source: 'api',
        body: 'Hi Jane',
        dateAdded: new Date().toISOString(),
      };
      highlevel.answers(MESSAGES, 200, { messages: { messages: [row('m9', mine)], nextPage: false } });
    };
    highlevel.answers(SEND, 502);
    look();
    await failure(go());
    highlevel.passes(600_000);
    look();
    const { code, message } = await failure(go());
    expect(code).toBe('Uncertain');
    expect(message).toContain(
      'The contact got another message since then, which may be this one. Check the conversation',
    );
    expect(highlevel.sent.filter(({ request }) => request === SEND)).toHaveLength(1);
  });

  test('is sent again if only a workflow has written since then', async () => {
    const zap = connection(undefined, undefined, Object.assign(zapierCache(), withoutNames(LOCATION)));
    const go = () =>
      zap.run('creates', 'send_message', { contactId: CONTACT, channel: 'SMS', message: 'Hi' });
    const look = () => {
      const theirs = { direction: 'outbound', source: 'workflow', body: 'Welcome' };
      const messages = [row('m9', { ...theirs, dateAdded: new Date().toISOString() })];
      highlevel.answers(SEARCH, 200, conversations);
      highlevel.answers(MESSAGES, 200, { messages: { messages, nextPage: false } });
    };
    highlevel.answers(SEND, 502);
    look();
    await failure(go());
    highlevel.passes(60_000);
    look();
    highlevel.answers(SEND, 200, sent);
    expect(await go()).toMatchObject({ id: 'm1' });
  });

  test.each([
    'http://example.com/a.pdf',
    'ftp://example.com/a.pdf',
    'a.pdf',
    'https://user:word@example.com/a.pdf',
  ])('rejects the attachment %s before any request', async (file) => {
    const { message } = await failure(
      run('creates', 'send_message', {
        contactId: CONTACT,
        channel: 'SMS',
        message: 'Hi',
        attachments: [file],
      }),
    );
    expect(message).toBe(
      `"Attachments" has something that isn't a public URL: "${file}". Use URLs that start with https://.`,
    );
    expect(highlevel.sent).toEqual([]);
  });

  test('is not sent again if an empty success does not say what was sent', async () => {
    const zap = connection(undefined, undefined, Object.assign(zapierCache(), withoutNames(LOCATION)));
    highlevel.answers(SEND, 200, {});
    highlevel.answers(SEARCH, 200, { conversations: [] });
    const { code, message } = await failure(
      zap.run('creates', 'send_message', { contactId: CONTACT, channel: 'SMS', message: 'Hi' }),
    );
    expect(code).toBe('Uncertain');
    expect(message).toContain('The message is not in HighLevel yet, but may still appear there.');
  });

  test.each([
    [
      { scope: fullAccess.scope.replace(' conversations/message.write', '') },
      '"Allow Conversations" set to Yes',
    ],
    [{ access: 'read' }, '"Allow Conversations" set to Yes and the access "Read and Write"'],
  ])('names what to choose where the permission is missing: %j', async (more, advice) => {
    const zap = connection({ ...fullAccess, ...more });
    const { message } = await failure(
      zap.run('creates', 'send_message', { contactId: CONTACT, channel: 'SMS', message: 'Hi' }),
    );
    expect(message).toContain(
      `the "conversations/message.write" permission, which is needed to send messages and emails. To allow it, reconnect the account with ${advice}`,
    );
    expect(highlevel.sent).toEqual([]);
  });
});

describe('Send Email', () => {
  test.each([
    [
      'plain text',
      'Dear Jane,\nsee <below> & call.\n\n\nMaria',
      '<p>Dear Jane,<br>see &lt;below&gt; &amp; call.</p><p>Maria</p>',
    ],
    ['HTML, unchanged', '<p>Dear <b>Jane</b></p>', '<p>Dear <b>Jane</b></p>'],
  ])('sends %s', async (_, body, html) => {
    highlevel.answers(SEND, 200, { ...sent, emailMessageId: 'e1' });
    const made = await run('creates', 'send_email', { contactId: CONTACT, subject: ' Prices ', body });
    expect(highlevel.sent).toEqual([
      { request: SEND, body: { type: 'Email', contactId: CONTACT, subject: 'Prices', html } },
    ]);
    expect(made).toMatchObject({ id: 'm1', channel: 'Email', subject: 'Prices', body: html, url: link });
  });

  test('sends each copy once, whatever form the addresses have', async () => {
    highlevel.answers(SEND, 200, sent);
    await run('creates', 'send_email', {
      contactId: CONTACT,
      subject: 'Prices',
      body: 'Hi',
      emailFrom: 'Office <Office@Example.com>',
      cc: ['a@example.com, B@example.com', 'b@example.com'],
      bcc: 'c@example.com;\nmailto:d@example.com',
    });
    expect(highlevel.sent[0]?.body).toMatchObject({
      emailFrom: 'office@example.com',
      emailCc: ['a@example.com', 'b@example.com'],
      emailBcc: ['c@example.com', 'd@example.com'],
    });
  });
});

test('Send Email rejects a sender with two addresses before any request', async () => {
  const emailFrom = 'a@example.com or b@example.com';
  const input = { contactId: CONTACT, subject: 'Prices', body: 'Hi', emailFrom };
  const { message } = await failure(run('creates', 'send_email', input));
  expect(message).toMatch(/ isn't a valid email address: "a@example\.com or b@example\.com"\.$/);
  expect(highlevel.sent).toEqual([]);
});

describe('Find Messages', () => {
  const find = (more: object = {}) => run('searches', 'find_messages', { contactId: CONTACT, ...more });

  test('reads the conversation of the contact, newest first', async () => {
    highlevel.answers(SEARCH, 200, conversations);
    const old = row('m1', {
      body: '',
      attachments: ['https://x.example/a.png'],
      dateAdded: '2026-01-01T08:00:00Z',
    });
    const messages = [
      row('m2', { direction: 'outbound', body: '<p>Yes</p>' }),
      row('event', { messageType: 'TYPE_ACTIVITY_INVOICE' }),
      old,
    ];
    highlevel.answers(MESSAGES, 200, { messages: { messages, nextPage: false, lastMessageId: 'm1' } });
    expect(await find()).toEqual([
      {
        id: 'conv1',
        contactId: CONTACT,
        contactName: 'Jane Doe',
        contactEmail: null,
        contactPhone: null,
        lastMessageDate: '2026-01-28T12:00:00.000Z',
        messages: [
          expect.objectContaining({ id: 'm2', bodyText: 'Yes' }),
          expect.objectContaining({ id: 'm1' }),
        ],
        transcript:
          '[2026-01-01 08:00 UTC, SMS] Jane Doe: https://x.example/a.png\n[2026-01-28 11:59 UTC, SMS] Us: Yes',
        url: link,
      },
    ]);
    expect(highlevel.sent).toEqual([
      {
        request: SEARCH,
        query: {
          locationId: LOCATION,
          contactId: CONTACT,
          sortBy: 'last_message_date',
          sort: 'desc',
          limit: '20',
        },
      },
      { request: MESSAGES, query: { limit: '100' } },
    ]);
  });

  test('returns at most as many as asked for, and the subject of an email', async () => {
    highlevel.answers(SEARCH, 200, conversations);
    const mail = { messageType: 'TYPE_EMAIL', subject: 'Prices', body: '<p>See below</p>' };
    const messages = [row('m1', mail), row('m2'), row('m3')];
    highlevel.answers(MESSAGES, 200, { messages: { messages, nextPage: false } });
    const [found] = [await find({ limit: 2 })].flat();
    expect(ids(record(found).messages)).toEqual(['m1', 'm2']);
    expect(record(found).transcript).toContain('Jane Doe: Prices\nSee below');
  });

  test('reads on until there are enough messages, at most 5 pages', async () => {
    highlevel.answers(SEARCH, 200, conversations);
    for (let page = 0; page < 5; page++)
      highlevel.answers(MESSAGES, 200, {
        messages: {
          messages: [row(`m${page}`), row(`e${page}`, { messageType: 'TYPE_EMAIL' })],
          nextPage: true,
          lastMessageId: `e${page}`,
        },
      });
    const [found] = [await find({ channels: ['SMS'], limit: 50 })].flat();
    expect(ids(record(found).messages)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(highlevel.sent.slice(1).map(({ query }) => query?.lastMessageId)).toEqual([
      undefined,
      'e0',
      'e1',
      'e2',
      'e3',
    ]);
  });

  test('reads a page that is not nested, as documented', async () => {
    highlevel.answers(SEARCH, 200, conversations);
    highlevel.answers(MESSAGES, 200, { messages: [row('m1')], nextPage: false, lastMessageId: 'm1' });
    expect(await find()).toMatchObject([{ messages: [{ id: 'm1' }] }]);
  });

  test('finds nothing without a conversation, or without messages', async () => {
    highlevel.answers(SEARCH, 200, { conversations: [] });
    expect(await find()).toEqual([]);
    highlevel.answers(SEARCH, 200, conversations);
    highlevel.answers(MESSAGES, 200, { messages: { messages: [], nextPage: false } });
    expect(await find()).toEqual([]);
  });
});

describe('New Message', () => {
  const query = { locationId: LOCATION, sortBy: 'createdAt', sortOrder: 'desc', limit: '100' };

  test('reads emails and all others, and skips events and what goes out', async () => {
    const messages = [
      row('m1'),
      row('out', { direction: 'outbound' }),
      row('event', { messageType: 'TYPE_ACTIVITY_OPPORTUNITY' }),
      row('comment', { messageType: 'TYPE_INTERNAL_COMMENT' }),
      row('new', { messageType: 'TYPE_SMOKE_SIGNAL' }),
      row('old', { dateAdded: new Date(NOON - 7_200_000).toISOString() }),
    ];
    highlevel.answers(EXPORT, 200, { messages, nextCursor: 'next' }, atNoon);
    highlevel.answers(EXPORT, 200, { messages: [row('mail', { messageType: 'TYPE_EMAIL' })] }, atNoon);
    expect(ids(await run('triggers', 'new_message', {})).toSorted()).toEqual(['m1', 'mail', 'new']);
    expect(highlevel.sent).toEqual([
      { request: EXPORT, query },
      { request: EXPORT, query: { ...query, channel: 'Email' } },
    ]);
  });

  test('asks for the chosen contact, and not for emails where they are not wanted', async () => {
    const messages = [row('m1'), row('m2', { messageType: 'TYPE_WHATSAPP' }), row('m3', { contactId: 'c2' })];
    highlevel.answers(EXPORT, 200, { messages }, atNoon);
    const input = { channels: ['SMS'], contactId: CONTACT, direction: 'both' };
    expect(ids(await run('triggers', 'new_message', input))).toEqual(['m1']);
    expect(highlevel.sent).toEqual([{ request: EXPORT, query: { ...query, contactId: CONTACT } }]);
  });

  describe('that a poll could not read', () => {
    const TEXTS = ['SMS'];
    const minutes = (count: number) => ({ Date: new Date(NOON + count * 60_000).toUTCString() });
    /** A hundred messages, one each five seconds, the newest two minutes before noon. */
    const first = Array.from({ length: 100 }, (_, index) =>
      row(`m${index}`, { dateAdded: new Date(NOON - 120_000 - index * 5_000 + 400).toISOString() }),
    );
    const page = (messages: object[], nextCursor: string | null = null) => ({ messages, nextCursor });
    const start = () => {
      const remembered: Record<string, string> = withoutNames(LOCATION);
      const zap = connection(undefined, undefined, remembered);
      return {
        poll: async (channels: string[] | undefined) =>
          ids(await zap.run('triggers', 'new_message', { ...(channels && { channels }) })),
        closed: () => Object.entries(remembered).find(([key]) => key.includes(':polled:'))?.[1],
      };
    };

    test('is read by the next one from the second of the last message on, and so is what shows late', async () => {
      const { poll, closed } = start();
      highlevel.answers(EXPORT, 200, page(first, 'next'), atNoon);
      highlevel.answers(EXPORT, 400, { message: 'Nope' });
      expect(await poll(TEXTS)).toHaveLength(100);
      expect(closed()).toBeUndefined();

      const late = row('late', { dateAdded: new Date(NOON - 300_000).toISOString() });
      const fresh = row('fresh', { dateAdded: new Date(NOON + 600_000).toISOString() });
      highlevel.answers(EXPORT, 200, page([fresh, ...first.slice(0, 30), late]), minutes(20));
      const rest = row('rest', { dateAdded: new Date(NOON - 1_200_000).toISOString() });
      highlevel.answers(EXPORT, 200, page([rest]), minutes(20));
      const found = await poll(TEXTS);
      expect(found).toEqual(expect.arrayContaining(['fresh', 'late', 'rest']));
      // The last message was at 11:49:45.400.
      expect(highlevel.sent.at(-1)?.query).toMatchObject({ endDate: '2026-01-28T11:49:46.000Z' });
      expect(closed()).toBe(String(NOON));
    });

    test('of two lists closes the window as of the poll that left the first part', async () => {
      const { poll, closed } = start();
      const mails = first.map((one) => ({ ...one, id: `e${one.id}`, messageType: 'TYPE_EMAIL' }));
      const refused = () => highlevel.answers(EXPORT, 400, { message: 'Nope' });
      highlevel.answers(EXPORT, 200, page(first, 'next'), atNoon);
      refused();
      highlevel.answers(EXPORT, 200, page([]), atNoon);
      await poll(undefined);
      // Now emails are left as well.
      highlevel.answers(EXPORT, 200, page([]), minutes(20));
      refused();
      highlevel.answers(EXPORT, 200, page(mails, 'next'), minutes(20));
      refused();
      await poll(undefined);
      expect(closed()).toBeUndefined();
      for (let list = 0; list < 4; list++) highlevel.answers(EXPORT, 200, page([]), minutes(40));
      await poll(undefined);
      expect(closed()).toBe(String(NOON));
    });
  });

  test('loads a sample from the first list that has one', async () => {
    highlevel.answers(
      EXPORT,
      200,
      { messages: [row('event', { messageType: 'TYPE_ACTIVITY_CONTACT' })] },
      atNoon,
    );
    highlevel.answers(
      EXPORT,
      200,
      {
        messages: ['a', 'b', 'c', 'd'].map((id) => row(id, { messageType: 'TYPE_EMAIL', contactName: 'X' })),
      },
      atNoon,
    );
    expect(ids(await run('triggers', 'new_message', {}, { isLoadingSample: true }))).toEqual(['a', 'b', 'c']);
    expect(highlevel.sent).toHaveLength(2);
  });
});

describe('Dropdown of phone numbers', () => {
  const NUMBERS = `GET /phone-system/numbers/location/${LOCATION}`;
  const token = { ...fullAccess, scope: '' };
  const choices = (authData: Record<string, string>) =>
    connection(authData).choices('send_message', 'fromNumber');
  const numbers = [
    { phoneNumber: '+14155550110', friendlyName: 'Front desk' },
    { phoneNumber: '+14155550111' },
  ];
  const labels = [
    { id: '+14155550110', label: '+14155550110 (Front desk)' },
    { id: '+14155550111', label: '+14155550111' },
  ];

  test.each([
    ['in data', { status: 'success', data: { numbers } }],
    ['at the top', { numbers }],
    ['as the response', numbers],
  ])('lists them %s', async (_, answer) => {
    highlevel.answers(NUMBERS, 200, answer);
    expect(await choices(token)).toMatchObject({ results: labels });
    expect(highlevel.sent).toEqual([{ request: NUMBERS, query: { page: '0', pageSize: '100' } }]);
  });

  test('is empty where there are none, or where the connection may not list them', async () => {
    highlevel.answers(NUMBERS, 404, { message: 'No Twilio account found' });
    expect(await choices(token)).toMatchObject({ results: [] });
    expect(await choices(fullAccess)).toMatchObject({ results: [] });
    expect(highlevel.sent).toHaveLength(1);
  });
});
