import fc from 'fast-check';
import { DateTime } from 'luxon';
import { dayFrom, dayOf, momentFrom, needsZone, newestBy, offsetTimeFrom } from '../../../lib/base/dates.ts';

const NEW_YORK = 'America/New_York';
const ZONES = [
  NEW_YORK,
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
  'Asia/Kathmandu',
];

describe('offsetTimeFrom', () => {
  test.each([
    ['stays as it was when it is whole', '2026-01-30T10:00:00-05:00', '2026-01-30T10:00:00-05:00'],
    ['also in UTC', '2026-01-30T15:00:00Z', '2026-01-30T15:00:00Z'],
    ['gets the offset of the zone when it has none', '2026-01-30 10:00', '2026-01-30T10:00:00-05:00'],
    ['that of summer in summer', '2026-07-01T10:00', '2026-07-01T10:00:00-04:00'],
    ['keeps an offset written otherwise', '2026-01-30 20:30+0530', '2026-01-30T20:30:00+05:30'],
    ['is 9 in the morning when it is a day', '20260130', '2026-01-30T09:00:00-05:00'],
    ['is in UTC when it is an epoch', '1769785200', '2026-01-30T15:00:00+00:00'],
  ])('%s', (_, text, expected) => {
    expect(offsetTimeFrom(text, NEW_YORK)).toBe(expected);
  });

  test.each(['2026-02-31T10:00:00Z', 'tomorrow', ''])('%j is invalid', (text) => {
    expect(offsetTimeFrom(text, NEW_YORK)).toBeNull();
  });
});

test.each([
  ['2001-12-24', '2001-12-24'],
  ['2001-12-24T00:00:00.000Z', '2001-12-24'],
  [Date.UTC(2001, 11, 24), '2001-12-24'],
  [Date.UTC(1959, 1, 3), '1959-02-03'],
  [0, '1970-01-01'],
  ['soon', null],
  [null, null],
])('HighLevel’s day %j is %j', (given, day) => {
  expect(dayOf(given)).toBe(day);
});

describe('momentFrom', () => {
  test.each([
    ['a time without an offset is in the given zone', '2026-01-30T15:00', '2026-01-30T20:00:00Z'],
    ['a space may replace the T', '2026-01-30 15:00', '2026-01-30T20:00:00Z'],
    ['a time may have seconds', '2026-01-30 15:00:30', '2026-01-30T20:00:30Z'],
    ['a date alone is 9 a.m.', '2026-01-30', '2026-01-30T14:00:00Z'],
    ['a date alone is 9 a.m. when daylight saving time starts', '2026-03-08', '2026-03-08T13:00:00Z'],
    ['a date alone is 9 a.m. when daylight saving time ends', '2026-11-01', '2026-11-01T14:00:00Z'],
    ['a date may have no dashes', '20260130', '2026-01-30T14:00:00Z'],
    ['whitespace is trimmed', ' 2026-01-30 ', '2026-01-30T14:00:00Z'],
    ['daylight saving time has its own offset', '2026-07-01T12:00', '2026-07-01T16:00:00Z'],
    ['a skipped hour is the next one', '2026-03-08T02:30', '2026-03-08T07:30:00Z'],
    ['an offset overrides the zone', '2026-01-30T15:00:00+05:30', '2026-01-30T09:30:00Z'],
    ['an offset may have no colon', '2026-01-30T15:00:00-0800', '2026-01-30T23:00:00Z'],
    ['Z overrides the zone', '2026-01-30T15:00:00Z', '2026-01-30T15:00:00Z'],
    ['milliseconds are dropped', '2026-01-30T15:00:00.789Z', '2026-01-30T15:00:00Z'],
    ['February 29 of a leap year is valid', '2028-02-29T00:00Z', '2028-02-29T00:00:00Z'],
    ['epoch seconds are accepted', '1769785200', '2026-01-30T15:00:00Z'],
    ['epoch milliseconds are accepted', '1769785200999', '2026-01-30T15:00:00Z'],
  ])('%s', (_, text, moment) => {
    expect(momentFrom(text, NEW_YORK)).toBe(moment);
  });

  test.each([
    ['February 31', '2026-02-31'],
    ['February 29 of a common year', '2026-02-29T10:00'],
    ['month 13', '2026-13-01'],
    ['hour 25', '2026-01-30T25:00'],
    ['a word', 'tomorrow'],
    ['empty text', ''],
    ['a time alone', '15:00'],
    ['a year alone', '2026'],
    ['a month alone', '2026-01'],
    ['a week', '2026-W05'],
    ['the day of a year', '2026-031'],
    ['an ambiguous American date', '01/02/2026'],
    ['a number that is no epoch timestamp', '12345'],
  ])('%s is invalid', (_, text) => {
    expect(momentFrom(text, NEW_YORK)).toBeNull();
  });

  test('round-trips the local time in any time zone', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('1975-01-01T00:00:00Z'),
          max: new Date('2090-01-01T00:00:00Z'),
          noInvalidDate: true,
        }),
        fc.constantFrom(...ZONES),
        (date, zone) => {
          const there = DateTime.fromJSDate(date, { zone }).startOf('second');
          const local = there.toFormat("yyyy-MM-dd'T'HH:mm:ss");
          const read = momentFrom(local, zone) ?? '';
          // When the clocks go back, a local time occurs twice: either is correct.
          expect(DateTime.fromISO(read, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss")).toBe(local);
          expect(Math.abs(Date.parse(read) - there.toMillis())).toBeLessThanOrEqual(3_600_000);
          // With an offset it is unambiguous.
          expect(momentFrom(there.toISO() ?? '', 'utc')).toBe(
            there.toUTC().toISO({ suppressMilliseconds: true }),
          );
        },
      ),
    );
  });

  test('a complete time with an offset is what luxon reads, valid or not', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((part) => String(part).padStart(2, '0'));
    const year = fc.constantFrom('1969', '1999', '2024', '2026', '2100', '9999');
    const offset = fc.oneof(fc.constant('Z'), fc.tuple(fc.constantFrom('+', '-'), two(14), two(59)));
    fc.assert(
      fc.property(
        fc.tuple(year, two(13), two(32), two(25), two(61), two(61)),
        fc.constantFrom('', '.5', '.999', '.123456'),
        offset,
        ([y, month, day, hour, minute, second], fraction, sign) => {
          const zone = typeof sign === 'string' ? sign : `${sign[0]}${sign[1]}:${sign[2]}`;
          const text = `${y}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`;
          const moment = DateTime.fromISO(text).startOf('second');
          const expected = moment.isValid ? moment.toUTC().toISO({ suppressMilliseconds: true }) : null;
          expect(momentFrom(text, 'utc')).toBe(expected);
        },
      ),
      { numRuns: 2000, examples: [[['2026', '02', '30', '10', '00', '00'], '', 'Z']] },
    );
  });

  test('a date alone is 9 a.m. on that day in any time zone', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('2012-01-01T00:00:00Z'),
          max: new Date('2090-01-01T00:00:00Z'),
          noInvalidDate: true,
        }),
        fc.constantFrom(...ZONES),
        (date, zone) => {
          const day = date.toISOString().slice(0, 10);
          const read = DateTime.fromISO(momentFrom(day, zone) ?? '', { zone });
          expect(read.toFormat('yyyy-MM-dd HH:mm')).toBe(`${day} 09:00`);
        },
      ),
    );
  });

  test('any text is null or ISO 8601 in UTC without milliseconds', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9TZ:+. -]{0,25}$/),
      fc.stringMatching(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?$/),
    );
    expect(() =>
      fc.assert(
        fc.property(texts, fc.constantFrom(...ZONES), (text, zone) =>
          /^(none|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/.test(momentFrom(text, zone) ?? 'none'),
        ),
      ),
    ).not.toThrow();
  });
});

describe('needsZone', () => {
  test.each(['2026-01-30', '20260130', '2026-01-30T15:00', '2026-01-30 15:00:30'])(
    'is true for %s',
    (text) => {
      expect(needsZone(text)).toBe(true);
    },
  );

  test.each([
    '2026-01-30T15:00Z',
    '2026-01-30T15:00:00-05:00',
    '2026-01-30T15:00:00+0530',
    '1769785200',
    '1769785200000',
  ])('is false for %s', (text) => {
    expect(needsZone(text)).toBe(false);
  });
});

describe('dayFrom', () => {
  test.each([
    ['2026-01-31', '2026-01-31'],
    [' 2026-01-31T23:30:00Z', '2026-01-31'],
    ['2026-01-31 23:30', '2026-01-31'],
    ['20260131', '2026-01-31'],
  ])('of %s is %s', (text, day) => {
    expect(dayFrom(text)).toBe(day);
  });

  test.each(['2026-02-31', 'soon', '', '12:30', '2026', '2026-W05', '01/02/2026'])(
    'of %j is null',
    (text) => {
      expect(dayFrom(text)).toBeNull();
    },
  );
});

test('newestBy sorts by date, newest first, then by id, so that the order never depends on the input', () => {
  const row = (id: string, date: string | null) => ({ id, date });
  const rows = [
    row('c', '2026-01-01'),
    row('a', '2026-01-01'),
    row('b', '2026-01-02'),
    row('d', '2026-01-01'),
  ];
  const sorted = (given: typeof rows) => given.toSorted(newestBy(({ date }) => date)).map(({ id }) => id);
  expect(sorted(rows)).toEqual(['b', 'a', 'c', 'd']);
  expect(sorted(rows.toReversed())).toEqual(['b', 'a', 'c', 'd']);
  expect(sorted([row('z', null), row('y', null)])).toEqual(['y', 'z']);
});
