import { randomUUID } from 'node:crypto';
import { IANAZone } from 'luxon';
import * as z from 'zod';
import type { Bundle, ZObject } from 'zapier-platform-core';
import { burstWindow, type BurstWindow } from './burst_window.ts';
import type { Answer, EndpointName } from './endpoints.ts';
import { asksForToken } from '../base/edition.ts';
import { ApiError, InputError } from '../base/errors.ts';
import {
  freeRequest,
  request,
  type Call,
  type FreeAnswer,
  type FreeRequest,
  type OnlyKnownKeys,
} from './request.ts';
import { startRun } from './transport.ts';

/** HighLevel as the operations use it: without headers, retries or Zapier's `z`. */
export interface HighLevel {
  /** The id of the connected sub-account. */
  readonly locationId: string;
  /** The Zap's IANA time zone, when Zapier provides a valid one. */
  readonly zapZone: string | undefined;
  /** Whether the token comes from a sign-in, not a Private Integration Token. */
  readonly isOAuth: boolean;
  /** Sends a request, named by method and path, and returns the parsed response (lib/highlevel/request.ts). */
  request: <E extends EndpointName, C extends Call<E>>(
    name: E,
    call: C & OnlyKnownKeys<E, C>,
    more?: { withinMs?: number },
  ) => Promise<Answer<E>>;
  /** Sends any other request (lib/highlevel/request.ts). */
  freeRequest: (call: FreeRequest) => Promise<FreeAnswer>;
  /** Zapier's cache, scoped to this connection. */
  cache: Cache;
  /** The time in epoch ms; by HighLevel's clock after the first response. */
  now: () => number;
  /** The time this run has left for requests, in ms. */
  timeLeft: () => number;
  /** Requests left in the burst window, by the latest response. */
  requestsLeft: () => number;
  /** How long new work should wait for other runs (lib/highlevel/burst_window.ts). */
  rateLimitedMs: BurstWindow['rateLimitedMs'];
  /** The URL of a contact in HighLevel; empty without an id. */
  contactUrl: (contactId: string | null) => string;
  /** The URL of an opportunity in HighLevel. */
  opportunityUrl: (opportunityId: string) => string;
}

/** A cache that outlives the run. No method throws: a value that cannot be read counts as missing. */
export interface Cache {
  /** The value of a key; undefined when there is none, or none that matches the schema. */
  get: <T>(key: string, shape: z.ZodType<T>) => Promise<T | undefined>;
  /** Stores a JSON value for `seconds`. */
  set: (key: string, value: unknown, seconds: number) => Promise<void>;
  delete: (key: string) => Promise<void>;
  /**
   * Claims a key for this run, for `seconds`, against all other runs of the app in this sub-account, even on other
   * connections. False if another run has it. True if the cache does not work.
   */
  claim: (key: string, seconds: number) => Promise<boolean>;
  /** Releases a key that this run has claimed. */
  release: (key: string) => Promise<void>;
  /** False after a call of this run to Zapier's cache has failed: a missing value then proves nothing. */
  isWorking: () => boolean;
}

/** The longest wait for the cache in one run. */
const MAX_CACHE_WAIT_MS = 2_000;

/** The cache's `scope` parameter, missing from core's typings; without it, all connections share a value. */
interface ScopedCache {
  get(key: string, scope?: string[]): Promise<unknown>;
  set(key: string, value: unknown, seconds?: number, scope?: string[] | null, nx?: boolean): Promise<unknown>;
  delete(key: string, scope?: string[]): Promise<unknown>;
}

/**
 * Creates the client for one run. With `bypassCache` the cache is written but not read, because the Zap editor should show
 * recent changes in HighLevel. Throws ApiError when the connection has no sub-account, InputError when its token or Location
 * ID is malformed.
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
  // A token in place of the Location ID would end up in URLs, which Zapier logs.
  if (locationId.startsWith('pit-')) {
    throw new InputError(
      'The Location ID of this connection is a Private Integration Token. Reconnect the account and paste each into its own field.',
    );
  }
  // The request would throw, because a header cannot contain such a character.
  if (/[^\x21-\x7e]/.test(access_token.trim())) {
    throw new InputError(
      'The token of this connection contains a character that no token has. Reconnect the account and paste the token again.',
    );
  }
  const run = startRun(zapier, bundle);
  const stored: ScopedCache = zapier.cache;
  const claimant = randomUUID();
  let works = true;
  const inTime = patience(MAX_CACHE_WAIT_MS, () => {
    works = false;
  });
  const host = signInDomain === 'leadconnector' ? 'app.leadconnectorhq.com' : 'app.gohighlevel.com';
  const zone = bundle.meta?.timezone;
  const read: Cache['get'] = async (key, shape) => {
    const found = await inTime(() => stored.get(`${locationId}:${key}`, ['auth']));
    return shape.safeParse(found).data;
  };
  const cache: Cache = {
    get: async (key, shape) => (bypassCache ? undefined : read(key, shape)),
    async set(key, value, seconds) {
      await inTime(() => stored.set(`${locationId}:${key}`, value, seconds, ['auth']));
    },
    async delete(key) {
      await inTime(() => stored.delete(`${locationId}:${key}`, ['auth']));
    },
    async claim(key, seconds) {
      const name = `${locationId}:${key}`;
      const holder = async () => (await inTime(() => stored.get(name))) ?? undefined;
      // The cache's set-if-absent flag and its result are undocumented, so the key is read before and after.
      const before = await holder();
      if (before !== undefined) return before === claimant;
      await inTime(() => stored.set(name, claimant, seconds, null, true));
      const found = (await holder()) ?? claimant;
      return found === claimant;
    },
    async release(key) {
      await inTime(() => stored.delete(`${locationId}:${key}`));
    },
    isWorking: () => works,
  };
  run.window = burstWindow({ get: read, set: cache.set });
  return {
    locationId,
    isOAuth: !asksForToken() && !access_token.trim().startsWith('pit-'),
    // Checked only on use, because it makes Node load data, which takes longer than a whole action.
    get zapZone() {
      return zone && IANAZone.isValidZone(zone) ? zone : undefined;
    },
    request: (name, call, more) => request(run, name, call, more),
    freeRequest: (call) => freeRequest(run, call),
    cache,
    now: () => Date.now() + run.clockOffset,
    timeLeft: () => run.deadline - Date.now(),
    requestsLeft: () => run.requestsLeft,
    rateLimitedMs: run.window.rateLimitedMs,
    contactUrl: (contactId) =>
      contactId ? `https://${host}/v2/location/${locationId}/contacts/detail/${contactId}` : '',
    // Source: links in public client code.
    opportunityUrl: (opportunityId) =>
      `https://${host}/v2/location/${locationId}/opportunities/list/${opportunityId}?tab=OpportunityDetails`,
  };
}

/**
 * Wraps calls that may fail or hang: such a call returns undefined after at most `ms`, and `onFailure` is called. After a
 * call that timed out, later ones are skipped, because together they could use up the run's time.
 */
function patience(ms: number, onFailure: () => void): <T>(call: () => Promise<T>) => Promise<T | undefined> {
  let isSilent = false;
  return async (call) => {
    if (isSilent) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        isSilent = true;
        onFailure();
        resolve(undefined);
      }, ms);
    });
    try {
      return await Promise.race([call(), over]);
    } catch {
      onFailure();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };
}
