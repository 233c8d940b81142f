import { connection, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const SEARCH = 'POST /contacts/search';
const FIELDS = `GET /locations/${LOCATION}/customFields`;
const noon = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(noon).toUTCString() };
const before = (minutes: number) => new Date(noon - minutes * 60_000).toISOString();
const row = (id: string, more: object = {}) => ({
  id,
  dateAdded: before(5000),
  dateUpdated: before(1),
  ...more,
});
const page = (...contacts: object[]) => ({ contacts, total: contacts.length });
const customFields = [{ id: 'cf1', name: 'Plan', fieldKey: 'contact.plan', dataType: 'SINGLE_OPTIONS' }];

describe('Contact Field Updated', () => {
  test.each([
    ['city', { city: 'Oslo' }, 'City', 'Oslo'],
    ['City', { city: ' Oslo ' }, 'City', 'Oslo'],
    ['Owner', { assignedTo: 'u1' }, 'Owner', 'u1'],
    ['dnd', { dnd: true }, 'Do Not Disturb', 'true'],
    ['tags', { tags: ['b', 'a'] }, 'Tags', 'a, b'],
    ['Company', { businessId: 'b1' }, 'Company', 'b1'],
    ['dateOfBirth', { dateOfBirth: 656640000000 }, 'Date of Birth', '1990-10-23'],
  ])('watches the field given as %s', async (field, values, label, value) => {
    highlevel.answers(SEARCH, 200, page(row('c1', values)), atNoon);
    expect(await run('triggers', 'contact_field_updated', { field })).toMatchObject([
      { id: 'c1', field: label, value, valueHash: expect.stringMatching(/^[0-9a-f]{12}$/) },
    ]);
    expect(highlevel.sent).toEqual([
      {
        request: SEARCH,
        body: { locationId: LOCATION, sort: [{ field: 'dateUpdated', direction: 'desc' }], pageLimit: 100 },
      },
    ]);
  });

  test.each(['customField_cf1', 'Plan', 'contact.plan', 'cf1'])(
    'watches the custom field given as %s',
    async (field) => {
      highlevel.answers(FIELDS, 200, { customFields });
      highlevel.answers(
        SEARCH,
        200,
        page(row('c1', { customFields: [{ id: 'cf1', value: 'Gold' }] })),
        atNoon,
      );
      expect(await run('triggers', 'contact_field_updated', { field })).toMatchObject([
        { id: 'c1', field: 'Plan', value: 'Gold' },
      ]);
    },
  );

  test('triggers only for the value, in any case', async () => {
    highlevel.answers(SEARCH, 200, page(row('c1', { city: 'OSLO' }), row('c2', { city: 'Bergen' })), atNoon);
    const input = { field: 'city', value: 'Oslo' };
    expect(await run('triggers', 'contact_field_updated', input)).toMatchObject([
      { id: 'c1', value: 'OSLO' },
    ]);
  });

  test('the dedupe table gets the value of every contact, also blank ones', async () => {
    highlevel.answers(SEARCH, 200, page(row('c1', { city: 'Oslo' }), row('c2')), atNoon);
    const learned = await run(
      'triggers',
      'contact_field_updated',
      { field: 'city' },
      { isPopulatingDedupe: true },
    );
    highlevel.answers(SEARCH, 200, page(row('c1', { city: 'Oslo' }), row('c2')), atNoon);
    const polled = await run('triggers', 'contact_field_updated', { field: 'city' });
    const keys = [
      { id: 'c1', valueHash: expect.any(String) },
      { id: 'c2', valueHash: expect.any(String) },
    ];
    expect(learned).toEqual(keys);
    expect(polled).toMatchObject(Array.isArray(learned) ? learned : []);
  });

  test('a new contact without a value does not trigger, until it has one', async () => {
    const zap = connection();
    const poll = async (...rows: object[]) => {
      highlevel.answers(SEARCH, 200, page(...rows), atNoon);
      return zap.run('triggers', 'contact_field_updated', { field: 'city' });
    };
    highlevel.answers(SEARCH, 200, page(), { Date: new Date(noon - 60 * 60_000).toUTCString() });
    await zap.run('triggers', 'contact_field_updated', { field: 'city' }, { isPopulatingDedupe: true });
    const added = { dateAdded: before(2) };
    expect(await poll(row('new', added))).toEqual([]);
    expect(await poll(row('new', { ...added, lastName: 'Doe' }))).toEqual([]);
    expect(await poll(row('new', { ...added, city: 'Oslo' }))).toMatchObject([{ id: 'new', value: 'Oslo' }]);
    // Emptied again, it has a new value.
    expect(await poll(row('new', added))).toMatchObject([{ id: 'new', value: '' }]);
  });

  test('each field has a lookback window of its own', async () => {
    const zap = connection();
    highlevel.answers(SEARCH, 200, page(), atNoon);
    await zap.run('triggers', 'contact_field_updated', { field: 'city' });
    const atFive = { Date: new Date(noon + 5 * 3_600_000).toUTCString() };
    // The last row is older than the hour that the first poll of a field looks back.
    const contacts = Array.from({ length: 100 }, (_, index) =>
      row(`c${index}`, { dateUpdated: before(-220 + index), searchAfter: [index] }),
    );
    highlevel.answers(SEARCH, 200, { contacts }, atFive);
    await zap.run('triggers', 'contact_field_updated', { field: 'state' });
    expect(highlevel.sent).toHaveLength(2);
  });

  test('cannot be turned on if a page of the contacts is refused, because their values are not known then', async () => {
    const contacts = Array.from({ length: 500 }, (_, index) => row(`c${index}`));
    highlevel.answers(SEARCH, 200, { contacts, total: 600 }, atNoon);
    highlevel.answers(SEARCH, 400, { message: 'Nope' });
    const { message } = await failure(
      run('triggers', 'contact_field_updated', { field: 'city' }, { isPopulatingDedupe: true }),
    );
    expect(message).toContain('or HighLevel was too slow to read them all');
  });

  const tooMany = () =>
    highlevel.answers(
      SEARCH,
      200,
      { contacts: Array.from({ length: 500 }, (_, index) => row(`c${index}`)), total: 10_001 },
      atNoon,
    );
  const turnOn = (input: Record<string, unknown>) =>
    run('triggers', 'contact_field_updated', input, { isPopulatingDedupe: true });

  test.each([{ field: 'city' }, { field: 'website', value: 'x' }])(
    'with %j cannot be turned on for more than 10,000 contacts',
    async (input) => {
      tooMany();
      const { message } = await failure(turnOn(input));
      expect(message).toMatch(
        /^More than 10,000 contacts match, .* Fill in "Tags" or "Value" to watch fewer contacts\.$/,
      );
      expect(highlevel.sent).toHaveLength(1);
    },
  );

  test.each([
    [
      { field: 'city', value: 'Oslo' },
      { field: 'city', operator: 'eq', value: 'Oslo' },
    ],
    [
      { field: 'firstName', value: 'Ann' },
      { field: 'firstNameLowerCase', operator: 'eq', value: 'ann' },
    ],
  ])('with %j lets HighLevel filter more than 10,000 contacts by the value', async (input, filter) => {
    tooMany();
    highlevel.answers(SEARCH, 200, page(row('c1', { city: 'Oslo', firstName: 'Ann' })), atNoon);
    expect(await turnOn(input)).toEqual([{ id: 'c1', valueHash: expect.any(String) }]);
    expect(highlevel.sent[1]?.body).toMatchObject({ filters: [filter] });
  });

  test('a field that the sub-account does not have is an error', async () => {
    highlevel.answers(FIELDS, 200, { customFields });
    const { message } = await failure(run('triggers', 'contact_field_updated', { field: 'Shoe Size' }));
    expect(message).toBe(
      '"Field": the sub-account has no contact field "Shoe Size". Choose a field from the list.',
    );
    expect(highlevel.sent).toHaveLength(1);
  });
});
