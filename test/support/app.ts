import nock from 'nock';
import { createAppTester, type Bundle, type ZObject } from 'zapier-platform-core';
import App from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { partFields, requestedScopes } from '../../lib/highlevel/scopes.ts';
import { keepExchange } from '../contract/openapi/exchanges.ts';
import { withoutNames } from './zapier/cache.ts';
import { failed, type Failed } from './zapier/failed.ts';

/** The mock clock, and every wait that the app requested. No test sleeps. */
const mockClock: { skipped: number; waits: number[] } = { skipped: 0, waits: [] };

jest.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    mockClock.waits.push(ms);
    mockClock.skipped += ms;
  },
}));

// Otherwise nock's patch of http, which begins with the import, stays active for the worker's next test files.
afterAll(() => nock.restore());

// The app with mocked waits; tests import it from here.
export { App };
export const API = 'https://services.leadconnectorhq.com';
export const TOKEN = 'token-that-nobody-may-read';
export const LOCATION = 've9EPM428h8vShlRW1KT';
export const CONTACT = 'ocQHyuzHvysMo5N5VsXc';

const everyPart = Object.fromEntries(partFields.map((field) => [field, 'true']));

/** The data of an OAuth connection with all scopes. */
export const fullAccess = {
  access_token: TOKEN,
  refresh_token: 'refresh-that-nobody-may-read',
  locationId: LOCATION,
  companyId: '5DP4iH6HLkQsiKESj6rh',
  userType: 'Location',
  ...everyPart,
  scope: requestedScopes(everyPart).join(' '),
};

type Kind = 'triggers' | 'creates' | 'searches';
export type Meta = {
  isLoadingSample?: boolean;
  isPopulatingDedupe?: boolean;
  timezone?: string | null;
  withSearch?: string;
  paging_token?: string;
};

/** A connection to HighLevel with its own z.cache, in `remembered`; by default without names. */
export function connection(
  authData: Record<string, string> = fullAccess,
  app: typeof App = App,
  remembered: object = withoutNames(LOCATION),
) {
  // Core copies and freezes the whole definition at each call; with one operation the tests take half the time.
  const tester = (kind: Kind, key: string) => {
    const only = { triggers: {}, creates: {}, searches: {}, [kind]: { [key]: definition(app, kind, key) } };
    const test = createAppTester({ ...app, searchOrCreates: {}, ...only });
    Object.assign(test, { zcacheTestObj: remembered });
    return test;
  };
  const bundleOf = (
    inputData: Record<string, unknown>,
    { timezone = 'America/New_York', ...meta }: Meta,
  ) => ({
    authData,
    inputData,
    meta: { isLoadingSample: false, isPopulatingDedupe: false, timezone, ...meta },
  });
  return {
    /** Runs one operation as Zapier would. */
    run(kind: Kind, key: string, inputData: Record<string, unknown>, meta: Meta = {}): Promise<unknown> {
      const { perform } = definition(app, kind, key).operation;
      if (!isMethod(perform)) throw new Error(`${key} has nothing to run`);
      return tester(kind, key)(perform, bundleOf(inputData, meta));
    },
    /** Runs any method of the app, such as the connection test. */
    call(method: unknown, inputData: Record<string, unknown>): Promise<unknown> {
      if (!isMethod(method)) throw new Error('There is nothing to run');
      return createAppTester(app)(method, bundleOf(inputData, {}));
    },
    /** The dynamic input fields of an action, as the editor gets them. */
    async inputFields(key: string): Promise<unknown[]> {
      const fields: unknown[] = definition(app, 'creates', key).operation.inputFields ?? [];
      const asked = fields.filter(isMethod).map((method) => tester('creates', key)(method, bundleOf({}, {})));
      return (await Promise.all(asked)).flat();
    },
    /** The dynamic output fields of a step, as the editor gets them. */
    async outputFields(kind: Kind, key: string): Promise<unknown[]> {
      const fields: unknown[] = definition(app, kind, key).operation.outputFields ?? [];
      const asked = fields.filter(isMethod).map((method) => tester(kind, key)(method, bundleOf({}, {})));
      return (await Promise.all(asked)).flat();
    },
    /** The choices of an action's field. */
    choices(key: string, field: string, inputData: Record<string, unknown> = {}, meta: Meta = {}) {
      const asked = (definition(app, 'creates', key).operation.inputFields ?? []).find(
        (one: unknown) => isObject(one) && one.key === field,
      );
      const perform = isObject(asked) && isObject(asked.choices) ? asked.choices.perform : undefined;
      if (!isMethod(perform)) throw new Error(`${key} offers no choices for ${field}`);
      return tester('creates', key)(perform, bundleOf(inputData, meta));
    },
  };
}

type Method = (zapier: ZObject, bundle: Bundle) => Promise<unknown>;

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function definition(app: typeof App, kind: Kind, key: string) {
  const found = new Map(Object.entries(app[kind] ?? {})).get(key);
  if (!found) throw new Error(`There is no ${key} among the ${kind}`);
  return found;
}

/** Runs one operation on a new connection, so that no test sees another one's cache. */
export function run(kind: Kind, key: string, inputData: Record<string, unknown>, meta?: Meta) {
  return connection().run(kind, key, inputData, meta);
}

/** The failure of a run. Throws when the run succeeds, or when the error contains the token. */
export async function failure(running: Promise<unknown>): Promise<Failed> {
  const told = await failed(running);
  for (const secret of [TOKEN, fullAccess.refresh_token]) expect(JSON.stringify(told)).not.toContain(secret);
  return told;
}

/** A request that was sent. */
export interface Sent {
  request: string;
  query?: Record<string, string>;
  body?: unknown;
}

/** A mock of HighLevel, for one test. */
export interface HighLevel {
  /** Adds a response for the next such request; repeated calls answer later ones. */
  answers(request: string, status: number, body?: unknown, headers?: Record<string, string>): void;
  /** Breaks the connection on the next such request. */
  breaks(request: string): void;
  /** Lets the next such request time out. */
  hangs(request: string): void;
  /** Lets this much time pass, in ms, for the app and for HighLevel. */
  passes(ms: number): void;
  /** The requests sent, in order. */
  readonly sent: Sent[];
  /** The headers of each request. */
  readonly headers: Record<string, string>[];
  /** The waits that the app requested, in ms. */
  readonly waits: number[];
}

/**
 * A mock of HighLevel for every test of a file. No other host can be reached. Each test fails if a prepared response was not
 * used, or if an unexpected request was sent. `anyPath`: requests may go to paths that HighLevel's OpenAPI files don't have.
 */
export function highLevel({ anyPath = false } = {}): HighLevel {
  const sent: Sent[] = [];
  const headers: Record<string, string>[] = [];
  const strays: string[] = [];
  const stray = (request: { method?: string; path?: string }) =>
    strays.push(`${request.method} ${request.path}`);

  const keep = (request: string, uri: string, body: unknown, given: Record<string, string>) => {
    const query = Object.fromEntries(new URL(uri, API).searchParams);
    sent.push({
      request,
      ...(Object.keys(query).length > 0 && { query }),
      ...(body !== '' && { body }),
    });
    headers.push(given);
    if (anyPath) return;
    const [method = ''] = request.split(' ');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    keepExchange({ method, url: new URL(uri, API).href, headers: new Headers(given) }, text);
  };
  const interceptor = (request: string) => {
    const [method = '', path = ''] = request.split(' ');
    return nock(API).intercept(path, method).query(true);
  };

  beforeEach(() => {
    nock.disableNetConnect();
    nock.emitter.on('no match', stray);
    // It stands still but for the waits, so that no time limit depends on how busy the machine is.
    const start = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => start + mockClock.skipped);
    mockClock.skipped = 0;
    for (const list of [sent, headers, strays, mockClock.waits]) list.length = 0;
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    nock.abortPendingRequests();
    nock.emitter.off('no match', stray);
    jest.restoreAllMocks();
    expect({ neverAsked: left, notExpected: strays }).toEqual({ neverAsked: [], notExpected: [] });
  });

  return {
    answers(request, status, body = {}, answerHeaders = {}) {
      interceptor(request).reply(function (this: nock.ReplyFnContext, uri, sentBody) {
        keep(request, uri, sentBody, this.req.headers);
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        return [status, text, { 'Content-Type': 'application/json', ...answerHeaders }];
      });
    },
    breaks(request) {
      interceptor(request).reply(function (this: nock.ReplyFnContext, uri, sentBody, done) {
        keep(request, uri, sentBody, this.req.headers);
        const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        done(error, [500]);
      });
    },
    hangs(request) {
      interceptor(request).reply(function (this: nock.ReplyFnContext, uri, sentBody, _done) {
        keep(request, uri, sentBody, this.req.headers);
      });
    },
    passes(ms) {
      mockClock.skipped += ms;
    },
    sent,
    headers,
    waits: mockClock.waits,
  };
}

/** Whether a value is a record, as every action returns one. */
export function record(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new Error('The run gave no record');
  return value;
}
