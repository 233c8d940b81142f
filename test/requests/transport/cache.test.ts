import type { Bundle, ZObject } from 'zapier-platform-core';
import * as z from 'zod';
import { createClient } from '../../../lib/highlevel/client.ts';
import { fullAccess } from '../../support/app.ts';

jest.unmock('node:timers/promises');

const never = () => new Promise<never>(() => {});

/** The client's cache over what Zapier's does, with a clock that the test moves. */
function cacheOver(stored: { get: () => unknown; set: () => unknown }) {
  const zapier: Record<string, unknown> = { cache: stored };
  return client(zapier).cache;
}

function client(zapier: Record<string, unknown>) {
  const bundle: object = { authData: fullAccess, inputData: {} };
  if (!isZapier(zapier) || !isBundle(bundle)) throw new Error('This cannot be');
  return createClient(zapier, bundle);
}
function isZapier(value: object): value is ZObject {
  return 'cache' in value;
}
function isBundle(value: object): value is Bundle {
  return 'authData' in value;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe("Zapier's cache", () => {
  test('that hangs is treated as empty after 2 seconds, and not called again', async () => {
    const get = jest.fn(never);
    const set = jest.fn(never);
    const cache = cacheOver({ get, set });
    const asked = cache.get('key', z.string());
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await asked).toBeUndefined();
    expect(await cache.get('key', z.string())).toBeUndefined();
    await cache.set('key', 'x', 60);
    expect([get.mock.calls.length, set.mock.calls.length]).toEqual([1, 0]);
    expect(cache.isWorking()).toBe(false);
  });

  test('that never stores a value does not delay the run', async () => {
    const kept = cacheOver({ get: never, set: never }).set('key', 'x', 60);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await kept).toBeUndefined();
  });

  test.each([
    ['refuses', () => Promise.reject(new Error('gone'))],
    [
      'throws',
      () => {
        throw new Error('gone');
      },
    ],
  ])('that %s is treated as empty at once', async (_, fail) => {
    const cache = cacheOver({ get: fail, set: fail });
    expect(await cache.get('key', z.string())).toBeUndefined();
    expect(await cache.set('key', 'x', 60)).toBeUndefined();
    expect(cache.isWorking()).toBe(false);
  });

  test('that answers in time leaves no timer running', async () => {
    const cache = cacheOver({ get: async () => 'x', set: async () => true });
    expect(await cache.get('key', z.string())).toBe('x');
    expect(cache.isWorking()).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
