import type { Bundle, ZObject } from 'zapier-platform-core';
import { isObject } from '../base/json.ts';

/** The app's definition as JSON, each method in it as `{ "$method": path }`: put in when bundling. */
declare const DEFINITION: string;

/**
 * The app as Zapier starts it. Zapier reads the whole definition at a start, then calls one method: so the definition was
 * worked out when bundling, and the code is loaded with the first call, of the files alone that the method needs.
 */
export default withMethods(JSON.parse(DEFINITION));

function withMethods(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMethods);
  if (!isObject(value)) return value;
  if (typeof value.$method === 'string') return methodAt(value.$method);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withMethods(item)]));
}

function methodAt(path: string) {
  return async (zapier: ZObject, bundle: Bundle): Promise<unknown> => {
    const { call } = await import('./methods.ts');
    return call(path, zapier, bundle);
  };
}
