import { CONTACT, connection, failure, highLevel, LOCATION, record, run } from '../../support/app.ts';

const highlevel = highLevel();

const LOCATION_READ = `GET /locations/${LOCATION}`;
const UPSERT = 'POST /contacts/upsert';
const CREATE = 'POST /contacts/';
const UPDATE = `PUT /contacts/${CONTACT}`;
const contact = { id: CONTACT, firstName: 'Jane' };
const country = (code: string) =>
  highlevel.answers(LOCATION_READ, 200, { location: { id: LOCATION, country: code } });

/** The email, phone and warnings of an upsert. */
async function written(input: Record<string, unknown>) {
  highlevel.answers(UPSERT, 200, { contact });
  const { warnings } = record(await run('creates', 'create_or_update_contact', input));
  const { email, phone } = record(highlevel.sent.at(-1)?.body);
  return { email, phone, warnings };
}

describe('Phone', () => {
  test.each([
    ['447911123456', 'US', '+447911123456'],
    ['4915123456789', 'US', '+4915123456789'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['044 55 1234 5678', 'MX', '+525512345678'],
    ['80671234567', 'UA', '+380671234567'],
    ['8 999 829 15 50', 'RU', '+79998291550'],
    ['+8 999 829 15 50', 'RU', '+79998291550'],
    ['0151 23456789', 'DE', '+4915123456789'],
    ['15123456789', 'DE', '+4915123456789'],
  ])('%s in %s is %s', async (phone, code, number) => {
    country(code);
    highlevel.answers(UPSERT, 200, { contact });
    await run('creates', 'create_or_update_contact', { phone });
    expect(highlevel.sent.at(-1)?.body).toEqual({ locationId: LOCATION, phone: number });
  });

  test.each([
    ['+1 (415) 555-0132', '+14155550132'],
    ['+44 7911 123456', '+447911123456'],
    ['+52 1 55 1234 5678', '+525512345678'],
  ])('%s needs no country', async (phone, number) => {
    expect(await written({ phone })).toEqual({ email: undefined, phone: number, warnings: [] });
    expect(highlevel.sent).toHaveLength(1);
  });

  test('with a plus outside every numbering plan is passed on', async () => {
    country('US');
    expect(await written({ phone: '+999 123 456 789' })).toMatchObject({
      phone: '+999123456789',
      warnings: [],
    });
  });

  test.each(['12345', '1234567890', '0000000000', '5555555555', 'call me'])(
    '%s is rejected before anything is written',
    async (phone) => {
      const { message } = await failure(run('creates', 'create_contact', { phone, firstName: 'Jane' }));
      expect(message).toBe(
        `"Phone" isn't a valid phone number: "${phone}". Include the country code, such as +14155550132.`,
      );
      expect(highlevel.sent).toEqual([]);
    },
  );

  test.each(['n/a', 'null', '-', 'undefined', 'None'])('%s is blank', async (phone) => {
    expect(await written({ email: 'jane@example.com', phone })).toEqual({
      email: 'jane@example.com',
      phone: undefined,
      warnings: [],
    });
  });
});

describe('Email', () => {
  test.each([
    ['a@x.com.', 'a@x.com'],
    ['"a@x.com"', 'a@x.com'],
    ['Email: a@x.com', 'a@x.com'],
    ['Jane.Doe@Example.com', 'jane.doe@example.com'],
    ['a@x .com', 'a@x.com'],
    ['mailto:a@x.com?subject=hi', 'a@x.com'],
    ["o'hara&co=x@example.com", "o'hara&co=x@example.com"],
  ])('%s is %s', async (email, address) => {
    expect(await written({ email })).toMatchObject({ email: address, phone: undefined });
  });

  test.each(['zoe@example..com', '.zoe@example.com', 'zoe@-example.com', 'jane', 'jane@localhost'])(
    '%s is rejected before any request',
    async (email) => {
      expect(
        (await failure(run('creates', 'create_contact', { email, phone: '+14155550132' }))).message,
      ).toBe(`"Email" isn't a valid email address: "${email}".`);
      expect(highlevel.sent).toEqual([]);
    },
  );
});

test('a number in Email that may be another one is no phone number', async () => {
  // Berlin's 030 without the 0 that everybody writes.
  country('DE');
  const { message } = await failure(run('creates', 'create_contact', { email: '3012345678' }));
  expect(message).toBe('"Email" isn\'t a valid email address: "3012345678".');
  expect(highlevel.sent).toHaveLength(1);
});

describe('Email and Phone', () => {
  test.each<[string, { email?: string; phone?: string }, object]>([
    ['swapped', { email: '+14155550132', phone: 'a@x.com' }, { email: 'a@x.com', phone: '+14155550132' }],
    ['both in Email', { email: 'a@x.com, +14155550132' }, { email: 'a@x.com', phone: '+14155550132' }],
    ['both in Phone', { phone: 'a@x.com / +14155550132' }, { email: 'a@x.com', phone: '+14155550132' }],
    ['an email in both', { email: 'a@x.com', phone: 'A@x.com' }, { email: 'a@x.com', phone: undefined }],
    ['a phone in both', { email: '+14155550132', phone: '+14155550132' }, { phone: '+14155550132' }],
  ])('%s', async (_, input, details) => {
    if (input.phone?.includes('/')) country('US');
    expect(await written(input)).toMatchObject({ ...details, warnings: [] });
  });

  test('with other text add a warning', async () => {
    const result = await written({ email: 'a@x.com and b@x.com', phone: '+14155550132' });
    expect(result).toEqual({
      email: 'a@x.com',
      phone: '+14155550132',
      warnings: ['Email and Phone also say "b@x.com", which was not saved.'],
    });
  });

  test('are both named if neither can be parsed', async () => {
    const input = { email: 'Jane', phone: 'call me', firstName: 'Jane' };
    expect((await failure(run('creates', 'create_contact', input))).message).toBe(
      `"Email" isn't a valid email address: "Jane". "Phone" isn't a valid phone number: "call me". Include the country code, such as +14155550132.`,
    );
    expect(highlevel.sent).toEqual([]);
  });

  test('ignore a second email in Phone', async () => {
    const input = { email: 'a@x.com', phone: 'b@x.com' };
    expect((await failure(run('creates', 'create_contact', input))).message).toMatch(
      /^"Phone" isn't a valid/,
    );
    expect(highlevel.sent).toEqual([]);
  });
});

describe('A detail that HighLevel refuses', () => {
  const input = { email: 'jane@example.com', phone: '+14155550132', firstName: 'Jane' };
  const refusals = [
    ['phone', 400, 'Invalid phone number', 'phone number "+14155550132"'],
    ['email', 422, ['email must be an email'], 'email "jane@example.com"'],
  ] as const;
  const steps = [
    ['create_contact', CREATE, {}],
    ['create_or_update_contact', UPSERT, {}],
    ['update_contact', UPDATE, { contactId: CONTACT }],
  ] as const;
  const cases = steps.flatMap((step) => refusals.map((refusal) => [...step, ...refusal] as const));

  test.each(cases)('of %s by %s stops it: %j %s', async (key, request, ids, _, status, message, named) => {
    highlevel.answers(request, status, { statusCode: status, message });
    const told = await failure(run('creates', key, { ...input, ...ids }));
    expect(told.message).toMatch(
      new RegExp(`^HighLevel refused the ${named.replace('+', '\\+')}\\. HighLevel did not `),
    );
    expect(highlevel.sent).toHaveLength(1);
  });

  test.each(cases)(
    'of %s by %s is left out: %j %s',
    async (key, request, ids, detail, status, message, named) => {
      highlevel.answers(request, status, { statusCode: status, message });
      highlevel.answers(request, 200, { contact });
      const result = await run('creates', key, { ...input, ...ids, refusedDetail: 'leave_out' });
      expect(record(result)).toMatchObject({
        id: CONTACT,
        warnings: [`HighLevel refused the ${named}, so the contact was written without it.`],
      });
      const [first, second] = highlevel.sent.map(({ body }) => record(body));
      expect(first).toMatchObject(input);
      const { [detail]: __, ...rest } = first ?? {};
      expect(second).toEqual(rest);
      expect(first).not.toHaveProperty('refusedDetail');
    },
  );

  test('is the only one: the contact is not created without it', async () => {
    highlevel.answers(CREATE, 400, { statusCode: 400, message: 'Invalid phone number' });
    const alone = { phone: '+14155550132', firstName: 'Jane', refusedDetail: 'Save the contact without it' };
    expect((await failure(run('creates', 'create_contact', alone))).message).toMatch(
      /^HighLevel refused the phone/,
    );
    expect(highlevel.sent).toHaveLength(1);
  });

  test('is never left out because of a duplicate', async () => {
    const message = 'This location does not allow duplicated contacts.';
    const meta = { contactId: 'other', matchingField: 'email' };
    highlevel.answers(UPDATE, 400, { statusCode: 400, message, meta });
    const both = { ...input, contactId: CONTACT, refusedDetail: 'leave_out' };
    expect((await failure(run('creates', 'update_contact', both))).kind).toBe('HaltedError');
    expect(highlevel.sent).toHaveLength(1);
  });

  test('is not left out if the outcome is unknown', async () => {
    highlevel.breaks(CREATE);
    highlevel.answers('GET /contacts/search/duplicate', 200, { contact: null });
    await failure(run('creates', 'create_contact', { ...input, refusedDetail: 'leave_out' }));
    expect(highlevel.sent.filter(({ request }) => request === CREATE)).toHaveLength(1);
  });
});

describe('Country, time zone and date of birth', () => {
  test.each([
    [{ country: 'Turkey' }, { country: 'TR' }],
    [{ country: 'NA' }, { country: 'NA' }],
    [{ country: 'n/a' }, {}],
    [{ timezone: 'Asia/Calcutta' }, { timezone: 'Asia/Kolkata' }],
    [{ timezone: 'Europe/Kiev' }, { timezone: 'Europe/Kyiv' }],
    [{ timezone: 'US/Eastern' }, { timezone: 'America/New_York' }],
    [{ timezone: 'america/new_york' }, { timezone: 'America/New_York' }],
    [{ timezone: 'GMT' }, { timezone: 'UTC' }],
    [{ dateOfBirth: '1990-04-23T23:30:00-05:00' }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: 640828800 }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: '640828800000' }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: '23 April 1990' }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: 'April 23, 1990' }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: '23.04.1990' }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: '1990/04/23' }, { dateOfBirth: '1990-04-23' }],
    [{ gender: 'Female' }, { gender: 'female' }],
    [{ gender: ' MALE ' }, { gender: 'male' }],
    [{ gender: 'null' }, {}],
    [
      { firstName: 'None', lastName: 'Null', city: '-' },
      { firstName: 'None', lastName: 'Null', city: '-' },
    ],
    [{ tags: '["VIP","Lead"]' }, { tags: ['vip', 'lead'] }],
    [{ tags: 'VIP\nLead' }, { tags: ['vip', 'lead'] }],
  ])('%j is sent as %j', async (given, sent) => {
    highlevel.answers(CREATE, 201, { contact });
    await run('creates', 'create_contact', { email: 'a@b.co', ...given });
    expect(highlevel.sent).toEqual([
      { request: CREATE, body: { locationId: LOCATION, email: 'a@b.co', ...sent } },
    ]);
  });

  test('an ambiguous date is read in the format of the sub-account’s country', async () => {
    country('US');
    highlevel.answers(CREATE, 201, { contact });
    await run('creates', 'create_contact', { email: 'a@b.co', dateOfBirth: '04/05/1990' });
    expect(highlevel.sent.at(-1)?.body).toMatchObject({ dateOfBirth: '1990-04-05' });
  });

  test.each([
    [{ country: 'XX' }, /^"Country": "XX" isn't a country\./],
    [{ timezone: 'Eastern Time' }, /^"Time Zone": "Eastern Time" isn't a time zone\. .*America\/New_York/],
    [{ timezone: 'BST' }, /^"Time Zone": "BST" isn't a time zone/],
    [{ dateOfBirth: '1990-02-31' }, /^"Date of Birth" isn't a date we can read: "1990-02-31"\./],
    [{ dateOfBirth: '31/04/1990' }, /^"Date of Birth" isn't a date we can read/],
    [{ dateOfBirth: 'soon' }, /such as 1990-04-23\.$/],
    [{ gender: 'f' }, /^"Gender" can't be "f"\. Use Male, Female, or Other\.$/],
  ])('%j is rejected before any request', async (given, sentence) => {
    expect((await failure(run('creates', 'create_contact', { email: 'a@b.co', ...given }))).message).toMatch(
      sentence,
    );
    expect(highlevel.sent).toEqual([]);
  });

  test('an ambiguous date is rejected if the country does not put the month first', async () => {
    country('GB');
    const input = { email: 'a@b.co', dateOfBirth: '04/05/1990' };
    expect((await failure(connection().run('creates', 'create_contact', input))).message).toBe(
      '"Date of Birth" can be two dates: "04/05/1990". Use a format such as 1990-04-23.',
    );
  });
});
