import * as z from 'zod';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Trace } from './trace.ts';

/** Zapier runs a throttled step again within hours. */
const OWN_SECONDS = 6 * 3_600;

/**
 * Captures a lead in its turn. While HighLevel's rate limit stops the leads that are being captured, another one would only
 * take the requests that they need to finish, so that none would: it throws ApiError `throttled` before it looks for its contact, and
 * Zapier runs it again. A lead that was stopped itself does not wait for others. Also throws what `work` throws.
 */
export async function inTurn<T>(highlevel: HighLevel, trace: Trace, work: () => Promise<T>): Promise<T> {
  const { cache } = highlevel;
  const own = `stopped:${trace.line}`;
  const waitMs = await highlevel.rateLimitedMs();
  if (waitMs > 0 && !(await cache.get(own, z.literal(true))))
    throw new ApiError('throttled', "HighLevel's rate limit is reached. Zapier will try this step again.", {
      retryAfterMs: waitMs,
    });
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'throttled') await cache.set(own, true, OWN_SECONDS);
    throw error;
  }
}
