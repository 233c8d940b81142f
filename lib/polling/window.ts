import * as z from 'zod';
import { DAY, HOUR } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** Why Zapier polls: to show a few records, to fill its dedupe table, or to look for new ones. */
export type PollMode = 'sample' | 'fill' | 'poll';

/** In ms. Consecutive windows overlap by this much, so that late or concurrent polls lose nothing. */
const OVERLAP = 600_000;
export const MAX_LENGTH = DAY;

/** The period that a poll covers. */
export interface LookbackWindow {
  /** Whether an ISO 8601 time is in the window. A missing date counts as inside. */
  includes(moment: string | null): boolean;
  /**
   * Whether an ISO 8601 time is before the longest possible window (a day). A record that old is not new, but only started
   * to match a filter.
   */
  isOlderThanMax(moment: string | null): boolean;
  /** Call it once everything was read: the next window then starts from this poll. */
  close(): Promise<void>;
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
  // Comparing NaN is false, so a missing or invalid date is never before the limit.
  const isBefore = (moment: string | null, limit: number) => Date.parse(moment ?? '') < limit;
  return {
    includes: (moment) => !isBefore(moment, start),
    isOlderThanMax: (moment) => isBefore(moment, now - MAX_LENGTH),
    close: () => highlevel.cache.set(name, now, (2 * MAX_LENGTH) / 1000),
  };
}
