import { setImmediate as turn } from 'node:timers/promises';

/** Everything is waiting after this many idle turns of the event loop. Loopback responses arrive within a few. */
const QUIET_TURNS = 40;

/**
 * Waits until everything in this process is waiting: until `state` stays the same for many turns of the event loop. Counted
 * in turns, not in time, because another process may take the CPU meanwhile.
 */
export async function idle(state: () => string): Promise<void> {
  let last = '';
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    await turn();
    const now = state();
    if (now !== last) quiet = 0;
    last = now;
  }
}
