import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import fc from 'fast-check';
import app from '../../../index.ts';
import { endpoints, pathWords } from '../../../lib/highlevel/endpoints.ts';
import { isObject } from '../../../lib/base/json.ts';
import { askedBy, records, type Asked } from './values.ts';
import type { LoggedRequest } from '../../sandbox/log.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { RUNS } from '../../support/fuzz.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { failureIn } from '../../support/zapier/failed.ts';
import { Zapier, type Item } from '../../support/zapier/zapier.ts';

const TOKEN = 'token-that-nobody-may-read';
const SECRET = 'secret-of-the-app-that-nobody-may-read';

const KINDS = ['creates', 'searches', 'triggers'] as const;

/** Every operation with user input: all but the instant triggers. */
const operations = KINDS.flatMap((kind) =>
  Object.entries(app[kind] ?? {})
    .filter(([, { operation }]) => !('type' in operation) || operation.type === 'polling')
    .map(([key, definition]) => ({
      kind,
      key,
      path: `${kind}.${key}.operation`,
      keys: Object.keys(isObject(definition.operation.sample) ? definition.operation.sample : {}).toSorted(),
      primary: primaryOf(definition.operation.outputFields),
      // Core copies and freezes the whole definition at each call: with one operation in it, that takes a fifth of the time.
      app: {
        ...app,
        triggers: {},
        creates: {},
        searches: {},
        searchOrCreates: {},
        [kind]: { [key]: definition },
      },
    })),
);
type Operation = (typeof operations)[number];

/** Paths as HighLevel documents them, with ids where ids belong, and the one of JivoChat's channel. */
const routes = [...Object.keys(endpoints), 'POST /jivo/{channel}'].map(
  (name) => new RegExp(`^${name.replace(/\{\w+\}/g, '([A-Za-z0-9_-]+)')}$`),
);
const naturalKeys = Object.getOwnPropertyNames(Object.prototype).toSorted();

/** The hosts to which this process sent requests. */
const reached = new Set<string>();
const noteHost = (message: unknown) => {
  if (isObject(message) && message.request instanceof ClientRequest)
    reached.add(String(message.request.getHeader('host')));
};

beforeAll(() => {
  subscribe('http.client.request.start', noteHost);
});
afterAll(() => {
  unsubscribe('http.client.request.start', noteHost);
  jest.restoreAllMocks();
});

function zapierFor(sandbox: Sandbox, operation: Operation): Zapier {
  const { authData, environment } = accountOf(sandbox, { accessToken: TOKEN });
  return new Zapier(operation.app, {
    authData,
    environment: { ...environment, CLIENT_SECRET: SECRET },
    timezone: 'America/New_York',
  });
}

async function withSandbox<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({ rateLimit: false });
  // What HighLevel writes to the contact of an opportunity is none of the step's.
  sandbox.store.syncsOwners = false;
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

describe.each(KINDS)('Any input of %s', (kind) => {
  test.each(operations.filter((operation) => operation.kind === kind))(
    '$key returns its record or a readable error, and sends requests to no other host',
    async (operation) => {
      const asked = await withSandbox((sandbox) => askedBy(zapierFor(sandbox, operation), operation.path));
      const mode = fc.constantFrom<{ isLoadingSample?: true; isPopulatingDedupe?: true }>(
        {},
        {},
        { isLoadingSample: true },
        { isPopulatingDedupe: true },
      );
      await fc.assert(
        fc.asyncProperty(asked.inputs, mode, (input, meta) =>
          withSandbox(async (sandbox) => {
            reached.clear();
            const before = standing(sandbox);
            const running = zapierFor(sandbox, operation).call(`${operation.path}.perform`, input, meta);
            const outcome = await running.then(
              (result) => ({ result, told: undefined }),
              (error: unknown) => ({ result: undefined, told: error }),
            );
            const told = outcome.told === undefined ? undefined : sentenceOf(outcome.told);
            const items = kind === 'creates' ? [outcome.result] : outcome.result;
            const named = kind === 'creates' ? JSON.stringify(input) : '';
            const out = JSON.stringify([
              told,
              items,
              sandbox.log.map(({ path, search, body }) => [path, search, body]),
            ]);

            expect(faultsIn(told)).toEqual([]);
            // To fill the dedupe table, a trigger returns only the primary fields of a record.
            const isLearning = kind === 'triggers' && meta.isPopulatingDedupe === true;
            const keys = isLearning ? operation.primary : operation.keys;
            expect(told === undefined ? misshapen(items, keys) : []).toEqual([]);
            expect(sandbox.log.flatMap((request) => strayed(request, sandbox, asked, input))).toEqual([]);
            expect([...reached].filter((host) => host !== new URL(sandbox.url).host)).toEqual([]);
            expect(sandbox.log.flatMap((request) => garbled(request, asked, input))).toEqual([]);
            expect(touched(before, standing(sandbox), named)).toEqual([]);
            expect([TOKEN, SECRET].filter((secret) => out.includes(secret))).toEqual([]);
            expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(naturalKeys);
          }),
        ),
        { numRuns: RUNS.hostile },
      );
    },
  );
});

/** The message shown to the user; rethrows an error that is not one of Zapier's. */
function sentenceOf(error: unknown): string {
  const { kind, message, code } = failureIn(error);
  if (kind !== 'HaltedError' && kind !== 'AppError') throw error;
  if (code === 'Unexpected') throw new Error('The app did not expect this input');
  return message;
}

/** Why a message is unsuitable for users; it may quote what they typed. */
function faultsIn(told = 'All is well.'): string[] {
  const unquoted = told.replace(/".*?"/gs, '');
  return [
    ...(/^["A-Z].*[.)]$/s.test(told) ? [] : ['no sentence']),
    ...(told.length < 1_000 ? [] : ['endless']),
    ...(told.isWellFormed() && !/[\p{Cc}\u202A-\u202E]/u.test(told) ? [] : ['broken characters']),
    ...(unquoted.match(
      /\bundefined\b|\bnull\b|NaN|\[object|[{}]|\bat \S+:\d+|\w+Error\b|should not exist/g,
    ) ?? []),
  ];
}

/** The keys that identify a trigger's record. */
function primaryOf(outputFields: readonly unknown[] = []): string[] {
  return outputFields
    .flatMap((field) => (isObject(field) && field.primary === true ? [String(field.key)] : []))
    .toSorted();
}

/** The records that have other keys than the operation's sample. */
function misshapen(items: unknown, keys: string[]): unknown[] {
  if (!Array.isArray(items)) return [items];
  return items.filter((item) => !isObject(item) || Object.keys(item).toSorted().join() !== keys.join());
}

/** The problem with a request: undocumented path, path word in place of an id, another sub-account, or a refusal. */
function strayed(
  { method, path, search, body, status }: LoggedRequest,
  { locationId }: Sandbox,
  { fields }: Asked,
  input: Item,
): string[] {
  const request = `${method} ${path}`;
  const fits = routes.flatMap((route) => [route.exec(request) ?? []].filter(({ length }) => length > 0));
  const given = new Set([...fields.keys()].flatMap((key) => texts(input[key])));
  const ids = fits.flatMap(([, ...parameters]) =>
    parameters.filter((id) => pathWords.has(id.toLowerCase()) && given.has(id)),
  );
  const locations = new URLSearchParams(search).getAll('locationId');
  if (isObject(body) && 'locationId' in body) locations.push(String(body.locationId));
  return [
    ...(fits.length > 0 ? [] : [request]),
    ...ids.map((id) => `${request} takes ${id} for an id`),
    ...locations.filter((location) => location !== locationId),
    // A 400 means a missing record. A 422 would be unchecked input, a 500 a bug of the sandbox.
    ...([200, 201, 400].includes(status) ? [] : [`${request}: ${status}`]),
  ];
}

/** Texts that arrived at HighLevel changed; trimming single-line text is allowed. */
function garbled({ body }: LoggedRequest, { fields }: Asked, input: Item): string[] {
  if (!isObject(body)) return [];
  const custom = records(body.customFields).map(
    (one) => [`customField_${String(one.id)}`, one.field_value] as const,
  );
  return [...Object.entries(body), ...custom].flatMap(([key, sent]) => {
    const { type, choices, list } = fields.get(key) ?? {};
    const value = input[key];
    if (type !== 'string' && type !== 'text') return [];
    // The name of a lead's opportunity has an input of its own, with a placeholder.
    if (key === 'name' && fields.has('opportunityName')) return [];
    // Phone numbers, emails and dates are normalized.
    if (
      typeof value !== 'string' ||
      typeof sent !== 'string' ||
      choices ||
      list ||
      /^(email|emailFrom|phone|fromNumber|dateOfBirth)$/.test(key)
    )
      return [];
    const text = type === 'text' ? value.toWellFormed() : value.toWellFormed().trim();
    // A search text is truncated to HighLevel's limit.
    const isBeginning = key === 'query' && sent.length >= 74 && text.startsWith(sent);
    return sent === text || isBeginning ? [] : [`${key}: ${sent}`];
  });
}

/** All texts in a value, trimmed. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value.trim()];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isObject(value) ? Object.values(value).flatMap(texts) : [];
}

/** A record in HighLevel, and the inputs that can identify it: its id, its contact's id, email or phone. */
interface Standing {
  text: string;
  names: string[];
}

function standing({ store }: Sandbox): Map<string, Standing> {
  const { contacts, tasks, notes, appointments, opportunities } = store;
  const all = [contacts, tasks, notes, appointments, opportunities].flatMap((kind) => [...kind.values()]);
  return new Map(
    all.map((record) => [
      record.id,
      {
        text: JSON.stringify(record),
        names: [
          record.id,
          ...('contactId' in record ? [record.contactId] : []),
          ...('email' in record && record.email ? [record.email.toLowerCase()] : []),
          ...('phone' in record && record.phone ? [record.phone.slice(-10)] : []),
        ],
      },
    ]),
  );
}

/** The records that were changed although the input does not identify them. Without any match nothing may be added. */
function touched(before: Map<string, Standing>, after: Map<string, Standing>, input: string): string[] {
  const [lower, digits] = [input.toLowerCase(), input.replace(/\D/g, '')];
  const isNamed = (name: string) => input.includes(name) || lower.includes(name) || digits.includes(name);
  const changed = [...before].filter(
    ([id, { text, names }]) => after.get(id)?.text !== text && !names.some(isNamed),
  );
  const added = [...after.keys()].filter((id) => input === '' && !before.has(id));
  return [...changed.map(([id]) => id), ...added];
}
