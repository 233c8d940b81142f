import {
  choice,
  contactIdField,
  dateTime,
  flag,
  idList,
  integer,
  longText,
  number,
  optional,
  tagsField,
  text,
  textList,
} from '../../../lib/schema/fields.ts';
import { parseInput } from '../../../lib/schema/parse_input.ts';

const schema = {
  contactId: optional(contactIdField),
  title: optional(text('Title', 'Call')),
  body: optional(longText('Description', 'She asked.')),
  completed: optional(flag('Completed', false)),
  limit: optional(integer('Limit', 50).narrowed((limit) => limit.min(1).max(500))),
  price: optional(number('Price', 9.5)),
  dueDate: optional(dateTime('Due Date', '2026-01-30T15:00:00Z')),
  names: optional(textList('Names', [])),
  tags: optional(tagsField),
  gender: optional(choice('Gender', { male: 'Male', female: 'Female' }, 'female')),
};

const read = (given: Record<string, unknown>) =>
  parseInput(schema, given, { zone: async () => 'America/New_York' });

/** The error message for an invalid input. */
async function complaint(given: Record<string, unknown>): Promise<string> {
  const error: unknown = await read(given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('The input was taken');
  expect(error.name).toBe('InputError');
  expect(error.message).not.toContain('[object Object]');
  return error.message;
}

describe('Blank values', () => {
  test.each([[''], ['   '], ['\n\t'], [null], [undefined], [[]], [['']], [[' ', null, '']]])(
    '%j counts as absent',
    async (blank) => {
      const all = Object.fromEntries(Object.keys(schema).map((key) => [key, blank]));
      expect(await read(all)).toEqual({});
    },
  );

  test('do not include no, 0 and false', async () => {
    expect(await read({ completed: false, price: 0 })).toEqual({ completed: false, price: 0 });
  });

  test('in a required field are reported by its label', async () => {
    const needy = { title: text('Title', 'Call'), dueDate: dateTime('Due Date', '') };
    await expect(
      parseInput(needy, { title: ' ', dueDate: null }, { zone: async () => 'utc' }),
    ).rejects.toThrow('Please fill in "Title" and "Due Date".');
  });
});

describe('Text', () => {
  test('is trimmed, but not inside', async () => {
    expect(await read({ title: '  Call  Jane ' })).toEqual({ title: 'Call  Jane' });
  });

  test('with a lone surrogate gets a replacement character', async () => {
    expect(await read({ title: 'Nice \uD83D', body: '\uDE00 😀' })).toEqual({
      title: 'Nice \uFFFD',
      body: '\uFFFD 😀',
    });
  });

  test('of several lines is unchanged', async () => {
    const body = '  - one\n  - two\n';
    expect(await read({ body })).toEqual({ body });
  });

  test.each([
    [42, '42'],
    [true, 'true'],
    [['Jane'], 'Jane'],
  ])('accepts %j', async (given, value) => {
    expect(await read({ title: given })).toEqual({ title: value });
  });

  test.each([[{ name: 'Jane' }], [['Jane', 'Joe']], [[{ name: 'Jane' }]], [{}]])(
    'rejects %j',
    async (given) => {
      expect(await complaint({ title: given })).toBe(
        '"Title" takes one value. Map a single value instead of a group.',
      );
    },
  );
});

describe('Yes/no fields', () => {
  test.each([true, 'true', 'Yes', 'y', '1', 1, 'ON', ' yes '])('%j is yes', async (given) => {
    expect(await read({ completed: given })).toEqual({ completed: true });
  });
  test.each([false, 'false', 'No', 'n', '0', 0, 'off'])('%j is no', async (given) => {
    expect(await read({ completed: given })).toEqual({ completed: false });
  });
  test('reject anything else', async () => {
    expect(await complaint({ completed: 'maybe' })).toBe('"Completed" can\'t be "maybe". Use Yes or No.');
  });
});

describe('Numbers', () => {
  test.each([
    ['1,234.5', 1234.5],
    ['1,234,567', 1_234_567],
    ['-12', -12],
    [' 7 ', 7],
    [0.5, 0.5],
    ['1.234', 1.234],
    ['$1,234.50', 1234.5],
    ['1.234,50 €', 1234.5],
    ['12 EUR', 12],
    ['12,5', 12.5],
    ['(12.00)', -12],
  ])('%j is %d', async (given, value) => {
    expect(await read({ price: given })).toEqual({ price: value });
  });
  test.each(['twelve', '12 abc', '1,2,3', '1.2.3', '12%', 'Infinity', 'NaN', '0x10'])(
    '%j is rejected',
    async (given) => {
      expect(await complaint({ price: given })).toBe(`"Price" isn't a number: "${given}".`);
    },
  );
  test.each([
    ['1.5', '"Limit" isn\'t a whole number: "1.5".'],
    ['501', '"Limit" can\'t be more than 500.'],
    ['0', '"Limit" can\'t be less than 1.'],
  ])('a limit of %s is rejected', async (given, sentence) => {
    expect(await complaint({ limit: given })).toBe(sentence);
  });
});

describe('Choices', () => {
  test.each(['male', 'Male', ' MALE ', 'm-a-l-e'])('%j is read as male', async (gender) => {
    expect(await read({ gender })).toEqual({ gender: 'male' });
  });

  test.each([
    ['No-Show', 'noshow'],
    ['no show', 'noshow'],
    ['NOSHOW', 'noshow'],
    ['n/a', undefined],
    ['None', 'none'],
    ['-', undefined],
  ])('%j is %j', async (given, value) => {
    const choices = { noshow: 'No-Show', none: 'None', none_yet: 'Not Yet' };
    const status = { status: optional(choice('Status', choices, 'none')) };
    expect(await parseInput(status, { status: given }, { zone: async () => 'utc' })).toEqual(
      value === undefined ? {} : { status: value },
    );
  });

  test('that differ in their punctuation only are distinguished by it', async () => {
    const status = { size: choice('Size', { xl: 'Extra', 'X-L': 'Other' }, 'xl') };
    expect(await parseInput(status, { size: 'x-l' }, { zone: async () => 'utc' })).toEqual({ size: 'X-L' });
    expect(await parseInput(status, { size: 'X L' }, { zone: async () => 'utc' })).toEqual({ size: 'xl' });
  });

  test('of a list are parsed from one text', async () => {
    const choices = { NoteCreate: 'Note Added', TaskCreate: 'Task Created', CallEnd: 'Call, Ended' };
    const events = textList('Events', []).meta({ editor: { type: 'string', list: true, choices } });
    const list = { events };
    const zone = async () => 'utc';
    expect(await parseInput(list, { events: 'note added,TASKCREATE;\nMyEvent' }, { zone })).toEqual({
      events: ['NoteCreate', 'TaskCreate', 'MyEvent'],
    });
    expect(await parseInput(list, { events: ['Call, Ended', '["tasks", "note_create"]'] }, { zone })).toEqual(
      {
        events: ['CallEnd', 'tasks', 'NoteCreate'],
      },
    );
  });

  test('are not all listed if there are many', async () => {
    const choices = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`v${index}`, `Label ${index}`]),
    );
    const field = { kind: choice('Kind', choices, 'v1') };
    const error: unknown = await parseInput(field, { kind: 'x' }, { zone: async () => 'utc' }).catch(
      (e) => e,
    );
    expect(String(error)).toContain('"Kind" can\'t be "x". Use Label 0, Label 1,');
    expect(String(error).length).toBeLessThan(400);
  });
});

describe('Words for nothing', () => {
  const blank = ['n/a', 'N/A', 'null', 'undefined', 'None', '-', '--', ' NULL '];
  test.each(blank)('%j is blank if it cannot be a value', async (word) => {
    const given = { contactId: word, limit: word, price: word, dueDate: word, gender: word };
    expect(await read(given)).toEqual({});
  });
  test.each(blank)('%j stays a text', async (word) => {
    expect(await read({ title: word, body: word, names: [word], tags: [word] })).toEqual({
      title: word.trim(),
      body: word,
      names: [word],
      tags: [word.trim().toLowerCase()],
    });
  });
  test('in a required field are missing', async () => {
    const needy = {
      contactId: contactIdField,
      title: text('Title', ''),
      dueDate: dateTime('Due Date', ''),
    };
    const reading = parseInput(needy, { contactId: 'null', dueDate: 'n/a' }, { zone: async () => 'utc' });
    await expect(reading).rejects.toThrow('Please fill in "Contact", "Title", and "Due Date".');
  });
});

describe('Lists', () => {
  test.each([
    ['a text', 'a1,b2, c3'],
    ['semicolons', 'a1; b2;c3;'],
    ['lines', 'a1\r\nb2\nc3\n'],
    ['a list of one text', ['a1,b2,c3']],
    ['JSON text', '["a1","b2","c3"]'],
    ['JSON text in a list', ['["a1", "b2"]', 'c3']],
    ['a list', ['a1', 'b2', ' ', 'null', 'c3']],
  ])('of ids may be %s', async (_, ids) => {
    const list = { ids: idList('Contacts', 'contacts') };
    expect(await parseInput(list, { ids }, { zone: async () => 'utc' })).toEqual({ ids: ['a1', 'b2', 'c3'] });
  });
  test('of texts may be lines or JSON text, and keep their commas', async () => {
    expect(await read({ names: 'Doe, Jane\nPoe, Joe' })).toEqual({ names: ['Doe, Jane', 'Poe, Joe'] });
    expect(await read({ names: '["Doe, Jane", 7, null, true]' })).toEqual({
      names: ['Doe, Jane', '7', 'true'],
    });
    expect(await read({ names: '[not JSON]' })).toEqual({ names: ['[not JSON]'] });
  });
  test('of JSON objects are rejected', async () => {
    expect(await complaint({ names: '[{"name": "Jane"}]' })).toMatch(/^"Names" takes one value\./);
  });
  test('drop blank values, and accept a single value', async () => {
    expect(await read({ names: ['Jane', '', null, 7] })).toEqual({ names: ['Jane', '7'] });
    expect(await read({ names: 'Jane' })).toEqual({ names: ['Jane'] });
  });
  test('reject objects', async () => {
    expect(await complaint({ names: [{ name: 'Jane' }] })).toBe(
      '"Names" takes one value. Map a single value instead of a group.',
    );
  });
  test('of tags are trimmed, lowercase, unique and split at commas', async () => {
    expect(await read({ tags: ['VIP, New ', 'vip', ','] })).toEqual({ tags: ['vip', 'new'] });
  });
});

describe('Other fields', () => {
  test('a date without an offset is parsed in the Zap’s time zone', async () => {
    expect(await read({ dueDate: '2026-01-30T15:00' })).toEqual({ dueDate: '2026-01-30T20:00:00Z' });
  });
  test.each([
    ['January 30, 2026 3:00 PM', '2026-01-30T20:00:00Z'],
    ['30 Jan 2026 15:00', '2026-01-30T20:00:00Z'],
    ['30.01.2026 15:00', '2026-01-30T20:00:00Z'],
    ['2026/01/30', '2026-01-30T14:00:00Z'],
    ['2026-01-30 3pm', '2026-01-30T20:00:00Z'],
    ['Fri, 30 Jan 2026 15:00:00 GMT', '2026-01-30T15:00:00Z'],
    ['Fri Jan 30 2026 15:00:00 GMT+0100 (CET)', '2026-01-30T14:00:00Z'],
    ['01/30/2026', '2026-01-30T14:00:00Z'],
  ])('a date may be written %j', async (given, moment) => {
    expect(await read({ dueDate: given })).toEqual({ dueDate: moment });
  });
  test('an ambiguous date is read in the format of the sub-account’s country, or rejected', async () => {
    const lookups = { zone: async () => 'utc', country: async () => 'US' };
    expect(await parseInput(schema, { dueDate: '04/05/2026 10:00' }, lookups)).toEqual({
      dueDate: '2026-04-05T10:00:00Z',
    });
    expect(await complaint({ dueDate: '04/05/2026' })).toBe(
      '"Due Date" can be two dates: "04/05/2026". Use a format such as 2026-01-31 or 2026-01-31 15:00.',
    );
  });
  test('the time zone is not looked up for a date with an offset', async () => {
    const zone = jest.fn(async () => 'utc');
    await parseInput(schema, { dueDate: '2026-01-30T15:00:00-05:00' }, { zone });
    expect(zone).not.toHaveBeenCalled();
  });
  test('an invalid date is reported by its label', async () => {
    expect(await complaint({ dueDate: '2026-02-31' })).toBe(
      '"Due Date" isn\'t a date we can read: "2026-02-31". Use a format such as 2026-01-31 or 2026-01-31 15:00.',
    );
  });
  test('an unknown choice is reported with the valid ones', async () => {
    expect(await complaint({ gender: 'robot' })).toBe('"Gender" can\'t be "robot". Use Male or Female.');
  });
  test.each(['..', 'a/b', 'jane@example.com', 'Jane Doe', 'idé', 'a?b', '%2e'])(
    '%j is not a valid id',
    async (given) => {
      expect(await complaint({ contactId: given })).toBe(
        `"Contact" needs a HighLevel contact ID, not "${given}". Choose a contact from the list, or map the Contact ID of a Find Contact step.`,
      );
    },
  );
  test('all invalid fields are reported at once', async () => {
    expect(await complaint({ gender: 'robot', contactId: '..' })).toContain(
      '"Contact" needs a HighLevel contact ID, not ".."',
    );
    expect(await complaint({ gender: 'robot', contactId: '..' })).toContain('"Gender" can\'t be "robot"');
  });
  test('all unreadable values are reported at once, after what is missing', async () => {
    const required = {
      title: text('Title', 'Call'),
      price: schema.price,
      completed: schema.completed,
    };
    const reading = parseInput(required, { price: 'cheap', completed: 'maybe' }, { zone: async () => 'utc' });
    await expect(reading).rejects.toThrow(
      'Please fill in "Title". "Price" isn\'t a number: "cheap". "Completed" can\'t be "maybe". Use Yes or No.',
    );
  });
  test('a quoted value is truncated to a line', async () => {
    expect((await complaint({ price: 'x'.repeat(10_000) })).length).toBeLessThan(100);
  });
  test.each([
    ['line ends and control characters', 'one\r\nBcc: x\u0000@y.z', 'one Bcc: x@y.z'],
    ['signs that turn the direction of what follows', '\u202Egpj.exe', 'gpj.exe'],
    ['halves of characters, also where the text is cut', `\uD83D${'🦷'.repeat(70)}`, `${'🦷'.repeat(60)}…`],
  ])('a quoted value has no %s', async (_, completed, quote) => {
    expect(await complaint({ completed })).toBe(`"Completed" can't be "${quote}". Use Yes or No.`);
  });
  test('an unknown input is not passed on', async () => {
    expect(await read({ title: 'Call', locationId: 'other' })).toEqual({ title: 'Call' });
  });
});
