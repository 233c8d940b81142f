import type * as z from 'zod';
import { ApiError, InputError, type FailureKind } from '../../../lib/base/errors.ts';
import { ifServed } from '../../../lib/resources/optional.ts';

const ENDPOINT = 'POST /notes/search';
const HOUR = 3_600;

/** A cache that records the lifetime of each value, in seconds. */
function aCache() {
  const values = new Map<string, unknown>();
  const kept: number[] = [];
  return {
    kept,
    cache: {
      get: async <T>(key: string, shape: z.ZodType<T>) => shape.safeParse(values.get(key)).data,
      set: async (key: string, value: unknown, seconds: number) => {
        values.set(key, value);
        kept.push(seconds);
      },
    },
  };
}
const fails = (error: Error) => async (): Promise<number> => {
  throw error;
};

test('returns the response, and caches nothing', async () => {
  const { cache, kept } = aCache();
  expect(await ifServed({ cache }, ENDPOINT, async () => 7)).toBe(7);
  expect(kept).toEqual([]);
});

test.each<[FailureKind, number]>([
  ['refused', 24 * HOUR],
  ['not found', 24 * HOUR],
  ['not permitted', 24 * HOUR],
  ['wrong location', 24 * HOUR],
  ['unavailable', HOUR],
  ['unreadable', HOUR],
])('skips an endpoint that fails as %s for %i seconds', async (kind, seconds) => {
  const { cache, kept } = aCache();
  expect(await ifServed({ cache }, ENDPOINT, fails(new ApiError(kind, 'No')))).toBeUndefined();
  expect(kept).toEqual([seconds]);
  expect(await ifServed({ cache }, ENDPOINT, async () => 7)).toBeUndefined();
  expect(await ifServed({ cache }, 'GET /contacts/lookup', async () => 7)).toBe(7);
});

test('skips an endpoint with an unusable response for an hour', async () => {
  const { cache, kept } = aCache();
  expect(await ifServed({ cache }, ENDPOINT, async () => undefined)).toBeUndefined();
  expect(kept).toEqual([HOUR]);
});

test.each([
  new ApiError('throttled', 'Later'),
  new ApiError('unauthenticated', 'Who?'),
  new InputError('Wrong'),
  new Error('Refresh'),
])('throws errors that affect the whole run: %s', async (error) => {
  const { cache, kept } = aCache();
  await expect(ifServed({ cache }, ENDPOINT, fails(error))).rejects.toBe(error);
  expect(kept).toEqual([]);
});
