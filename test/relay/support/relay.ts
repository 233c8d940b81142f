import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sign } from '../../../lib/base/signed_request.ts';
import { addressOf } from '../../../relay/address.ts';
import type { Config } from '../../../relay/config.ts';
import type { Database } from '../../../relay/database.ts';
import { startRelay, type Relay, type RelayOptions } from '../../../relay/relay.ts';

export const REQUEST_KEY = 'request-key-of-the-tests-0123456789ab';
export const ADDRESS_KEY = 'address-key-of-the-tests-0123456789ab';

/** A relay in this process, on a free port and in a temporary folder. */
export interface TestRelay extends Relay {
  url: string;
  folder: string;
  log: Record<string, unknown>[];
}

/** Settings of a relay for tests. */
export function testConfig(folder: string, more: Partial<Config> = {}): Config {
  return {
    port: 0,
    folder,
    databaseUrl: undefined,
    url: 'http://localhost',
    requestKeys: [REQUEST_KEY],
    addressKeys: [ADDRESS_KEY],
    highlevelAppId: undefined,
    loopbackTargets: true,
    ...more,
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'relay-'));
}

/** Starts a relay that waits less than usual. */
export async function testRelay(
  database: Database,
  {
    config,
    folder = temporaryFolder(),
    ...options
  }: Partial<Omit<RelayOptions, 'config'>> & { config?: Partial<Config>; folder?: string } = {},
): Promise<TestRelay> {
  const log: Record<string, unknown>[] = [];
  const isOwnFolder = folder === undefined;
  const own = folder ?? temporaryFolder();
  const relay = await startRelay({
    config: testConfig(own, config),
    log: (level, event, more) => log.push({ level, event, ...more }),
    openDatabase: async () => kept(database),
    ...options,
    intake: { drainEveryMs: 20, ...options.intake },
    delivery: { firstDelaySeconds: 0, pollMs: 20, timeoutMs: 3_000, ...options.delivery },
  });
  await relay.ready;
  const stop = async () => {
    await relay.stop();
    if (isOwnFolder) rmSync(own, { recursive: true, force: true });
  };
  return { ...relay, stop, url: `http://127.0.0.1:${relay.port}`, folder: own, log };
}

/** A database that outlives the relay. */
function kept(database: Database): Database {
  return { ...database, close: async () => {} };
}

/** A database that can be away. */
export function unreliable(database: Database): { database: Database; away: (is: boolean) => void } {
  let isAway = false;
  const check = () => {
    if (isAway) throw new Error('The database is away.');
  };
  return {
    away: (is) => {
      isAway = is;
    },
    database: {
      ...database,
      query: async (text, values) => {
        check();
        return database.query(text, values);
      },
      transaction: async (work) => {
        check();
        return database.transaction(async (sql) => {
          const result = await work({
            query: async (text, values) => {
              check();
              return sql.query(text, values);
            },
          });
          check();
          return result;
        });
      },
      queueDb: {
        ...database.queueDb,
        executeSql: async (text, values) => {
          check();
          return database.queueDb.executeSql(text, values);
        },
      },
    },
  };
}

/** A location of its own, so that tests don't see each other's events. */
export function newLocation(): string {
  return `loc${randomUUID().replaceAll('-', '').slice(0, 20)}`;
}

/** The path for JivoChat's events of a location. */
export function jivoChatPath(locationId: string, generation = 1): string {
  return `/jivochat/${addressOf(ADDRESS_KEY, { locationId, generation })}`;
}

/** Sends a request as the app signs it. */
export function signedFetch(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  key: string = REQUEST_KEY,
): Promise<Response> {
  const text = body === undefined ? '' : JSON.stringify(body);
  return fetch(url + path, {
    method,
    headers: { 'X-Relay-Signature': sign(key, { method, path, body: text }) },
    ...(text !== '' && { body: text }),
  });
}

/** Subscribes a Zap and returns the subscription's id. */
export async function subscribed(
  relay: { url: string },
  wanted: { source: 'jivochat' | 'highlevel'; locationId: string; targetUrl: string; types?: string[] },
): Promise<string> {
  const response = await signedFetch(relay.url, 'POST', '/subscriptions', { types: [], ...wanted });
  const answer: unknown = await response.json();
  const id: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'id') : undefined;
  if (response.status !== 201 || typeof id !== 'string')
    throw new Error(`Subscribing gave ${response.status}`);
  return id;
}

/** Sends an event to the relay as JivoChat does. */
export function chat(relay: { url: string }, locationId: string, event: object | string): Promise<Response> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return fetch(relay.url + jivoChatPath(locationId), { method: 'POST', body });
}
