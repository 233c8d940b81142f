import fc from 'fast-check';
import { isObject } from '../../../lib/base/json.ts';
import { events } from '../../demo/events.ts';
import type { Zapier } from '../../support/zapier/zapier.ts';

/** Texts that are known to break software: paths, queries, templates, keys of Object.prototype, lone surrogates. */
const nasty = [
  // Empty and blank text.
  ['', ' ', '\t\n ', ',', '\u0000', 'bell \u0007', '\u001B[31mred', 'one\r\nX-Injected: yes'],
  // Injection into paths, queries and hosts.
  [
    '../../x',
    '..',
    '.',
    '/',
    '\\',
    'a/b?c=d#e',
    '%2e%2e',
    '%2e%2e%2fcontacts',
    '%',
    '&locationId=x',
    '?',
    '#',
  ],
  ['https://evil.example/', '//evil.example', 'user@evil.example', '@evil.example', 'javascript:alert(1)'],
  [
    'removeAll',
    'REMOVEALL',
    'search',
    'duplicate',
    'upsert',
    'bulk',
    'business',
    'events',
    'tags',
    'completed',
  ],
  // Injection into templates, markup and other languages.
  [
    '{{bundle.authData.access_token}}',
    '{{process.env.CLIENT_SECRET}}',
    '{{contact.first_name}}',
    '{{',
    '${7*7}',
  ],
  [
    '<script>alert(1)</script>',
    "' OR 1=1 --",
    '"',
    '{"$gt":""}',
    '[1,2]',
    '{"a":',
    'null',
    'true',
    'False',
    'on',
  ],
  // Numbers, and text that looks like one.
  [
    '0',
    '-0',
    '0x10',
    '1,000',
    '1e21',
    '1e308',
    '1e999',
    '-1',
    '1.5',
    'NaN',
    '-Infinity',
    '١٢٣',
    '9'.repeat(400),
  ],
  // Keys of Object.prototype.
  ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'customField_', 'customField___proto__'],
  // Characters: lone surrogates, combining, right-to-left, zero-width.
  [
    '\uD83D',
    'half \uDE00 and on',
    '👩‍👩‍👧',
    'שלום עולם',
    'مرحبا',
    '\u202Etxt.exe',
    '\uFEFFmark',
    '\u200B',
    'e\u0301',
  ],
  // Dates of every shape.
  [
    '2026-02-31',
    '2026-13-01',
    '2026-01-31',
    '31.01.2026',
    '1/2/26',
    'tomorrow',
    '2026',
    '10:00',
    '0000-00-00',
  ],
  [
    '2026-01-31T25:00',
    '2026-01-31 10:00:00+14:00',
    '9999-12-31',
    '0001-01-01',
    '2024-02-29T23:59:60Z',
    '20260131',
  ],
  [
    '2026-W05-6',
    '2026-031',
    '1769594400',
    '1769594400000',
    '9999999999999',
    '+275760-09-13',
    '2026-01-31T10:00Z x',
  ],
  // Emails, URLs and phone numbers.
  ['jane@example.com', 'Jane <jane@example.com>', 'jane@@example.com', `${'j'.repeat(300)}@example.com`, '@'],
  [
    '+1 415 555 0132',
    '555',
    '+',
    '00',
    '+999999999999999999',
    'call me',
    '415-555-0132 ext. 7',
    '٠٤١٥٥٥٥٠١٣٢',
  ],
  // What other steps put into fields: lists as text, words for nothing, amounts, written dates, labels and names.
  ['["a","b"]', 'a, b;c', 'one\ntwo', '[{"id":1}]', 'n/a', 'None', '--', 'undefined', 'Confirmed', 'no show'],
  ['$1,234.50', '1.234,50 €', '(12.00)', '12 USD', '1 234,50', '1,234'.repeat(3_000), '€'.repeat(5_000)],
  ['April 23, 1990', '04/05/1990', '23.04.1990 3 PM', `${'1 '.repeat(5_000)}April 1990`, '-340000000000'],
  ['Maria Keller', 'Ada <ada@example.com>', 'Eastern Time', 'Asia/Calcutta', 'XX', 'Turkey', 'n/a, n/a'],
  ['a@x.com and b@x.com', 'a@x.com.', '447911123456', '1234567890', '415-555-0132 or 415-555-0199'],
  // Very long text.
  ['x'.repeat(80), 'é'.repeat(5_000), '🦷'.repeat(20_000), 'long '.repeat(50_000), 'a,'.repeat(2_000)],
].flat();

/** A text that a user could type into a field or map from an earlier step. */
const anyText = fc.oneof(
  fc.constantFrom('Jane', ' two\n lines ', 'שלום 🦷'),
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 120 }),
);

/** Any JSON value, of any type. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, true, false, 0, 1, 42, -1, 1.5, 1e21, 1e300, 5e-324, 2 ** 53),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom<unknown>(...nasty, null, 7, [], {}), { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      JSON.parse('{"__proto__": {"polluted": "yes"}}'),
      JSON.parse('{"constructor": {"prototype": {"polluted": "yes"}}}'),
      { toString: 'no method', valueOf: 1 },
      { length: 3, 0: 'a' },
      [[[[[['deep']]]]]],
      Array.from({ length: 300 }, (_, index) => `id${index}`),
    ),
  },
);

/** The fields of an operation by key, and inputs for them. */
export interface Asked {
  fields: Map<string, Record<string, unknown>>;
  inputs: fc.Arbitrary<Record<string, unknown>>;
}

/**
 * The inputs of the operation at `path` (`creates.create_task.operation`), read from the app like the editor does: its
 * fields, including custom ones, and the choices of each dropdown. The inputs have valid values, always for the required
 * fields, and up to two arbitrary values under arbitrary keys.
 */
export async function askedBy(zapier: Zapier, path: string): Promise<Asked> {
  const fields = records(await zapier.call(`${path}.inputFields`));
  const needed = new Set(fields.flatMap(({ dependsOn }) => (Array.isArray(dependsOn) ? dependsOn : [])));
  const fitting: Record<string, fc.Arbitrary<unknown>> = {};
  const picked: Record<string, unknown> = {};
  for (const [index, { key, type, choices, list }] of fields.entries()) {
    const name = String(key);
    let offered = Array.isArray(choices) ? choices : Object.keys(isObject(choices) ? choices : {});
    if (offered.includes('perform')) {
      const page = await zapier.call(`${path}.inputFields.${index}.choices.perform`, picked);
      // Other fields depend on the first one, such as the tasks of a contact.
      offered = records(isObject(page) ? page.results : [])
        .slice(0, needed.has(name) ? 1 : 3)
        .map(({ id }) => id);
    }
    picked[name] = offered[0];
    const value = offered.length > 0 ? fc.constantFrom(...offered) : typed(String(type), name);
    if (type !== 'copy')
      fitting[name] = list === true ? fc.array(value, { minLength: 1, maxLength: 3 }) : value;
  }
  const required = fields.flatMap((field) => (field.required === true ? [String(field.key)] : []));
  const keys = fc.constantFrom(...Object.keys(fitting), ...Object.keys(fitting), ...strangeKeys);
  const inputs = fc
    .tuple(
      fc.record(fitting, { requiredKeys: required }),
      fc.array(fc.tuple(keys, anything), { maxLength: 2 }),
    )
    // Zapier passes JSON, in which `__proto__` is an ordinary key.
    .map(([input, over]) =>
      JSON.parse(JSON.stringify(Object.fromEntries([...Object.entries(input), ...over]))),
    );
  return { fields: new Map(fields.map((field) => [String(field.key), field])), inputs };
}

const strangeKeys = ['__proto__', 'constructor', 'toString', 'locationId', 'customField_x', 'id', ''];

function typed(type: string, name: string): fc.Arbitrary<unknown> {
  if (type === 'boolean') return fc.constantFrom('yes', 'no', true, false);
  if (type === 'number' || type === 'integer') return fc.constantFrom(1, '20', 50, 50, 0, '-1', '1e9', 1e300);
  if (type === 'datetime') return fc.constantFrom('2026-12-01T10:00', '2026-12-02', '2026-12-02T10:00:00Z');
  // One that exists in the sandbox, and some that do not.
  if (/email/i.test(name))
    return fc.constantFrom('jane.doe@example.com', 'New.Person@example.com', 'zoë@example.com');
  if (/phone/i.test(name)) return fc.constantFrom('(415) 200-0000', '(415) 555-0199', '+44 20 7946 0000');
  if (name === 'payload') return fc.constantFrom(...events.map(({ event }) => JSON.stringify(event)));
  return anyText;
}

/** The objects in a list. */
export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
