import type { MiddlewareHandler } from 'hono';
import { refuse } from './answers.ts';
import type { Store, Token } from './store.ts';

/** A request, as its handlers see it. */
export interface Env {
  Variables: { token: Token; body: unknown };
}

export interface RateLimit {
  max: number;
  intervalMs: number;
  daily: number;
  /** The requests that other integrations take at the beginning of each window. */
  others: number;
}

const DAY = 86_400_000;
const VERSIONS = ['2021-07-28', '2021-04-15', '2023-02-21', 'v3'];

/** HighLevel's rate limit: a burst window and a daily limit, reported in the headers of every response. */
export class Limiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  #windowStart = -Infinity;
  #used = 0;
  #usedToday = 0;
  #day = '';

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  reset(): void {
    this.#windowStart = -Infinity;
    this.#used = 0;
    this.#usedToday = 0;
  }

  /** The requests that the window allows, and the remaining ones. */
  state(): { max: number; left: number } {
    const { max, intervalMs, others } = this.#limit;
    const fresh = this.#now() - this.#windowStart >= intervalMs;
    return { max, left: max - (fresh ? others : this.#used) };
  }

  /** Counts a request. `refused` is true if it exceeds the limit. */
  count(): { refused: boolean; headers: Record<string, string> } {
    const { max, intervalMs, daily, others } = this.#limit;
    const now = this.#now();
    const today = new Date(now).toISOString().slice(0, 10);
    if (today !== this.#day) [this.#day, this.#usedToday] = [today, 0];
    if (now - this.#windowStart >= intervalMs) [this.#windowStart, this.#used] = [now, others];
    const refused = this.#used >= max || this.#usedToday >= daily;
    if (!refused) {
      this.#used++;
      this.#usedToday++;
    }
    const headers = {
      'X-RateLimit-Limit-Daily': String(daily),
      'X-RateLimit-Daily-Remaining': String(daily - this.#usedToday),
      // To the second. Recorded.
      'X-RateLimit-Daily-Reset': String(Math.ceil((DAY - (now % DAY)) / 1000) * 1000),
      'X-RateLimit-Interval-Milliseconds': String(intervalMs),
      'X-RateLimit-Max': String(max),
      'X-RateLimit-Remaining': String(max - this.#used),
    };
    return { refused, headers };
  }
}

/** The version header is looked at before anything else. Each known version serves every path. Measured by other integrators. */
export const checkVersion: MiddlewareHandler<Env> = async (c, next) => {
  const version = c.req.header('version');
  if (!version) refuse(401, 'version header was not found.');
  if (!VERSIONS.includes(version)) {
    if (/^\d{4}-\d{2}-\d{2}$/.test(version)) refuse(401, 'version header is invalid');
    refuse(400, `Invalid API version segment '${version}' at position 0`);
  }
  await next();
};

/** Who asks: the bearer token, alive, of a sub-account that is active. */
export function checkToken(store: Store): MiddlewareHandler<Env> {
  return async (c, next) => {
    const bearer = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
    if (!bearer) refuse(401, 'No Authorization header found for authentication!');
    const token = store.tokens.get(bearer);
    if (!token) refuse(401, bearer.startsWith('pit-') ? 'Invalid Private Integration token' : 'Invalid JWT');
    if (token.expiresAt <= store.now()) refuse(401, 'Invalid JWT');
    const forAgency = c.req.path.startsWith('/oauth/');
    if (token.userType === 'Company' && !forAgency) refuse(401, "Token's user type mismatch!");
    if (!store.location.active) refuse(401, 'Location is not active');
    c.set('token', token);
    await next();
  };
}

/** A token serves one sub-account, wherever a request names one: path, query or body. */
export const checkLocation: MiddlewareHandler<Env> = async (c, next) => {
  const { locationId } = c.get('token');
  const body = c.get('body');
  const inBody =
    typeof body === 'object' && body !== null && 'locationId' in body ? body.locationId : undefined;
  const inPath = /^\/locations\/([^/]+)/.exec(c.req.path)?.[1];
  for (const named of [inPath, c.req.query('locationId'), inBody]) {
    if (locationId && typeof named === 'string' && named !== locationId && named !== 'search') {
      refuse(403, 'The token does not have access to this location.');
    }
  }
  await next();
};

/** A missing permission is a 401 at HighLevel, not a 403. Measured by many integrators. */
export function scope(name: string): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (!c.get('token').scopes.includes(name)) refuse(401, 'The token is not authorized for this scope.');
    await next();
  };
}
