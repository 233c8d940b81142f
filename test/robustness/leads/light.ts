import { errors } from 'zapier-platform-core';
import app from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import { failureIn, type Failed } from '../../support/zapier/failed.ts';
import { zapierCache } from '../../support/zapier/cache.ts';

/** How a run ended. */
export type Ended = { record: Record<string, unknown> } | { failed: Failed };

/**
 * Runs one action with a minimal `z`: requests use fetch, values are in memory. Core copies and freezes the app's whole
 * definition for each run, which takes longer than the run.
 */
export function lightZapier(key: string, authData: Record<string, string>) {
  const action: unknown = Reflect.get(app.creates ?? {}, key);
  const perform: unknown = isObject(action) && isObject(action.operation) && action.operation.perform;
  if (typeof perform !== 'function') throw new Error(`There is no action ${key}`);
  const values = zapierCache();
  const z = {
    errors,
    request: async ({ url, ...options }: { url: string } & RequestInit) => {
      const response = await fetch(url, options);
      const content = await response.text();
      const { status, headers } = response;
      return { status, content, data: parsed(content), getHeader: (name: string) => headers.get(name) };
    },
    cache: {
      get: async (name: string) => parsed(values[name]),
      set: async (name: string, value: unknown) => {
        values[name] = JSON.stringify(value);
        return true;
      },
      delete: async (name: string) => Reflect.deleteProperty(values, name),
    },
  };
  return async (inputData: Record<string, unknown>): Promise<Ended> => {
    const meta = { timezone: 'America/New_York', isLoadingSample: false, isPopulatingDedupe: false };
    try {
      const record: unknown = await Reflect.apply(perform, undefined, [z, { authData, inputData, meta }]);
      if (!isObject(record)) throw new Error('The run gave no record');
      return { record };
    } catch (error) {
      return { failed: failureIn(error) };
    }
  };
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
