import { ownOutputFields } from '../../support/output_fields.ts';
import * as z from 'zod';
import { isOfOtherEvents } from './other_events.ts';
import zapier from 'zapier-platform-core';
import { channelUrl } from '../../../lib/jivochat/channel.ts';
import packageJson from '../../../package.json' with { type: 'json' };

// Zapier's integration checks (by code) run on its servers. These tests run them offline, on the serialized definition.
// Source: Zapier's reference of integration checks and its integration review guidelines. Not possible offline: C and E
// compare with the previous version; A, L, M, S, T, U and Z look at live Zaps, the account and the listing. The reference
// has no D019 and no D020.

const Field = z.looseObject({
  key: z.string(),
  label: z.string().optional(),
  type: z.string().default('string'),
  helpText: z.string().optional(),
  required: z.boolean().default(false),
  computed: z.boolean().default(false),
  primary: z.boolean().default(false),
  list: z.boolean().default(false),
  dict: z.boolean().default(false),
  children: z.array(z.unknown()).optional(),
  search: z.string().optional(),
  dynamic: z.string().optional(),
  choices: z.unknown().optional(),
});
type Field = z.output<typeof Field>;

// The checks cover static fields only, not the functions that add dynamic ones.
const Fields = z
  .array(z.union([Field, z.string()]))
  .default([])
  .transform((fields) => fields.filter((field) => typeof field !== 'string'));

const Operation = z.looseObject({
  key: z.string(),
  noun: z.string(),
  display: z.object({ label: z.string(), description: z.string(), directions: z.string().default('') }),
  operation: z.looseObject({
    type: z.string().optional(),
    inputFields: Fields,
    outputFields: Fields,
    sample: z.record(z.string(), z.unknown()).default({}),
    performList: z.unknown().optional(),
    performSubscribe: z.unknown().optional(),
  }),
});
const Operations = z.record(z.string(), Operation);

const Definition = z.looseObject({
  platformVersion: z.string(),
  authentication: z.looseObject({
    type: z.string(),
    connectionLabel: z.unknown().optional(),
    fields: z.array(Field),
  }),
  triggers: Operations,
  creates: Operations,
  searches: Operations,
  searchOrCreates: z.record(
    z.string(),
    z.object({
      key: z.string(),
      search: z.string(),
      create: z.string(),
      display: z.object({ label: z.string(), description: z.string() }),
    }),
  ),
  flags: z.record(z.string(), z.unknown()),
});
type Definition = z.output<typeof Definition>;

/** An edition's definition, as Zapier would get it. */
async function edition(auth: 'oauth' | 'token'): Promise<Definition> {
  process.env.HIGHLEVEL_AUTH = auth;
  let app: object = {};
  await jest.isolateModulesAsync(async () => {
    ({ default: app } = await import('../../../index.ts'));
  });
  delete process.env.HIGHLEVEL_AUTH;
  const handler: (event: object) => Promise<{ results: unknown }> = Reflect.get(
    zapier,
    'createAppHandler',
  )(app);
  const definition = Definition.parse((await handler({ command: 'definition' })).results);
  // In it, functions are mere names.
  for (const kind of ['triggers', 'creates', 'searches'] as const)
    for (const [key, { operation }] of Object.entries(definition[kind]))
      operation.outputFields = Fields.parse(await ownOutputFields(Reflect.get(app, kind)[key].operation));
  return definition;
}

let all: Definition;
let withToken: Definition;

beforeAll(async () => {
  all = await edition('oauth');
  withToken = await edition('token');
});

const operations = () => [
  ...Object.values(all.triggers),
  ...Object.values(all.creates),
  ...Object.values(all.searches),
];

/** Every input of every operation, with its location. */
const inputs = () =>
  operations().flatMap(({ key, operation }) =>
    operation.inputFields.map((field) => ({ at: `${key}.${field.key}`, ...field })),
  );

/** Every text that users read in the editor (Markdown), with its location. */
const texts = () => [
  ...[...all.authentication.fields, ...withToken.authentication.fields].map(({ key, helpText = '' }) => ({
    at: `authentication.${key}`,
    text: helpText,
  })),
  ...operations().map(({ key, display }) => ({ at: key, text: display.description })),
  ...operations().map(({ key, display }) => ({ at: key, text: display.directions })),
  ...inputs().map(({ at, helpText = '' }) => ({ at, text: helpText })),
];

/** Every text in a definition, at any depth. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** The places that fail a check. */
function missed<T extends { at: string }>(checked: T[], isMet: (one: T) => boolean): string[] {
  expect(checked.length).toBeGreaterThan(0);
  return checked.filter((one) => !isMet(one)).map(({ at }) => at);
}

const named = () => operations().map((one) => ({ at: one.key, ...one }));
const withoutCode = (text: string) => text.replace(/`[^`]*`/g, '');
const links = (text: string) => [...withoutCode(text).matchAll(/\[([^\]]*)\]\(([^)]*)\)/g)];

test('D001: no step asks for a key, token or password', () => {
  const secret = /password|passwd|secret|token|credential|api[\s_-]?key|auth[\s_-]?key/i;
  expect(missed(inputs(), ({ key, label = '', type }) => !secret.test(`${key} ${label} ${type}`))).toEqual(
    [],
  );
});

test('D002: each field of a connection that is copied from elsewhere links to where it is found', () => {
  const copied = [...all.authentication.fields, ...withToken.authentication.fields]
    .filter(({ computed, choices, type }) => !computed && choices === undefined && type !== 'boolean')
    .map((field) => ({ at: field.key, ...field }));
  expect(missed(copied, ({ helpText = '' }) => links(helpText).length > 0)).toEqual([]);
});

test('D003: a connection is named after the account', () => {
  for (const { authentication } of [all, withToken]) {
    expect(authentication.connectionLabel).toMatch(/\{\{\w+\}\}/);
    expect(authentication.connectionLabel).not.toMatch(/token|secret|highlevel/i);
  }
});

test('D004: ids are chosen from a dropdown', () => {
  // The chat id is JivoChat's and mapped from its event, so HighLevel cannot list it.
  const ids = inputs().filter(({ key }) => /ids?$/i.test(key) && key !== 'chatId');
  expect(missed(ids, ({ choices, dynamic }) => choices !== undefined || dynamic !== undefined)).toEqual([]);
});

test('D005: every dropdown exists', () => {
  const filled = inputs().filter(({ choices, dynamic }) => dynamic !== undefined || isAsked(choices));
  const isThere = ({ dynamic, choices }: Field) =>
    dynamic === undefined ? isAsked(choices) : dynamic.split('.', 1).every((key) => key in all.triggers);
  expect(missed(filled, isThere)).toEqual([]);
});

/** Whether choices come from a function, which is serialized as `$func$`. */
function isAsked(choices: unknown): boolean {
  return z.looseObject({ perform: z.string().regex(/^\$func\$/) }).safeParse(choices).success;
}

test('D006: a trigger that subscribes has a list for samples', () => {
  const subscribing = named().filter(({ operation }) => operation.performSubscribe !== undefined);
  expect(subscribing.filter(({ operation }) => operation.performList === undefined)).toEqual([]);
});

test('D007: every URL is https', () => {
  expect(strings([all, withToken]).filter((text) => /\bhttp:\/\//i.test(text))).toEqual([]);
});

test('D008: links are valid, and a bare URL is between backticks', () => {
  const areWhole = ({ text }: { text: string }) =>
    links(text).every(([, label, address = '']) => label !== '' && URL.canParse(address)) &&
    !/\]\s+\(/.test(text);
  const bare = (text: string) => withoutCode(text).replace(/\[[^\]]*\]\([^)]*\)/g, '');
  expect(missed(texts(), areWhole)).toEqual([]);
  expect(missed(texts(), ({ text }) => !/https?:|www\./i.test(bare(text)))).toEqual([]);
});

test('D009: a search has an input', () => {
  const searches = Object.values(all.searches).map((one) => ({ at: one.key, ...one }));
  expect(missed(searches, ({ operation }) => operation.inputFields.length > 0)).toEqual([]);
});

test('D010: the sample of a polling trigger has its primary keys', () => {
  const polling = named().filter(({ operation }) => operation.type === 'polling');
  const keys = ({ operation }: (typeof polling)[number]) => {
    const primary = operation.outputFields.filter((field) => field.primary).map(({ key }) => key);
    return primary.length > 0 ? primary : ['id'];
  };
  expect(missed(polling, (one) => keys(one).every((key) => Boolean(one.operation.sample[key])))).toEqual([]);
});

test('D011: help text says more than the label', () => {
  const plain = (text = '') => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const helped = inputs().filter(({ helpText }) => helpText !== undefined);
  expect(missed(helped, ({ helpText, label }) => plain(helpText) !== plain(label))).toEqual([]);
});

test('D012: every operation has a sample', () => {
  expect(missed(named(), ({ operation }) => Object.keys(operation.sample).length > 0)).toEqual([]);
});

test('D013, D014: a search step exists and returns one value of the right type', () => {
  const powered = inputs().filter(({ search }) => search !== undefined);
  const gives = ({ search = '' }: Field) => {
    const [key = '', output = ''] = search.split('.');
    return all.searches[key]?.operation.outputFields.some((field) => field.key === output) ?? false;
  };
  const takesOne = ({ type, list, dict, children }: Field) =>
    ['string', 'number', 'integer'].includes(type) && !list && !dict && children === undefined;
  expect(missed(powered, gives)).toEqual([]);
  expect(missed(powered, takesOne)).toEqual([]);
});

test('D015: find-or-create combines an existing search and action', () => {
  const joined = Object.values(all.searchOrCreates).map((one) => ({ at: one.key, ...one }));
  expect(missed(joined, ({ search, create }) => search in all.searches && create in all.creates)).toEqual([]);
});

const isStaticHook = ({ operation }: z.output<typeof Operation>) =>
  operation.type === 'hook' && operation.performSubscribe === undefined;

test('D016: there are other triggers than those with a URL to paste', () => {
  expect(Object.values(all.triggers).filter((one) => !isStaticHook(one))).not.toEqual([]);
});

// Zapier allows them in private integrations, which this one stays: HighLevel has a public integration of its own.
test('D017: two triggers have a URL to paste', () => {
  expect(Object.values(all.triggers).filter(isStaticHook)).toHaveLength(2);
});

test('D018: labels are in Title Case', () => {
  const small = /^(a|an|and|as|at|by|for|from|in|of|on|or|the|to|with)$/;
  const isTitle = (label: string) =>
    label.split(/[\s-]+/).every((word, index) => /^[A-Z0-9(]/.test(word) || (index > 0 && small.test(word)));
  const labels = [
    ...operations().map(({ key, display }) => ({ at: key, label: display.label })),
    ...Object.values(all.searchOrCreates).map(({ key, display }) => ({ at: key, label: display.label })),
    ...inputs().map(({ at, label = '' }) => ({ at, label })),
    ...operations().flatMap(({ key, operation }) =>
      operation.outputFields.map((field) => ({ at: `${key}.${field.key}`, label: field.label ?? '' })),
    ),
  ];
  expect(missed(labels, ({ label }) => isTitle(label))).toEqual([]);
});

test('D021: every trigger description starts the same way', () => {
  const triggers = Object.values(all.triggers).map((one) => ({ at: one.key, ...one }));
  expect(missed(triggers, ({ display }) => /^Triggers when .*[^.]\.$/.test(display.description))).toEqual([]);
});

test('D022: an action has an input that does not depend on HighLevel', () => {
  const creates = Object.values(all.creates).map((one) => ({ at: one.key, ...one }));
  const asks = ({ operation }: (typeof creates)[number]) =>
    operation.inputFields.some(({ type }) => type !== 'copy');
  expect(missed(creates, asks)).toEqual([]);
});

test('D023: a time in a sample is ISO 8601 with an offset', () => {
  const moments = operations().flatMap(({ key, operation }) =>
    strings(operation.sample)
      .filter((text) => /^\d{4}-\d{2}-\d{2}[T ]\d/.test(text))
      .map((text) => ({ at: `${key}: ${text}`, text })),
  );
  const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
  expect(missed(moments, ({ text }) => iso.test(text))).toEqual([]);
});

test('D024: a sample has all output fields, with the right types', () => {
  const fields = operations().flatMap(({ key, operation }) =>
    operation.outputFields.map((field) => ({
      ...field,
      at: `${key}.${field.key}`,
      values: [valueAt(operation.sample, field.key)].flat(),
    })),
  );
  const fits = (value: unknown, type: string) =>
    ({
      boolean: typeof value === 'boolean',
      number: typeof value === 'number',
      integer: Number.isInteger(value),
      datetime: typeof value === 'string' && !Number.isNaN(Date.parse(value)),
      string: typeof value === 'string',
    })[type] ?? false;
  expect(
    missed(fields, ({ at, values, type, children }) =>
      children === undefined
        ? values.every((value) => fits(value, type) || (isOfOtherEvents(at) && (value ?? null) === null))
        : values.every((item) => typeof item === 'object' && item !== null),
    ),
  ).toEqual([]);
});

/** The value of a field in a sample; `contact__email` is the email of the nested contact. */
function valueAt(sample: unknown, key: string): unknown {
  return key
    .split('__')
    .reduce(
      (value: unknown, part) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined,
      sample,
    );
}

test('D025: no text has a URL that runs or embeds something', () => {
  expect(
    strings([all, withToken]).filter((text) => /\b(javascript|data|vbscript|file):\S/i.test(text)),
  ).toEqual([]);
});

test('D026: the only URL that a user enters must be JivoChat’s', () => {
  const entered = all.authentication.fields.filter(
    ({ key, computed, choices }) =>
      /domain|url|host|channel/i.test(key) && !computed && choices === undefined,
  );
  expect(entered.map(({ key }) => key)).toEqual(['jivoChatChannelSecret']);
  expect(channelUrl('https://joint.jivosite.com/a1b2', { besideSandbox: false })).toBe(
    'https://joint.jivosite.com/a1b2',
  );
  for (const address of [
    'https://example.com/',
    'https://jivosite.com.example.com/',
    'http://joint.jivosite.com/',
  ])
    expect(() => channelUrl(address, { besideSandbox: false })).toThrow('.jivosite.com');
});

// Only the registry knows the newest version, so this checks that the definition names the installed one.
test('D027: the platform version is exact and installed', () => {
  expect(packageJson.dependencies['zapier-platform-core']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(all.platformVersion).toBe(packageJson.dependencies['zapier-platform-core']);
  expect(packageJson.devDependencies['zapier-platform-cli']).toBe(all.platformVersion);
});

test('D028: cleanInputData is set, to false', () => {
  expect(all.flags.cleanInputData).toBe(false);
});

describe('Conventions of Zapier’s reviewers', () => {
  test('New in the label of a trigger on new records, and Find in that of a search', () => {
    const of = (kind: 'triggers' | 'searches', start: RegExp) =>
      Object.values(all[kind])
        .filter(({ key }) => start.test(key))
        .map((one) => ({ at: one.key, ...one }));
    expect(missed(of('triggers', /^new_/), ({ display }) => display.label.startsWith('New '))).toEqual([]);
    expect(missed(of('searches', /./), ({ display }) => display.label.startsWith('Find '))).toEqual([]);
    expect(missed(of('searches', /./), ({ display }) => display.description.startsWith('Finds '))).toEqual(
      [],
    );
  });

  test('descriptions of actions start with what they do: Creates, Adds, Removes', () => {
    const creates = Object.values(all.creates).map((one) => ({ at: one.key, ...one }));
    expect(missed(creates, ({ display }) => /^[A-Z][a-z]+s .*\.$/.test(display.description))).toEqual([]);
  });

  test('no app name in descriptions, except where it is about when HighLevel reports an event', () => {
    expect(missed(named(), ({ display }) => !/highlevel|zapier/i.test(display.description))).toEqual([
      'highlevel_event',
    ]);
  });

  test('a warning where something is deleted permanently', () => {
    const deletes = named().filter(({ key }) => /delete/.test(key));
    const warns = ({ operation }: (typeof deletes)[number]) =>
      operation.inputFields.some(
        ({ type, helpText = '' }) => type === 'copy' && /can't be undone/i.test(helpText),
      );
    expect(missed(deletes, warns)).toEqual([]);
  });

  test('no label asks for an ID', () => {
    const typed = inputs().filter(({ key, choices }) => choices === undefined && key !== 'chatId');
    expect(missed(typed, ({ label = '' }) => !/\bids?\b/i.test(label))).toEqual([]);
  });

  test('required fields come first', () => {
    const inOrder = (fields: Field[]) =>
      fields
        .filter(({ type }) => type !== 'copy')
        .every(({ required }, index, asked) => !required || index === 0 || asked[index - 1]?.required);
    expect(missed(named(), ({ operation }) => inOrder(operation.inputFields))).toEqual([]);
  });

  test('a list field where several values are expected', () => {
    const several = inputs().filter(({ key }) => /(tags|followers|events|Ids)$/.test(key));
    expect(missed(several, ({ list }) => list)).toEqual([]);
  });
});
