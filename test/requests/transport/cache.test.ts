import type { Bundle, ZObject } from 'zapier-platform-core';
import * as z from 'zod';
import { createClient } from '../../../lib/highlevel/client.ts';
import { fullAccess, LOCATION } from '../../support/app.ts';

jest.unmock('node:timers/promises');

const never = () => new Promise<never>(() => {});

/** The client's cache over what Zapier's does, with a clock that the test moves. */
function cacheOver(stored: object) {
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

  test('keeps what a connection reads apart from other connections', async () => {
    const [get, set] = [jest.fn(async () => 'x'), jest.fn(async () => true)];
    const cache = cacheOver({ get, set });
    await cache.get('key', z.string());
    await cache.set('key', 'x', 60);
    expect(get.mock.calls).toEqual([[`${LOCATION}:key`, ['auth']]]);
    expect(set.mock.calls).toEqual([[`${LOCATION}:key`, 'x', 60, ['auth']]]);
  });

  test('has one claim of a key for all connections, even if it ignores that a key is to be set only once', async () => {
    const stored = new Map<unknown, unknown>();
    const shared = {
      get: async (key: unknown) => stored.get(key),
      set: async (key: unknown, value: unknown) => stored.set(key, value),
      delete: async (key: unknown) => stored.delete(key),
    };
    const [first, second] = [cacheOver(shared), cacheOver(shared)];
    expect(await first.claim('key', 60)).toBe(true);
    expect(await second.claim('key', 60)).toBe(false);
    expect(await first.claim('key', 60)).toBe(true);
    await first.release('key');
    expect(await second.claim('key', 60)).toBe(true);
  });

  test('that answers in time leaves no timer running', async () => {
    const cache = cacheOver({ get: async () => 'x', set: async () => true });
    expect(await cache.get('key', z.string())).toBe('x');
    expect(cache.isWorking()).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
