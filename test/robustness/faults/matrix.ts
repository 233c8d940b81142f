import { setTimeout as sleep } from 'node:timers/promises';
import { testConnection } from '../../../lib/zapier/connection_test.ts';
import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { isObject } from '../../../lib/base/json.ts';
import type { LoggedRequest } from '../../sandbox/log.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Store } from '../../sandbox/store.ts';
import { withoutNames } from '../../support/zapier/cache.ts';
import { accountOf, connect as signIn, everyPart } from '../../support/zapier/connect.ts';
import { failureIn } from '../../support/zapier/failed.ts';
import { REPLAYED_AFTER, Zapier } from '../../support/zapier/zapier.ts';
import { stopTime, type Ended } from './clock.ts';
import { ENDINGS, faults, type Ending, type Fault, type Target } from './faults.ts';
import { furnish, type Operation } from './operations.ts';

/** The start time of every run of the matrix. */
const START = Date.parse('2026-01-28T14:00:00Z');
const LASTING = 10_000;
/** JivoChat's channel, as a target. */
export const JIVOCHAT = 'POST JivoChat channel';

/** The outcome of one run. */
export interface Outcome {
  ending: Ending | 'other';
  /** The message that the user reads; empty after a success, or when Zapier does not show it. */
  text: string;
  /** Seconds until Zapier runs the step again. */
  delay?: number;
  /** How often the request with the fault was sent, and the number of all requests. */
  sent: number;
  requests: number;
  /** What changed in HighLevel and JivoChat. */
  written: string;
  /** The duration in ms, by the mock clock. */
  ms: number;
  /** Requests that are not idempotent but were sent again, although the first did not get a 429. */
  doubled: string[];
  /** Writes sent after the run had ended. */
  late: string[];
  /** After a failed run that may have written something: the records after a replay at once, and how it ended. */
  again?: Rerun;
  /** The same after Zapier's Autoreplay has then run the step up to five times more, until it succeeded. */
  replayed: { [C in Circumstances]?: Rerun };
}

/** How the last of one or more replays ended, and the records then. */
export interface Rerun {
  ending: Ending | 'other';
  text: string;
  written: string;
}

/**
 * The circumstances of the replays: the fault is `gone`; or all reads and searches fail from the lost write on, so the app is
 * `blind`; or the lost write takes place `late`, after its faulty response.
 */
export type Circumstances = 'gone' | 'blind' | 'late';

/** One cell of the matrix: the outcome of a fault on one request of an operation. */
export interface Cell {
  fault: Fault;
  /** The outcome when the fault hits only the first such request, and when it hits all of them. */
  once: Outcome;
  lasting: Outcome;
}

/** The outcomes of all faults on one request of an operation. */
export interface Row {
  operation: Operation;
  target: Target;
  /** Whether it is the first request of the operation. */
  first: boolean;
  good: Outcome;
  cells: Cell[];
}

/** Plays every fault on the first request and each write of an action, and on each request of a read operation. */
export async function play(operation: Operation): Promise<Row[]> {
  const { outcome: good, log } = await run(operation);
  const rows: Row[] = [];
  const names = [...new Set(log.map(nameOf))];
  for (const name of names.filter(
    (one, index) => index === 0 || writes(one) || operation.kind !== 'action',
  )) {
    const target = { name, idempotent: isRepeatable(name), namesRecord: /\{(?!locationId)/.test(name) };
    const cells: Cell[] = [];
    for (const fault of faults) {
      const { outcome: once, log: sent } = await run(operation, { fault, target, lasting: false });
      const met = sent.filter((request) => nameOf(request) === name).length;
      // A request sent only once meets a lasting fault the same way; a fault of the whole sub-account lasts anyway.
      const sameIfLasting = fault.strikes || (once.ending !== 'well' && met === 1);
      const lasting = sameIfLasting ? once : (await run(operation, { fault, target, lasting: true })).outcome;
      cells.push({ fault, once, lasting });
      if (!writes(name) || !fault.leavesOpen) continue;
      // A message to JivoChat is sent twice, so one lost response does not matter.
      const outcome = name === JIVOCHAT ? lasting : once;
      for (const circumstances of ['blind', 'late'] as const) {
        if (circumstances === 'blind' && target.idempotent && name !== JIVOCHAT) continue;
        // Such a write has taken place before its response.
        const { when } = typeof fault.rule === 'function' ? {} : (fault.rule ?? {});
        if (circumstances === 'late' && when === 'after') continue;
        const cell = { fault, target, lasting: outcome !== once, circumstances };
        const { ending, text, written, again, replayed } = (await run(operation, cell)).outcome;
        outcome.replayed[circumstances] = replayed.gone ?? again ?? { ending, text, written };
      }
    }
    rows.push({ operation, target, first: name === names[0], good, cells });
  }
  return rows;
}

async function run(
  operation: Operation,
  cell?: { fault: Fault; target: Target; lasting: boolean; circumstances?: Circumstances },
): Promise<{ outcome: Outcome; log: LoggedRequest[] }> {
  let armed = false;
  let sandbox: Sandbox | undefined;
  const clock = stopTime(START, () => sandbox?.log ?? []);
  if (cell?.fault.edition === 'token') process.env.HIGHLEVEL_AUTH = 'token';
  try {
    sandbox = await startSandbox({
      now: clock.now,
      onRequest: (method, path) => {
        if (!cell || !armed || !sandbox || nameOf({ method, path }) !== cell.target.name) return;
        armed = false;
        cell.fault.strikes?.happen(sandbox.store);
        if (cell.circumstances === 'blind') blind(sandbox);
      },
    });
    const { store, log } = sandbox;
    furnish(store);
    const go = operation.ready(store);
    const connected = await connect(operation, sandbox, cell?.fault);
    sandbox.reset();
    armed = true;
    if (cell?.fault.rule) {
      const { method, pattern } = patternOf(cell.target.name);
      const { rule } = cell.fault;
      const known = typeof rule === 'function' ? rule([...store.contacts.keys()][1] ?? '') : rule;
      const when = cell.circumstances === 'late' ? { when: 'late' as const } : {};
      sandbox.fail({ ...known, ...when, method, path: pattern, times: cell.lasting ? LASTING : 1 });
    }

    const before = standing(store);
    const ended = await clock.watch(() => go(connected.zapier));
    const requests = log.map((request) => ({ ...request }));
    const met = requests.find((request) => !cell || nameOf(request) === cell.target.name);
    const outcome: Outcome = {
      ...told(ended),
      sent: requests.filter((request) => met && same(request, met)).length,
      requests: requests.length,
      written: changes(before, standing(store)),
      ms: ended.ms,
      doubled: requests.filter((request, index) => isDoubled(request, requests.slice(0, index))).map(nameOf),
      late: requests.slice(ended.came).map(nameOf).filter(writes),
      replayed: {},
    };
    // A replay after nothing was written is a first run, unless that is unknown, or it is another connection's.
    const asNew = outcome.written === 'nothing' && outcome.ending !== 'Uncertain' && !cell?.fault.strikes;
    if ('gave' in ended || operation.kind !== 'action' || asNew) return { outcome, log: requests };

    const isStale = outcome.ending === 'RefreshAuthError';
    let { zapier } = connected;
    const rerun = async (after: number): Promise<Rerun> => {
      sandbox?.reset();
      if (sandbox && cell?.circumstances === 'blind') blind(sandbox);
      const rest = await clock.watch(async () => {
        if (after > 0) await sleep(after);
        if (isStale && zapier === connected.zapier) zapier = await connected.refreshed();
        return go(zapier);
      });
      const { ending, text } = told(rest);
      return { ending, text, written: changes(before, standing(store)) };
    };
    outcome.again = await rerun(0);
    outcome.replayed.gone = outcome.again;
    for (const after of REPLAYED_AFTER)
      if (outcome.replayed.gone.ending !== 'well') outcome.replayed.gone = await rerun(after);
    return { outcome, log: requests };
  } finally {
    delete process.env.HIGHLEVEL_AUTH;
    clock.restore();
    await sandbox?.close();
  }
}

/** Lets every further read and search fail. */
function blind(sandbox: Sandbox): void {
  for (const reads of [{ method: 'GET' }, { path: '/search$' }])
    sandbox.fail({ ...reads, status: 503, times: LASTING });
}

/** A connection to the sandbox, and the connection after a token refresh. */
async function connect(
  { app }: Operation,
  sandbox: Sandbox,
  fault: Fault | undefined,
): Promise<{ zapier: Zapier; refreshed: () => Promise<Zapier> }> {
  const isToken = fault?.edition === 'token';
  const account = accountOf(sandbox, { kind: isToken ? 'pit' : 'oauth' });
  const to = (definition: object, authData: Record<string, string>) =>
    new Zapier(definition, {
      ...account,
      authData,
      refreshes: false,
      timezone: 'America/New_York',
      // Names are optional (test/requests/names.test.ts): here the step's own requests fail.
      remembered: withoutNames(sandbox.locationId),
    });
  if (isToken) {
    const authentication = { type: 'custom', test: testConnection, fields: [] };
    const zapier = to({ ...app, authentication }, account.authData);
    return { zapier, refreshed: async () => zapier };
  }
  // Only a fault of the whole sub-account leads to a refresh.
  const signedIn = fault?.strikes ? (await signIn(app, account, everyPart)).zapier.authData : {};
  const authData = { ...account.authData, ...signedIn };
  const zapier = to(app, authData);
  return {
    zapier,
    refreshed: async () => {
      const fresh = await zapier.call('authentication.oauth2Config.refreshAccessToken');
      return to(app, { ...authData, ...texts(fresh) });
    },
  };
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(entries.flatMap(([key, one]) => (typeof one === 'string' ? [[key, one]] : [])));
}

/** How a run ended, as Zapier and the user see it. */
function told(ended: Ended<unknown>): { ending: Ending | 'other'; text: string; delay?: number } {
  if ('gave' in ended) return { ending: 'well', text: '' };
  const { kind, message, code, delay } = failureIn(ended.threw);
  const ending = kind === 'AppError' ? code : kind;
  return {
    ending: ENDINGS.find((known) => known === ending) ?? 'other',
    text: message,
    ...(typeof delay === 'number' && { delay }),
  };
}

/** The records of HighLevel and JivoChat, each as text under its kind and id; a contact's memberships one by one. */
function standing(store: Store): Map<string, string> {
  const records = new Map<string, string>();
  const add = (kind: string, id: unknown, content: unknown) =>
    records.set(`${kind} ${String(id)}`, JSON.stringify(content));
  for (const { campaigns, workflows, ...contact } of store.contacts.values()) {
    add('contact', contact.id, contact);
    for (const [index, id] of campaigns.entries()) add('campaign', `${contact.id} ${index}`, id);
    for (const [index, id] of workflows.entries()) add('workflow', `${contact.id} ${index}`, id);
  }
  for (const task of store.tasks.values()) add('task', task.id, task);
  for (const note of store.notes.values()) add('note', note.id, note);
  for (const appointment of store.appointments.values()) add('appointment', appointment.id, appointment);
  for (const message of store.messages.values()) add('message', message.id, message);
  // JivoChat treats two messages with the same id as one.
  for (const { message } of store.jivoMessages) add('message', isObject(message) ? message.id : '', message);
  return records;
}

function changes(before: Map<string, string>, after: Map<string, string>): string {
  const all = new Set([...before.keys(), ...after.keys()]);
  const seen = new Map<string, number>();
  for (const key of all) {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is) continue;
    const change = `${key.split(' ')[0]} ${was === undefined ? 'added' : is === undefined ? 'deleted' : 'changed'}`;
    seen.set(change, (seen.get(change) ?? 0) + 1);
  }
  const words = [...seen].map(([change, count]) => (count === 1 ? change : `${count} x ${change}`));
  return words.toSorted((a, b) => (a < b ? -1 : 1)).join(', ') || 'nothing';
}

function same(a: LoggedRequest, b: LoggedRequest): boolean {
  const key = ({ method, path, search, body }: LoggedRequest) => JSON.stringify([method, path, search, body]);
  return key(a) === key(b);
}

const patterns = Object.keys(endpoints).map((name) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, pattern: `^${path.replace(/\{\w+\}/g, '[^/]+')}$`, ids: path.split('{').length };
});

/** A request by its documented name; one that fits several has the one with the fewest ids in it. */
export function nameOf({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): string {
  if (path.startsWith('/jivo/')) return JIVOCHAT;
  const fitting = patterns.filter((one) => one.method === method && new RegExp(one.pattern).test(path));
  return fitting.toSorted((a, b) => a.ids - b.ids)[0]?.name ?? `${method} ${path}`;
}

function patternOf(name: string): { method: string; pattern: string } {
  const known = patterns.find((one) => one.name === name);
  return known ?? { method: 'POST', pattern: '^/jivo/' };
}

function isDoubled(request: LoggedRequest, before: LoggedRequest[]): boolean {
  return (
    !isRepeatable(nameOf(request)) &&
    before.some((earlier) => same(earlier, request) && earlier.status !== 429)
  );
}

function writes(name: string): boolean {
  return !name.startsWith('GET ') && !name.endsWith('/search');
}

function isRepeatable(name: string): boolean {
  // JivoChat asks to resend a message with the same id.
  return (
    name === JIVOCHAT ||
    Object.entries(endpoints).some(([known, { idempotent }]) => known === name && idempotent)
  );
}
