import zapier, { type Bundle } from 'zapier-platform-core';
import { isObject } from '../../lib/json.ts';

/** What Zapier keeps of one connected account, and gives to every call. */
export interface Connection {
  authData: Record<string, string>;
  environment: Record<string, string>;
  /** The Zaps' time zone. */
  timezone?: string;
}

/** A record as it runs through a Zap. */
export type Item = Record<string, unknown>;

/** Zapier learns no more rows than this when a Zap is switched on. Source: Zapier's documentation of deduplication. */
export const MOST_LEARNED = 105_000;

/** A Zap's trigger, switched on. */
export interface SwitchedOn {
  /** Polls once and gives what Zapier would fire for, oldest first. */
  poll(): Promise<Item[]>;
}

type Handler = (event: object) => Promise<{ results: unknown }>;
// The platform's own entry point on AWS Lambda; its typings leave it out.
const createAppHandler: (app: object) => Handler = Reflect.get(zapier, 'createAppHandler');

/** Zapier as an app sees it: runs it through core's own handler, keeps z.cache, and drops what it has seen before. */
export class Zapier {
  readonly #app: object;
  readonly #connection: Connection;
  readonly #handler: Handler;
  readonly #cache: Record<string, unknown> = {};

  constructor(app: object, connection: Connection) {
    this.#app = app;
    this.#connection = connection;
    this.#handler = createAppHandler(app);
  }

  /** Runs one method of the app, such as `creates.create_task.operation.perform`. Throws what the user would be shown. */
  async call(
    method: string,
    inputData: Item = {},
    meta: Partial<Bundle['meta']> = {},
    request: Pick<Bundle, 'rawRequest' | 'cleanedRequest'> = {},
  ): Promise<unknown> {
    const { authData, environment, timezone = null } = this.#connection;
    const event = {
      command: 'execute',
      method,
      bundle: {
        authData,
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
      environment,
      isDeveloper: true,
      zcacheTestObj: this.#cache,
    };
    const { results } = await unmeasured(() => this.#handler(event));
    return results;
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
    const seen = new Set(there.slice(0, MOST_LEARNED).map(identity));
    return {
      poll: async () => {
        const fresh = items(await this.call(method, inputData)).filter((item) => !seen.has(identity(item)));
        for (const item of fresh) seen.add(identity(item));
        return fresh.toReversed();
      },
    };
  }
}

/**
 * Starts a run without core's look at the process's memory: it ends a process that has run often and has grown large, for
 * AWS to start another. Here one process holds a whole test run.
 */
function unmeasured<T>(start: () => T): T {
  const usage = process.memoryUsage();
  const measure = Object.getOwnPropertyDescriptor(process, 'memoryUsage') ?? {};
  Object.defineProperty(process, 'memoryUsage', { ...measure, value: () => ({ ...usage, rss: 0 }) });
  try {
    return start();
  } finally {
    Object.defineProperty(process, 'memoryUsage', measure);
  }
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
