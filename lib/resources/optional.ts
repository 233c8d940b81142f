import * as z from 'zod';
import { DAY, HOUR } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { EndpointName } from '../highlevel/endpoints.ts';
import type { HighLevel } from '../highlevel/client.ts';

/**
 * The response of an endpoint that HighLevel does not serve to every connection; undefined if the caller must use another
 * endpoint. A refusal (4xx) is remembered for a day, an outage or an unusable response (`ask` returns undefined) for an
 * hour, so that the endpoint is not called meanwhile. Throws errors that affect the whole run: a rate limit, a stale token.
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
