import fc from 'fast-check';
import {
  mayBeContactDetail,
  readContactDetails,
  type ContactDetails,
} from '../../../lib/base/contact_details.ts';
import { isEmail, readEmail } from '../../../lib/base/email.ts';
import { readPhone } from '../../../lib/base/phone.ts';
import { emails, measure, phones } from './contact_details.corpus.ts';
import { RUNS } from '../../support/fuzz.ts';

const where = { visit: 'RU', account: 'DE' };
const nothing: ContactDetails = {
  name: null,
  email: null,
  phone: null,
  phoneCertain: false,
  emailRaw: null,
  phoneRaw: null,
  nameRaw: null,
  leftOver: [],
  unlikelyPhone: null,
};

test('real-world input is parsed as intended', () => {
  const { right, total, misses } = measure(
    (typed, visit, account) => readPhone(typed, { visit, account }).number,
    (typed) => readEmail(typed).email,
  );
  expect(misses).toEqual([]);
  expect(right / total).toBeGreaterThanOrEqual(0.99);
  expect(total).toBeGreaterThanOrEqual(240);
  expect(new Set(phones.flatMap(([, visit]) => visit ?? [])).size).toBeGreaterThanOrEqual(25);
  expect(new Set([...phones, ...emails].map((entry) => entry.slice(0, -1).join('|'))).size).toBe(total);
});

test.each<[string, [string, string, string], Partial<ContactDetails>]>([
  [
    'each in its box',
    ['Anna', 'a@example.com', '8 999 829 15 50'],
    { name: 'Anna', email: 'a@example.com', phone: '+79998291550', phoneCertain: true },
  ],
  [
    'as ids of WhatsApp',
    ['Anna', '79998291550:12@s.whatsapp.net', 'anna79998291550@c.us'],
    { name: 'Anna', email: 'anna79998291550@c.us', phone: '+79998291550', phoneCertain: true },
  ],
  [
    'one in the middle of the name',
    ['Anna, 8 999 829 15 50, call after 6', '', ''],
    { name: 'Anna, call after 6', phone: '+79998291550', phoneCertain: true },
  ],
  ['as a decimal number', ['', '', '4915123456789.0'], { phone: '+4915123456789', phoneCertain: true }],
  [
    'swapped',
    ['Anna', '8 999 829 15 50', 'a@example.com'],
    { name: 'Anna', email: 'a@example.com', phone: '+79998291550', phoneCertain: true },
  ],
  ['a phone in the email box', ['', '8 999 829 15 50', ''], { phone: '+79998291550', phoneCertain: true }],
  ['an email in the phone box', ['', '', 'Email: a@example.com'], { email: 'a@example.com' }],
  [
    'both in the email box',
    ['', 'a@example.com, 8 999 829 15 50', ''],
    { email: 'a@example.com', phone: '+79998291550', phoneCertain: true },
  ],
  [
    'both in the phone box',
    ['', '', '8 999 829 15 50 a@example.com'],
    { email: 'a@example.com', phone: '+79998291550', phoneCertain: true },
  ],
  [
    'a number that is an address’s',
    ['', '79998291550@example.com', ''],
    { email: '79998291550@example.com' },
  ],
  [
    'the phone in the name',
    ['Анна 8 999 829 15 50', '', ''],
    { name: 'Анна', phone: '+79998291550', phoneCertain: true },
  ],
  [
    'the phone behind a label',
    ['Анна, тел. 8 999 829 15 50', '', ''],
    { name: 'Анна', phone: '+79998291550', phoneCertain: true },
  ],
  ['the email in the name', ['Anna <anna@example.com>', '', ''], { name: 'Anna', email: 'anna@example.com' }],
  [
    'both in the name',
    ['Anna anna@example.com +49 171 1234567', '', ''],
    { name: 'Anna', email: 'anna@example.com', phone: '+491711234567', phoneCertain: true },
  ],
  ['only a phone for a name', ['+49 171 1234567', '', ''], { phone: '+491711234567', phoneCertain: true }],
  [
    'the phone once more in the name',
    ['Anna 0171 1234567', '', '+49 171 1234567'],
    { name: 'Anna', phone: '+491711234567', phoneCertain: true },
  ],
  ['an id in the name', ['Ivan [324234234]', '', ''], { name: 'Ivan', nameRaw: 'Ivan [324234234]' }],
  [
    'an id that could be a number',
    ['Ivan [79998291550]', '', ''],
    { name: 'Ivan', nameRaw: 'Ivan [79998291550]' },
  ],
  ['a handle for a name', ['@ivan', '', ''], { name: '@ivan' }],
  ['invisible marks in the name', ['\u202EА\u200Bнна\u200E', '', ''], { name: 'Анна' }],
  ['a joined picture for a name', ['👩‍👩‍👧', '', ''], { name: '👩‍👩‍👧' }],
  ['a name that is a label elsewhere', ['Mi', '', ''], { name: 'Mi' }],
  [
    'another phone in the name',
    ['Анна 8 999 829 15 50', '', '0171 1234567'],
    {
      name: 'Анна',
      phone: '+491711234567',
      phoneCertain: true,
      nameRaw: 'Анна 8 999 829 15 50',
      leftOver: ['+79998291550'],
    },
  ],
  [
    'another email in the name',
    ['max@example.com', 'a@example.com', ''],
    { email: 'a@example.com', nameRaw: 'max@example.com', leftOver: ['max@example.com'] },
  ],
  [
    'two of each',
    ['', 'a@example.com and b@example.com', '8 999 829 15 50 или 8 999 829 15 51'],
    {
      email: 'a@example.com',
      phone: '+79998291550',
      phoneCertain: true,
      emailRaw: 'a@example.com and b@example.com',
      phoneRaw: '8 999 829 15 50 или 8 999 829 15 51',
      leftOver: ['b@example.com', '8 999 829 15 51'],
    },
  ],
  [
    'a good number in the wrong box, a bad one in its own',
    ['', '8 999 829 15 50', 'call me'],
    { phone: '+79998291550', phoneCertain: true, phoneRaw: 'call me', leftOver: ['call me'] },
  ],
  [
    'a second number in the email box',
    ['', '8 999 829 15 50', '0171 1234567'],
    {
      phone: '+491711234567',
      phoneCertain: true,
      emailRaw: '8 999 829 15 50',
      leftOver: ['8 999 829 15 50'],
    },
  ],
  [
    'a bad email',
    ['', 'zoe@example..com', ''],
    { emailRaw: 'zoe@example..com', leftOver: ['zoe@example..com'] },
  ],
  [
    'a bad email for a name',
    ['zoe@example..com', '', ''],
    { emailRaw: 'zoe@example..com', leftOver: ['zoe@example..com'] },
  ],
  ['a dummy', ['', '', '0000000000'], { phoneRaw: '0000000000', leftOver: ['0000000000'] }],
  ['a dummy for a name', ['0000000000', '', ''], { phoneRaw: '0000000000', leftOver: ['0000000000'] }],
  [
    'an unlikely number',
    ['', '', '+458745457845'],
    { phoneRaw: '+458745457845', leftOver: ['+458745457845'], unlikelyPhone: '+458745457845' },
  ],
  ['words for nothing', ['null', 'n/a', '-'], {}],
  ['nothing', ['', ' ', ''], {}],
])('%s: %j', (_, [name, email, phone], expected) => {
  expect(readContactDetails({ name, email, phone }, where)).toEqual({ ...nothing, ...expected });
});

test('missing fields are empty', () => {
  expect(readContactDetails({ name: null, email: undefined })).toEqual(nothing);
});

test.each([
  ['zoe@example.com', true],
  ['zoe@example..com', true],
  ['@zoe', true],
  ['030 9018', true],
  ['+458745457845', true],
  ['call 4155550132', true],
  ['1234567890', false],
  ['call me', false],
  ['', false],
])('that %j may be a contact detail is %s', (text, expected) => {
  expect(mayBeContactDetail(text)).toBe(expected);
});

describe('Any input', () => {
  const box = fc.option(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...phones.map(([typed]) => typed), ...emails.map(([typed]) => typed)),
      fc
        .tuple(fc.string(), fc.constantFrom(...phones.map(([typed]) => typed)))
        .map((parts) => parts.join(' ')),
      fc
        .tuple(fc.string(), fc.constantFrom(...emails.map(([typed]) => typed)))
        .map((parts) => parts.join(' ')),
    ),
  );
  const boxes = fc.record({ name: box, email: box, phone: box });

  test('has well-formed details, and only if `mayBeContactDetail` accepts the text', () => {
    fc.assert(
      fc.property(boxes, (typed) => {
        const { name, email, phone } = readContactDetails(typed, where);
        expect(email === null || isEmail(email)).toBe(true);
        expect(phone ?? '+14155550132').toMatch(/^\+[1-9]\d{6,14}$/);
        expect(name?.trim()).not.toBe('');
        const isRead = email !== null || phone !== null;
        expect(!isRead || Object.values(typed).some((text) => mayBeContactDetail(text ?? ''))).toBe(true);
      }),
      { numRuns: RUNS.events },
    );
  });

  test('is kept as typed if nothing was recognized', () => {
    fc.assert(
      fc.property(box, (text) => {
        const typed = text?.trim() ?? '';
        fc.pre(/\p{N}/u.test(typed) || typed.includes('@'));
        const { email, phone, emailRaw, phoneRaw } = readContactDetails({ email: text, phone: text }, where);
        fc.pre(email === null && phone === null);
        expect({ emailRaw, phoneRaw }).toEqual({ emailRaw: typed, phoneRaw: typed });
      }),
      { numRuns: RUNS.events },
    );
  });

  test('gives the same details when its result is parsed again', () => {
    fc.assert(
      fc.property(boxes, (typed) => {
        const { email, phone } = readContactDetails(typed, where);
        const again = readContactDetails({ email, phone }, where);
        expect(again).toMatchObject({ email, phone, emailRaw: null, phoneRaw: null });
      }),
      { numRuns: RUNS.events },
    );
  });
});

test('a very long text is parsed quickly', () => {
  for (const piece of ['1', 'a', 'a.', 'a@', '12 ', '(1', '[1', 'my ', ' ']) {
    const text = piece.repeat(100_000);
    const before = process.cpuUsage();
    readContactDetails({ name: text, email: text, phone: text }, where);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  }
});
