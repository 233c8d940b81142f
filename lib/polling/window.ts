import * as z from 'zod';
import { DAY, epochOf, HOUR, needsZone } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { ifAllowed, subAccount } from '../resources/location.ts';

/** Why Zapier polls: to show a few records, to fill its dedupe table, or to look for new ones. */
export type PollMode = 'sample' | 'fill' | 'poll';

/** In ms. Consecutive windows overlap by this much, so that late or concurrent polls lose nothing. */
const OVERLAP = 600_000;
export const MAX_LENGTH = DAY;
/** How long a poll's leftovers are kept for the next one: two days, twice the longest window. */
export const KEPT_SECONDS = (2 * MAX_LENGTH) / 1000;

/** The earliest that a trigger can fire before a task is due or an appointment starts: a year, in hours. */
export const MAX_HOURS_BEFORE = 8_760;

/** The period that a poll covers. */
export interface LookbackWindow {
  /** When it was opened and where it starts, in epoch ms by HighLevel's clock. */
  readonly openedAt: number;
  readonly start: number;
  /**
   * Whether a time (ISO text) is inside the window, or not before `since` (epoch ms) if given. True if there is no date. A
   * time without an offset may be UTC or the sub-account's time: either reading counts. Only such a time costs a lookup
   * (cached), and only if it is outside in UTC.
   */
  includes: (moment: string | null, since?: number) => Promise<boolean>;
  /**
   * Whether an ISO 8601 time is before the longest possible window (a day). Such an old record is not new, but has started
   * to match a filter.
   */
  isOlderThanMax: (moment: string | null) => Promise<boolean>;
  /** Call it when the poll has read everything: the next one then looks back to this one, or to `at` (epoch ms) if given. */
  close: (at?: number) => Promise<void>;
}

/**
 * The window of a poll: the last hour or, if longer, the time since the previous poll of this trigger (`key`), connection
 * and `filters`, plus 10 minutes, at most a day. It uses HighLevel's clock, so open it after the poll's first response.
 */
export async function openWindow(
  highlevel: HighLevel,
  key: string,
  filters: unknown,
): Promise<LookbackWindow> {
  const now = highlevel.now();
  const name = `polled:${key}:${JSON.stringify(filters)}`;
  const previous = await highlevel.cache.get(name, z.number());
  const since = previous === undefined ? 0 : now - previous + OVERLAP;
  const start = now - Math.min(Math.max(HOUR, since), MAX_LENGTH);
  let zone: Promise<string> | undefined;
  const isBefore = async (moment: string | null, limit: number) => {
    // A missing or invalid date is not before the limit.
    if (!(epochOf(moment) < limit)) return false;
    if (moment === null || !needsZone(moment)) return true;
    zone ??= zoneOf(highlevel);
    return epochOf(moment, await zone) < limit;
  };
  return {
    openedAt: now,
    start,
    includes: async (moment, from = start) => !(await isBefore(moment, from)),
    isOlderThanMax: (moment) => isBefore(moment, now - MAX_LENGTH),
    close: (at = now) => highlevel.cache.set(name, at, KEPT_SECONDS),
  };
}

/** Filters records with an async function, in order and one at a time, so that a lookup is made once. */
export async function filterAsync<T>(
  records: readonly T[],
  passes: (record: T) => Promise<boolean>,
): Promise<T[]> {
  const passed: T[] = [];
  for (const record of records) if (await passes(record)) passed.push(record);
  return passed;
}

async function zoneOf(highlevel: HighLevel): Promise<string> {
  return (await ifAllowed(subAccount(highlevel), undefined))?.timezone ?? 'utc';
}
