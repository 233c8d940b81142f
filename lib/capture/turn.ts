import * as z from 'zod';
import { HOUR } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { throttled } from '../highlevel/error_responses.ts';
import type { Trace } from './trace.ts';

/** Longer than this no lead waits for others, whatever else uses up the rate limit. */
const MAX_WAIT_MS = HOUR;
/** Zapier runs a throttled step again within hours. */
const KEPT_SECONDS = (6 * HOUR) / 1000;

/**
 * Captures a lead in its turn. While HighLevel's rate limit stops other work, a new lead would only take the requests that
 * stopped leads need to finish, so that none would: it throws ApiError `throttled` before it looks for its contact, and
 * Zapier runs it again. A lead that was stopped itself goes first, and none waits for more than an hour. Also throws what
 * `work` throws.
 */
export async function inTurn<T>(highlevel: HighLevel, trace: Trace, work: () => Promise<T>): Promise<T> {
  const { cache } = highlevel;
  const key = `turn:${trace.line}`;
  const waitMs = await highlevel.rateLimitedMs();
  if (waitMs > 0) {
    const turn = await cache.get(key, z.number());
    if (turn === undefined) await cache.set(key, Date.now() + MAX_WAIT_MS, KEPT_SECONDS);
    if (turn === undefined || turn > Date.now()) throw throttled(waitMs);
  }
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'throttled') await cache.set(key, 0, KEPT_SECONDS);
    throw error;
  }
}
