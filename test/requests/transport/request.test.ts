import nock from 'nock';
import { isSafe } from '../../../lib/base/http.ts';
import {
  CONTACT,
  connection,
  failure,
  fullAccess,
  highLevel,
  LOCATION,
  run,
  TOKEN,
} from '../../support/app.ts';

const highlevel = highLevel();

const NOTES = `POST /contacts/${CONTACT}/notes`;

afterEach(() => {
  delete process.env.HIGHLEVEL_API_URL;
});

describe('Request headers', () => {
  test('a write has the token, the API version and the content type', async () => {
    highlevel.answers(NOTES, 201, { note: { id: 'n1' } });
    await run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
    expect(highlevel.headers).toMatchObject([
      {
        authorization: `Bearer ${TOKEN}`,
        version: '2021-07-28',
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Zapier',
      },
    ]);
  });

  test('the token has no blanks around it, which people paste along', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [] });
    const pasted = connection({ ...fullAccess, access_token: ` ${TOKEN}\n` });
    await pasted.run('searches', 'find_notes', { contactId: CONTACT });
    expect(highlevel.headers).toMatchObject([{ authorization: `Bearer ${TOKEN}` }]);
  });

  test('a read has no content type', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [] });
    await run('searches', 'find_notes', { contactId: CONTACT });
    expect(highlevel.headers).toMatchObject([{ version: '2021-07-28' }]);
    expect(highlevel.headers[0]).not.toHaveProperty('content-type');
  });

  test.each([
    ['creates', 'cancel_appointment', { appointmentId: 'a1' }, 'PUT /calendars/events/appointments/a1'],
    ['searches', 'find_free_slots', { calendarId: 'cal1' }, 'GET /calendars/cal1/free-slots'],
  ] as const)('calendar endpoints use another version: %s %s', async (kind, key, input, request) => {
    highlevel.answers(request, 200, { id: 'a1' });
    await run(kind, key, input);
    expect(highlevel.headers).toMatchObject([{ version: '2021-04-15', authorization: `Bearer ${TOKEN}` }]);
  });
});

describe('Request body', () => {
  test.each([
    ['with HighLevel’s merge tags', 'Hello {{contact.first_name}}, {{ user.name }}'],
    ['with what Zapier takes for its own', '{{bundle.authData.access_token}} {{process.env.CLIENT_SECRET}}'],
    ['with emoji, accents and right-to-left words', '👩‍👩‍👧 Zoë שלום 你好 \u0000\u2028'],
    ['with quotes, backslashes and lines', '"a" \\ \'b\'\n\tc\r\n'],
    ['with HTML', '<p>Hi &amp; <script>alert(1)</script></p>'],
    ['with 10,000 characters', '𝕏ö'.repeat(5_000)],
  ])('keeps %s as it was typed', async (_, body) => {
    highlevel.answers(NOTES, 201, { note: { id: 'n1' } });
    await run('creates', 'create_note', { contactId: CONTACT, body });
    expect(highlevel.sent).toEqual([{ request: NOTES, body: { body } }]);
  });

  test.each(['jane+chat@example.com', "o'hara&co=x@example.com", '{{contact.email}}@example.com'])(
    'query keeps %s as it was typed',
    async (email) => {
      highlevel.answers('GET /contacts/lookup', 200, { contacts: [] });
      highlevel.answers('GET /contacts/search/duplicate', 200, { contact: { id: CONTACT } });
      await run('searches', 'find_contact', { email });
      expect(highlevel.sent).toEqual([
        { request: 'GET /contacts/lookup', query: { locationId: LOCATION, email, limit: '20' } },
        { request: 'GET /contacts/search/duplicate', query: { locationId: LOCATION, email } },
      ]);
    },
  );
});

describe('Invalid ids in a path', () => {
  test.each(['..', '../locations', 'a/b', 'a?x=1', 'a#b', '%2e%2e', 'a b', 'ïd', '👩', '.', "a'b", 'a\\b'])(
    '%j is rejected before any request',
    async (contactId) => {
      const { message } = await failure(run('creates', 'create_note', { contactId, body: 'Hi' }));
      expect(message).toBe(
        `"Contact" needs a HighLevel contact ID, not "${contactId}". Choose a contact from the list, or map the Contact ID of a Find Contact step.`,
      );
      expect(highlevel.sent).toEqual([]);
    },
  );

  test.each([
    ['remove_from_campaign', { contactId: CONTACT, campaignId: 'removeAll' }, 'removeAll'],
    ['remove_from_campaign', { contactId: CONTACT, campaignId: 'REMOVEALL' }, 'REMOVEALL'],
    ['add_tags', { contactId: 'bulk', tags: ['vip'] }, 'bulk'],
    ['update_contact', { contactId: 'upsert', city: 'Oslo' }, 'upsert'],
  ])('%s rejects %j, a word from HighLevel’s paths', async (key, input, word) => {
    const { message } = await failure(run('creates', key, input));
    expect(message).toBe(`"${word}" isn't a HighLevel ID. Choose the record from the list.`);
    expect(highlevel.sent).toEqual([]);
  });

  test('a connection’s location id is checked too', async () => {
    const zap = connection({ ...fullAccess, locationId: '../oauth' });
    const { message } = await failure(zap.run('searches', 'find_tasks', { title: 'Call' }));
    expect(message).toContain('"../oauth" isn\'t a HighLevel ID.');
    expect(highlevel.sent).toEqual([]);
  });

  test('a connection without a sub-account is an error that says why', async () => {
    const zap = connection({ ...fullAccess, locationId: '' });
    expect(await failure(zap.run('creates', 'create_contact', { email: 'a@b.co' }))).toMatchObject({
      kind: 'AppError',
      message:
        'This connection belongs to no sub-account. Reconnect the account and pick a sub-account, not the agency.',
    });
  });
});

describe('HIGHLEVEL_API_URL', () => {
  test('replaces the base URL, with or without a trailing slash', async () => {
    process.env.HIGHLEVEL_API_URL = 'https://highlevel.example.com/api/';
    nock('https://highlevel.example.com').get(`/api/contacts/${CONTACT}/notes`).reply(200, { notes: [] });
    expect(await run('searches', 'find_notes', { contactId: CONTACT })).toEqual([]);
  });

  test.each(['http://highlevel.example.com', 'http://127.0.0.1.example.com', 'ftp://localhost', 'localhost'])(
    '%s is rejected, because the token would be sent unencrypted',
    async (address) => {
      process.env.HIGHLEVEL_API_URL = address;
      const { message } = await failure(run('searches', 'find_notes', { contactId: CONTACT }));
      expect(message).toContain('HIGHLEVEL_API_URL must be an https URL');
      expect(highlevel.sent).toEqual([]);
    },
  );

  test.each([
    ['https://highlevel.example.com', true],
    ['http://localhost:4100', true],
    ['http://127.0.0.1:4100', true],
    ['http://127.9.9.9', true],
    ['http://[::1]:4100', true],
    ['http://localhost.example.com', false],
    ['http://127.0.0.1@example.com', false],
    ['https://user:secret@example.com', false],
    ['http://192.168.0.10', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('isSafe(%j) is %j', (address, safe) => {
    expect(isSafe(address)).toBe(safe);
  });
});

describe('Missing permission', () => {
  test.each([
    ['creates', 'create_contact', { email: 'a@b.co' }, 'contacts.readonly', 'contacts.write'],
    [
      'searches',
      'find_tasks',
      { title: 'Call' },
      'contacts.readonly contacts.write',
      'locations/tasks.readonly',
    ],
    ['searches', 'find_user', { name: 'Maria' }, 'contacts.readonly,contacts.write', 'users.readonly'],
  ] as const)(
    'stops %s %s before anything is sent, by its name',
    async (kind, key, input, scope, missing) => {
      const zap = connection({ ...fullAccess, scope });
      const { message } = await failure(zap.run(kind, key, input));
      expect(message).toContain(
        `this connection doesn't have the "${missing}" permission, which is needed to `,
      );
      expect(message).toContain(
        `To allow it, reconnect the account with at least the access ${kind === 'creates' ? '"Read and Write"' : '"Read Only"'}.`,
      );
      expect(highlevel.sent).toEqual([]);
    },
  );

  test('is left to HighLevel when the connection’s scopes are unknown', async () => {
    const { scope: _, ...untold } = fullAccess;
    highlevel.answers(NOTES, 201, { note: { id: 'n1' } });
    await connection(untold).run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
    expect(highlevel.sent).toHaveLength(1);
  });
});
