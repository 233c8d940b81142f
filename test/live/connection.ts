import { isLoopback, isSafe } from '../../lib/base/http.ts';
import { isObject } from '../../lib/base/json.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

/** A sub-account for testing, and a Private Integration Token for it. */
export interface Account {
  url: string;
  token: string;
  locationId: string;
}

/** The clock, which a test can mock. */
export interface Clock {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** What a story uses: the app as Zapier runs it, HighLevel's API, and a mark for all created records. */
export interface Live {
  readonly locationId: string;
  /** The prefix of the name, tag or email of every created record. */
  readonly mark: string;
  /** The emails of the contacts that were created, or may have been. */
  readonly emails: ReadonlySet<string>;
  /** Runs a method of the app, such as the connection test's. */
  call(method: string): Promise<unknown>;
  create(key: string, input: Item): Promise<Item>;
  search(key: string, input: Item): Promise<Item[]>;
  poll(key: string, input: Item): Promise<Item[]>;
  /** Sends a request directly to HighLevel, such as `GET /contacts/abc`; under version 2021-07-28 where none is named. */
  api(request: string, body?: object, version?: string): Promise<{ status: number; data: unknown }>;
  /** The email for a contact of this name, which is deleted at the end. */
  email(name: string): string;
  /** Creates a contact and returns its id. */
  contact(name: string, fields?: object): Promise<string>;
  /** Polls until there is a result, because HighLevel's search lags. */
  until<T>(what: string, look: () => Promise<T | undefined>): Promise<T>;
  sleep: Clock['sleep'];
}

// HighLevel allows a trial account 25 requests in 10 seconds; some are left to others.
const WINDOW_MS = 10_000;
const REQUESTS_PER_WINDOW = 20;
/** The assumed number of requests of one run of the app. */
const REQUESTS_PER_RUN = 3;
const PATIENCE_MS = 40_000;

/** Whether live stories may run at a URL: only HighLevel or this machine. */
export function isLiveAddress(url: string): boolean {
  if (!isSafe(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'services.leadconnectorhq.com' || isLoopback(hostname);
}

/** Connects the app to an account. Once `stopped` returns true, every call fails. */
export function connectLive(app: object, account: Account, clock: Clock, stopped: () => boolean): Live {
  const { url, token, locationId } = account;
  const mark = `zapier-live-${Math.floor(clock.now() / 1000).toString(36)}`;
  const emails = new Set<string>();
  const zapier = new Zapier(app, {
    authData: { access_token: token, locationId },
    environment: { HIGHLEVEL_API_URL: url },
    timezone: 'America/New_York',
  });

  const sent: number[] = [];
  const spend = async (requests: number) => {
    if (stopped()) throw new Error('Stopped.');
    for (;;) {
      const now = clock.now();
      while (sent[0] !== undefined && now - sent[0] >= WINDOW_MS) sent.shift();
      if (sent.length + requests <= REQUESTS_PER_WINDOW) break;
      await clock.sleep(WINDOW_MS - (now - (sent[0] ?? now)));
    }
    for (let each = 0; each < requests; each++) sent.push(clock.now());
  };

  /** Remembers the addresses of contacts that a request is about to create. */
  const remember = (body: object): string[] => {
    const added = [...JSON.stringify(body).matchAll(new RegExp(`${mark}-[\\w-]+@example\\.com`, 'g'))]
      .map(([address]) => address)
      .filter((address) => !emails.has(address));
    for (const address of added) emails.add(address);
    return added;
  };

  const live: Live = {
    locationId,
    mark,
    emails,
    sleep: clock.sleep,
    async call(method) {
      await spend(REQUESTS_PER_RUN);
      return zapier.call(method);
    },
    async create(key, input) {
      await spend(REQUESTS_PER_RUN);
      remember(input);
      return zapier.create(key, input);
    },
    async search(key, input) {
      await spend(REQUESTS_PER_RUN);
      return zapier.search(key, input);
    },
    async poll(key, input) {
      await spend(REQUESTS_PER_RUN);
      const found = await zapier.call(`triggers.${key}.operation.perform`, input);
      return Array.isArray(found) ? found.filter(isObject) : [];
    },
    async api(request, body, version = '2021-07-28') {
      await spend(1);
      const [method = '', path = ''] = request.split(' ');
      const added = method === 'POST' && body ? remember(body) : [];
      const response = await fetch(url + path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Version: version,
          'User-Agent': 'Zapier',
          ...(body && { 'Content-Type': 'application/json' }),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(20_000),
        ...(body && { body: JSON.stringify(body) }),
      });
      // Refused for what it asks or for its token, it has made nothing. A 408 or 499 may have.
      if ([400, 401, 403, 404, 422, 429].includes(response.status) && !(await isUncertain(response)))
        for (const address of added) emails.delete(address);
      return { status: response.status, data: parsed(await response.text()) };
    },
    email(name) {
      return `${mark}-${name}@example.com`;
    },
    async contact(name, fields = {}) {
      const body = {
        locationId,
        firstName: mark,
        lastName: name,
        email: live.email(name),
        tags: [mark],
        ...fields,
      };
      const { status, data } = await live.api('POST /contacts/', body);
      if (status !== 201) throw new Error(`The contact was not made: ${status} ${messageIn(data)}`);
      return String(at(data, 'contact.id'));
    },
    async until(what, look) {
      const end = clock.now() + PATIENCE_MS;
      for (;;) {
        const seen = await look();
        if (seen !== undefined) return seen;
        if (clock.now() > end) throw new Error(`${what} did not show within ${PATIENCE_MS / 1000} seconds.`);
        await clock.sleep(2_000);
      }
    },
  };
  return live;
}

// HighLevel reports its own timeout with status 400. Reported by integrators.
async function isUncertain(response: Response): Promise<boolean> {
  return response.status === 400 && /timeout/i.test(await response.clone().text());
}

/** The value at a dotted path of a JSON value. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((there, key) => (isObject(there) ? there[key] : undefined), value);
}

/** The objects of the list at a dotted path. */
export function rowsAt(value: unknown, path: string): Item[] {
  const rows = at(value, path);
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

/** HighLevel's message in a response, on one line. */
export function messageIn(data: unknown): string {
  const message = at(data, 'message');
  return Array.isArray(message) ? message.join(', ') : typeof message === 'string' ? message : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
