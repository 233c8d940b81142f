import { pathToFileURL } from 'node:url';
import { isObject } from '../../../lib/base/json.ts';

/** The app built into dist/, which is what Zapier runs. */
export async function builtApp(): Promise<object> {
  const built: unknown = await import(pathToFileURL('dist/index.js').href);
  if (!isObject(built) || !isObject(built.default))
    throw new Error('dist/index.js is not the built app: run npm run build.');
  return built.default;
}
