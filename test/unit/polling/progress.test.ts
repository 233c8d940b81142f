import { ApiError, type FailureKind } from '../../../lib/base/errors.ts';
import { mayPass, startAllowance, startPace } from '../../../lib/polling/progress.ts';
import { quietHighLevel } from '../../support/highlevel.ts';

describe('What a poll returns', () => {
  const record = (bytes: number) => ({ text: 'x'.repeat(bytes) });

  test('is at most 5 MB', () => {
    const allowance = startAllowance();
    expect(allowance.take(record(4_000_000))).toBe(true);
    expect(allowance.take(record(1_500_000))).toBe(false);
    // One that did not fit takes no room.
    expect(allowance.take(record(900_000))).toBe(true);
  });

  test('is one record at least, however large, so that no record blocks the trigger', () => {
    const allowance = startAllowance();
    expect(allowance.take(record(6_000_000))).toBe(true);
    expect(allowance.take(record(1))).toBe(false);
  });

  test('counts bytes, and what each record grows by', () => {
    const allowance = startAllowance(1_000_000);
    expect(allowance.take({ text: '€'.repeat(1_200_000) })).toBe(true);
    expect(allowance.take({})).toBe(false);
  });
});

describe('A poll has time for a read', () => {
  /** A run in which reads took this long, in ms, with this much time left after them. */
  const after = async (reads: number[], left: number) => {
    const { highlevel, state } = quietHighLevel();
    const pace = startPace(highlevel);
    for (const ms of reads)
      await pace.read(async () => {
        state.timeLeft -= ms;
      });
    state.timeLeft = left;
    return pace.hasTime();
  };

  test.each([
    [[], 1_600, true],
    [[], 1_500, false],
    [[4_000], 6_600, true],
    [[4_000], 6_400, false],
    [[4_000, 100], 6_400, false],
  ])('after reads of %j ms, %i ms before the end: %s', async (reads, left, hasTime) => {
    expect(await after(reads, left)).toBe(hasTime);
  });

  test('as slow as one that failed', async () => {
    const { highlevel, state } = quietHighLevel();
    const pace = startPace(highlevel);
    const failing = pace.read(async () => {
      state.timeLeft = 10_000;
      throw new Error('lost');
    });
    await expect(failing).rejects.toThrow('lost');
    expect(pace.hasTime()).toBe(false);
  });
});

test.each<[FailureKind, boolean]>([
  ['throttled', true],
  ['unavailable', true],
  ['unreadable', true],
  ['refused', true],
  ['not found', true],
  ['not permitted', false],
  ['unauthenticated', false],
  ['wrong location', false],
])('A read that is %s may be left to the next poll: %s', (kind, passes) => {
  expect(mayPass(new ApiError(kind, 'It failed.'))).toBe(passes);
  expect(mayPass(new Error('It failed.'))).toBe(false);
});
