import * as z from 'zod';
import { DAY, HOUR } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** Why Zapier polls: to show a few records, to fill its dedupe table, or to look for new ones. */
export type PollMode = 'sample' | 'fill' | 'poll';

/** Polls of one trigger may overlap or come late by this much without losing anything. */
const OVERLAP = 600_000;
export const MAX_LENGTH = DAY;

/** The stretch of time a poll looks back on. */
export interface LookbackWindow {
  /** Whether a moment (ISO text) is inside; what has no date is. */
  includes(moment: string | null): boolean;
  /**
   * Whether a moment is more than a day ago, behind the longest window. What is that old and comes into view is not new: it
   * came to match a filter.
   */
  isOlderThanMax(moment: string | null): boolean;
  /** To be called when the poll, or the filling, has everything: the next one then looks back to this one. */
  close(): Promise<void>;
}

/**
 * The window of a poll: the last hour or, where longer, the time since the previous poll of the same trigger and filters on
 * this connection and 10 minutes more, at most a day. `key` names the trigger, `filters` are its inputs. Its clock is
 * HighLevel's, so it must be opened after the poll's first answer.
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
  // What has no date, or none that can be read, is before nothing.
  const isBefore = (moment: string | null, limit: number) => Date.parse(moment ?? '') < limit;
  return {
    includes: (moment) => !isBefore(moment, start),
    isOlderThanMax: (moment) => isBefore(moment, now - MAX_LENGTH),
    close: () => highlevel.cache.set(name, now, (2 * MAX_LENGTH) / 1000),
  };
}
