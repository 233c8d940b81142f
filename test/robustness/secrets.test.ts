import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type App from '../../index.ts';
import { partFields } from '../../lib/highlevel/scopes.ts';
import { isObject } from '../../lib/base/json.ts';
import { missed } from '../demo/events.ts';
import { CHANNEL } from '../sandbox/jivochat.ts';
import type { FaultRule } from '../sandbox/faults.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf, connect, environmentOf, tested } from '../support/zapier/connect.ts';
import { Zapier } from '../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

type Kind = 'triggers' | 'creates' | 'searches';
const KINDS = ['triggers', 'creates', 'searches'] as const;

let sandbox: Sandbox;
let logServer: Server;
/** Everything that leaves the app: results, errors, the platform's logs, and console output. */
let left: string[];
let logged: string[];

beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: false, contacts: 60, tasks: 60 });
  [left, logged] = [[], []];
  logServer = createServer((request, response) => {
    request.setEncoding('utf8');
    request.on('data', (text: string) => logged.push(text));
    request.on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => {
    logServer.listen(0, '127.0.0.1', resolve);
  });
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    jest
      .spyOn(console, method)
      .mockImplementation((...said: unknown[]) => left.push(said.map(all).join(' ')));
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((text) => left.push(String(text)) > 0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await sandbox.close();
  await new Promise((resolve) => {
    logServer.close(resolve);
  });
});

/** The environment of the app, whose logs go to a server of this test. */
function setting(): { environment: Record<string, string>; logsTo: string } {
  const address = logServer.address();
  return {
    environment: environmentOf(sandbox),
    logsTo: `http://127.0.0.1:${isAddress(address) ? address.port : 0}/log`,
  };
}
function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return isObject(address) && 'port' in address;
}

/** Everything that a value contains; for an error also its message, stack and own properties. */
function all(value: unknown): string {
  if (!(value instanceof Error)) return JSON.stringify(value) ?? '';
  return [
    String(value),
    value.stack,
    JSON.stringify(value),
    JSON.stringify(Object.entries(value)),
    all(value.cause),
  ].join(' ');
}

/** The leaked secrets: every token of the sandbox has one of these prefixes. */
function leaks(places = [...left, ...logged]): string[] {
  const words = ['sandbox-access-', 'sandbox-refresh-', 'pit-', sandbox.clientSecret, CHANNEL];
  const text = places.join('\n');
  return words.flatMap((word) => {
    const at = text.indexOf(word);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + 40)];
  });
}

/** Valid input for every operation, by field key. */
function goodInput(): Input {
  const { lostReasons, opportunities, pipelines } = sandbox.store;
  const { tasks, notes, calendars, campaigns, workflows, businesses, users, contacts } = sandbox.store;
  const task = [...tasks.values()].find(({ completed }) => !completed);
  const contactId = task?.contactId ?? '';
  const note = { id: sandbox.store.random.id(), contactId, body: 'Hi', dateAdded: sandbox.store.moment() };
  notes.set(note.id, note);
  const start = Date.now() + 86_400_000;
  const appointment = {
    id: sandbox.store.random.id(),
    calendarId: calendars[0]?.id ?? '',
    contactId,
    title: 'Visit',
    appointmentStatus: 'confirmed',
    startTime: new Date(start).toISOString(),
    endTime: new Date(start + 1_800_000).toISOString(),
    dateAdded: sandbox.store.moment(),
    dateUpdated: sandbox.store.moment(),
  };
  sandbox.store.appointments.set(appointment.id, appointment);
  return {
    contactId,
    contactIds: [...contacts.keys()].slice(-2),
    taskId: task?.id,
    noteId: note.id,
    appointmentId: appointment.id,
    calendarId: appointment.calendarId,
    campaignId: campaigns[0]?.id,
    workflowId: workflows[0]?.id,
    businessId: businesses[0]?.id,
    opportunityId: [...opportunities.keys()].at(-1),
    // The last contacts have no opportunities.
    pipelineId: pipelines[1]?.id,
    pipelineStageId: pipelines[1]?.stages[1]?.id,
    status: 'lost',
    lostReasonId: lostReasons[0]?.id,
    monetaryValue: 100,
    followers: [users[0]?.id],
    tags: ['vip'],
    tag: 'vip',
    email: `${sandbox.store.random.id()}@example.com`.toLowerCase(),
    name: 'Northwind',
    title: 'Call back',
    body: '{"body":"Hello"}',
    method: 'POST',
    path: `/contacts/${contactId}/notes`,
    field: 'city',
    subject: 'Hello',
    channel: 'SMS',
    message: 'Hello',
    fromNumber: sandbox.store.phoneNumbers[0]?.phoneNumber,
    emailFrom: 'office@example.com',
    cc: ['copy@example.com'],
    dueDate: '2027-01-04',
    startTime: new Date(start + 7_200_000).toISOString(),
    ignoreFreeSlotValidation: true,
    ignoreDateRange: true,
    payload: JSON.stringify(missed),
  };
}

/** Invalid input for every operation. */
const badInput: Input = {
  contactId: '../oauth/token',
  contactIds: ['nobody', '?'],
  taskId: 'nothing',
  opportunityId: 'nothing',
  payload: '{"event_name":',
  email: 'no address',
  dueDate: 'on the 31st of February',
  limit: 'many',
};

/** One operation, with an app of this operation only, because core copies the whole definition at each call. */
interface Operation {
  kind: Kind;
  key: string;
  app: object;
  fields: string[];
  /** The methods of its dropdowns. */
  choices: string[];
  isHook: boolean;
}

type Input = Record<string, unknown>;

function operationsOf(app: typeof App): Operation[] {
  const none = { triggers: {}, creates: {}, searches: {}, searchOrCreates: {} };
  // Fields share the object of a dropdown, which is called once.
  const shown = new Set<unknown>();
  return KINDS.flatMap((kind) =>
    Object.entries(app[kind] ?? {}).map(([key, definition]) => {
      const fields: unknown[] = [definition.operation.inputFields ?? []].flat();
      return {
        kind,
        key,
        app: { ...app, ...none, [kind]: { [key]: definition } },
        fields: fields.flatMap((field) => (isObject(field) ? [String(field.key)] : [])),
        choices: fields.flatMap((field, index) => {
          const choices = isObject(field) && isObject(field.choices) ? field.choices : {};
          if (!('perform' in choices) || shown.has(choices)) return [];
          shown.add(choices);
          return [`inputFields.${index}.choices.perform`];
        }),
        isHook: 'type' in definition.operation && definition.operation.type === 'hook',
      };
    }),
  );
}

/** Records everything that leaves a run. Returns its failure, if any. */
async function kept(name: string, running: Promise<unknown>): Promise<string[]> {
  try {
    left.push(all(await running));
    return [];
  } catch (error) {
    left.push(all(error));
    return [`${name}: ${String(error)}`];
  }
}

function run({ kind, key, app, fields, isHook }: Operation, authData: Record<string, string>, input: Input) {
  const zapier = new Zapier(app, { ...setting(), authData });
  const given = Object.fromEntries(Object.entries(input).filter(([name]) => fields.includes(name)));
  const body =
    key === 'jivochat_event' ? input.payload : JSON.stringify({ type: 'ContactUpdate', id: input.contactId });
  return kept(
    key,
    isHook
      ? zapier.deliver(key, String(body), given)
      : zapier.call(`${kind}.${key}.operation.perform`, given),
  );
}

/** The editor's requests while a user sets up an operation: its fields, and the choices of each. */
async function edit({ kind, key, app, choices }: Operation, authData: Record<string, string>, input: Input) {
  const zapier = new Zapier(app, { ...setting(), authData });
  const failed: string[] = [];
  for (const method of ['inputFields', 'outputFields', ...choices])
    failed.push(...(await kept(key, zapier.call(`${kind}.${key}.operation.${method}`, input))));
  return failed;
}

/** The faults of HighLevel and JivoChat. */
const faults: FaultRule[] = [
  { status: 401, body: { statusCode: 401, message: 'Invalid JWT' } },
  { status: 422, body: { message: ['property x should not exist'] } },
  { kind: 'reset' },
  { kind: 'html' },
];

/** Runs every operation with valid and invalid input, and with two faults each. Returns the unexpected failures. */
async function runEverything(app: typeof App, authData: Record<string, string>): Promise<string[]> {
  const failed: string[] = [];
  for (const [index, operation] of operationsOf(app).entries()) {
    failed.push(...(await edit(operation, authData, goodInput())));
    failed.push(...(await run(operation, authData, goodInput())));
    await run(operation, authData, badInput);
    for (const turn of [index, index + 1]) {
      sandbox.fail({ ...faults[turn % faults.length], times: 50 });
      await run(operation, authData, goodInput());
      sandbox.reset();
    }
  }
  return failed;
}

/** The integration built for one type of authentication. */
async function edition(auth: 'oauth' | 'token'): Promise<typeof App> {
  process.env.HIGHLEVEL_AUTH = auth;
  const loaded: { app?: typeof App } = {};
  if (auth === 'oauth') return (await import('../../index.ts')).default;
  await jest.isolateModulesAsync(async () => {
    loaded.app = (await import('../../index.ts')).default;
  });
  if (!loaded.app) throw new Error('The app was not loaded');
  return loaded.app;
}
afterEach(() => {
  delete process.env.HIGHLEVEL_AUTH;
});

/** Each edition must log at least this many requests, or the test would prove nothing. */
const REQUESTS = 200;
const requests = () => logged.join('').split('"log_type":"http"').length - 1;

describe('No secret in logs, errors or outputs', () => {
  test('of an OAuth connection', async () => {
    const app = await edition('oauth');
    const parts = Object.fromEntries(partFields.map((field) => [field, 'true']));
    const fields = { jivoChatChannelSecret: sandbox.jivoChannelUrl, ...parts };
    const { zapier } = await connect(app, setting(), fields);
    expect(await runEverything(app, zapier.authData)).toEqual([]);
    expect(requests()).toBeGreaterThan(REQUESTS);
    expect(leaks()).toEqual([]);
  });

  test('of a Private Integration Token connection', async () => {
    const app = await edition('token');
    const { zapier } = await tested(app, setting(), accountOf(sandbox, { kind: 'pit' }).authData);
    expect(await runEverything(app, zapier.authData)).toEqual([]);
    expect(requests()).toBeGreaterThan(REQUESTS);
    expect(leaks()).toEqual([]);
  });

  test.each([
    ['a sub-account', undefined],
    ['an agency', ['the sub-account']],
  ])('of the sign-in and refresh of %s, whether they succeed or fail', async (_, agency) => {
    const app = await edition('oauth');
    sandbox.store.agencySignIn = agency && [sandbox.locationId];
    const { zapier } = await connect(app, setting());
    const find = () => kept('find_contact', zapier.search('find_contact', { email: 'nobody@example.com' }));
    sandbox.store.tokens.clear();
    expect(await find()).toEqual([]);
    for (const fault of [...faults, { status: 400, body: { message: 'Location is not active' } }]) {
      sandbox.store.tokens.clear();
      for (const path of ['/oauth/token', '/oauth/locationToken']) sandbox.fail({ ...fault, path, times: 2 });
      await find();
      await kept(
        'sign in',
        connect(app, setting()).then(({ label }) => label),
      );
      sandbox.reset();
    }
    expect(requests()).toBeGreaterThan(20);
    expect(leaks()).toEqual([]);
  });

  test.each([
    ['a web page', (url: string) => `<html><body>Cannot POST ${new URL(url).pathname}</body></html>`],
    ['words', (url: string) => `The channel ${new URL(url).pathname} is not known (${CHANNEL})`],
  ])('when JivoChat repeats the channel URL in %s', async (_, page) => {
    const app = await edition('oauth');
    const { zapier } = await connect(app, setting(), { jivoChatChannelSecret: sandbox.jivoChannelUrl });
    sandbox.fail({ path: '/jivo/', status: 404, body: page(sandbox.jivoChannelUrl) });
    const failed = await kept('send', zapier.create('send_jivochat_update', { text: 'Hello' }));
    expect(failed).toEqual([expect.stringContaining('JivoChat did not accept the update')]);
    // The platform logs JivoChat's response itself; this checks what the user sees.
    expect(leaks(left)).toEqual([]);
  });
});
