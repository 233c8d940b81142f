import fc from 'fast-check';
import { DateTime } from 'luxon';
import { dayIn, isAmbiguousDate, isoFrom } from '../../../lib/base/written_dates.ts';

test.each([
  '1990-04-23',
  '19900423',
  '1990-4-23',
  '1990-04-23T23:30:00-05:00',
  '1990-04-23T00:00:00.000Z',
  '1990-04-23 23:59',
  '640828800',
  '640828800000',
  '23 April 1990',
  '23. April 1990',
  '23rd of April, 1990',
  '23-Apr-1990',
  'April 23, 1990',
  'Apr 23rd 1990',
  'Monday, April 23, 1990',
  'Mon Apr 23 1990 02:00:00 GMT+0200 (CEST)',
  'Mon, 23 Apr 1990 22:30:00 GMT',
  '23.04.1990',
  '23.4.1990',
  '04/23/1990',
  '23/04/1990',
  '23-04-1990',
  '1990/04/23',
  '1990.04.23',
  ' 1990-04-23 ',
])('%j is April 23, 1990', (text) => {
  expect(dayIn(text)).toBe('1990-04-23');
});

test.each([
  ['-340000000000', '1959-03-24'],
  ['04.05.1990', '1990-05-04'],
  ['05/05/1990', '1990-05-05'],
  ['29 February 2028', '2028-02-29'],
])('%j is %s', (text, day) => {
  expect(dayIn(text)).toBe(day);
});

test.each([
  '',
  'tomorrow',
  '1990',
  '1990-04',
  '1990-02-31',
  '31/04/1990',
  '29 February 1990',
  'April 31, 1990',
  '13/13/1990',
  '1/2/90',
  '04/05/1990',
  '12345',
  '15:00',
])('%j is not a date', (text) => {
  expect(dayIn(text)).toBeNull();
});

test.each([
  ['US', '1990-04-05'],
  ['us', '1990-04-05'],
  ['GB', null],
  [undefined, null],
])('04/05/1990 in %s is %s', (country, day) => {
  expect(isAmbiguousDate('04/05/1990')).toBe(true);
  expect(dayIn('04/05/1990', country)).toBe(day);
});

test.each([
  ['January 31, 2026 3:00 PM', '2026-01-31T15:00'],
  ['31.01.2026 15:00', '2026-01-31T15:00'],
  ['2026-01-31 12:00 AM', '2026-01-31T00:00'],
  ['2026-01-31 12 p.m.', '2026-01-31T12:00'],
  ['31 Jan 2026 at 9:05:30', '2026-01-31T09:05:30'],
  ['Sat, 31 Jan 2026 15:00:00 +0100', '2026-01-31T15:00:00+0100'],
  ['31 Jan 2026', '2026-01-31'],
  ['2026-01-31 15', '2026-01-31 15'],
  ['31 Jan 2026 13 PM', '31 Jan 2026 13 PM'],
  ['31 Jan 2026 or later', '31 Jan 2026 or later'],
  ['tomorrow', 'tomorrow'],
  ['2026-01-31T15:00:00Z', '2026-01-31T15:00:00Z'],
])('%j is %j in ISO 8601', (text, iso) => {
  expect(isoFrom(text)).toBe(iso);
});

test.each([
  ['1769644800', '2026-01-29'],
  ['1769644800000', '2026-01-29'],
  ['656640000', '1990-10-23'],
  ['-86400000', '1967-04-07'],
])('the epoch %s is the day %s in UTC', (text, day) => {
  expect(dayIn(text)).toBe(day);
});

test('a date is parsed the same in every format', () => {
  const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  const forms = fc.constantFrom(
    'yyyy-MM-dd',
    'yyyy/MM/dd',
    'yyyy/M/d',
    'd MMMM yyyy',
    'dd-MMM-yyyy',
    'MMMM d, yyyy',
    'ccc, d LLL yyyy',
    'cccc, MMMM d, yyyy',
    'dd.MM.yyyy',
    "yyyy-MM-dd'T'HH:mm:ss.SSSZZ",
    "d MMMM yyyy 'at' h:mm a",
  );
  fc.assert(
    fc.property(days, forms, (date, form) => {
      const day = DateTime.fromJSDate(date, { zone: 'utc' });
      expect(dayIn(day.toFormat(form))).toBe(day.toISODate());
    }),
  );
});
