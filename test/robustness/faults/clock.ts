import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { idle } from '../../support/idle.ts';

/** In real time, without any progress. */
const GIVE_UP_AFTER_MS = 60_000;

/** How a function ended, after how many ms by the mock clock, and how many requests had arrived. */
export type Ended<T> = { ms: number; came: number } & ({ gave: T } | { threw: unknown });

/** A mock clock that stops while code runs, and jumps ahead when everything is waiting. */
export interface Clock {
  /** Epoch ms. */
  now: () => number;
  /** Does the work, including its waits and timeouts, and waits for everything that it has left in progress. */
  watch: <T>(work: () => Promise<T>) => Promise<Ended<T>>;
  /** Restores the real clock. */
  restore: () => void;
}

interface Waiting {
  at: number;
  wake: () => void;
  /** The timeout of a request, which matters only while the request has no response. */
  timeout: boolean;
}

/**
 * Replaces `Date.now`, the app's waits (`node:timers/promises`) and `AbortSignal.timeout` with a deterministic clock. `log`
 * returns the requests so far; one without a duration has no response yet.
 */
export function stopTime(start: number, log: () => readonly { ms: number }[]): Clock {
  let now = start;
  let waiting: Waiting[] = [];
  const real = {
    now: Date.now,
    random: Math.random,
    timeout: AbortSignal.timeout.bind(AbortSignal),
    sleep: timers.setTimeout,
  };
  let answered = 0;
  const unanswered = () => {
    const requests = log();
    // Those before are answered: a log of a day is long.
    if (requests.length < answered) answered = 0;
    while (answered < requests.length && requests[answered]?.ms !== 0) answered++;
    return requests.slice(answered).filter(({ ms }) => ms === 0).length;
  };
  const wait = (ms: number, timeout: boolean, wake: () => void) =>
    void waiting.push({ at: now + ms, wake, timeout });

  const sleep = <T>(ms = 0, value?: T) =>
    new Promise<T | undefined>((resolve) => wait(ms, false, () => resolve(value)));
  setSleep(sleep);
  Date.now = () => now;
  Math.random = () => 0;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    wait(ms, true, () => controller.abort(new DOMException('It took too long.', 'TimeoutError')));
    return controller.signal;
  };

  const earliest = (timeout: boolean): Waiting | undefined =>
    waiting.filter((one) => one.timeout === timeout).toSorted((a, b) => a.at - b.at)[0];

  /** The next timer to fire when everything is waiting: a sleep, or the timeout of a request that hangs. */
  function next(ended: boolean): Waiting | undefined {
    const [sleeper, timeout] = [earliest(false), earliest(true)];
    // A request whose response was cut off hangs too.
    const hangs = unanswered() > 0 || (!sleeper && !ended);
    return hangs && timeout && !(sleeper && sleeper.at <= timeout.at) ? timeout : sleeper;
  }

  const settle = () => idle(() => `${log().length} ${unanswered()} ${waiting.length}`);

  return {
    now: () => now,
    async watch(work) {
      const began = now;
      const ends = work().then(
        (gave) => ({ ms: now - began, came: log().length, gave }),
        (threw: unknown) => ({ ms: now - began, came: log().length, threw }),
      );
      let ended = false;
      void ends.finally(() => (ended = true));
      let patience = real.now() + GIVE_UP_AFTER_MS;
      for (;;) {
        await settle();
        const waker = next(ended);
        if (waker) {
          waiting = waiting.filter((other) => other !== waker);
          now = Math.max(now, waker.at);
          waker.wake();
          patience = real.now() + GIVE_UP_AFTER_MS;
        } else if (ended) {
          waiting = [];
          return ends;
        } else if (real.now() > patience) throw new Error('The run neither ends nor waits for anything');
      }
    },
    restore() {
      Date.now = real.now;
      Math.random = real.random;
      AbortSignal.timeout = real.timeout;
      setSleep(real.sleep);
    },
  };
}

function setSleep(sleep: unknown): void {
  Object.assign(timers, { setTimeout: sleep });
  // Otherwise named imports keep the real function.
  syncBuiltinESMExports();
}
