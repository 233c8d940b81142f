import { settleAll } from '../../../lib/base/settle.ts';

describe('Requests side by side', () => {
  test('give what each came to, in order', async () => {
    expect(await settleAll([Promise.resolve(1), 'two', null])).toEqual([1, 'two', null]);
  });

  test('are all over when one has failed: nothing goes on behind the end of a run', async () => {
    let over = false;
    const slow = new Promise((resolve) => setTimeout(resolve, 20)).then(() => (over = true));
    await expect(settleAll([Promise.reject(new Error('gone')), slow])).rejects.toThrow('gone');
    expect(over).toBe(true);
  });
});
