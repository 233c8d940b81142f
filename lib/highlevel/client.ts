import { IANAZone } from 'luxon';
import * as z from 'zod';
import type { Bundle, ZObject } from 'zapier-platform-core';
import type { Answer, EndpointName } from './endpoints.ts';
import { ApiError, InputError } from '../base/errors.ts';
import { request, type Call, type OnlyKnownKeys } from './request.ts';
import { startRun } from './transport.ts';

/** What an operation is handed: HighLevel, and what it may know of the connection. No headers, no retries, no Zapier. */
export interface HighLevel {
  /** The connected sub-account. */
  readonly locationId: string;
  /** The Zap's IANA time zone, where Zapier told it. */
  readonly zapZone: string | undefined;
  /** Sends a request named as in HighLevel's documentation and gives its checked answer (lib/highlevel/request.ts). */
  request: <E extends EndpointName, C extends Call<E>>(
    name: E,
    call: C & OnlyKnownKeys<E, C>,
    more?: { withinMs?: number },
  ) => Promise<Answer<E>>;
  /** Zapier's cache, under keys of this connection. */
  cache: Cache;
  /** The time by HighLevel's clock in epoch ms, as far as an answer has told it. */
  now: () => number;
  /** How long this run may still send requests, in ms. */
  timeLeft: () => number;
  /** How many requests the burst window still has, as HighLevel last said. */
  requestsLeft: () => number;
  /** The link that opens a contact in HighLevel; empty without an id. */
  contactUrl: (contactId: string | null) => string;
}

/** Values kept between runs. Both never fail: what cannot be read is as good as not there. */
export interface Cache {
  /** The value under a key, undefined where there is none of the given shape. */
  get: <T>(key: string, shape: z.ZodType<T>) => Promise<T | undefined>;
  /** Keeps a JSON value for `seconds`. */
  set: (key: string, value: unknown, seconds: number) => Promise<void>;
}

/** What is remembered is worth a wait, but not a run. */
const MAX_CACHE_WAIT_MS = 2_000;

/** Core's typings leave out the scope that its cache takes. */
interface ScopedCache {
  get(key: string, scope?: string[]): Promise<unknown>;
  set(key: string, value: unknown, seconds?: number, scope?: string[]): Promise<unknown>;
}

/**
 * HighLevel for one run. `bypassCache`: what was remembered is not read, only renewed: the editor's own calls want to see
 * what was just changed. Throws ApiError when the connection belongs to no sub-account.
 */
export function createClient(zapier: ZObject, bundle: Bundle, { bypassCache = false } = {}): HighLevel {
  const { access_token = '', signInDomain } = bundle.authData;
  const locationId = bundle.authData.locationId?.trim();
  if (!locationId) {
    throw new ApiError(
      'wrong location',
      'This connection belongs to no sub-account. Reconnect the account and pick a sub-account, not the agency.',
    );
  }
  // Before anything is sent: an address and its parts are logged, and a header takes no such character.
  if (locationId.startsWith('pit-')) {
    throw new InputError(
      'The Location ID of this connection is a Private Integration Token. Reconnect the account and paste each into its own field.',
    );
  }
  if (/[^\x21-\x7e]/.test(access_token.trim())) {
    throw new InputError(
      'The token of this connection holds a character that no token has. Reconnect the account and paste the token again.',
    );
  }
  const run = startRun(zapier, bundle);
  const stored: ScopedCache = zapier.cache;
  const inTime = patience(MAX_CACHE_WAIT_MS);
  const host = signInDomain === 'leadconnector' ? 'app.leadconnectorhq.com' : 'app.gohighlevel.com';
  const zone = bundle.meta?.timezone;
  return {
    locationId,
    zapZone: zone && IANAZone.isValidZone(zone) ? zone : undefined,
    request: (name, call, more) => request(run, name, call, more),
    cache: {
      async get(key, shape) {
        if (bypassCache) return undefined;
        const found = await inTime(() => stored.get(`${locationId}:${key}`, ['auth']));
        return shape.safeParse(found).data;
      },
      async set(key, value, seconds) {
        await inTime(() => stored.set(`${locationId}:${key}`, value, seconds, ['auth']));
      },
    },
    now: () => Date.now() + run.clockOffset,
    timeLeft: () => run.deadline - Date.now(),
    requestsLeft: () => run.requestsLeft,
    contactUrl: (contactId) =>
      contactId ? `https://${host}/v2/location/${locationId}/contacts/detail/${contactId}` : '',
  };
}

/**
 * Runs calls that may fail or never end: each gives undefined then, after at most `ms`. Once one did not end in time, the later
 * ones are not tried any more, or they would take up the run together.
 */
function patience(ms: number): <T>(call: () => Promise<T>) => Promise<T | undefined> {
  let isSilent = false;
  return async (call) => {
    if (isSilent) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        isSilent = true;
        resolve(undefined);
      }, ms);
    });
    try {
      return await Promise.race([call(), over]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };
}
