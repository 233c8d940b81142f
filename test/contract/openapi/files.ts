import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { isObject } from '../../../lib/base/json.ts';
import { differences, type Difference } from './differences.ts';

const Content = z.record(z.string(), z.object({ schema: z.unknown().optional() })).default({});
const Operation = z.object({
  deprecated: z.boolean().default(false),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().default(false),
        schema: z.looseObject({ type: z.string().optional() }),
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content })),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
});
const File = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), Operation)) });

/** One operation of HighLevel's OpenAPI files, named as they name it: `POST /contacts/{contactId}/tasks`. */
export type Operation = z.output<typeof Operation> & {
  name: string;
  /** Its location: the file, and the JSON pointer in it. */
  at: { file: string; pointer: string };
};

/** HighLevel's OpenAPI files, corrected: the documents by name, and all operations, those with fewer parameters first. */
export interface OpenApi {
  documents: Map<string, unknown>;
  operations: Operation[];
  /** The differences that the files now document, or whose location no longer exists. */
  stale: Difference[];
}

/** Reads the JSON files of a folder and of the folders in it, each known by its own name: `contacts.json`. */
export function openApi(folder: string): OpenApi {
  const documents = new Map<string, unknown>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const name = basename(path);
    if (name.endsWith('.json') && !documents.has(name))
      documents.set(name, JSON.parse(readFileSync(join(folder, path), 'utf8')));
  }
  const stale = differences.filter((difference) => !correct(documents, difference));

  // A file that is not OpenAPI, or not in a format that the tests need, has no operations.
  const operations = [...documents].flatMap(([file, document]) =>
    Object.entries(File.safeParse(document).data?.paths ?? {}).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        name: `${method.toUpperCase()} ${path}`,
        at: { file, pointer: `/paths/${escaped(path)}/${method}` },
      })),
    ),
  );
  return { documents, stale, operations: operations.toSorted((a, b) => holes(a.name) - holes(b.name)) };
}

/** Writes a difference into the documents. Whether it changed anything. */
function correct(documents: Map<string, unknown>, { at, where = {}, is }: Difference): boolean {
  const [file = '', pointer = ''] = at.split('#');
  let places = file === '*' ? [...documents.values()] : [documents.get(file)];
  for (const name of pointer.split('/').slice(1).map(unescaped))
    places = places.flatMap((place) =>
      isObject(place) || Array.isArray(place)
        ? Object.entries(place).flatMap(([key, inner]) => (name === '*' || name === key ? [inner] : []))
        : [],
    );
  return places
    .filter(isObject)
    .filter((place) => Object.entries(where).every(([key, value]) => same(place[key], value)))
    .map((place) => merge(place, is))
    .some(Boolean);
}

/** Merges as JSON Merge Patch does (RFC 7396). Whether that changed anything. */
function merge(into: Record<string, unknown>, patch: Record<string, unknown>): boolean {
  let changed = false;
  for (const [key, value] of Object.entries(patch)) {
    const there = into[key];
    if (isObject(value) && isObject(there)) {
      changed = merge(there, value) || changed;
    } else if (value === null ? key in into : !same(there, value)) {
      if (value === null) delete into[key];
      else into[key] = structuredClone(value);
      changed = true;
    }
  }
  return changed;
}

/** The operation that a request goes to. */
export function operationOf({ operations }: OpenApi, method: string, path: string): Operation | undefined {
  return operations.find(({ name }) => {
    const pattern = name.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
    return new RegExp(`^${pattern}$`).test(`${method} ${path}`);
  });
}

/** The answers that the examples of an operation's schemas make up, one for each good status that has any. */
export function examplesOf({ documents, operations }: OpenApi, name: string): Record<string, unknown>[] {
  const operation = operations.find((known) => known.name === name);
  return Object.entries(operation?.responses ?? {})
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) =>
      example(documents, operation?.at.file ?? '', content['application/json']?.schema),
    )
    .filter(isObject);
}

function example(documents: Map<string, unknown>, file: string, schema: unknown): unknown {
  if (!isObject(schema)) return undefined;
  const { $ref, allOf, properties, items, type } = schema;
  if (typeof $ref === 'string') {
    const meant = referred(documents, file, $ref);
    return example(documents, meant.file, meant.value);
  }
  if (Array.isArray(allOf)) return example(documents, file, allOf[0]);
  if (isObject(properties)) {
    const entries = Object.entries(properties).map(
      ([key, inner]) => [key, example(documents, file, inner)] as const,
    );
    const known = entries.filter(([, value]) => value !== undefined);
    return known.length > 0 ? Object.fromEntries(known) : undefined;
  }
  const own: unknown = schema.example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);
  if (type !== 'array') return own;
  const one = own ?? example(documents, file, items);
  return one === undefined || Array.isArray(one) ? one : [one];
}

/** The target of a reference in a file, and the target's file. */
export function referred(
  documents: ReadonlyMap<string, unknown>,
  from: string,
  reference: string,
): { file: string; value: unknown } {
  const [path = '', pointer = ''] = reference.split('#');
  const file = path === '' ? from : basename(path);
  const value = pointer
    .split('/')
    .slice(1)
    .map(unescaped)
    .reduce<unknown>((there, name) => childOf(there, name), documents.get(file));
  return { file, value };
}

function childOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) ? value[name] : undefined;
}

/** A name as a JSON pointer has it. */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

function holes(name: string): number {
  return name.split('{').length;
}
