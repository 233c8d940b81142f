import { isObject } from '../../../lib/base/json.ts';

/** The shape of a response: by path (`contact/tags/*`), the JSON types seen there. */
export type Shape = Map<string, Set<string>>;

/** The combined shape of responses to one kind of request: the union of their keys. */
export function shapeOf(answers: readonly unknown[]): Shape {
  const shape: Shape = new Map();
  for (const answer of answers) note(shape, answer, '');
  return shape;
}

function note(shape: Shape, value: unknown, path: string): void {
  shape.set(path, (shape.get(path) ?? new Set()).add(typeOf(value)));
  if (Array.isArray(value)) for (const item of value) note(shape, item, below(path, '*'));
  else if (isObject(value))
    for (const [key, inner] of Object.entries(value)) note(shape, inner, below(path, key));
}

/**
 * The paths at which two shapes differ: a key that only one of them has, or no type in common. Values under a null, or under
 * a list that is empty on one side, are not compared.
 */
export function differencesOf(recorded: Shape, ours: Shape): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of new Set([...recorded.keys(), ...ours.keys()])) {
    const [there, here] = [recorded.get(path), ours.get(path)];
    if (there && here) {
      const [known, given] = [filled(there), filled(here)];
      if (known.length > 0 && given.length > 0 && !known.some((type) => given.includes(type)))
        found.set(path, `${known.join(' or ')} at HighLevel, ${given.join(' or ')} in the sandbox`);
    } else if (isComparable(path, there ? ours : recorded)) {
      found.set(path, there ? 'only at HighLevel' : 'only in the sandbox');
    }
  }
  return found;
}

/** Whether a missing key could have been present, because the record or list item that would have it is. */
function isComparable(path: string, shape: Shape): boolean {
  const above = path.split('/').slice(0, -1).join('/');
  return !path.endsWith('*') && shape.get(above)?.has('object') === true;
}

function filled(types: ReadonlySet<string>): string[] {
  return [...types].filter((type) => type !== 'null').toSorted();
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}/${key}`;
}
