import * as z from 'zod';
import { settleAll } from '../base/settle.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { mayPass, startPace } from './progress.ts';
import { KEPT_SECONDS, type LookbackWindow, type PollMode } from './window.ts';

const CONCURRENCY = 4;
/** Requests of the burst window that a poll leaves to other Zaps of the sub-account. */
const RESERVED_REQUESTS = 10;

/** What a round of polls has not read yet: the ids of the lists, and the start of the round in epoch ms. */
const Round = z.object({ began: z.number(), left: z.array(z.string()) });

/** The lists that a poll reads. */
export interface Turns<T> {
  /** The cache key for the skipped lists: the trigger and its filters. */
  name: string;
  /** The ids of the lists to read, most important first. */
  ids: string[];
  read: (id: string) => Promise<T[]>;
  /** The maximum number of lists per poll. */
  max: number;
  /** Whether skipped lists are read only if they are still in `ids`. */
  onlyNamed?: boolean;
}

/**
 * Reads many lists, 4 at a time, while there is time and the burst window has requests. Lists that were skipped or failed
 * come first in the next poll. The window closes only when none is left, as of the poll in which the round started. If no
 * list can be read, the poll fails.
 */
export async function readInTurns<T>(
  highlevel: HighLevel,
  { name, ids, read, max, onlyNamed = false }: Turns<T>,
  window: LookbackWindow,
  mode: PollMode,
): Promise<T[]> {
  const key = `left:${name}`;
  const round = mode === 'poll' ? await highlevel.cache.get(key, Round) : undefined;
  const left = (round?.left ?? []).filter((id) => !onlyNamed || ids.includes(id));
  const order = [...new Set([...left, ...ids])].slice(0, Math.max(max, left.length));
  const due = new Set(left.length > 0 ? left : order);

  // Four parallel responses arrive in any order, so the last one need not have the lowest count.
  const mayAsk = () => highlevel.requestsLeft() >= RESERVED_REQUESTS + 2 * CONCURRENCY - 1;
  const pace = startPace(highlevel);
  const found: T[] = [];
  const failures: unknown[] = [];
  const done = new Set<string>();
  for (let start = 0; start < order.length && mayAsk() && pace.hasTime(); start += CONCURRENCY) {
    const batch = order.slice(start, start + CONCURRENCY);
    const failed = await pace.read(() =>
      settleAll(
        batch.map(async (id) => {
          try {
            found.push(...(await read(id)));
            done.add(id);
            return [];
          } catch (error) {
            if (!mayPass(error)) throw error;
            return [error];
          }
        }),
      ),
    );
    failures.push(...failed.flat());
    if (failed.flat().length === batch.length) break;
  }
  if (done.size === 0 && failures.length > 0) throw failures[0];
  if (mode === 'sample') return found;

  const rest = [...due].filter((id) => !done.has(id));
  if (rest.length === 0) {
    if (round) await highlevel.cache.set(key, null, KEPT_SECONDS);
    await window.close(round?.began);
  } else if (mode === 'poll') {
    await highlevel.cache.set(key, { began: round?.began ?? window.openedAt, left: rest }, KEPT_SECONDS);
  }
  return found;
}
