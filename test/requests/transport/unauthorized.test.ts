import { meaningOf401 } from '../../../lib/highlevel/error_responses.ts';
import {
  App,
  CONTACT,
  connection,
  failure,
  fullAccess,
  highLevel,
  LOCATION,
  run,
} from '../../support/app.ts';

const highlevel = highLevel();

const NOTES = `/contacts/${CONTACT}/notes`;
const SUB_ACCOUNT = `GET /locations/${LOCATION}`;
const createNote = () => run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
const findNotes = () => run('searches', 'find_notes', { contactId: CONTACT });

const refused = { statusCode: 401, message: 'Whatever it says, the platform hides it.' };
const location = { location: { id: LOCATION, name: 'Bright Smile Dental' } };
const requests = () => highlevel.sent.map(({ request }) => request);

beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
});

describe('401 of an OAuth connection', () => {
  test('refreshes the token when the connection test gets a 401 too', async () => {
    highlevel.answers(`GET ${NOTES}`, 401, refused);
    highlevel.answers(SUB_ACCOUNT, 401, refused);
    highlevel.answers('POST /contacts/search', 401, refused);
    expect((await failure(findNotes())).kind).toBe('RefreshAuthError');
    expect(requests()).toEqual([`GET ${NOTES}`, SUB_ACCOUNT, 'POST /contacts/search']);
  });

  test('refreshes the token for a write too, which was sent once', async () => {
    highlevel.answers(`POST ${NOTES}`, 401, refused);
    highlevel.answers(SUB_ACCOUNT, 401, refused);
    highlevel.answers('POST /contacts/search', 401, refused);
    expect((await failure(createNote())).kind).toBe('RefreshAuthError');
    expect(requests()).toEqual([`POST ${NOTES}`, SUB_ACCOUNT, 'POST /contacts/search']);
  });

  test('is retried once when the token is valid, because it may be a timeout', async () => {
    highlevel.answers(`GET ${NOTES}`, 401, refused);
    highlevel.answers(SUB_ACCOUNT, 200, location);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [{ id: 'n1' }] });
    expect(await findNotes()).toMatchObject([{ id: 'n1' }]);
    expect(requests()).toEqual([`GET ${NOTES}`, SUB_ACCOUNT, `GET ${NOTES}`]);
  });

  test.each([
    ['granted by name', fullAccess.scope, 'Forbidden', 'HighLevel refused a valid connection. Please try'],
    [
      'of which nothing is known',
      '',
      'Forbidden',
      'HighLevel did not read the contact\'s notes: this connection may not have the "contacts.readonly" permission, ' +
        'which is needed to find contacts, read their tasks, notes and appointments, and trigger on them. To allow it, reconnect the ' +
        'account with at least the access "Read Contacts Only".',
    ],
  ])(
    'that is repeated with a valid token does not blame a granted permission: one %s',
    async (_, scope, code, words) => {
      for (const _attempt of [1, 2]) {
        highlevel.answers(`GET ${NOTES}`, 401, refused);
        highlevel.answers(SUB_ACCOUNT, 200, location);
      }
      const zap = connection({ ...fullAccess, scope });
      const told = await failure(zap.run('searches', 'find_notes', { contactId: CONTACT }));
      expect(told).toMatchObject({ kind: 'AppError', code, message: expect.stringContaining(words) });
      expect(requests()).toEqual([`GET ${NOTES}`, SUB_ACCOUNT, `GET ${NOTES}`, SUB_ACCOUNT]);
    },
  );

  test.each([
    ['granted by name', fullAccess.scope, false],
    ['of which nothing is known', '', true],
  ])(
    'for a new note with a valid token is an unknown outcome, and blames only a permission %s: %s',
    async (_, scope, blamed) => {
      highlevel.answers(`POST ${NOTES}`, 401, refused);
      highlevel.answers(SUB_ACCOUNT, 200, location);
      highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
      const zap = connection({ ...fullAccess, scope });
      const { code, message } = await failure(
        zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' }),
      );
      expect(code).toBe('Uncertain');
      expect(message.includes('usually means that the "contacts.write" permission is missing')).toBe(blamed);
      expect(message).toContain('The note is not in HighLevel yet, but may still appear there.');
      expect(requests()).toEqual([`POST ${NOTES}`, SUB_ACCOUNT, `GET ${NOTES}`]);
    },
  );

  test('is checked by a contact search without the permission to read the sub-account', async () => {
    const zap = connection({ ...fullAccess, scope: 'contacts.readonly' });
    highlevel.answers(`GET ${NOTES}`, 401, refused);
    highlevel.answers('POST /contacts/search', 200, { contacts: [] });
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect(await zap.run('searches', 'find_notes', { contactId: CONTACT })).toEqual([]);
    expect(highlevel.sent[1]).toEqual({
      request: 'POST /contacts/search',
      body: { locationId: LOCATION, pageLimit: 1 },
    });
  });

  const odd: [string, number, unknown][] = [
    ['429', 429, {}],
    ['500', 500, {}],
    ['408', 408, {}],
    ['a timeout in a 400', 400, { message: 'Request Timeout after 30000ms' }],
    ['a page', 200, '<html></html>'],
    ['a page of a firewall', 403, '<html></html>'],
    ['a firewall that answers in JSON', 403, { message: 'error code: 1010' }],
    ['a redirect', 302, {}],
  ];

  test.each(odd)('is a stale token if one test call says so and the other %s', async (_, status, body) => {
    highlevel.answers(`POST ${NOTES}`, 401, refused);
    highlevel.answers(SUB_ACCOUNT, status, body);
    highlevel.answers('POST /contacts/search', 401, refused);
    expect((await failure(createNote())).kind).toBe('RefreshAuthError');
  });

  test.each(odd)('is also a stale token if the second test call says %s', async (_, status, body) => {
    highlevel.answers(`POST ${NOTES}`, 401, refused);
    highlevel.answers(SUB_ACCOUNT, 401, refused);
    highlevel.answers('POST /contacts/search', status, body);
    expect((await failure(createNote())).kind).toBe('RefreshAuthError');
  });

  test.each(odd)('repeats the only test call if it says %s', async (_, status, body) => {
    highlevel.answers(`POST ${NOTES}`, 401, refused);
    highlevel.answers(SUB_ACCOUNT, status, body);
    highlevel.answers(SUB_ACCOUNT, 401, refused);
    const zap = connection({ ...fullAccess, scope: 'contacts.write locations.readonly' });
    const { kind } = await failure(zap.run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' }));
    expect(kind).toBe('RefreshAuthError');
  });

  test('with a test call that fails otherwise causes neither a refresh nor the test call’s error', async () => {
    for (const _ of [1, 2, 3, 4]) {
      highlevel.answers(`GET ${NOTES}`, 401, refused);
      highlevel.answers(SUB_ACCOUNT, 500, { message: 'Internal Server Error' });
      highlevel.answers('POST /contacts/search', 500, { message: 'Internal Server Error' });
    }
    const { kind, code, message } = await failure(findNotes());
    expect({ kind, code }).toEqual({ kind: 'AppError', code: 'Unavailable' });
    expect(message).toBe(
      "HighLevel could not read the contact's notes: HighLevel refused the connection without a reason. Please try again in a few minutes.",
    );
    expect(requests().filter((request) => request === `GET ${NOTES}`)).toHaveLength(4);
  });

  test('for a new note with a connection test that fails otherwise is an unknown outcome, sent once', async () => {
    highlevel.answers(`POST ${NOTES}`, 401, refused);
    highlevel.breaks(SUB_ACCOUNT);
    highlevel.answers('POST /contacts/search', 429, {});
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect((await failure(createNote())).code).toBe('Uncertain');
    expect(requests()).toEqual([`POST ${NOTES}`, SUB_ACCOUNT, 'POST /contacts/search', `GET ${NOTES}`]);
  });
});

describe('401 of a Private Integration Token', () => {
  const app: typeof App = { ...App, authentication: { type: 'custom', test: async () => ({}), fields: [] } };
  const zap = () => connection({ access_token: fullAccess.access_token, locationId: LOCATION }, app);
  const find = () => zap().run('searches', 'find_notes', { contactId: CONTACT });

  test('about the token marks the connection as expired', async () => {
    const body = { statusCode: 401, message: 'Invalid JWT' };
    highlevel.answers(`GET ${NOTES}`, 401, body);
    highlevel.answers(SUB_ACCOUNT, 401, body);
    highlevel.answers('POST /contacts/search', 401, body);
    expect(await failure(find())).toEqual({
      kind: 'ExpiredAuthError',
      message:
        'HighLevel does not accept the Private Integration Token of this connection. Check in HighLevel under Settings > Private Integrations whether it was deleted or replaced, and reconnect the account with a valid one.',
    });
  });

  test.each([
    'The token is not authorized for this scope.',
    'Token’s user type mismatch!'.replace('’', "'"),
    'This authClass type is not allowed to access this scope. Please reach out to support',
  ])('about the permission names it without another request: %s', async (message) => {
    highlevel.answers(`GET ${NOTES}`, 401, { statusCode: 401, message });
    const { code, message: told } = await failure(find());
    expect(code).toBe('Forbidden');
    expect(told).toContain('this connection doesn\'t have the "contacts.readonly" permission');
    expect(highlevel.sent).toHaveLength(1);
  });

  test('about the sub-account explains what to check', async () => {
    highlevel.answers(`GET ${NOTES}`, 401, { statusCode: 401, message: 'Location is not active' });
    expect((await failure(find())).message).toContain(
      'the sub-account is not active. Check in HighLevel whether it is paused or unpaid.',
    );
  });

  test('for a timeout is retried', async () => {
    highlevel.answers(`GET ${NOTES}`, 401, { statusCode: 401, message: 'Command timed out' });
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect(await find()).toEqual([]);
  });

  test('for a timeout on a new note is an unknown outcome', async () => {
    highlevel.answers(`POST ${NOTES}`, 401, { statusCode: 401, message: 'Command timed out' });
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    const create = zap().run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
    expect((await failure(create)).message).toContain(
      'HighLevel did not respond in time. The note is not in',
    );
    expect(requests()).toEqual([`POST ${NOTES}`, `GET ${NOTES}`]);
  });
});

test.each([
  ['Invalid JWT', 'stale token'],
  ['Invalid token: access token is invalid', 'stale token'],
  ['Invalid Private Integration token', 'stale token'],
  ['The token is not authorized for this scope.', 'missing permission'],
  ["Token's user type mismatch!", 'missing permission'],
  ['Location is not active', 'inactive location'],
  ['Command timed out', 'timeout'],
  ['version header was not found.', 'unknown'],
  ['', 'unknown'],
])('the 401 message "%s" means %s', (message, meaning) => {
  expect(meaningOf401(message)).toBe(meaning);
});
