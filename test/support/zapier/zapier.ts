import zapier, { type Bundle } from 'zapier-platform-core';
import { isObject } from '../../../lib/base/json.ts';
import { stayAlive } from '../one_process.ts';
import { zapierCache } from './cache.ts';

/** A connected account, as Zapier stores it and passes it to every call. */
export interface Connection {
  authData: Record<string, string>;
  environment: Record<string, string>;
  /** The Zaps' time zone. */
  timezone?: string;
  /** The URL that the platform sends its logs to; without it they are dropped. */
  logsTo?: string;
  /** False disables the token refresh: a stale token then fails the run with RefreshAuthError. */
  refreshes?: boolean;
  /** What all connections of the app have claimed in z.cache, for connections that run side by side. */
  claims?: Record<PropertyKey, unknown>;
  /** What z.cache holds at first. */
  remembered?: Record<string, string>;
}

/** A record as it passes through a Zap. */
export type Item = Record<string, unknown>;

/** The most rows in Zapier's dedupe table when a Zap is turned on. Source: Zapier's documentation of deduplication. */
const MAX_LEARNED = 105_000;

/** How many ms after each failure Zapier's Autoreplay runs a step again. Source: Zapier's help on Autoreplay. */
export const REPLAYED_AFTER = [5, 30, 60, 180, 360].map((minutes) => minutes * 60_000);

/** What Zapier adds to the bundle of an instant trigger. */
type HookParts = Pick<Bundle, 'rawRequest' | 'cleanedRequest' | 'targetUrl'> & { subscribeData?: Item };

/** A polling trigger that is turned on. */
export interface SwitchedOn {
  /** Polls once and returns the items that Zapier would trigger on, oldest first. */
  poll(): Promise<Item[]>;
}

stayAlive();

type Handler = (event: object) => Promise<{ results: unknown }>;
// Core's entry point on AWS Lambda, which its types lack.
const createAppHandler: (app: object) => Handler = Reflect.get(zapier, 'createAppHandler');

// After any other 4xx of a refresh Zapier stops the connection's Zaps. Source: Zapier's documentation.
const PASSING = [408, 409, 423, 425, 429];

/**
 * A mock of Zapier: runs the app through core's handler, stores z.cache, refreshes stale tokens, and deduplicates the items
 * of polling triggers.
 */
export class Zapier {
  readonly #app: object;
  readonly #connection: Connection;
  readonly #handlers = new Map<string, Handler>();
  readonly #cache: Record<PropertyKey, unknown>;
  /** The connection's data as Zapier stores it. */
  authData: Record<string, string>;
  /** Whether the connection is marked as expired: Zapier emails its owner to reconnect, and holds its Zaps. */
  expired = false;

  constructor(app: object, connection: Connection) {
    this.#app = app;
    this.#connection = connection;
    this.#cache = Object.assign(zapierCache(connection.claims), connection.remembered);
    this.authData = { ...connection.authData };
  }

  /**
   * Runs a method of the app, such as `creates.create_task.operation.perform`, and runs it again after a refresh when the
   * token was stale. Throws the error that the user would see.
   */
  async call(
    method: string,
    inputData: Item = {},
    meta: Partial<Bundle['meta']> = {},
    request: HookParts = {},
  ): Promise<unknown> {
    try {
      return await this.#run(method, inputData, meta, request);
    } catch (error) {
      if (!isNamed(error, 'RefreshAuthError') || this.#connection.refreshes === false) throw error;
    }
    await this.#refresh();
    return this.#run(method, inputData, meta, request);
  }

  async #refresh(): Promise<void> {
    try {
      const fresh = await this.#run('authentication.oauth2Config.refreshAccessToken');
      if (!isObject(fresh)) throw new Error('The refresh gave no connection data');
      Object.assign(this.authData, fresh);
    } catch (error) {
      const { status } = isNamed(error, 'ResponseError') ? JSON.parse(error.message) : { status: 0 };
      if (status >= 400 && status < 500 && !PASSING.includes(status)) this.expired = true;
      throw error;
    }
  }

  async #run(
    method: string,
    inputData: Item = {},
    meta: Partial<Bundle['meta']> = {},
    request: HookParts = {},
  ): Promise<unknown> {
    const { environment, timezone = null, logsTo } = this.#connection;
    const event = {
      command: 'execute',
      method,
      bundle: {
        authData: { ...this.authData },
        inputData,
        ...request,
        meta: {
          isLoadingSample: false,
          isPopulatingDedupe: false,
          isFillingDynamicDropdown: false,
          limit: -1,
          page: 0,
          timezone,
          ...meta,
        },
      },
      environment: { ...environment, ...(logsTo && { LOGGING_ENDPOINT: logsTo }) },
      // Core sends logs only with a logging token.
      ...(logsTo && { token: 'logs' }),
      isDeveloper: true,
      zcacheTestObj: this.#cache,
    };
    try {
      return (await this.#handlerOf(method)(event)).results;
    } catch (error) {
      if (isNamed(error, 'ExpiredAuthError')) this.expired = true;
      throw error;
    }
  }

  /** Core with the one operation that a call needs: it copies all of them at each call, which takes longer than most calls. */
  #handlerOf(method: string): Handler {
    const [kind = '', key = ''] = method.split('.');
    const name = `${kind}.${key}`;
    const handler = this.#handlers.get(name) ?? createAppHandler(withOnly(this.#app, kind, key));
    this.#handlers.set(name, handler);
    return handler;
  }

  /** Empties z.cache, which promises nothing. */
  forget(): void {
    for (const key of Object.keys(this.#cache)) Reflect.deleteProperty(this.#cache, key);
  }

  /** Runs an action. */
  async create(key: string, inputData: Item): Promise<Item> {
    const result = await this.call(`creates.${key}.operation.perform`, inputData);
    if (!isObject(result)) throw new Error(`${key} gave no record`);
    return result;
  }

  /** Runs a search. */
  async search(key: string, inputData: Item): Promise<Item[]> {
    return items(await this.call(`searches.${key}.operation.perform`, inputData));
  }

  /** Delivers a body to the URL of an instant trigger and returns the items that it triggers on. */
  async deliver(
    key: string,
    body: string,
    inputData: Item = {},
    headers: Record<string, string> = {},
    subscribeData?: Item,
  ): Promise<Item[]> {
    const request = {
      ...(subscribeData && { subscribeData }),
      rawRequest: { method: 'POST' as const, querystring: '', headers, content: body },
      cleanedRequest: { method: 'POST', querystring: {}, headers, content: parsed(body) },
    };
    return items(await this.call(`triggers.${key}.operation.perform`, inputData, {}, request));
  }

  /** Turns on an instant trigger that subscribes, and returns what Zapier keeps for it. */
  async subscribe(key: string, targetUrl: string, inputData: Item = {}): Promise<Item> {
    const data = await this.call(`triggers.${key}.operation.performSubscribe`, inputData, {}, { targetUrl });
    if (!isObject(data)) throw new Error(`${key} gave no subscription`);
    return data;
  }

  /** The URL for JivoChat that the editor shows for New JivoChat Event, with a relay. */
  async pasteUrl(): Promise<string> {
    const field = items(await this.call('triggers.jivochat_event.operation.inputFields.0'))[0];
    return /`(\S+)`$/.exec(String(field?.helpText))?.[1] ?? '';
  }

  /** Turns off an instant trigger that has subscribed. */
  async unsubscribe(key: string, subscribeData: Item): Promise<void> {
    await this.call(`triggers.${key}.operation.performUnsubscribe`, {}, {}, { subscribeData });
  }

  /** Returns the samples that the editor shows for an instant trigger. */
  async samples(key: string, inputData: Item = {}): Promise<Item[]> {
    return items(await this.call(`triggers.${key}.operation.performList`, inputData));
  }

  /** Turns a polling trigger on: existing items fill the dedupe table and never trigger. */
  async switchOn(key: string, inputData: Item = {}): Promise<SwitchedOn> {
    const method = `triggers.${key}.operation.perform`;
    const primary = primaryKeys(this.#app, key);
    const identity = (item: Item) => JSON.stringify(primary.map((name) => item[name]));
    const there = items(await this.call(method, inputData, { isPopulatingDedupe: true }));
    const seen = new Set(there.slice(0, MAX_LEARNED).map(identity));
    return {
      poll: async () => {
        const fresh = items(await this.call(method, inputData)).filter((item) => !seen.has(identity(item)));
        for (const item of fresh) seen.add(identity(item));
        return fresh.toReversed();
      },
    };
  }
}

function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

/** The keys that identify an item of a trigger: the primary fields, or else the id. */
function primaryKeys(app: object, key: string): string[] {
  const fields: unknown = Reflect.get(app, 'triggers')?.[key]?.operation?.outputFields;
  const marked = items(fields).flatMap((field) =>
    field.primary === true && typeof field.key === 'string' ? [field.key] : [],
  );
  return marked.length > 0 ? marked : ['id'];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function items(value: unknown): Item[] {
  if (!Array.isArray(value)) throw new Error('The app gave no list');
  return value.filter((item): item is Item => isObject(item));
}

function withOnly(app: object, kind: string, key: string): object {
  const none = { triggers: {}, creates: {}, searches: {}, searchOrCreates: {} };
  if (!Object.hasOwn(none, kind)) return { ...app, ...none };
  return { ...app, ...none, [kind]: { [key]: Reflect.get(Reflect.get(app, kind) ?? {}, key) } };
}
