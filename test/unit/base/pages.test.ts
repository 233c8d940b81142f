import { mayGoOn, pagesBySkip } from '../../../lib/base/pages.ts';

describe('mayGoOn', () => {
  test.each([
    // received, asked, total, read, more
    [0, 100, 500, 100, false],
    [100, 100, undefined, 100, true],
    [100, 100, 100, 100, false],
    [100, 100, 101, 100, true],
    [37, 100, undefined, 37, false],
    [37, 100, 37, 37, false],
    [37, 100, 38, 37, true],
    [20, 100, undefined, 20, true],
    [25, 100, undefined, 25, true],
    [50, 100, null, 50, true],
    [100, 500, undefined, 100, true],
    [20, 100, 20, 20, false],
    // A total below the number of rows read is ignored.
    [100, 100, 3, 100, true],
    // A search engine may count no further.
    [500, 500, 10_000, 10_000, true],
    [30, 500, 10_000, 10_030, false],
    // If reading started in the middle, the total is ignored.
    [37, 500, 700, undefined, true],
    [37, 500, undefined, undefined, false],
  ])('after %p rows (asked %p, total %p, read %p): %p', (received, asked, total, read, more) => {
    expect(mayGoOn({ received, total }, asked, read)).toBe(more);
  });
});

describe('pagesBySkip', () => {
  const server = (count: number, { cap = 1_000, total }: { cap?: number; total?: number } = {}) => {
    const asked: number[] = [];
    const fetch = async (skip: number, limit: number) => {
      asked.push(skip);
      const rows = Array.from({ length: Math.max(0, Math.min(cap, limit, count - skip)) }, (_, index) => ({
        id: `r${skip + index}`,
      }));
      return { rows, received: rows.length, total };
    };
    return { asked, fetch };
  };

  test.each([0, 1, 99, 100, 101, 250])('reads all of %d rows', async (count) => {
    expect(await pagesBySkip(server(count).fetch, 100, 1_000)).toHaveLength(count);
  });

  test.each([20, 25, 50, 100])('continues if the server returns %d at a time', async (cap) => {
    const { fetch, asked } = server(230, { cap });
    expect(await pagesBySkip(fetch, 500, 1_000)).toHaveLength(230);
    expect(asked.slice(0, 2)).toEqual([0, cap]);
  });

  test('continues after a short page if the total is larger', async () => {
    expect(await pagesBySkip(server(23, { cap: 7, total: 23 }).fetch, 100, 1_000)).toHaveLength(23);
  });

  test('stops at the maximum', async () => {
    expect(await pagesBySkip(server(500).fetch, 100, 250)).toHaveLength(250);
  });

  test('stops at a repeated page', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ id: `r${index}` }));
    let asked = 0;
    const fetch = async () => {
      asked++;
      return { rows, received: 100 };
    };
    expect(await pagesBySkip(fetch, 100, 5_000)).toHaveLength(100);
    expect(asked).toBe(2);
  });

  test('counts invalid rows', async () => {
    const skips: number[] = [];
    const fetch = async (skip: number) => {
      skips.push(skip);
      return skip === 0 ? { rows: [{ id: 'a' }], received: 100 } : { rows: [{ id: 'b' }], received: 1 };
    };
    expect(await pagesBySkip(fetch, 100, 1_000)).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(skips).toEqual([0, 100]);
  });
});
