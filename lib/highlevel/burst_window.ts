import * as z from 'zod';
import { WINDOW_MS } from './retry.ts';

/** What the runs of a connection tell each other about HighLevel's burst window, because HighLevel does not say when it ends. */
export interface BurstWindow {
  /** In how many ms the present window, which is `windowMs` long, ends; undefined if no run knows. */
  endsIn: (windowMs: number) => Promise<number | undefined>;
  /** Notes that HighLevel refused a request in such a window, and that this run waits for `waitMs`. */
  refused: (windowMs: number, waitMs: number) => Promise<void>;
  /** Notes that a refused request got through, sent at `sentAt` (epoch ms): a new window had begun. */
  passed: (sentAt: number) => Promise<void>;
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
/** The longest that new work waits at a time. If the limit lasts longer, HighLevel refuses that work too. */
const MAX_HELD_MS = 1.5 * WINDOW_MS;

/** The burst window of one run. Without a working cache the run is on its own. */
export function burstWindow({ get, set }: Store): BurstWindow {
  let isRefused = false;
  let length = WINDOW_MS;
  /** The ms that are left until a stored time. More than `most` is the time of a machine whose clock is ahead. */
  const left = async (key: string, most: number) => {
    const ms = ((await get(key, z.number())) ?? 0) - Date.now();
    return ms > 0 && ms <= most ? ms : undefined;
  };
  const store = async (key: string, end: number) => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    if (seconds > 0) await set(key, end, seconds);
  };
  const heldMs = async () => (await left(REFUSED_UNTIL, MAX_HELD_MS)) ?? 0;
  return {
    endsIn: (windowMs) => left(ENDS, windowMs),
    async refused(windowMs, waitMs) {
      isRefused = true;
      length = windowMs;
      // Until all runs that were refused may go on; Zapier runs a step again after whole seconds.
      const ownMs = Math.ceil(Math.max(windowMs, waitMs) / 1000) * 1000;
      await store(REFUSED_UNTIL, Date.now() + Math.min(Math.max(ownMs, await heldMs()), MAX_HELD_MS));
    },
    async passed(sentAt) {
      if ((await left(ENDS, length)) === undefined) await store(ENDS, sentAt + length);
    },
    rateLimitedMs: async () => (isRefused ? 0 : heldMs()),
  };
}
