import { connection, failure, fullAccess, highLevel, LOCATION, run } from '../support/app.ts';

const highlevel = highLevel();
const BUSINESS = '63771dcac1116f0e21de8e12';
const CREATE = 'POST /businesses/';
const UPDATE = `PUT /businesses/${BUSINESS}`;
const LIST = 'GET /businesses/';
/** HighLevel's response to a write, with its spelling. */
const written = (fields: object) => ({ success: true, buiseness: { id: BUSINESS, ...fields } });
const nothing = {
  id: BUSINESS,
  name: null,
  email: null,
  phone: null,
  website: null,
  address: null,
  city: null,
  state: null,
  postalCode: null,
  country: null,
  description: null,
  dateAdded: null,
  dateUpdated: null,
  warnings: [],
};

describe('Create Company', () => {
  test('sends all filled-in fields in one request', async () => {
    const body = {
      name: 'Example Ltd',
      email: 'office@example.com',
      phone: '+14155550132',
      website: 'https://example.com',
      address: '12 Main Street',
      city: 'San Francisco',
      state: 'California',
      postalCode: '94103',
      country: 'US',
      description: 'Dental supplies',
    };
    const createdAt = '2026-01-28T09:12:41.809Z';
    highlevel.answers(CREATE, 201, written({ ...body, createdAt, updatedAt: createdAt }));
    const input = { ...body, email: ' Office@Example.com', country: 'United States' };
    expect(await run('creates', 'create_business', input)).toEqual({
      ...nothing,
      ...body,
      dateAdded: createdAt,
      dateUpdated: createdAt,
    });
    expect(highlevel.sent).toEqual([{ request: CREATE, body: { locationId: LOCATION, ...body } }]);
  });

  test('sends no blank fields, and says what it did not save', async () => {
    highlevel.answers(CREATE, 201, written({ name: 'Example Ltd' }));
    const input = { name: 'Example Ltd', city: '', email: null, phone: '+1 415 555 0132 ask for Ann' };
    expect(await run('creates', 'create_business', input)).toEqual({
      ...nothing,
      name: 'Example Ltd',
      warnings: ['Email and Phone also say "ask for Ann", which was not saved.'],
    });
    expect(highlevel.sent).toEqual([
      { request: CREATE, body: { locationId: LOCATION, name: 'Example Ltd', phone: '+14155550132' } },
    ]);
  });

  test('does not look for the company in more companies than it can read', async () => {
    highlevel.answers(CREATE, 502, { statusCode: 502, message: 'Bad Gateway' });
    for (let page = 0; page < 50; page++) {
      const businesses = Array.from({ length: 100 }, (_, row) => ({ id: `b${page * 100 + row}`, name: 'x' }));
      highlevel.answers(LIST, 200, { businesses });
    }
    const { code, message } = await failure(run('creates', 'create_business', { name: 'Example Ltd' }));
    expect(code).toBe('Uncertain');
    expect(message).toContain('Whether the company was saved could not be looked up.');
  });

  test.each([
    ['phone', { name: 'Example Ltd', phone: 'after 6 p.m.' }, '"Phone" isn\'t a valid phone number'],
    ['email', { name: 'Example Ltd', email: 'office at home' }, '"Email" isn\'t a valid email address'],
  ])('rejects an invalid %s before any request', async (_, input, sentence) => {
    expect((await failure(run('creates', 'create_business', input))).message).toContain(sentence);
    expect(highlevel.sent).toEqual([]);
  });
});

describe('Update Company', () => {
  test('sends only the filled-in fields, in one request', async () => {
    highlevel.answers(UPDATE, 200, written({ name: 'Example Ltd', city: 'Oslo' }));
    const input = { businessId: BUSINESS, name: '', city: 'Oslo', country: '' };
    expect(await run('creates', 'update_business', input)).toEqual({
      ...nothing,
      name: 'Example Ltd',
      city: 'Oslo',
    });
    expect(highlevel.sent).toEqual([{ request: UPDATE, body: { city: 'Oslo' } }]);
  });

  test('is repeated if HighLevel does not confirm it', async () => {
    highlevel.answers(UPDATE, 502, { statusCode: 502, message: 'Bad Gateway' });
    highlevel.answers(UPDATE, 200, written({ name: 'Acme' }));
    const input = { businessId: BUSINESS, name: 'Acme' };
    expect(await run('creates', 'update_business', input)).toMatchObject({ name: 'Acme' });
    expect(highlevel.sent.map(({ request }) => request)).toEqual([UPDATE, UPDATE]);
  });
});

describe('The names of companies', () => {
  const readContact = (zap: ReturnType<typeof connection>) => {
    highlevel.answers('GET /contacts/c1', 200, { contact: { id: 'c1', businessId: BUSINESS } });
    return zap.run('searches', 'find_contact', { contactId: 'c1' });
  };

  test.each([
    ['created', 'create_business', { name: 'New Ltd' }, CREATE, 201],
    ['updated', 'update_business', { businessId: BUSINESS, name: 'New Ltd' }, UPDATE, 200],
    [
      'updated, with an unknown outcome,',
      'update_business',
      { businessId: BUSINESS, name: 'N' },
      UPDATE,
      502,
    ],
  ])('are read again after a company is %s', async (_, key, input, request, status) => {
    const zap = connection(undefined, undefined, {});
    highlevel.answers(LIST, 200, { businesses: [{ id: BUSINESS, name: 'Old Ltd' }] });
    expect(await readContact(zap)).toMatchObject([{ businessName: 'Old Ltd' }]);
    const tries = status === 502 ? [1, 2, 3, 4] : [1];
    for (const _try of tries) highlevel.answers(request, status, written({ name: 'New Ltd' }));
    await zap.run('creates', key, input).catch(() => undefined);
    highlevel.answers(LIST, 200, { businesses: [{ id: BUSINESS, name: 'New Ltd' }] });
    expect(await readContact(zap)).toMatchObject([{ businessName: 'New Ltd' }]);
  });
});

test.each(['create_business', 'update_business'])(
  '%s names the permission that is missing, and what to choose for it',
  async (key) => {
    const authData = { ...fullAccess, scope: fullAccess.scope.replace('businesses.write', '') };
    const running = connection(authData).run('creates', key, { businessId: BUSINESS, name: 'Example Ltd' });
    expect((await failure(running)).message).toContain(
      '"Allow Company Changes" set to Yes and the access "Read and Write"',
    );
    expect(highlevel.sent).toEqual([]);
  },
);
