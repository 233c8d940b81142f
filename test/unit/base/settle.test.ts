import { errors } from 'zapier-platform-core';
import { ApiError } from '../../../lib/base/errors.ts';
import { settleAll } from '../../../lib/base/settle.ts';

describe('settleAll', () => {
  test('returns the results in order', async () => {
    expect(await settleAll([Promise.resolve(1), 'two', null])).toEqual([1, 'two', null]);
  });

  test('waits for all promises before it throws, so that no request outlives the run', async () => {
    let over = false;
    const slow = new Promise((resolve) => setTimeout(resolve, 20)).then(() => (over = true));
    await expect(settleAll([Promise.reject(new Error('gone')), slow])).rejects.toThrow('gone');
    expect(over).toBe(true);
  });
});

describe('Of parallel requests that fail', () => {
  const refused = new ApiError('refused', 'No.');
  const throttled = (retryAfterMs: number) => new ApiError('throttled', 'Later.', { retryAfterMs });
  const [soon, late] = [throttled(1), throttled(9)];
  const stale = new errors.RefreshAuthError();
  const inOrder = (...failures: Error[]) => failures.map((failure) => Promise.reject(failure));

  test.each([
    ['a rate limit goes before a refusal', [refused, soon], soon],
    ['the longest rate limit goes first', [soon, refused, late], late],
    ['a stale token goes before a rate limit', [refused, soon, stale], stale],
    ['else the first is told', [refused, new Error('other')], refused],
  ])('%s', async (_, failures, told) => {
    expect(await settleAll(inOrder(...failures)).catch((error: unknown) => error)).toBe(told);
  });
});
