import { CONTACT, failure, highLevel, run } from '../../support/app.ts';

const highlevel = highLevel();

const NOTE = 'zZ8oz9TCLMZcMgBzpv4e';
const URL = `https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/contacts/detail/${CONTACT}`;
/** A note in HighLevel's response, and as a Zap receives it. */
const answer = { id: NOTE, body: 'Hi', dateAdded: '2026-01-28T09:12:41.809Z', userId: 'usr1' };
const note = {
  ...answer,
  title: null,
  color: null,
  pinned: null,
  userName: null,
  userEmail: null,
  contactId: CONTACT,
  contactName: null,
  contactEmail: null,
  contactPhone: null,
  bodyText: 'Hi',
  url: URL,
};

test('Create Note sends the filled-in fields and nothing else', async () => {
  highlevel.answers(`POST /contacts/${CONTACT}/notes`, 201, { note: answer });
  const made = await run('creates', 'create_note', {
    contactId: CONTACT,
    body: 'Hi',
    title: '',
    userId: null,
    color: '#FFAA00',
    pinned: 'no',
  });
  expect(made).toEqual(note);
  expect(highlevel.sent).toEqual([
    { request: `POST /contacts/${CONTACT}/notes`, body: { body: 'Hi', color: '#FFAA00', pinned: false } },
  ]);
});

test('Update Note sends only the filled-in fields', async () => {
  highlevel.answers(`PUT /contacts/${CONTACT}/notes/${NOTE}`, 200, { note: answer });
  const updated = await run('creates', 'update_note', {
    contactId: CONTACT,
    noteId: NOTE,
    body: 'Hi',
    title: ' ',
  });
  expect(updated).toEqual(note);
  expect(highlevel.sent).toEqual([
    { request: `PUT /contacts/${CONTACT}/notes/${NOTE}`, body: { body: 'Hi' } },
  ]);
});

test.each([
  ['searches', 'find_note'],
  ['searches', 'find_notes'],
  ['triggers', 'new_note'],
  ['triggers', 'updated_note'],
] as const)('%s %s returns the notes of one author', async (kind, key) => {
  const now = new Date().toISOString();
  const notes = [
    { ...answer, id: 'n1', dateAdded: now },
    { ...answer, id: 'n2', userId: 'usr2', dateAdded: now },
  ];
  highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes });
  expect(await run(kind, key, { contactId: CONTACT, userId: 'usr2' })).toMatchObject([{ id: 'n2' }]);
});

test('Delete Note deletes the note', async () => {
  highlevel.answers(`DELETE /contacts/${CONTACT}/notes/${NOTE}`, 200, { succeded: true });
  expect(await run('creates', 'delete_note', { contactId: CONTACT, noteId: NOTE })).toEqual({
    id: NOTE,
    contactId: CONTACT,
    deleted: true,
    url: URL,
  });
  expect(highlevel.sent).toEqual([{ request: `DELETE /contacts/${CONTACT}/notes/${NOTE}` }]);
});

test('Find Note reads the chosen note', async () => {
  highlevel.answers(`GET /contacts/${CONTACT}/notes/${NOTE}`, 200, { note: answer });
  expect(await run('searches', 'find_note', { contactId: CONTACT, noteId: NOTE })).toEqual([note]);
  expect(highlevel.sent).toEqual([{ request: `GET /contacts/${CONTACT}/notes/${NOTE}` }]);
});

test.each([
  [404, { statusCode: 404, message: 'Note not found' }],
  [400, { statusCode: 400, message: `Contact not found for id:${CONTACT}` }],
])('Find Note finds nothing after a %i', async (status, body) => {
  highlevel.answers(`GET /contacts/${CONTACT}/notes/${NOTE}`, status, body);
  expect(await run('searches', 'find_note', { contactId: CONTACT, noteId: NOTE })).toEqual([]);
});

test.each(['find_note', 'find_notes'])('%s searches text and title, newest first', async (key) => {
  const notes = [
    { id: 'old', body: 'The PRICE list', dateAdded: '2026-01-01T00:00:00Z' },
    { id: 'other', body: 'Hello', dateAdded: '2026-01-02T00:00:00Z' },
    { id: 'new', title: 'Price', body: '', dateAdded: '2026-01-03T00:00:00Z' },
  ];
  highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes });
  const found = await run('searches', key, { contactId: CONTACT, text: 'price' });
  expect(found).toMatchObject([{ id: 'new' }, { id: 'old' }]);
  expect(highlevel.sent).toEqual([{ request: `GET /contacts/${CONTACT}/notes` }]);
});

describe('A note written in HighLevel’s editor', () => {
  const html =
    '<p class="p">The <strong>price</strong>&nbsp;list&#39;s <em>&eacute;</em></p><ul><li>Tea &amp; milk</li></ul>';

  test('is returned as HTML and as text', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [{ ...answer, body: html }] });
    expect(await run('searches', 'find_notes', { contactId: CONTACT })).toMatchObject([
      { body: html, bodyText: "The price list's é\n- Tea & milk" },
    ]);
  });

  test.each([
    ['price list', 1],
    ["LIST'S É", 1],
    ['tea & milk', 1],
    ['strong', 0],
    ['class="p"', 0],
    ['nbsp', 0],
    ['amp;', 0],
    ['<p', 0],
  ])('is found by its text %j', async (text, count) => {
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [{ ...answer, body: html }] });
    expect(await run('searches', 'find_note', { contactId: CONTACT, text })).toHaveLength(count);
  });
});

test('Find Notes returns all notes without a search text', async () => {
  highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [answer] });
  expect(await run('searches', 'find_notes', { contactId: CONTACT, text: ' ' })).toEqual([note]);
});

test('Find Notes finds nothing for a deleted contact', async () => {
  const body = { statusCode: 400, message: `Contact not found for id:${CONTACT}`, error: 'Bad Request' };
  highlevel.answers(`GET /contacts/${CONTACT}/notes`, 400, body);
  expect(await run('searches', 'find_notes', { contactId: CONTACT })).toEqual([]);
});

test.each([
  ['create_note', { contactId: CONTACT, body: ' ' }, 'Please fill in "Note Text".'],
  ['create_note', { body: 'Hi' }, 'Please fill in "Contact".'],
  [
    'create_note',
    { contactId: '../locations', body: 'Hi' },
    '"Contact" needs a HighLevel contact ID, not "../locations".',
  ],
  [
    'create_note',
    { contactId: CONTACT, body: { text: 'Hi' } },
    '"Note Text" takes one value. Map a single value instead of a group.',
  ],
  ['update_note', { contactId: CONTACT, body: 'Hi' }, 'Please fill in "Note".'],
  ['delete_note', { contactId: CONTACT, noteId: 'a/b' }, '"Note" needs a HighLevel note ID, not "a/b".'],
])('%s rejects %j before any request', async (key, input, sentence) => {
  const { kind, message } = await failure(run('creates', key, input));
  expect({ kind, message }).toEqual({ kind: 'AppError', message: expect.stringContaining(sentence) });
  expect(highlevel.sent).toEqual([]);
});
