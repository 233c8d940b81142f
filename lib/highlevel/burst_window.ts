import * as z from 'zod';
import { WINDOW_MS } from './retry.ts';

/** What the runs of a connection tell each other about HighLevel's burst window, because HighLevel does not say when it ends. */
export interface BurstWindow {
  /** Notes that HighLevel refused a request. Returns in how many ms the window ends; undefined if no run knows. */
  refused: () => Promise<number | undefined>;
  /** Notes that a refused request got through: a new window has begun. */
  passed: () => Promise<void>;
  /** How long, in ms, new work should wait for other runs that were refused; 0 if there are none. */
  rateLimitedMs: () => Promise<number>;
}

/** What it needs of the connection's cache (lib/highlevel/client.ts). */
interface Store {
  get: <T>(key: string, shape: z.ZodType<T>) => Promise<T | undefined>;
  set: (key: string, value: unknown, seconds: number) => Promise<void>;
}

const ENDS = 'rateLimitWindowEnds';
const REFUSED_UNTIL = 'rateLimitedUntil';

/** The burst window of one run. Without a working cache the run is on its own. */
export function burstWindow(cache: Store): BurstWindow {
  let isRefused = false;
  /** The ms that are left until a stored time. More than a window is the time of a machine whose clock is ahead. */
  const left = async (key: string) => {
    const ms = ((await cache.get(key, z.number())) ?? 0) - Date.now();
    return ms > 0 && ms <= WINDOW_MS ? ms : undefined;
  };
  const store = (key: string) => cache.set(key, Date.now() + WINDOW_MS, WINDOW_MS / 1000);
  return {
    async refused() {
      isRefused = true;
      await store(REFUSED_UNTIL);
      return left(ENDS);
    },
    async passed() {
      if ((await left(ENDS)) === undefined) await store(ENDS);
    },
    rateLimitedMs: async () => (isRefused ? 0 : ((await left(REFUSED_UNTIL)) ?? 0)),
  };
}
