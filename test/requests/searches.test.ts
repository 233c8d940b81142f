import { CONTACT, connection, failure, highLevel, LOCATION, run } from '../support/app.ts';

const highlevel = highLevel();

const DUPLICATE = 'GET /contacts/search/duplicate';
const LOOKUP = 'GET /contacts/lookup';
const SEARCH = 'POST /contacts/search';
const BUSINESS = '63771dcac1116f0e21de8e12';

const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);
const requests = () => highlevel.sent.map(({ request }) => request);

describe('Find Contact', () => {
  test('by ID reads the contact', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { id: CONTACT } });
    expect(ids(await run('searches', 'find_contact', { contactId: CONTACT }))).toEqual([CONTACT]);
    expect(requests()).toEqual([`GET /contacts/${CONTACT}`]);
  });

  test.each([
    [400, { statusCode: 400, message: `Contact not found for id:${CONTACT}` }],
    [404, { statusCode: 404, message: 'Not found' }],
  ])('by ID returns no match instead of an error after a %i', async (status, body) => {
    highlevel.answers(`GET /contacts/${CONTACT}`, status, body);
    expect(await run('searches', 'find_contact', { contactId: CONTACT })).toEqual([]);
  });

  test('by email and phone uses the duplicate lookup, which finds a new contact at once', async () => {
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT }, traceId: 't' });
    const input = { email: 'jane@example.com', phone: '+1 415-555-0132', query: 'Jane' };
    expect(ids(await run('searches', 'find_contact', input))).toEqual([CONTACT]);
    expect(highlevel.sent).toEqual([
      { request: LOOKUP, query: { locationId: LOCATION, email: 'jane@example.com', limit: '20' } },
      { request: LOOKUP, query: { locationId: LOCATION, phone: '+14155550132', limit: '20' } },
      {
        request: DUPLICATE,
        query: { locationId: LOCATION, email: 'jane@example.com', number: '+14155550132' },
      },
    ]);
  });

  test('parses a local phone number with the sub-account’s country', async () => {
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION, country: 'US' } });
    highlevel.answers(LOOKUP, 403, { message: 'Forbidden resource' });
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    await run('searches', 'find_contact', { phone: '(415) 555-0132' });
    expect(highlevel.sent[2]?.query).toEqual({ locationId: LOCATION, number: '+14155550132' });
  });

  test.each([[{ contact: null }], [{}], [{ traceId: 't' }]])(
    'falls back to the search when the duplicate lookup returns %j',
    async (none) => {
      highlevel.answers(LOOKUP, 200, { contacts: [] });
      highlevel.answers(DUPLICATE, 200, none);
      highlevel.answers(SEARCH, 200, { contacts: [], total: 0 });
      expect(await run('searches', 'find_contact', { email: 'jane@example.com' })).toEqual([]);
      expect(highlevel.sent[2]).toEqual({
        request: SEARCH,
        body: {
          locationId: LOCATION,
          pageLimit: 10,
          filters: [
            { group: 'OR', filters: [{ field: 'email', operator: 'eq', value: 'jane@example.com' }] },
          ],
        },
      });
    },
  );

  test('finds an additional email or phone number by the v3 lookup, without further requests', async () => {
    highlevel.answers(LOOKUP, 200, { contacts: [{ id: CONTACT }, { id: 'c2' }], nextCursor: null });
    const input = { email: 'Team@Example.org', phone: '+14155550132', query: 'Jane' };
    expect(ids(await run('searches', 'find_contact', input))).toEqual([CONTACT, 'c2']);
    expect(highlevel.sent).toEqual([
      { request: LOOKUP, query: { locationId: LOCATION, email: 'team@example.org', limit: '20' } },
    ]);
    expect(highlevel.headers[0]).toMatchObject({ version: 'v3' });
  });

  test('finds a contact by phone if the email does not match', async () => {
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(LOOKUP, 200, { contacts: [{ id: CONTACT }] });
    const input = { email: 'nobody@example.org', phone: '+14155550132' };
    expect(ids(await run('searches', 'find_contact', input))).toEqual([CONTACT]);
  });

  test.each([
    [403, { message: 'Forbidden resource' }],
    [404, ''],
    [422, { message: ['property email should not exist'] }],
  ])('skips the lookup after a refusal with %i, and remembers it', async (status, body) => {
    const zap = connection();
    highlevel.answers(LOOKUP, status, body);
    for (let step = 0; step < 2; step++) {
      highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
      const input = { email: 'jane@example.com', phone: '+14155550132' };
      expect(ids(await zap.run('searches', 'find_contact', input))).toEqual([CONTACT]);
    }
    expect(requests()).toEqual([LOOKUP, DUPLICATE, DUPLICATE]);
  });

  test('a 401 from the lookup with a valid token is a refusal, and starts no refresh', async () => {
    highlevel.answers(LOOKUP, 401, { message: 'Unauthorized' });
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION } });
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    expect(ids(await run('searches', 'find_contact', { email: 'jane@example.com' }))).toEqual([CONTACT]);
    expect(highlevel.sent).toHaveLength(3);
  });

  test.each([
    ['down', () => highlevel.answers(LOOKUP, 503)],
    ['broken', () => highlevel.breaks(LOOKUP)],
  ])('a lookup that is %s is tried once per step', async (_, fails) => {
    fails();
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    expect(ids(await run('searches', 'find_contact', { email: 'jane@example.com' }))).toEqual([CONTACT]);
    expect(highlevel.waits).toEqual([]);
  });

  test('never uses the lookup with a Private Integration Token', async () => {
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    const zap = connection({ access_token: 'pit-7f3c', locationId: LOCATION });
    expect(ids(await zap.run('searches', 'find_contact', { email: 'jane@example.com' }))).toEqual([CONTACT]);
    expect(requests()).toEqual([DUPLICATE]);
  });

  test('needs no sub-account for a number in international form', async () => {
    highlevel.answers(LOOKUP, 200, { contacts: [{ id: CONTACT }] });
    await run('searches', 'find_contact', { phone: '+49 30 901820' });
    expect(highlevel.sent).toMatchObject([{ query: { phone: '+4930901820' } }]);
  });

  test('by Search Text alone truncates it to 75 characters', async () => {
    highlevel.answers(SEARCH, 200, { contacts: [{ id: CONTACT }] });
    const query = '👩'.repeat(80);
    expect(ids(await run('searches', 'find_contact', { query }))).toEqual([CONTACT]);
    expect(highlevel.sent).toEqual([
      { request: SEARCH, body: { locationId: LOCATION, pageLimit: 10, query: '👩'.repeat(37) } },
    ]);
  });

  const GONE = { statusCode: 400, message: 'Contact not found' };
  const byEmail = { request: DUPLICATE, query: { locationId: LOCATION, email: 'jane@example.com' } };

  test.each([
    ['an unknown id', { contactId: 'gone1' }],
    ['what is no id', { contactId: 'Jane Doe' }],
    ['a word of the paths', { contactId: 'duplicate' }],
    ['a rubbish phone', { phone: 'call me' }],
    ['a dummy', { phone: '1234567890' }],
    ['a word for nothing', { contactId: 'null', phone: 'n/a' }],
  ])('next to %s uses a valid email', async (_, beside) => {
    const isUnknown = 'contactId' in beside && beside.contactId === 'gone1';
    if (isUnknown) highlevel.answers('GET /contacts/gone1', 400, GONE);
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    const input = { email: ' Jane@Example.com.', ...beside };
    expect(ids(await run('searches', 'find_contact', input))).toEqual([CONTACT]);
    expect(highlevel.sent.at(-1)).toEqual(byEmail);
  });

  test('with an invalid email uses a valid phone number', async () => {
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    await run('searches', 'find_contact', { email: 'jane', phone: '+14155550132' });
    expect(highlevel.sent).toEqual([
      { request: LOOKUP, query: { locationId: LOCATION, phone: '+14155550132', limit: '20' } },
      { request: DUPLICATE, query: { locationId: LOCATION, number: '+14155550132' } },
    ]);
  });

  test('with invalid details uses the Search Text', async () => {
    highlevel.answers(SEARCH, 200, { contacts: [{ id: CONTACT }] });
    const input = { email: 'jane', phone: 'call me', contactId: 'Jane Doe', query: 'Jane' };
    expect(ids(await run('searches', 'find_contact', input))).toEqual([CONTACT]);
  });

  test('understands swapped email and phone', async () => {
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(LOOKUP, 200, { contacts: [] });
    highlevel.answers(DUPLICATE, 200, { contact: { id: CONTACT } });
    await run('searches', 'find_contact', { email: '+14155550132', phone: 'jane@example.com' });
    expect(highlevel.sent.slice(2)).toEqual([
      { request: DUPLICATE, query: { ...byEmail.query, number: '+14155550132' } },
    ]);
  });

  test('by an unknown id and invalid details finds nothing', async () => {
    highlevel.answers('GET /contacts/gone1', 400, GONE);
    expect(await run('searches', 'find_contact', { contactId: 'gone1', email: 'jane' })).toEqual([]);
  });

  test('does not treat other failures as an unknown id', async () => {
    highlevel.answers('GET /contacts/gone1', 403, { statusCode: 403, message: 'Forbidden resource' });
    const input = { contactId: 'gone1', email: 'jane@example.com' };
    expect((await failure(run('searches', 'find_contact', input))).message).toContain(
      'not for that sub-account',
    );
  });

  test.each([
    [
      { email: 'nobody', phone: 'call me', contactId: 'a/b' },
      '"Contact" needs a HighLevel contact ID, not "a/b". Choose a contact from the list, or map the Contact ID of a Find Contact step. "Email" isn\'t a valid email address: "nobody". "Phone" isn\'t a valid phone number: "call me".',
    ],
    [{ phone: '12345' }, '"Phone" isn\'t a valid phone number: "12345".'],
    [{ contactId: 'duplicate' }, '"Contact" needs a HighLevel contact ID, not "duplicate".'],
    [{ email: '?' }, 'Please fill in "Email", "Phone", "Search Text", or "Contact".'],
    [{ email: 'n/a', contactId: '--' }, 'Please fill in "Email", "Phone", "Search Text", or "Contact".'],
    [{}, 'Please fill in "Email", "Phone", "Search Text", or "Contact".'],
    [{ email: 'nobody' }, '"Email" isn\'t a valid email address: "nobody".'],
    [{ contactId: 'Jane Doe' }, '"Contact" needs a HighLevel contact ID, not "Jane Doe".'],
  ])('rejects %j before any request', async (input, sentence) => {
    expect((await failure(run('searches', 'find_contact', input))).message).toContain(sentence);
    expect(highlevel.sent).toEqual([]);
  });
});

test('a row of the contact search is returned in the shape of every other contact', async () => {
  const row = {
    id: CONTACT,
    contactName: 'jane doe',
    firstName: null,
    firstNameLowerCase: 'jane',
    lastNameLowerCase: 'doe',
    address: '12 Main Street',
    phone: null,
    dateAdded: 1_769_591_561_809,
    searchAfter: [1, CONTACT],
  };
  const single = { id: CONTACT, firstName: 'Jane', address1: '12 Main Street' };
  highlevel.answers(SEARCH, 200, { contacts: [row] });
  highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: single });
  const [found] = Object.values(Object(await run('searches', 'find_contact', { query: 'Jane' })));
  const [read] = Object.values(Object(await run('searches', 'find_contact', { contactId: CONTACT })));
  expect(Object.keys(Object(found)).toSorted()).toEqual(Object.keys(Object(read)).toSorted());
  expect(found).toMatchObject({
    name: 'jane doe',
    firstName: 'jane',
    address1: '12 Main Street',
    dateAdded: '2026-01-28T09:12:41.809Z',
    dateUpdated: '2026-01-28T09:12:41.809Z',
  });
});

describe('Find Contacts', () => {
  test('sorts by last update and applies all filters', async () => {
    const contacts = [
      { id: 'new', dateUpdated: '2026-01-28T00:00:00Z' },
      { id: 'old', dateUpdated: '2026-01-01T00:00:00Z' },
    ];
    highlevel.answers(SEARCH, 200, { contacts });
    const input = {
      tags: 'VIP',
      assignedTo: 'user1',
      query: 'Jane',
      updatedAfter: '2026-01-15',
      limit: '20',
    };
    expect(ids(await run('searches', 'find_contacts', input))).toEqual(['new']);
    expect(highlevel.sent).toEqual([
      {
        request: SEARCH,
        body: {
          locationId: LOCATION,
          pageLimit: 20,
          sort: [{ field: 'dateUpdated', direction: 'desc' }],
          filters: [
            { field: 'tags', operator: 'eq', value: 'vip' },
            { field: 'assignedTo', operator: 'eq', value: 'user1' },
          ],
          query: 'Jane',
        },
      },
    ]);
  });

  test('with a business reads its list of contacts and applies the other filters itself', async () => {
    const contacts = [
      { id: 'old', tags: ['vip'], assignedTo: 'user1', dateUpdated: '2026-01-01T00:00:00Z' },
      { id: 'new', tags: ['vip', 'hot'], assignedTo: 'user1', dateUpdated: '2026-01-28T00:00:00Z' },
      { id: 'untagged', tags: [], assignedTo: 'user1', dateUpdated: '2026-01-28T00:00:00Z' },
      { id: 'hers', tags: ['vip'], assignedTo: 'user2', dateUpdated: '2026-01-28T00:00:00Z' },
    ];
    highlevel.answers(`GET /contacts/business/${BUSINESS}`, 200, { contacts, count: 4 });
    const input = { businessId: BUSINESS, tags: ['vip'], assignedTo: 'user1' };
    expect(ids(await run('searches', 'find_contacts', input))).toEqual(['new', 'old']);
    expect(highlevel.sent).toEqual([
      {
        request: `GET /contacts/business/${BUSINESS}`,
        query: { locationId: LOCATION, skip: '0', limit: '100' },
      },
    ]);
    highlevel.answers(`GET /contacts/business/${BUSINESS}`, 200, { contacts, count: 4 });
    const both = { businessId: BUSINESS, tags: ['vip', 'hot'] };
    expect(ids(await run('searches', 'find_contacts', both))).toEqual(['new']);
  });
});

describe('Find User', () => {
  const users = [
    { id: 'u1', name: 'Maria Keller-Jones', email: 'mj@example.com' },
    { id: 'u2', firstName: 'Maria', lastName: 'Keller', email: 'Maria@Example.com' },
    { id: 'u3', name: 'Maria Keller', deleted: true },
  ];

  test.each([
    [{ name: 'maria keller' }, ['u2', 'u1']],
    [{ email: 'maria@example.com' }, ['u2']],
    [{ name: 'Nobody' }, []],
  ])('with %j returns %j: the exact name first, no deleted users', async (input, found) => {
    highlevel.answers('GET /users/', 200, { users });
    expect(ids(await run('searches', 'find_user', input))).toEqual(found);
    expect(highlevel.sent).toEqual([{ request: 'GET /users/', query: { locationId: LOCATION } }]);
  });

  test('falls back to GET /users/search when GET /users/ is gone', async () => {
    highlevel.answers('GET /users/', 404, { statusCode: 404, message: 'Cannot GET /users/' });
    highlevel.answers(`GET /locations/${LOCATION}`, 200, {
      location: { id: LOCATION, companyId: 'company1' },
    });
    highlevel.answers('GET /users/search', 200, { users, count: 3 });
    expect(ids(await run('searches', 'find_user', { name: 'Keller' }))).toEqual(['u1', 'u2']);
    expect(highlevel.sent[2]).toEqual({
      request: 'GET /users/search',
      query: { companyId: 'company1', locationId: LOCATION, skip: '0', limit: '100' },
    });
  });

  test('requires a name or an email', async () => {
    expect((await failure(run('searches', 'find_user', {}))).message).toContain(
      'Please fill in "Email", "Name", or "User".',
    );
  });
});

describe('Find Company', () => {
  test('reads all pages and returns the exact name first', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ id: `b${index}`, name: `Acme ${index}` }));
    highlevel.answers('GET /businesses/', 200, { businesses: many });
    highlevel.answers('GET /businesses/', 200, { businesses: [{ id: 'acme', name: 'ACME' }] });
    expect(ids(await run('searches', 'find_business', { name: 'acme' })).slice(0, 2)).toEqual(['acme', 'b0']);
    expect(highlevel.sent.map(({ query }) => query)).toEqual([
      { locationId: LOCATION, limit: '100', skip: '0' },
      { locationId: LOCATION, limit: '100', skip: '100' },
    ]);
  });

  test('requires a name or an email', async () => {
    expect((await failure(run('searches', 'find_business', {}))).message).toContain('Please fill in');
  });
});

describe('Search endpoint that was removed', () => {
  const gone = { statusCode: 404, message: 'Cannot POST /contacts/search' };

  test.each([
    ['an address that is gone', 404, gone],
    ['a 404 that names no record', 404, { statusCode: 404, message: 'Not found' }],
    ['an error page', 404, '<html>Not Found</html>'],
  ])('fails instead of finding nothing: %s', async (_, status, body) => {
    highlevel.answers('POST /contacts/search', status, body);
    expect((await failure(run('searches', 'find_contact', { query: 'Jane' }))).message).toMatch(
      /^HighLevel could not search the contacts: HighLevel no longer supports this request\..* Please tell the people who maintain this integration\.$/,
    );
  });

  test('fails as well if its path names a record', async () => {
    const request = `GET /contacts/${CONTACT}/notes`;
    highlevel.answers(request, 404, { message: `Cannot ${request}` });
    expect((await failure(run('searches', 'find_notes', { contactId: CONTACT }))).message).toContain(
      'HighLevel no longer supports this request.',
    );
  });

  test('fails as well if its path names the sub-account', async () => {
    highlevel.answers(`POST /locations/${LOCATION}/tasks/search`, 404, { message: 'Not found' });
    expect((await failure(run('searches', 'find_tasks', { title: 'Call' }))).message).toContain(
      'HighLevel no longer supports this request.',
    );
  });

  test('still finds nothing when HighLevel answers that the contact does not exist', async () => {
    highlevel.answers('GET /contacts/lookup', 200, { contacts: [] });
    highlevel.answers('GET /contacts/search/duplicate', 400, { message: 'Contact not found for id:x' });
    expect(await run('searches', 'find_contact', { email: 'a@b.co' })).toEqual([]);
  });
});
