import { CONTACT, failure, highLevel, run } from '../../support/app.ts';

const highlevel = highLevel();

const NOTES = `/contacts/${CONTACT}/notes`;
const createNote = () => run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
const findNotes = () => run('searches', 'find_notes', { contactId: CONTACT });
const note = { id: 'n1', body: 'Hi' };

beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
});

test.each([
  [
    'a 403 names the sub-account',
    403,
    { statusCode: 403, message: 'The token does not have access to this location.', error: 'Forbidden' },
    'HighLevel did not create the note: this connection is not for that sub-account. HighLevel says: "The token does not have access to this location". Reconnect the account and pick the right sub-account.',
    'Forbidden',
  ],
  [
    'a 403 of the firewall says nothing about the connection',
    403,
    '<!doctype html><title>Access denied</title>',
    "HighLevel could not create the note: HighLevel's firewall blocked the request. Please try again in a few minutes.",
    'Unavailable',
  ],
  [
    'so does the firewall’s 403 in JSON',
    403,
    { message: 'error code: 1010' },
    "HighLevel could not create the note: HighLevel's firewall blocked the request. Please try again in a few minutes.",
    'Unavailable',
  ],
  [
    'or the long form of it',
    403,
    { title: 'Error 1020: Access denied', status: 403, error_code: 1020, cloudflare_error: true },
    "HighLevel's firewall blocked the request",
    'Unavailable',
  ],
  [
    'a 404 says that the record is gone',
    404,
    { statusCode: 404, message: 'Not found' },
    'HighLevel could not create the note because it can\'t find a record used in this step. It may have been deleted or belong to another sub-account. HighLevel says: "Not found". Check the fields of this step.',
    'NotFound',
  ],
  [
    'a 404 without words says so too',
    404,
    '',
    "HighLevel could not create the note because it can't find a record used in this step. It may have been deleted or belong to another sub-account. Check the fields of this step.",
    'NotFound',
  ],
  [
    'so does the 400 that HighLevel uses for contacts',
    400,
    { message: `Contact not found for id:${CONTACT}`, error: 'Bad Request', statusCode: 400 },
    `HighLevel says: "Contact not found for id:${CONTACT}".`,
    'NotFound',
  ],
  ...[
    'The task id is invalid.',
    'The event id is invalid.',
    'Invalid note id',
    'The contact does not exist',
    'This task was already deleted',
    'Appointment with id x could not be found',
  ].map((message): [string, number, unknown, string, string] => [
    `so does the 400 "${message}"`,
    400,
    { statusCode: 400, message },
    "it can't find a record used in this step",
    'NotFound',
  ]),
  ['a 410 says so without words', 410, {}, "it can't find a record used in this step", 'NotFound'],
  [
    'a 400 about a value is no such word',
    400,
    { statusCode: 400, message: 'The task title is invalid.' },
    'HighLevel did not create the note. HighLevel says: "The task title is invalid".',
    'Refused',
  ],
  [
    'a 400 passes on what HighLevel says, and the trace to ask its support by',
    400,
    { statusCode: 400, message: 'Invalid Custom Field Value "x" for "cf1"', traceId: 'abc-123' },
    'HighLevel did not create the note. HighLevel says: "Invalid Custom Field Value "x" for "cf1"" (trace abc-123). Please check the fields of this step.',
    'Refused',
  ],
  [
    'a 422 lists everything that is wrong as a sentence',
    422,
    {
      statusCode: 422,
      message: ['property gender should not exist', 'body must be a string'],
      error: 'Unprocessable Entity',
    },
    'HighLevel did not create the note. HighLevel says: "property gender should not exist; body must be a string". Please check the fields of this step.',
    'Refused',
  ],
  [
    'an error in an object is found',
    400,
    { error: { code: 'RESOURCE_EXHAUSTED', message: 'Too much of it' } },
    'HighLevel says: "Too much of it".',
    'Refused',
  ],
  [
    'an error page is not quoted',
    400,
    '<html><body>Bad Request</body></html>',
    'HighLevel did not create the note. Please check the fields of this step.',
    'Refused',
  ],
])('%s', async (_, status, body, message, code) => {
  highlevel.answers(`POST ${NOTES}`, status, body);
  expect(await failure(createNote())).toEqual({
    kind: 'AppError',
    message: expect.stringContaining(message),
    code,
    status,
  });
  expect(highlevel.sent).toHaveLength(1);
});

test.each([
  ['email', 'email'],
  ['phone', 'phone number'],
  [undefined, 'email or phone number'],
])('a duplicate by %s halts the run, names the contact and suggests another action', async (field, words) => {
  const meta = { contactId: 'other1', ...(field && { matchingField: field }) };
  const message = 'This location does not allow duplicated contacts.';
  highlevel.answers(`PUT /contacts/${CONTACT}`, 400, { statusCode: 400, message, meta });
  expect(
    await failure(run('creates', 'update_contact', { contactId: CONTACT, email: 'jane@example.com' })),
  ).toEqual({
    kind: 'HaltedError',
    message:
      `HighLevel did not update the contact: contact other1 already has this ${words}. ` +
      'Use Create or Update Contact, or Find or Create Contact, to work with it.',
  });
});

describe('Unreadable responses', () => {
  const unreadable = [
    ['an empty one', ''],
    ['a web page', '<!doctype html><html><body>Welcome</body></html>'],
    ['broken JSON', '{"notes": ['],
    ['a list', '[]'],
    ['null', 'null'],
    ['one without what was asked for', '{"ok":true}'],
    ['one of another shape', '{"notes":"none","note":7}'],
    ['a record without its ID', '{"notes":[{"body":"Hi"}],"note":{"body":"Hi"}}'],
  ] as const;

  test.each(unreadable)('%s to a read is retried, then fails', async (_, text) => {
    for (let attempt = 0; attempt < 4; attempt++) highlevel.answers(`GET ${NOTES}`, 200, text);
    expect(await failure(findNotes())).toEqual({
      kind: 'AppError',
      code: 'Unavailable',
      message:
        "HighLevel could not read the contact's notes: HighLevel's response could not be read. Please try again in a few minutes.",
    });
  });

  test.each(unreadable)('%s to a write is an unknown outcome', async (_, text) => {
    highlevel.answers(`POST ${NOTES}`, 201, text);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect(await failure(createNote())).toEqual({
      kind: 'AppError',
      code: 'Uncertain',
      message:
        "HighLevel did not confirm the request to create the note: HighLevel's response could not be read. The note is not in HighLevel yet, but may still appear there. Replay this step in a few minutes: it looks in HighLevel first, so nothing is written a second time.",
    });
    expect(highlevel.sent.map(({ request }) => request)).toEqual([`POST ${NOTES}`, `GET ${NOTES}`]);
  });

  test('a readable response to the retry is returned', async () => {
    highlevel.answers(`GET ${NOTES}`, 200, '');
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [note] });
    expect(await findNotes()).toMatchObject([note]);
  });
});

test('an unmapped field of the wrong type does not stop a Zap', async () => {
  const odd = { id: 7, body: null, title: { text: 'x' }, color: 3, dateAdded: 1_769_591_561_809, more: true };
  highlevel.answers(`GET ${NOTES}`, 200, { notes: [odd], traceId: 't' });
  expect(await findNotes()).toMatchObject([
    { id: '7', body: '', title: null, color: '3', dateAdded: '2026-01-28T09:12:41.809Z' },
  ]);
});

test.each([301, 302, 307, 308])(
  'a redirect (%i) is not followed, because it would receive the token',
  async (status) => {
    highlevel.answers(`GET ${NOTES}`, status, '', { Location: 'https://elsewhere.example.com/' });
    expect(await failure(findNotes())).toEqual({
      kind: 'AppError',
      code: 'Unreadable',
      status,
      message:
        "HighLevel could not read the contact's notes: HighLevel redirected the request, which this integration doesn't follow.",
    });
    expect(highlevel.sent).toHaveLength(1);
  },
);
