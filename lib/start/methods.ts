import type { Bundle, ZObject } from 'zapier-platform-core';

// The bundler takes every file that these could name.
const files = new Map<string, (key: string) => Promise<{ default: unknown }>>([
  ['triggers', (key) => import(`../../triggers/${key}.ts`)],
  ['creates', (key) => import(`../../creates/${key}.ts`)],
  ['searches', (key) => import(`../../searches/${key}.ts`)],
]);

/** Calls the method at a path of the definition, such as `creates.add_tags.operation.perform`. Loads the file it is in only. */
export async function call(path: string, zapier: ZObject, bundle: Bundle): Promise<unknown> {
  const [kind = '', key = '', ...inside] = path.split('.');
  const file = files.get(kind);
  const found = file
    ? at((await file(key)).default, inside)
    : at(await import('../../authentication.ts'), path.split('.'));
  if (typeof found !== 'function') throw new Error(`The app has no method ${path}.`);
  return found(zapier, bundle);
}

function at(value: unknown, path: string[]): unknown {
  return path.reduce(
    (found: unknown, key) =>
      typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined,
    value,
  );
}
