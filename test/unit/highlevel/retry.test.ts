import fc from 'fast-check';
import { ATTEMPTS, decideRetry, RUN_BUDGET_MS, type Failure } from '../../../lib/highlevel/retry.ts';

const unanswered: Failure = { kind: 'unknown' };

/** A 429 with these headers. */
function throttled(headers: Record<string, string>): Failure {
  return { kind: 'throttled', header: (name) => headers[name] };
}

/** A first attempt with all of the run's time left and no jitter. */
const first = { attempt: 1, left: RUN_BUDGET_MS, idempotent: true, random: 0 };

describe('decideRetry after a 429', () => {
  test.each([
    ['what Retry-After says, in seconds', { 'retry-after': '3' }, 3_000],
    ['not at all when Retry-After says so', { 'retry-after': '0' }, 0],
    [
      'half of the burst window where HighLevel names it',
      { 'x-ratelimit-interval-milliseconds': '2500' },
      1_250,
    ],
    [
      'what Retry-After says, also where the window is named',
      { 'retry-after': '1', 'x-ratelimit-interval-milliseconds': '9000' },
      1_000,
    ],
    ['five seconds when nothing is said', {}, 5_000],
    [
      'five seconds when Retry-After is a date that has passed',
      { 'retry-after': 'Wed, 28 Jan 2026 12:00:00 GMT' },
      5_000,
    ],
    ['five seconds when the header is empty', { 'retry-after': ' ' }, 5_000],
    ['five seconds when the header is nonsense', { 'x-ratelimit-interval-milliseconds': '-5' }, 5_000],
    ['five seconds when the window lasts no time', { 'x-ratelimit-interval-milliseconds': '0' }, 5_000],
  ])('waits %s', (_, headers, wait) => {
    expect(decideRetry(throttled(headers), first)).toEqual({ repeat: wait });
  });

  test('repeats even a request that is not idempotent', () => {
    expect(decideRetry(throttled({ 'retry-after': '1' }), { ...first, idempotent: false })).toEqual({
      repeat: 1_000,
    });
  });

  test('adds jitter to the wait', () => {
    expect(decideRetry(throttled({ 'retry-after': '4' }), { ...first, random: 0.5 })).toEqual({
      repeat: 4_500,
    });
  });

  test('waits until the end of the window where another run has seen it begin', () => {
    expect(decideRetry(throttled({}), { ...first, windowEndsIn: 7_200 })).toEqual({ repeat: 7_200 });
    const headers = { 'retry-after': '3', 'x-ratelimit-interval-milliseconds': '10000' };
    expect(decideRetry(throttled(headers), { ...first, windowEndsIn: 7_200 })).toEqual({ repeat: 3_000 });
  });

  test('leaves a wait longer than the run to Zapier', () => {
    expect(decideRetry(throttled({}), { ...first, left: 4_900 })).toEqual({ later: 10_000 });
    expect(decideRetry(throttled({ 'retry-after': '6' }), { ...first, left: 4_900 })).toEqual({
      later: 6_000,
    });
    expect(decideRetry(throttled({}), { ...first, left: 4_900, windowEndsIn: 5_000 })).toEqual({
      later: 5_000,
    });
  });

  test('leaves the fourth 429 to Zapier', () => {
    expect(decideRetry(throttled({ 'retry-after': '1' }), { ...first, attempt: ATTEMPTS })).toEqual({
      later: 1_000,
    });
  });

  test('leaves an exhausted daily limit to Zapier, until it resets', () => {
    const spent = { 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '84322000' };
    expect(decideRetry(throttled(spent), first)).toEqual({ later: 84_322_000 });
  });

  test('waits an hour when the reset of the daily limit is unknown', () => {
    expect(decideRetry(throttled({ 'x-ratelimit-daily-remaining': '0' }), first)).toEqual({
      later: 3_600_000,
    });
  });

  const now = Date.UTC(2026, 0, 28, 12, 0, 0);
  test.each([
    ['an HTTP date', 'Wed, 28 Jan 2026 14:00:00 GMT'],
    ['an ISO date', '2026-01-28T14:00:00.000Z'],
    ['an ISO date with an offset', '2026-01-28T15:00:00+01:00'],
    ['an ISO date without a zone', '2026-01-28T14:00:00'],
    ['an ISO date with a space', '2026-01-28 14:00:00'],
    ['epoch seconds', String(now / 1000 + 7_200)],
    ['epoch milliseconds', String(now + 7_200_000)],
    ['milliseconds', '7200000'],
  ])('the end of the day, or Retry-After, is read as %s', (form, text) => {
    const spent = { 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': text };
    expect(decideRetry(throttled(spent), { ...first, now })).toEqual({ later: 7_200_000 });
    const seconds = form === 'milliseconds' ? '7200' : text;
    expect(decideRetry(throttled({ 'retry-after': seconds }), { ...first, now })).toEqual({
      later: 7_200_000,
    });
  });

  test.each(['2026-01-27T14:00:00Z', 'Wed, 28 Jan 2026 11:59:59 GMT', String(now - 1), '2026-13-45', 'soon'])(
    'ignores a time that has passed or is invalid: %s',
    (text) => {
      const spent = { 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': text };
      expect(decideRetry(throttled(spent), { ...first, now })).toEqual({ later: 3_600_000 });
      expect(decideRetry(throttled({ 'retry-after': text }), { ...first, now })).toEqual({ repeat: 5_000 });
    },
  );

  test.each([
    [{ 'retry-after': '999999' }],
    [{ 'retry-after': '2036-01-28T14:00:00Z' }],
    [{ 'x-ratelimit-interval-milliseconds': '999999999' }],
    [{ 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '999999999' }],
    [{ 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '2036-01-28T14:00:00Z' }],
  ])('no wait is longer than a day: %j', (headers) => {
    expect(decideRetry(throttled(headers), { ...first, random: 0.9, now })).toEqual({ later: 86_400_000 });
  });

  test('nor is one for the end of a window that another run has seen', () => {
    expect(decideRetry(throttled({}), { ...first, windowEndsIn: 900_000_000 })).toEqual({
      later: 86_400_000,
    });
  });

  test('ignores a daily limit that is not used up', () => {
    const headers = { 'x-ratelimit-daily-remaining': '199999', 'retry-after': '2' };
    expect(decideRetry(throttled(headers), first)).toEqual({ repeat: 2_000 });
  });
});

describe('decideRetry after an unknown outcome', () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
  ])('attempt %i of an idempotent request is followed by another after %i ms', (attempt, wait) => {
    expect(decideRetry(unanswered, { ...first, attempt })).toEqual({ repeat: wait });
  });

  test('gives up after four attempts', () => {
    expect(decideRetry(unanswered, { ...first, attempt: 4 })).toBe('give up');
  });

  test('never repeats a request that is not idempotent', () => {
    expect(decideRetry(unanswered, { ...first, idempotent: false })).toBe('give up');
  });

  test('gives up when the backoff is longer than the run', () => {
    expect(decideRetry(unanswered, { ...first, left: 400 })).toBe('give up');
  });
});

test('no wait is longer than the run, and none is negative', () => {
  const header = fc.option(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), {
    nil: undefined,
  });
  const failures = fc.oneof(
    fc.constant(unanswered),
    fc.tuple(header, header, header).map(([after, interval, daily]) =>
      throttled({
        ...(after !== undefined && { 'retry-after': after }),
        ...(interval !== undefined && { 'x-ratelimit-interval-milliseconds': interval }),
        ...(daily !== undefined && { 'x-ratelimit-daily-remaining': daily }),
      }),
    ),
  );
  const check = () =>
    fc.assert(
      fc.property(
        failures,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: RUN_BUDGET_MS }),
        fc.boolean(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failure, attempt, left, idempotent, random) => {
          const step = decideRetry(failure, { attempt, left, idempotent, random });
          if (step === 'give up') return failure.kind === 'unknown';
          if ('later' in step) return failure.kind === 'throttled' && step.later >= 0;
          return step.repeat >= 0 && step.repeat < left && attempt < ATTEMPTS;
        },
      ),
    );
  expect(check).not.toThrow();
});
