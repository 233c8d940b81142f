import * as z from 'zod';
import { DAY, HOUR } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { EndpointName } from '../highlevel/endpoints.ts';
import type { HighLevel } from '../highlevel/client.ts';

/**
 * The answer of an endpoint that HighLevel does not serve to every connection; undefined where the caller must go another
 * way. A refusal (a 4xx) is remembered for a day, HighLevel's own trouble and an answer that cannot be used (`ask` gives
 * undefined) for an hour, so that the endpoint costs nothing meanwhile. Throws what concerns the whole run: a rate limit, a
 * stale token.
 */
export async function ifServed<T>(
  { cache }: { cache: Pick<HighLevel['cache'], 'get' | 'set'> },
  endpoint: EndpointName,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const key = `refused:${endpoint}`;
  if (await cache.get(key, z.boolean())) return undefined;
  const goWithout = async (ms: number) => {
    await cache.set(key, true, ms / 1000);
    return undefined;
  };
  try {
    return (await ask()) ?? (await goWithout(HOUR));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    switch (error.kind) {
      case 'refused':
      case 'not found':
      case 'not permitted':
      case 'wrong location':
        return goWithout(DAY);
      case 'unavailable':
      case 'unreadable':
        return goWithout(HOUR);
      default:
        throw error;
    }
  }
}
