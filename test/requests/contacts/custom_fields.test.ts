import { isObject } from '../../../lib/base/json.ts';
import { connection, failure, fullAccess, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const CUSTOM_FIELDS = `GET /locations/${LOCATION}/customFields`;
const field = (id: string, dataType: string, picklistOptions?: string[]) => ({
  id,
  name: `My ${dataType}`,
  fieldKey: `contact.my_${id}`,
  dataType,
  ...(picklistOptions && { picklistOptions }),
});
const customFields = [
  field('text', 'TEXT'),
  field('large', 'LARGE_TEXT'),
  field('phone', 'PHONE'),
  field('date', 'DATE'),
  field('single', 'SINGLE_OPTIONS', ['Red', 'Blue']),
  field('radio', 'RADIO', ['Small', 'Large']),
  field('number', 'NUMERICAL'),
  field('money', 'MONETORY'),
  field('check', 'CHECKBOX', ['Mon', 'Tue', 'Wed']),
  field('multi', 'MULTIPLE_OPTIONS', ['One', 'Two']),
  field('commas', 'CHECKBOX', ['Red', 'Red, dark', 'Blue, light', 'Green']),
  field('blanks', 'SINGLE_OPTIONS', ['yellow ', ' Yellow', 'Green']),
  field('ends', 'CHECKBOX', ['Tea', 'No, other,']),
  { ...field('open', 'MULTIPLE_OPTIONS', ['One', 'Two']), isAllowedCustomOption: true },
  field('none', 'RADIO', ['None', 'Some']),
  field('file', 'FILE_UPLOAD'),
  field('texts', 'TEXTBOX_LIST'),
];
const contact = { id: 'c1', customFields: [] };

/** The custom fields that the upsert sends for an input. */
async function sentFor(input: Record<string, unknown>): Promise<unknown> {
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  highlevel.answers('POST /contacts/upsert', 200, { contact });
  await run('creates', 'create_or_update_contact', { email: 'jane@example.com', ...input });
  expect(highlevel.sent).toMatchObject([
    { request: CUSTOM_FIELDS, query: { model: 'contact' } },
    { request: 'POST /contacts/upsert' },
  ]);
  return highlevel.sent[1]?.body;
}

/** The error for an input, after no other request than for the definitions. */
async function errorFor(input: Record<string, unknown>): Promise<string> {
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  const { message } = await failure(
    run('creates', 'create_or_update_contact', { email: 'jane@example.com', ...input }),
  );
  expect(highlevel.sent).toEqual([{ request: CUSTOM_FIELDS, query: { model: 'contact' } }]);
  return message;
}

test.each([
  ['text', ' blue ', 'blue'],
  ['text', 42, '42'],
  ['large', ' one\ntwo\n', ' one\ntwo\n'],
  ['phone', '+1 415 555 0132', '+1 415 555 0132'],
  ['date', '2026-01-31', '2026-01-31'],
  ['date', '2026-01-31T23:30:00-05:00', '2026-01-31'],
  ['single', 'red', 'Red'],
  ['radio', ' LARGE', 'Large'],
  ['number', '1,234.5', 1234.5],
  ['number', 0, 0],
  ['money', '100.50', 100.5],
  ['check', ['mon', 'Wed', ''], ['Mon', 'Wed']],
  ['check', 'Tue', ['Tue']],
  ['multi', ['two', 'One'], ['Two', 'One']],
  ['multi', 'two, one', ['Two', 'One']],
  ['multi', '["One","Two"]', ['One', 'Two']],
  ['multi', 'One\nTwo', ['One', 'Two']],
  ['multi', ['One; Two', 'n/a'], ['One', 'Two']],
  ['commas', 'red, dark, Blue, light; green', ['Red, dark', 'Blue, light', 'Green']],
  ['commas', 'Red, dark', ['Red, dark']],
  ['commas', 'Green,Red', ['Green', 'Red']],
  ['check', ['mon', 'Mon', 'Tue'], ['Mon', 'Tue']],
  ['blanks', 'yellow', 'yellow '],
  ['blanks', 'Yellow ', ' Yellow'],
  ['blanks', 'YELLOW', 'yellow '],
  ['ends', ['no, other,', 'Tea'], ['No, other,', 'Tea']],
  ['open', 'One, two', ['One', 'Two']],
  ['open', 'One, or maybe two', ['One, or maybe two']],
  ['none', 'None', 'None'],
  ['date', '23 April 1990', '1990-04-23'],
  ['date', '31.01.2026', '2026-01-31'],
  ['date', 640828800000, '1990-04-23'],
  ['number', '1.234', 1.234],
  ['money', '$1,234.50', 1234.5],
  ['money', '1.234,50 €', 1234.5],
  ['money', '12 USD', 12],
  ['money', '(12.00)', -12],
  ['text', 'n/a', 'n/a'],
  ['large', 'None', 'None'],
])('custom field %s with %j is sent as %j', async (id, given, sent) => {
  expect(await sentFor({ [`customField_${id}`]: given })).toEqual({
    locationId: LOCATION,
    email: 'jane@example.com',
    customFields: [{ id, field_value: sent }],
  });
});

test('blank custom fields are not sent, so they are never emptied', async () => {
  const blank = {
    customField_text: '',
    customField_check: [],
    customField_number: null,
    customField_date: ' ',
  };
  expect(await sentFor(blank)).toEqual({ locationId: LOCATION, email: 'jane@example.com' });
});

test.each(['date', 'number', 'money', 'single', 'check', 'phone'])(
  'words for nothing in custom field %s are not sent',
  async (id) => {
    expect(await sentFor({ [`customField_${id}`]: 'n/a' })).toEqual({
      locationId: LOCATION,
      email: 'jane@example.com',
    });
  },
);

test.each([
  ['commas', 'Red, Pink', '"My CHECKBOX" can\'t be "Pink". Use Red, Red, dark, Blue, light, or Green.'],
  ['single', 'Green', '"My SINGLE_OPTIONS" can\'t be "Green". Use Red or Blue.'],
  ['radio', 'Medium', '"My RADIO" can\'t be "Medium". Use Small or Large.'],
  ['check', ['Mon', 'Sun'], '"My CHECKBOX" can\'t be "Sun". Use Mon, Tue, or Wed.'],
  ['multi', ['Three'], '"My MULTIPLE_OPTIONS" can\'t be "Three". Use One or Two.'],
  ['number', 'many', '"My NUMERICAL" isn\'t a number: "many".'],
  ['money', '$5 or so', '"My MONETORY" isn\'t a number: "$5 or so".'],
  [
    'date',
    '2026-02-31',
    '"My DATE" isn\'t a date we can read: "2026-02-31". Use a format such as 1990-04-23.',
  ],
  ['text', { value: 1 }, '"My TEXT" takes one value. Map a single value instead of a group.'],
  [
    'file',
    'a.pdf',
    '"My FILE_UPLOAD" can\'t be filled in by a Zap, because it holds files or a list of texts',
  ],
  ['texts', 'a', '"My TEXTBOX_LIST" can\'t be filled in by a Zap'],
  ['gone', 'x', 'A custom field that this step fills in is no longer in the sub-account.'],
])('custom field %s rejects %j before anything is written', async (id, given, sentence) => {
  expect(await errorFor({ [`customField_${id}`]: given })).toContain(sentence);
});

test('the field definitions are cached between runs', async () => {
  const zap = connection();
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  for (const _ of [1, 2]) highlevel.answers('POST /contacts/upsert', 200, { contact });
  for (const value of ['blue', 'red'])
    await zap.run('creates', 'create_or_update_contact', { email: 'a@b.co', customField_text: value });
  expect(highlevel.sent.map(({ request }) => request)).toEqual([
    CUSTOM_FIELDS,
    'POST /contacts/upsert',
    'POST /contacts/upsert',
  ]);
});

test('an option that was added after the definitions were cached is accepted', async () => {
  const zap = connection();
  const added = customFields.map((one) =>
    one.id === 'single' ? field('single', 'SINGLE_OPTIONS', ['Green']) : one,
  );
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields: added });
  for (const _ of [1, 2]) highlevel.answers('POST /contacts/upsert', 200, { contact });
  for (const value of ['Red', 'green'])
    await zap.run('creates', 'create_or_update_contact', { email: 'a@b.co', customField_single: value });
  expect(highlevel.sent.at(-1)?.body).toMatchObject({
    customFields: [{ id: 'single', field_value: 'Green' }],
  });
});

test('a field that allows custom options accepts any value', async () => {
  const open = { ...field('open', 'RADIO', ['Small', 'Large']), isAllowedCustomOption: true };
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields: [open] });
  highlevel.answers('POST /contacts/upsert', 200, { contact });
  await run('creates', 'create_or_update_contact', { email: 'a@b.co', customField_open: 'Medium' });
  expect(highlevel.sent[1]?.body).toMatchObject({ customFields: [{ id: 'open', field_value: 'Medium' }] });
});

test('cached definitions in an older format are read again', async () => {
  const remembered: Record<string, unknown> = {};
  const zap = connection(undefined, undefined, remembered);
  for (const _ of [1, 2]) {
    highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
    highlevel.answers('POST /contacts/upsert', 200, { contact });
    await zap.run('creates', 'create_or_update_contact', { email: 'a@b.co', customField_text: 'blue' });
    for (const key of Object.keys(remembered)) remembered[key] = '{"fields":["text"],"version":0}';
  }
  expect(Object.keys(remembered)).toHaveLength(1);
  expect(highlevel.sent).toHaveLength(4);
});

test('a step without custom fields does not read their definitions', async () => {
  highlevel.answers('POST /contacts/upsert', 200, { contact });
  await run('creates', 'create_or_update_contact', { email: 'jane@example.com' });
  expect(highlevel.sent).toHaveLength(1);
});

test('Update Contact empties a text field with an empty text, a list field with an empty list', async () => {
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  highlevel.answers('PUT /contacts/c1', 200, { contact });
  const clear = ['customField_text', 'customField_check'];
  await run('creates', 'update_contact', { contactId: 'c1', clear });
  expect(highlevel.sent[1]).toEqual({
    request: 'PUT /contacts/c1',
    body: {
      customFields: [
        { id: 'text', field_value: '' },
        { id: 'check', field_value: [] },
      ],
    },
  });
});

test('one step cannot both fill and empty a custom field', async () => {
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  const input = { contactId: 'c1', customField_text: 'blue', clear: ['customField_text'] };
  const { message } = await failure(run('creates', 'update_contact', input));
  expect(message).toContain('also fills in. Clear it or fill it in, but not both.');
});

test('output has the custom fields under their keys', async () => {
  const values = [
    { id: 'text', value: 'blue' },
    { id: 'check', value: ['Mon'] },
    { id: 'unknown', value: 'x' },
  ];
  highlevel.answers('GET /contacts/c1', 200, { contact: { ...contact, customFields: values } });
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  expect(await run('searches', 'find_contact', { contactId: 'c1' })).toMatchObject([
    { customFields: values, custom: { my_text: 'blue', my_check: ['Mon'] } },
  ]);
});

test('the editor shows an input for each custom field that a Zap can fill, with its name and choices', async () => {
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
  const asked = await connection().inputFields('create_contact');
  const named = { key: 'customField_text', label: 'My TEXT', type: 'string', group: 'custom' };
  const chosen = {
    key: 'customField_single',
    label: 'My SINGLE_OPTIONS',
    type: 'string',
    choices: ['Red', 'Blue'],
    group: 'custom',
  };
  expect(asked).toEqual(expect.arrayContaining([named, chosen]));
  expect(asked).toContainEqual({
    key: 'customField_check',
    label: 'My CHECKBOX',
    type: 'string',
    choices: ['Mon', 'Tue', 'Wed'],
    list: true,
    group: 'custom',
  });
  expect(asked).not.toContainEqual(expect.objectContaining({ key: 'customField_file' }));
  expect(asked).not.toContainEqual(expect.objectContaining({ key: 'customField_texts' }));
});

const isCustom = (one: unknown) => isObject(one) && /(?:^|__)custom__/.test(String(one.key));

test.each([
  ['searches', 'find_contact', 'custom__my_text', 'My TEXT'],
  ['triggers', 'new_contact', 'custom__my_text', 'My TEXT'],
  ['triggers', 'contact_tagged', 'custom__my_text', 'My TEXT'],
  ['creates', 'capture_jivochat_lead', 'contact__custom__my_text', 'Contact My TEXT'],
  ['triggers', 'highlevel_event', 'contact__custom__my_text', 'Contact My TEXT'],
] as const)(
  'the custom fields of the contact of %s %s can be mapped by name',
  async (kind, key, path, label) => {
    // The output of Capture has an opportunity too, with custom fields of its own.
    const lists = key === 'capture_jivochat_lead' ? 2 : 1;
    for (let list = 0; list < lists; list++) highlevel.answers(CUSTOM_FIELDS, 200, { customFields });
    // Not those of other records in the output.
    const prefix = path.replace(/my_text$/, '');
    const told = (await connection().outputFields(kind, key)).filter(
      (one) => isObject(one) && String(one.key).startsWith(prefix),
    );
    expect(told).toContainEqual({ key: path, label });
    expect(told).toHaveLength(customFields.length);
  },
);

test('the editor shows the other fields when the permission for custom fields is missing', async () => {
  const scope = 'contacts.readonly';
  const told = await connection({ ...fullAccess, scope }).outputFields('searches', 'find_contact');
  expect(told).toContainEqual(expect.objectContaining({ key: 'email' }));
  expect(told.filter(isCustom)).toEqual([]);
});

test('hundreds of custom fields cost the editor one request, and a step no request if they are cached', async () => {
  const many = Array.from({ length: 300 }, (_, index) => field(`f${index}`, 'TEXT'));
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields: many });
  const zap = connection();
  expect(await zap.inputFields('create_contact')).toHaveLength(300);

  highlevel.answers('POST /contacts/', 201, { contact });
  const filled = Object.fromEntries(many.map(({ id }) => [`customField_${id}`, id]));
  await zap.run('creates', 'create_contact', { email: 'jane@example.com', ...filled });
  expect(highlevel.sent).toHaveLength(2);
  expect(highlevel.sent[1]?.body).toMatchObject({
    customFields: many.map(({ id }) => ({ id, field_value: id })),
  });
});

describe('Without the permission for custom fields', () => {
  const scope = 'contacts.readonly contacts.write';

  test.each(['create_contact', 'update_contact', 'create_or_update_contact'])(
    'the form of %s has its standard fields',
    async (key) => {
      const zap = connection({ ...fullAccess, scope });
      expect(await zap.inputFields(key)).toEqual([]);
    },
  );

  test('HighLevel’s refusal is the same as a permission known to be missing', async () => {
    const { scope: _scope, ...unknown } = fullAccess;
    for (let attempt = 0; attempt < 2; attempt++) {
      highlevel.answers(CUSTOM_FIELDS, 401, { message: 'The token is not authorized for this scope.' });
      highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION } });
    }
    expect(await connection(unknown).inputFields('create_contact')).toEqual([]);
  });

  test('a contact is written, but a filled-in custom field is never silently lost', async () => {
    const zap = connection({ ...fullAccess, scope });
    highlevel.answers('POST /contacts/upsert', 200, { contact });
    await zap.run('creates', 'create_or_update_contact', { email: 'jane@example.com' });
    const filled = { email: 'jane@example.com', customField_text: 'blue' };
    expect((await failure(zap.run('creates', 'create_or_update_contact', filled))).message).toContain(
      'this connection doesn\'t have the "locations/customFields.readonly" permission',
    );
    expect(highlevel.sent).toHaveLength(1);
  });
});

describe('Options that HighLevel sends as objects', () => {
  const options = [
    { key: 'red', label: 'Deep Red' },
    { value: 'b1', name: 'Blue' },
    { name: 'Green' },
    { label: 'Gold', value: 'Gold' },
    { id: 7, label: 'Seven' },
    'Plain',
    8,
    { key: ' ' },
    null,
  ];
  const definition = { id: 'odd', name: 'Color', fieldKey: 'contact.color', picklistOptions: options };
  const answer = (dataType: string) => ({ customFields: [{ ...definition, dataType }] });

  test('are choices with their labels', async () => {
    highlevel.answers(CUSTOM_FIELDS, 200, answer('SINGLE_OPTIONS'));
    const [offered] = await connection().inputFields('create_contact');
    expect(offered).toMatchObject({
      choices: [
        { value: 'red', label: 'Deep Red' },
        { value: 'b1', label: 'Blue' },
        { value: 'Green', label: 'Green' },
        { value: 'Gold', label: 'Gold' },
        { value: '7', label: 'Seven' },
        { value: 'Plain', label: 'Plain' },
        { value: '8', label: '8' },
      ],
    });
  });

  test.each([
    ['RADIO', 'red', 'red'],
    ['RADIO', 'deep red', 'red'],
    ['RADIO', 'BLUE', 'b1'],
    ['RADIO', 'green', 'Green'],
    ['RADIO', '7', '7'],
    ['MULTIPLE_OPTIONS', ['Seven', 'plain'], ['7', 'Plain']],
  ])('are values: %s %j is sent as %j', async (dataType, typed, sent) => {
    highlevel.answers(CUSTOM_FIELDS, 200, answer(dataType));
    highlevel.answers('POST /contacts/upsert', 200, { contact });
    await run('creates', 'create_or_update_contact', { email: 'jane@example.com', customField_odd: typed });
    expect(highlevel.sent[1]?.body).toMatchObject({ customFields: [{ id: 'odd', field_value: sent }] });
  });

  test('are listed by label in the error for another value', async () => {
    highlevel.answers(CUSTOM_FIELDS, 200, answer('RADIO'));
    const input = { email: 'jane@example.com', customField_odd: 'pink' };
    expect((await failure(run('creates', 'create_or_update_contact', input))).message).toBe(
      '"Color" can\'t be "pink". Use Deep Red, Blue, Green, Gold, Seven, Plain, or 8.',
    );
  });

  test('are cached as they were parsed', async () => {
    const zap = connection();
    highlevel.answers(CUSTOM_FIELDS, 200, answer('RADIO'));
    for (const typed of ['deep red', 'Seven']) {
      highlevel.answers('POST /contacts/upsert', 200, { contact });
      await zap.run('creates', 'create_or_update_contact', { email: 'a@b.co', customField_odd: typed });
    }
    expect(highlevel.sent[2]?.body).toMatchObject({ customFields: [{ field_value: '7' }] });
  });
});

test('a custom field value without an ID does not affect the others', async () => {
  const values = [
    { id: 'cf1', value: 'one' },
    { value: 'nobody knows whose' },
    { id: null, value: 'x' },
    { id: 7, value: 'x' },
    null,
    'x',
    { id: 'cf2', fieldValue: 'two' },
  ];
  highlevel.answers('POST /contacts/search', 200, { contacts: [{ id: 'c1', customFields: values }] });
  highlevel.answers(CUSTOM_FIELDS, 200, { customFields: [] });
  expect(await run('searches', 'find_contact', { query: 'Jane' })).toMatchObject([
    {
      customFields: [
        { id: 'cf1', value: 'one' },
        { id: 'cf2', value: 'two' },
      ],
    },
  ]);
});
