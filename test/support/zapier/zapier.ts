import { createRequire } from 'node:module';
import zapier, { type Bundle } from 'zapier-platform-core';
import { isObject } from '../../../lib/base/json.ts';

/** What Zapier keeps of one connected account, and gives to every call. */
export interface Connection {
  authData: Record<string, string>;
  environment: Record<string, string>;
  /** The Zaps' time zone. */
  timezone?: string;
  /** Where the platform sends its log lines; nowhere without it. */
  logsTo?: string;
  /** False leaves a stale token to the caller: the run then fails with the platform's RefreshAuthError. */
  refreshes?: boolean;
}

/** A record as it runs through a Zap. */
export type Item = Record<string, unknown>;

/** Zapier learns no more rows than this when a Zap is switched on. Source: Zapier's documentation of deduplication. */
const MAX_LEARNED = 105_000;

/** A Zap's trigger, switched on. */
export interface SwitchedOn {
  /** Polls once and gives what Zapier would fire for, oldest first. */
  poll(): Promise<Item[]>;
}

type Handler = (event: object) => Promise<{ results: unknown }>;
// The platform's own entry point on AWS Lambda; its typings leave it out.
const createAppHandler: (app: object) => Handler = Reflect.get(zapier, 'createAppHandler');

// Core ends a process that has served 250 calls and holds 450 MB, because Lambda starts another. Here HighLevel's stand-in
// and all Zaps live in one process, which must go on.
const constants: object = createRequire(import.meta.url)('zapier-platform-core/src/constants');
Reflect.set(constants, 'KILL_MAX_LIMIT', Infinity);

// After any other 4xx of a refresh Zapier stops the connection's Zaps. Source: Zapier's documentation.
const PASSING = [408, 409, 423, 425, 429];

/**
 * Zapier as an app sees it: runs it through core's own handler, keeps z.cache, refreshes a connection whose token is stale,
 * and drops what it has seen before.
 */
export class Zapier {
  readonly #app: object;
  readonly #connection: Connection;
  readonly #handler: Handler;
  readonly #cache: Record<string, unknown> = {};
  /** What Zapier keeps of the connection now. */
  authData: Record<string, string>;
  /** Whether the connection is marked as expired: its owner is asked by mail to reconnect, and its Zaps wait. */
  expired = false;

  constructor(app: object, connection: Connection) {
    this.#app = app;
    this.#connection = connection;
    this.authData = { ...connection.authData };
    this.#handler = createAppHandler(app);
  }

  /**
   * Runs one method of the app, such as `creates.create_task.operation.perform`; once more after a refresh when its token was
   * stale. Throws what the user would be shown.
   */
  async call(
    method: string,
    inputData: Item = {},
    meta: Partial<Bundle['meta']> = {},
    request: Pick<Bundle, 'rawRequest' | 'cleanedRequest'> = {},
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
    request: Pick<Bundle, 'rawRequest' | 'cleanedRequest'> = {},
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
      // Core sends its log lines only with a token of Zapier's.
      ...(logsTo && { token: 'logs' }),
      isDeveloper: true,
      zcacheTestObj: this.#cache,
    };
    try {
      return (await this.#handler(event)).results;
    } catch (error) {
      if (isNamed(error, 'ExpiredAuthError')) this.expired = true;
      throw error;
    }
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

  /** Delivers a body to the address of an instant trigger and gives what it fires for. */
  async deliver(
    key: string,
    body: string,
    inputData: Item = {},
    headers: Record<string, string> = {},
  ): Promise<Item[]> {
    const request = {
      rawRequest: { method: 'POST' as const, querystring: '', headers, content: body },
      cleanedRequest: { method: 'POST', querystring: {}, headers, content: parsed(body) },
    };
    return items(await this.call(`triggers.${key}.operation.perform`, inputData, {}, request));
  }

  /** Switches a polling trigger on: what is there already is learned and never fires. */
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

/** The fields that make an item of a trigger unique: those marked as primary, else the id. */
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
