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
