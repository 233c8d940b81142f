import { refuse } from './answers.ts';

type Check = (value: unknown) => string | undefined;

const is =
  (type: 'string' | 'number' | 'boolean', name: string): Check =>
  (value) =>
    typeof value === type ? undefined : `must be a ${name}`;
/** A text. */
export const string = is('string', 'string');
/** A number. */
export const number = is('number', 'number conforming to the specified constraints');
/** True or false. */
export const boolean = is('boolean', 'boolean value');
/** An object. */
export const object: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'must be an object';
/** A list of anything. */
export const array: Check = (value) => (Array.isArray(value) ? undefined : 'must be an array');
/** A list of texts. */
export const strings: Check = (value) =>
  !Array.isArray(value)
    ? 'must be an array'
    : value.every((item) => typeof item === 'string')
      ? undefined
      : 'each value in must be a string';
/** A moment in ISO 8601 that exists. */
export const date: Check = (value) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : 'must be a valid ISO 8601 date string';
/** One of a few texts. */
export const oneOf =
  (...allowed: string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value)
      ? undefined
      : `must be one of the following values: ${allowed.join(', ')}`;
/** Passes the check, or is null. */
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);
/** Passes the check, and is not empty. */
export const filled =
  (check: Check): Check =>
  (value) =>
    check(value) ?? (value === '' ? 'should not be empty' : undefined);

/**
 * The body, if it has all required and no unknown properties: HighLevel rejects every unknown property, and lists all errors
 * at once. Source: issues of HighLevel's documentation, reports of integrators.
 */
export function strictBody(
  body: unknown,
  known: Record<string, Check>,
  required: readonly string[] = [],
): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    refuse(400, 'Unexpected token in JSON');
  const given: Record<string, unknown> = { ...body };
  const faults: string[] = [];
  for (const key of Object.keys(given))
    if (!Object.hasOwn(known, key)) faults.push(`property ${key} should not exist`);
  for (const [key, check] of Object.entries(known)) {
    if (given[key] === undefined) {
      if (required.includes(key)) faults.push(`${key} should not be empty`);
      continue;
    }
    const fault = check(given[key]);
    if (fault) faults.push(`${key} ${fault}`);
  }
  if (faults.length > 0) refuse(422, faults);
  return given;
}

/** The query, if it has no unknown parameters: HighLevel rejects them like unknown properties of a body. Reported live. */
export function strictQuery(
  query: Record<string, string>,
  known: readonly string[],
): Record<string, string | undefined> & { locationId?: string } {
  const faults = Object.keys(query)
    .filter((name) => !known.includes(name))
    .map((name) => `property ${name} should not exist`);
  if (faults.length > 0) refuse(422, faults);
  return query;
}
