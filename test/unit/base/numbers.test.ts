import fc from 'fast-check';
import { numberFrom } from '../../../lib/base/numbers.ts';

test.each([
  ['$1,234.50', 1234.5],
  ['1.234,50 €', 1234.5],
  ['12 USD', 12],
  ['usd 12', 12],
  ['1 234,50', 1234.5],
  ['1\u202f234,50\u00a0€', 1234.5],
  ["1'234.50", 1234.5],
  ['(12.00)', -12],
  ['($1,234.50)', -1234.5],
  ['-$5', -5],
  ['$-5', -5],
  ['5-', -5],
  ['\u22125', -5],
  ['1,000', 1000],
  ['1.000', 1],
  ['1.234', 1.234],
  ['0,500', 0.5],
  ['12,5', 12.5],
  ['€ 1.234', 1234],
  ['1.000,-', 1000],
  ['1,234,567.8', 1_234_567.8],
  ['1.234.567', 1_234_567],
  ['12,34,567.50', 1_234_567.5],
  ['R$ 1.234,56', 1234.56],
  ['100 zł', 100],
  ['.5', 0.5],
  ['5.', 5],
  ['+5', 5],
  ['1e3', 1000],
])('%j is %d', (text, value) => {
  expect(numberFrom(text)).toBe(value);
});

test.each([
  '',
  '-',
  '$',
  'twelve',
  '12 abc',
  '12%',
  '1,2,3',
  '1.2.3',
  '1,234.567.8',
  '1 2',
  '-(5)',
  '--5',
  '0x10',
  'NaN',
  'Infinity',
  '1e999',
  '9'.repeat(400),
])('%j is not a number', (text) => {
  expect(numberFrom(text)).toBeNull();
});

describe('An amount is parsed the same in every format', () => {
  const amounts = fc.record({
    cents: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
    separators: fc.constantFrom<[string, string]>([',', '.'], ['.', ','], [' ', ','], ["'", '.'], ['', '.']),
    money: fc.constantFrom('', '$', '€', 'USD ', 'kr '),
  });

  test('with thousands separators, decimals and a currency', () => {
    fc.assert(
      fc.property(amounts, ({ cents, separators: [thousands, point], money }) => {
        const digits = Math.abs(cents / 100).toFixed(2);
        const [whole = '', decimals = ''] = digits.split('.');
        const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
        const text = `${cents < 0 ? '-' : ''}${money}${grouped}${point}${decimals}`;
        expect(numberFrom(text)).toBe(Math.sign(cents) * Number(digits) || 0);
      }),
    );
  });

  test('as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberFrom(String(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  test('and any text is a finite number or null', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[-+(]?[$€]?[\d.,' ]{0,20}\)?$/));
    fc.assert(
      fc.property(texts, (text) => {
        expect(numberFrom(text) ?? 0).not.toBeNaN();
        expect(Math.abs(numberFrom(text) ?? 0)).toBeLessThan(Infinity);
      }),
    );
  });
});
