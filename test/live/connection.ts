import { isLoopback, isSafe } from '../../lib/base/http.ts';
import { isObject } from '../../lib/base/json.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

/** A sub-account to try things out in, and a Private Integration Token for it. */
export interface Account {
  url: string;
  token: string;
  locationId: string;
}

/** Time, as a test may want to let it pass. */
export interface Clock {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** What a story is told in: the app as Zapier runs it, HighLevel itself, and a mark for everything that is made. */
export interface Live {
  readonly locationId: string;
  /** The name, tag or mail address of everything that is made begins with it. */
  readonly mark: string;
  /** The addresses of the contacts that were made, or may have been. */
  readonly emails: ReadonlySet<string>;
  /** Runs a method of the app, such as the connection test. */
  call(method: string): Promise<unknown>;
  create(key: string, input: Item): Promise<Item>;
  search(key: string, input: Item): Promise<Item[]>;
  poll(key: string, input: Item): Promise<Item[]>;
  /** Sends one request to HighLevel itself, such as `GET /contacts/abc`. */
  api(request: string, body?: object): Promise<{ status: number; data: unknown }>;
  /** The address for a contact of this name; it is deleted in the end. */
  email(name: string): string;
  /** Makes a contact and gives its id. */
  contact(name: string, fields?: object): Promise<string>;
  /** Looks again and again until there is something to see: HighLevel's search lags behind. */
  until<T>(what: string, look: () => Promise<T | undefined>): Promise<T>;
  sleep: Clock['sleep'];
}

// HighLevel allows a trial account 25 requests in 10 seconds; the rest is for whoever else works there.
const WINDOW_MS = 10_000;
const REQUESTS_PER_WINDOW = 20;
/** What one run of the app is taken to send. */
const REQUESTS_PER_RUN = 3;
const PATIENCE_MS = 40_000;

/** Whether stories may be told there: HighLevel itself, or this machine. */
export function isLiveAddress(url: string): boolean {
  if (!isSafe(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'services.leadconnectorhq.com' || isLoopback(hostname);
}

/** Connects the app to an account. `stopped` says that no story may go on. */
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
    async api(request, body) {
      await spend(1);
      const [method = '', path = ''] = request.split(' ');
      const response = await fetch(url + path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Version: '2021-07-28',
          'User-Agent': 'Zapier',
          ...(body && { 'Content-Type': 'application/json' }),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(20_000),
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, data: parsed(await response.text()) };
    },
    email(name) {
      const address = `${mark}-${name}@example.com`;
      emails.add(address);
      return address;
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

/** What stands at a dotted path of a JSON value. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((there, key) => (isObject(there) ? there[key] : undefined), value);
}

/** The objects of the list at a dotted path. */
export function rowsAt(value: unknown, path: string): Item[] {
  const rows = at(value, path);
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

/** What HighLevel says in an answer, in one line. */
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
