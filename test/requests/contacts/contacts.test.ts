import { CONTACT, connection, failure, highLevel, LOCATION, record, run } from '../../support/app.ts';

const highlevel = highLevel();

/** A contact in HighLevel's response, and as a Zap receives it after a write: with the same keys for every endpoint. */
const answer = { id: CONTACT, firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com', tags: ['kept'] };
const contact = {
  id: CONTACT,
  name: 'Jane Doe',
  firstName: 'Jane',
  lastName: 'Doe',
  email: 'jane@example.com',
  phone: null,
  companyName: null,
  tags: ['kept'],
  source: null,
  type: null,
  assignedTo: null,
  assignedToName: null,
  assignedToEmail: null,
  followers: [],
  businessId: null,
  businessName: null,
  address1: null,
  city: null,
  state: null,
  postalCode: null,
  country: null,
  website: null,
  timezone: null,
  dateOfBirth: null,
  gender: null,
  dnd: null,
  dndChannels: [],
  dndSettings: null,
  additionalEmails: null,
  additionalPhones: null,
  attributionSource: null,
  lastAttributionSource: null,
  dateAdded: null,
  dateUpdated: null,
  locationId: null,
  customFields: [],
  custom: {},
  url: `https://app.gohighlevel.com/v2/location/${LOCATION}/contacts/detail/${CONTACT}`,
  warnings: [],
};

describe('Create or Update Contact', () => {
  test('upserts without tags, then adds them, so that no existing tag is lost', async () => {
    highlevel.answers('POST /contacts/upsert', 200, { new: false, contact: answer, traceId: 't' });
    highlevel.answers(`POST /contacts/${CONTACT}/tags`, 201, { tags: ['kept', 'vip'] });
    const input = { email: 'jane@example.com', firstName: 'Jane', lastName: '', tags: ['VIP'], dnd: 'no' };
    const written = await run('creates', 'create_or_update_contact', input);
    expect(written).toEqual({ ...contact, tags: ['kept', 'vip'] });
    expect(highlevel.sent).toEqual([
      {
        request: 'POST /contacts/upsert',
        body: { locationId: LOCATION, email: 'jane@example.com', firstName: 'Jane', dnd: false },
      },
      { request: `POST /contacts/${CONTACT}/tags`, body: { tags: ['vip'] } },
    ]);
  });

  test('says that the contact was written, and what a replay does, if the tags fail', async () => {
    highlevel.answers('POST /contacts/upsert', 200, { new: true, contact: answer });
    highlevel.answers(`POST /contacts/${CONTACT}/tags`, 422, { message: ['tags are too many'] });
    const input = { email: 'jane@example.com', tags: ['vip'] };
    expect((await failure(run('creates', 'create_or_update_contact', input))).message).toBe(
      'The contact was saved in HighLevel, but not everything that belongs to it. HighLevel did not add the tags. ' +
        'HighLevel says: "tags are too many". Please check the fields of this step.',
    );
  });

  test.each([
    [{ country: 'United States' }, { country: 'US' }],
    [{ country: ' germany ' }, { country: 'DE' }],
    [{ country: 'UK' }, { country: 'GB' }],
    [{ country: 'fr' }, { country: 'FR' }],
    [{ dateOfBirth: '1990-04-23T00:00:00-05:00' }, { dateOfBirth: '1990-04-23' }],
    [{ dateOfBirth: '04/23/1990' }, { dateOfBirth: '1990-04-23' }],
  ])('with %j, as other apps send it, sends %j', async (given, sent) => {
    highlevel.answers('POST /contacts/upsert', 200, { contact: answer });
    await run('creates', 'create_or_update_contact', { email: 'a@b.co', ...given });
    expect(highlevel.sent[0]?.body).toEqual({ locationId: LOCATION, email: 'a@b.co', ...sent });
  });

  test('rejects an unknown country before any request', async () => {
    const input = { email: 'a@b.co', country: 'Atlantis' };
    expect((await failure(run('creates', 'create_or_update_contact', input))).message).toBe(
      '"Country": "Atlantis" isn\'t a country. Choose one from the list, or use its two-letter code such as US.',
    );
  });

  test('sends one request without tags', async () => {
    highlevel.answers('POST /contacts/upsert', 200, { new: true, contact: answer });
    const input = { phone: '+1 415 555 0132', tags: ['', ' '] };
    expect(await run('creates', 'create_or_update_contact', input)).toEqual(contact);
    expect(highlevel.sent).toEqual([
      { request: 'POST /contacts/upsert', body: { locationId: LOCATION, phone: '+14155550132' } },
    ]);
  });

  test('parses a local phone number with the sub-account’s country, and reads it once', async () => {
    const zap = connection();
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION, country: 'DE' } });
    highlevel.answers('POST /contacts/upsert', 200, { contact: answer });
    highlevel.answers('POST /contacts/upsert', 200, { contact: answer });
    await zap.run('creates', 'create_or_update_contact', { phone: '030 23125000' });
    await zap.run('creates', 'create_or_update_contact', { phone: '(030) 23125-001' });
    expect(highlevel.sent).toEqual([
      { request: `GET /locations/${LOCATION}` },
      { request: 'POST /contacts/upsert', body: { locationId: LOCATION, phone: '+493023125000' } },
      { request: 'POST /contacts/upsert', body: { locationId: LOCATION, phone: '+493023125001' } },
    ]);
  });
});

describe('Create Contact', () => {
  test('sends all fields in one request, including tags', async () => {
    highlevel.answers('POST /contacts/', 201, { contact: answer });
    const input = {
      email: 'jane@example.com',
      firstName: 'Jane',
      lastName: 'Doe',
      tags: ['Kept'],
      gender: 'female',
      companyName: 'Example Ltd',
      country: 'US',
      postalCode: 94103,
      website: '',
    };
    expect(await run('creates', 'create_contact', input)).toEqual(contact);
    expect(highlevel.sent).toEqual([
      {
        request: 'POST /contacts/',
        body: {
          locationId: LOCATION,
          email: 'jane@example.com',
          firstName: 'Jane',
          lastName: 'Doe',
          tags: ['kept'],
          gender: 'female',
          companyName: 'Example Ltd',
          country: 'US',
          postalCode: '94103',
        },
      },
    ]);
  });

  test.each([
    [{ name: 'Jane Doe' }, { firstName: 'Jane', lastName: 'Doe' }],
    [{ name: ' Jane  van der Berg ' }, { firstName: 'Jane', lastName: 'van der Berg' }],
    [
      { name: 'Zoë', city: 'Oslo' },
      { firstName: 'Zoë', city: 'Oslo' },
    ],
    [
      { name: 'Jane Doe', lastName: 'Roe' },
      { name: 'Jane Doe', lastName: 'Roe' },
    ],
    [
      { name: 'Jane Doe', email: 'jane@example.com' },
      { name: 'Jane Doe', email: 'jane@example.com' },
    ],
    [
      { name: 'Jane Doe', phone: '+14155550132' },
      { name: 'Jane Doe', phone: '+14155550132' },
    ],
  ])('with %j sends %j, because HighLevel refuses a full name alone', async (input, sent) => {
    highlevel.answers('POST /contacts/', 201, { contact: answer });
    await run('creates', 'create_contact', input);
    expect(highlevel.sent[0]?.body).toEqual({ locationId: LOCATION, ...sent });
  });

  const duplicate = {
    statusCode: 400,
    message: 'This location does not allow duplicated contacts.',
    meta: { contactId: CONTACT, matchingField: 'email' },
  };

  test('halts the run on a duplicate, which does not turn the Zap off', async () => {
    highlevel.answers('POST /contacts/', 400, duplicate);
    expect(await failure(run('creates', 'create_contact', { email: 'jane@example.com' }))).toEqual({
      kind: 'HaltedError',
      message:
        `HighLevel did not create the contact: contact ${CONTACT} already has this email. ` +
        'Use Create or Update Contact, or Find or Create Contact, to work with it.',
    });
  });

  test('returns the existing contact on a duplicate in Find or Create Contact', async () => {
    highlevel.answers('POST /contacts/', 400, duplicate);
    highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: answer });
    const input = { email: 'jane@example.com' };
    expect(await run('creates', 'create_contact', input, { withSearch: 'find_contact' })).toEqual(contact);
  });
});

describe('Update Contact', () => {
  test('sends the filled-in fields, null for the fields to empty, and the tags in their own request', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { succeded: true, contact: answer });
    highlevel.answers(`POST /contacts/${CONTACT}/tags`, 201, { tags: ['kept', 'vip'] });
    const input = {
      contactId: CONTACT,
      firstName: 'Jane',
      city: '',
      clear: ['lastName', 'website'],
      tags: 'vip',
    };
    expect(await run('creates', 'update_contact', input)).toEqual({
      ...contact,
      tags: ['kept', 'vip'],
      warnings: [],
    });
    expect(highlevel.sent).toEqual([
      { request: `PUT /contacts/${CONTACT}`, body: { firstName: 'Jane', lastName: null, website: null } },
      { request: `POST /contacts/${CONTACT}/tags`, body: { tags: ['vip'] } },
    ]);
  });

  test('with tags alone sends nothing else', async () => {
    highlevel.answers(`POST /contacts/${CONTACT}/tags`, 201, { tags: ['kept', 'vip'] });
    highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: answer });
    const updated = await run('creates', 'update_contact', { contactId: CONTACT, tags: ['vip'] });
    expect(updated).toEqual({ ...contact, tags: ['kept', 'vip'], warnings: [] });
    expect(highlevel.sent).toEqual([
      { request: `POST /contacts/${CONTACT}/tags`, body: { tags: ['vip'] } },
      { request: `GET /contacts/${CONTACT}` },
    ]);
  });

  const refusal = { statusCode: 422, message: ['property companyName should not exist'] };
  const warning =
    '"Business Name" was not updated, because HighLevel did not accept it. Change it in HighLevel.';

  test('sends the company’s name', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: answer });
    const input = { contactId: CONTACT, companyName: 'Example Ltd' };
    expect(await run('creates', 'update_contact', input)).toEqual({ ...contact, warnings: [] });
    expect(highlevel.sent).toEqual([
      { request: `PUT /contacts/${CONTACT}`, body: { companyName: 'Example Ltd' } },
    ]);
  });

  test('leaves out the company’s name with a warning if HighLevel refuses it', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}`, 422, refusal);
    highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: answer });
    const input = { contactId: CONTACT, companyName: 'Example Ltd', city: 'Oslo' };
    expect(await run('creates', 'update_contact', input)).toEqual({ ...contact, warnings: [warning] });
    expect(highlevel.sent[1]).toEqual({ request: `PUT /contacts/${CONTACT}`, body: { city: 'Oslo' } });
  });

  test('returns the contact with the warning if only the company’s name was given', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}`, 400, { message: 'companyName is not allowed' });
    highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: answer });
    const input = { contactId: CONTACT, companyName: 'Example Ltd' };
    expect(await run('creates', 'update_contact', input)).toEqual({ ...contact, warnings: [warning] });
  });

  test('fails on any other refusal', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}`, 422, { message: ['timezone must be valid'] });
    const input = { contactId: CONTACT, companyName: 'Example Ltd', city: 'Oslo' };
    expect((await failure(run('creates', 'update_contact', input))).message).toContain(
      'timezone must be valid',
    );
    expect(highlevel.sent).toHaveLength(1);
  });

  test('never sends the fields that HighLevel refuses to update', async () => {
    highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: answer });
    const input = { contactId: CONTACT, city: 'Oslo', gender: 'female', locationId: 'y' };
    await run('creates', 'update_contact', input);
    expect(highlevel.sent).toEqual([{ request: `PUT /contacts/${CONTACT}`, body: { city: 'Oslo' } }]);
  });
});

describe('Do Not Disturb by channel', () => {
  const present = { Email: { status: 'permanent', code: '103' }, RCS: { status: 'active' } };
  const merged = { ...present, SMS: { status: 'active' } };
  const given = { dndChannels: ['Text Messages (SMS)', 'email'] };
  const stopped = { dndChannels: ['Email', 'RCS', 'SMS'] };

  test('is sent with a new contact', async () => {
    const dndSettings = { SMS: { status: 'active' }, Email: { status: 'active' } };
    highlevel.answers('POST /contacts/', 201, { contact: { ...answer, dndSettings } });
    const input = { email: 'jane@example.com', ...given };
    expect(await run('creates', 'create_contact', input)).toMatchObject({ dndChannels: ['SMS', 'Email'] });
    expect(highlevel.sent.map(({ body }) => body)).toEqual([
      { locationId: LOCATION, email: 'jane@example.com', dndSettings },
    ]);
  });

  test('keeps the settings of other channels, and an opt-out, in Update Contact', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: present } });
    highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: merged } });
    const input = { contactId: CONTACT, city: 'Oslo', ...given };
    expect(await run('creates', 'update_contact', input)).toMatchObject(stopped);
    expect(highlevel.sent).toEqual([
      { request: `GET /contacts/${CONTACT}` },
      { request: `PUT /contacts/${CONTACT}`, body: { city: 'Oslo', dndSettings: merged } },
    ]);
  });

  test('keeps them in Create or Update Contact', async () => {
    highlevel.answers('POST /contacts/upsert', 200, { contact: { ...answer, dndSettings: present } });
    highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: merged } });
    const input = { email: 'jane@example.com', ...given };
    expect(await run('creates', 'create_or_update_contact', input)).toMatchObject(stopped);
    expect(highlevel.sent).toEqual([
      { request: 'POST /contacts/upsert', body: { locationId: LOCATION, email: 'jane@example.com' } },
      { request: `PUT /contacts/${CONTACT}`, body: { dndSettings: merged } },
    ]);
  });

  describe('with channels to allow again', () => {
    const before = { ...merged, Call: { status: 'inactive' }, WhatsApp: { status: 'active', code: '7' } };
    const after = { ...before, SMS: { status: 'inactive' }, WhatsApp: { status: 'inactive' } };
    const allowed = { allowChannels: 'sms, WhatsApp, Calls, Google Business' };
    const OPTED_OUT =
      'Messages stay stopped on "Emails", because the contact opted out or the channel refuses messages for good. This step doesn\'t change that.';

    test('Update Contact changes those that are stopped, and keeps the others', async () => {
      highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: before } });
      highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: after } });
      expect(await run('creates', 'update_contact', { contactId: CONTACT, ...allowed })).toMatchObject({
        dndChannels: ['Email', 'RCS'],
        warnings: [],
      });
      expect(highlevel.sent).toEqual([
        { request: `GET /contacts/${CONTACT}` },
        { request: `PUT /contacts/${CONTACT}`, body: { dndSettings: after } },
      ]);
    });

    test('Create or Update Contact does the same, and stops other channels', async () => {
      const both = { ...after, FB: { status: 'active' } };
      highlevel.answers('POST /contacts/upsert', 200, { contact: { ...answer, dndSettings: before } });
      highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: both } });
      const input = { email: 'jane@example.com', dndChannels: ['FB'], ...allowed };
      expect(await run('creates', 'create_or_update_contact', input)).toMatchObject({ warnings: [] });
      expect(highlevel.sent).toEqual([
        { request: 'POST /contacts/upsert', body: { locationId: LOCATION, email: 'jane@example.com' } },
        { request: `PUT /contacts/${CONTACT}`, body: { dndSettings: both } },
      ]);
    });

    test('never lifts an opt-out of the contact, and says so', async () => {
      highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: before } });
      highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: after } });
      const input = { contactId: CONTACT, allowChannels: ['Email', 'SMS', 'WhatsApp'] };
      expect(await run('creates', 'update_contact', input)).toMatchObject({ warnings: [OPTED_OUT] });
      expect(highlevel.sent.at(-1)?.body).toEqual({ dndSettings: after });
    });

    test('writes nothing if there is nothing else to allow', async () => {
      for (let read = 0; read < 2; read++)
        highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: before } });
      const input = { contactId: CONTACT, allowChannels: ['Email', 'Call'] };
      expect(await run('creates', 'update_contact', input)).toMatchObject({ warnings: [OPTED_OUT] });
      highlevel.answers('POST /contacts/upsert', 200, { contact: { ...answer, dndSettings: before } });
      const upsert = { email: 'jane@example.com', allowChannels: ['Email'] };
      expect(await run('creates', 'create_or_update_contact', upsert)).toMatchObject({
        warnings: [OPTED_OUT],
      });
      expect(highlevel.sent.map(({ request }) => request)).not.toContain(`PUT /contacts/${CONTACT}`);
    });

    test('says that Do Not Disturb for all channels is still on', async () => {
      const dnd = { ...answer, dnd: true };
      highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { ...dnd, dndSettings: before } });
      highlevel.answers(`PUT /contacts/${CONTACT}`, 200, { contact: { ...dnd, dndSettings: after } });
      expect(await run('creates', 'update_contact', { contactId: CONTACT, ...allowed })).toMatchObject({
        warnings: [
          'Do Not Disturb is on for this contact, which stops messages on every channel. Set "Do Not Disturb" to No to allow them.',
        ],
      });
    });

    test.each([
      [
        'a channel that is also stopped',
        { dndChannels: ['Calls', 'SMS', 'Emails'], allowChannels: ['Text Messages (SMS)', 'email'] },
        '"Do Not Disturb Channels" and "Channels to Allow Again" contradict each other: both have "Text Messages (SMS)", "Emails". Choose each channel in one of them.',
      ],
      [
        'a channel while all are stopped',
        { dnd: 'yes', allowChannels: ['Calls'] },
        '"Do Not Disturb" and "Channels to Allow Again" contradict each other. Set "Do Not Disturb" to No, or leave "Channels to Allow Again" blank.',
      ],
    ])('rejects %s before any request', async (_, input, sentence) => {
      for (const [key, who] of [
        ['update_contact', { contactId: CONTACT }],
        ['create_or_update_contact', { email: 'jane@example.com' }],
      ] as const)
        expect((await failure(run('creates', key, { ...who, ...input }))).message).toBe(sentence);
      expect(highlevel.sent).toEqual([]);
    });
  });

  test('writes nothing if the channels are stopped already', async () => {
    for (let read = 0; read < 2; read++)
      highlevel.answers(`GET /contacts/${CONTACT}`, 200, { contact: { ...answer, dndSettings: merged } });
    const input = { contactId: CONTACT, ...given };
    expect(await run('creates', 'update_contact', input)).toMatchObject(stopped);
    expect(highlevel.sent.map(({ request }) => request)).not.toContain(`PUT /contacts/${CONTACT}`);
  });
});

test('Delete Contact deletes the contact', async () => {
  highlevel.answers(`DELETE /contacts/${CONTACT}`, 200, { succeded: true });
  expect(await run('creates', 'delete_contact', { contactId: CONTACT })).toEqual({
    id: CONTACT,
    deleted: true,
    deletedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(highlevel.sent).toEqual([{ request: `DELETE /contacts/${CONTACT}` }]);
});

test('a written contact is returned even when its custom fields cannot be read', async () => {
  const withCustom = { ...answer, customFields: [{ id: 'cf1', value: 'blue' }] };
  highlevel.answers('POST /contacts/upsert', 200, { contact: withCustom });
  const forbidden = { statusCode: 403, message: 'The token does not have access to this location.' };
  highlevel.answers(`GET /locations/${LOCATION}/customFields`, 403, forbidden);
  const written = await run('creates', 'create_or_update_contact', { email: 'jane@example.com' });
  expect(record(written)).toMatchObject({ id: CONTACT, custom: {}, customFields: withCustom.customFields });
});

test.each([
  ['create_or_update_contact', { firstName: 'Jane' }, 'Please fill in "Email" or "Phone"'],
  [
    'create_or_update_contact',
    { email: 'jane at example' },
    '"Email" isn\'t a valid email address: "jane at example".',
  ],
  [
    'create_contact',
    { email: ' ', tags: [] },
    'Please fill in "Email", "Phone", "First Name", or "Last Name"',
  ],
  [
    'create_contact',
    { city: 'Oslo', tags: ['vip'] },
    'Please fill in "Email", "Phone", "First Name", or "Last Name"',
  ],
  [
    'create_contact',
    { companyName: 'Example Ltd' },
    'Please fill in "Email", "Phone", "First Name", or "Last Name"',
  ],
  [
    'create_contact',
    { firstName: 'Jane', gender: 'f' },
    '"Gender" can\'t be "f". Use Male, Female, or Other.',
  ],
  [
    'update_contact',
    { contactId: CONTACT, clear: [''] },
    'Nothing to update. Please fill in at least one field besides "Contact".',
  ],
  [
    'update_contact',
    { contactId: CONTACT, clear: ['tags'] },
    '"Fields to Clear": "Tags" can\'t be cleared in HighLevel.',
  ],
  [
    'update_contact',
    { contactId: CONTACT, clear: ['city'], city: 'Oslo' },
    '"Fields to Clear": "City" is also filled in by this step.',
  ],
  ['delete_contact', { contactId: '..' }, '"Contact" needs a HighLevel contact ID, not "..".'],
])('%s rejects %j before any request', async (key, input, sentence) => {
  const { kind, message } = await failure(run('creates', key, input));
  expect({ kind, message }).toEqual({ kind: 'AppError', message: expect.stringContaining(sentence) });
  expect(highlevel.sent).toEqual([]);
});

test('an invalid phone number is an error before any request', async () => {
  const { message } = await failure(run('creates', 'create_contact', { phone: 'call me' }));
  expect(message).toBe(
    '"Phone" isn\'t a valid phone number: "call me". Include the country code, such as +14155550132.',
  );
  expect(highlevel.sent).toEqual([]);
});

test('the wrong sub-account is not reported as an invalid phone number', async () => {
  const message = 'The token does not have access to this location.';
  highlevel.answers(`GET /locations/${LOCATION}`, 403, { statusCode: 403, message, error: 'Forbidden' });
  const { code, message: told } = await failure(
    run('creates', 'create_contact', { phone: '(415) 555-0132' }),
  );
  expect(code).toBe('Forbidden');
  expect(told).toContain('this connection is not for that sub-account.');
});
