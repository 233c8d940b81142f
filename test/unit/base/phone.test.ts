import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { getExampleNumber, isSupportedCountry, isValidPhoneNumber } from 'libphonenumber-js/max';
import {
  findPhone,
  isCountry,
  mayBePhone,
  readPhone,
  toE164,
  type PhoneCountries,
} from '../../../lib/base/phone.ts';
import { countries } from '../../../lib/base/countries.ts';
import { ambiguousPhones } from './contact_details.corpus.ts';
import { RUNS } from '../../support/fuzz.ts';

const E164 = /^\+[1-9]\d{6,14}$/;

test.each(ambiguousPhones)(
  '%j of a visitor in %j, typed in a sub-account in %j, is %s: %s',
  (typed, visit, account, number) => {
    expect(readPhone(typed, { visit, account }).number).toBe(number);
  },
);

test('of two countries, the visitor’s comes first, then the step’s, then the sub-account’s', () => {
  const typed = '0171 1234567';
  expect(readPhone(typed, { visit: 'DE', step: 'FR', account: 'US' }).number).toBe('+491711234567');
  expect(readPhone('040 123 4567', { step: 'FI', account: 'NL' }).number).toBe('+358401234567');
  expect(readPhone('040 123 4567', { step: 'NL', account: 'FI' }).number).toBe('+31401234567');
  expect(readPhone('(415) 555-2671', { visit: 'FI', step: 'CA', account: 'FI' }).number).toBe('+14155552671');
});

test.each(['uk', 'UK', 'gb', ' GB '])('the country code %j means the United Kingdom', (visit) => {
  expect(readPhone('07911 123456', { visit }).number).toBe('+447911123456');
  expect(isCountry(visit)).toBe(true);
});

test.each(['XX', '', 'Germany', 'U'])('%j is not a country, so national numbers are ignored', (visit) => {
  expect(readPhone('0171 1234567', { visit }).number).toBeNull();
  expect(isCountry(visit)).toBe(false);
});

test.each([
  ['415-555-0132 or 415-555-0199', '415-555-0199'],
  ['415-555-0132, 415-555-0199', '415-555-0199'],
  ['415-555-0132 (home) 415-555-0199 (work)', '(home) 415-555-0199 (work)'],
  ['415-555-0132 ext. 204', 'ext. 204'],
  ['415-555-0132 204', '204'],
  ['415-555-0132x204', 'x204'],
  ['+1 415 555 0132 (WhatsApp)', 'WhatsApp'],
  ['12 or 415-555-0132', '12'],
  ['999-999-999 or 415-555-0132', '999-999-999'],
  ['415-555-0132 +49 151 23456789', '+49 151 23456789'],
  ['415-555-0132 zoe@example.com', 'zoe@example.com'],
  ['Tel.: 415-555-0132', null],
  ['my number is 415-555-0132.', null],
  ['415-555-0132', null],
])('the rest of %j is %j', (typed, rest) => {
  expect(readPhone(typed, { account: 'US' })).toEqual({
    number: '+14155550132',
    certain: true,
    rest,
    unlikely: null,
    raw: typed,
  });
});

test.each(['call me', '12345', ' 1234567890 ', '999-555-0132'])('%j is kept as typed', (typed) => {
  expect(readPhone(typed, { account: 'US' })).toEqual({
    number: null,
    certain: false,
    rest: typed.trim(),
    unlikely: null,
    raw: typed,
  });
});

test.each(['020 7946 0018', '415 555 0132', '(212) 555-0132', '12 3456 7890 1234'])(
  'no part of %j is a number',
  (typed) => {
    expect(readPhone(typed, { visit: 'PL' }).number).toBeNull();
  },
);

test.each(['4330 1047 9716 5477', '4188-3842-9957-1545', '4405 6391 3522 7469'])(
  'no part of the card number %j is a phone number',
  (typed) => {
    expect(readPhone(typed, { account: 'DE' }).number).toBeNull();
  },
);

test.each([
  ['0900 1234567', 'DE'],
  ['900 555 0123', 'US'],
  ['0909 8790123', 'GB'],
])('%j in %s is premium-rate, so hardly anyone’s own: it is not certain', (typed, account) => {
  expect(readPhone(typed, { account })).toMatchObject({ number: expect.any(String), certain: false });
  expect(findPhone(typed, { account }).number).toBeNull();
});

test('text after 500 characters is kept, but not searched', () => {
  const behind = `${'x'.repeat(600)} 415-555-0199`;
  const { number, rest } = readPhone(`415-555-0132 ${behind}`, { account: 'US' });
  expect(number).toBe('+14155550132');
  expect(rest?.replaceAll(' ', '')).toBe(behind.replaceAll(' ', ''));
  expect(readPhone(behind, { account: 'US' }).number).toBeNull();
});

describe('A number with a plus', () => {
  test.each(['+1 200 555 0132', '+49 171 123456', '+44 5555 123456'])(
    '%j is kept, although it is only possible',
    (typed) => {
      const { number, certain } = readPhone(typed, { visit: 'FR' });
      expect({ number, certain }).toEqual({ number: `+${typed.replace(/\D/g, '')}`, certain: true });
    },
  );

  test.each(['+458745457845', '+999 12345678', '00458745457845', '+1 415 555 013'])(
    '%j fits no numbering plan, and is only unlikely',
    (typed) => {
      const digits = typed.replace(/\D/g, '').replace(/^00/, '');
      expect(readPhone(typed)).toMatchObject({ number: null, unlikely: `+${digits}` });
    },
  );

  test.each(['+1 555 555 5555', '+1234567890', '+12345', '+1 (123) 456-7890', '+0000000'])(
    '%j is a dummy',
    (typed) => {
      expect(readPhone(typed, { account: 'US' })).toMatchObject({ number: null, unlikely: null });
    },
  );

  test.each([
    ['+0171 1234567', { visit: 'DE' }, '+491711234567'],
    ['+(415) 555-2671', { account: 'US' }, '+14155552671'],
    ['+00 49 171 1234567', {}, '+491711234567'],
  ])('without a country code, %j in %j, loses its plus', (typed, where, number) => {
    expect(readPhone(typed, where).number).toBe(number);
  });
});

describe('findPhone', () => {
  const where = { visit: 'RU', account: 'DE' };

  test.each([
    ['Анна 8 999 829 15 50', '+79998291550', 'Анна'],
    ['Anna +49 171 1234567', '+491711234567', 'Anna'],
    ['Анна (8 999 829-15-50)', '+79998291550', 'Анна'],
    ['8 999 829 15 50', '+79998291550', null],
    ['Anna 4915123456789', '+4915123456789', 'Anna'],
  ])('%j has the number %s', (text, number, rest) => {
    expect(findPhone(text, where)).toMatchObject({ number, rest });
  });

  test.each([
    'Ivan [324234234]',
    'Ivan [79998291550]',
    'Ivan 324234234',
    'Client 20123456',
    'anna79998291550',
    '79998291550anna',
    'anna_79998291550',
    '79998291550@example.com',
    'Anna 1990',
    'Apollo 11',
  ])('%j has none', (text) => {
    expect(findPhone(text, where)).toMatchObject({ number: null, rest: text });
  });
});

test.each([
  ['5551234', true],
  ['030 901820', true],
  ['+458745457845', true],
  ['call 4155550132', true],
  ['1234567', false],
  ['5555555555', false],
  ['123456', false],
  ['call me', false],
])('that %j may be a number is %s', (text, expected) => {
  expect(mayBePhone(text)).toBe(expected);
});

test('toE164 reads a number in one country', () => {
  expect(toE164('030 901820', 'de')).toBe('+4930901820');
  expect(toE164('+49 30 901820')).toBe('+4930901820');
  expect(toE164('030 901820')).toBeNull();
});

/** A mobile number of each country whose numbers have 7 digits or more; some examples are dummies. */
const mobiles = Object.keys(examples)
  .filter((code) => isSupportedCountry(code))
  .flatMap((country) => {
    const number = getExampleNumber(country, examples);
    return number && [number.nationalNumber, number.formatNational()].every(mayBePhone)
      ? [[country, number] as const]
      : [];
  });

test('each country’s mobile number is parsed with and without its 0, and in messenger format', () => {
  expect(mobiles.length).toBeGreaterThan(200);
  for (const [country, number] of mobiles) {
    const forms: [string, PhoneCountries][] = [
      [number.formatNational(), { visit: country, account: 'US' }],
      [number.formatNational(), { account: country }],
      [number.nationalNumber, { visit: country, account: 'US' }],
      [number.nationalNumber, { account: country }],
      [number.formatInternational(), { visit: 'DE', account: 'US' }],
      [number.number.slice(1), {}],
      [number.number.slice(1), { visit: country }],
    ];
    for (const [typed, where] of forms)
      expect([typed, where, readPhone(typed, where).number]).toEqual([typed, where, number.number]);
  }
});

describe('Any input', () => {
  const code = fc.constantFrom(undefined, null, 'XX', ...countries().map((one) => one.code));
  const where = fc.record({ visit: code, step: code, account: code });
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[+0-9() .\-/x]{0,30}$/),
    fc.stringMatching(/^\+?[0-9]{7,15}$/),
    fc.stringMatching(/^(?:\+|00|8|044|521|55)?[ (]?[0-9]{2,4}[) -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}$/),
  );

  test('gives no number, or one in E.164 that is valid if it was typed without a plus', () => {
    fc.assert(
      fc.property(typed, where, (text, places) => {
        const { number, raw, rest } = readPhone(text, places);
        expect(raw).toBe(text);
        expect(number ?? '+14155550132').toMatch(E164);
        const mayBeInvalid = number === null || /\+|00/.test(text.normalize('NFKC'));
        expect(mayBeInvalid || isValidPhoneNumber(number)).toBe(true);
        expect(number !== null || rest === (text.trim() || null)).toBe(true);
      }),
      { numRuns: RUNS.events },
    );
  });

  test('gives a number that is parsed the same in every country', () => {
    fc.assert(
      fc.property(typed, where, where, (text, places, others) => {
        const { number } = readPhone(text, places);
        fc.pre(number !== null);
        expect(readPhone(number ?? '', others)).toMatchObject({ number, rest: null });
      }),
      { numRuns: RUNS.events },
    );
  });

  test('gives the same number in readPhone if findPhone finds one', () => {
    fc.assert(
      fc.property(typed, where, (text, places) => {
        fc.pre(findPhone(text, places).number !== null);
        expect(readPhone(text, places).number).not.toBeNull();
      }),
      { numRuns: RUNS.events / 4 },
    );
  });
});

test('a very long text is parsed quickly', () => {
  for (const piece of ['1', '12 ', '+', '(', '-', ' ', '0171/', '0171 1234567 ', '[1', 'a@', '\u200b']) {
    const before = process.cpuUsage();
    readPhone(piece.repeat(100_000), { visit: 'DE', account: 'US' });
    findPhone(piece.repeat(100_000), { visit: 'DE', account: 'US' });
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  }
});
