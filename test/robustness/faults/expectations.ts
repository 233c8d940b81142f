import type { Ending, Fault, Target } from './faults.ts';
import { keyOf, type Operation } from './operations.ts';
import { JIVOCHAT, play, type Outcome, type Row } from './matrix.ts';

/** Zapier stops a step at 30 seconds. */
const MAX_LENGTH_MS = 28_000;
/** What no user may read: code, data and what is left of them. */
const NOISE = /[{}\n]|\bat .+:\d+|undefined|\[object|\bnull\b|NaN|sandbox-|pit-/;
/** A text that tells what to do names it by one of these. */
const ADVICE = /Please|[Rr]econnect|add the permission|Check|[Ll]ook|Replay|Zapier will try|Use /;

/** How a run must end: by what the fault means for the request, but for what the operation knows better. */
function expected(operation: Operation, target: Target, fault: Fault, how: 'once' | 'lasting'): Ending {
  if (target.name === JIVOCHAT) return fromJivoChat(fault, how);
  const ending = fault.nature[how](target);
  return betterKnown(operation, target, fault, ending) ?? ending;
}

function betterKnown(
  { name, kind }: Operation,
  target: Target,
  fault: Fault,
  ending: Ending,
): Ending | undefined {
  const key = keyOf(name);
  const rule = typeof fault.rule === 'function' ? {} : (fault.rule ?? {});
  // What is not there was not found, and that is an answer to a search.
  if (ending === 'NotFound' && kind === 'search') return 'well';
  // A contact that was deleted since the poll found it; an event of a record that is gone comes as it was told.
  if (ending === 'NotFound' && name === 'new_note' && target.namesRecord) return 'well';
  if (ending === 'NotFound' && key === 'highlevel_event') return 'well';
  // HighLevel has deprecated the list of users: the search stands in.
  if (target.name === 'GET /users/' && rule.status === 404) return 'well';
  // The sub-account's name, country, zone and settings are nice to have; without its country a local number is none.
  if (target.name === 'GET /locations/{locationId}' && ending === 'Forbidden' && rule.status === 401) {
    if (name === 'find_contact (local phone)') return 'InvalidInput';
    return 'well';
  }
  if (key === 'capture_jivochat_lead') {
    // What the sub-account's record tells is nice to have; a rate limit or a dead connection concerns all that follows.
    const canGoOn = !['ThrottledError', 'RefreshAuthError', 'ExpiredAuthError'].includes(ending);
    if (target.name === 'GET /locations/{locationId}' && canGoOn && !fault.strikes) return 'well';
    // Capture looks whether the contact came to be, and goes on with it.
    const isThere = rule.when === 'after' || name.endsWith('(known contact)');
    if (target.name === 'POST /contacts/' && ending === 'Uncertain' && isThere) return 'well';
    if (target.name === 'POST /contacts/' && ending === 'HaltedError') return 'well';
    if (target.name === 'PUT /contacts/{contactId}' && ending === 'HaltedError') return 'well';
  }
  // Somebody was quicker: the contact that is there is the one that was looked for.
  if (name === 'create_contact (after a search)' && ending === 'HaltedError') return 'well';
  return undefined;
}

/** JivoChat's rules: 2xx is taken, 4xx is refused, all else is sent once more under the same id. */
function fromJivoChat({ rule, strikes }: Fault, how: 'once' | 'lasting'): Ending {
  // What befalls the sub-account is nothing to JivoChat.
  if (strikes) return 'well';
  const { kind = 'status', status = kind === 'status' ? 400 : 200 } =
    typeof rule === 'function' ? {} : (rule ?? {});
  // A page of another's is no answer of JivoChat's.
  const lost = ['timeout', 'reset', 'truncate'].includes(kind) || (kind === 'html' && status === 200);
  if (lost || status >= 500) return how === 'once' ? 'well' : 'Uncertain';
  if (status === 429) return 'ThrottledError';
  return status < 300 ? 'well' : 'Refused';
}

/** Plays every fault on an operation. `wrong` tells each run that ends otherwise than it must. */
export async function playAndJudge(operation: Operation): Promise<{ rows: Row[]; wrong: string[] }> {
  const rows = await play(operation);
  const wrong: string[] = [];
  for (const { target, good, cells } of rows) {
    if (good.ending !== 'well') wrong.push(`without any fault: ${good.ending} ${good.text}`);
    for (const { fault, ...ways } of cells) {
      for (const how of ['once', 'lasting'] as const) {
        const outcome = ways[how];
        const must = expected(operation, target, fault, how);
        const other = outcome.ending === must ? [] : [`it ends with ${outcome.ending}, not with ${must}`];
        for (const one of [...other, ...wrongIn(outcome, good)])
          wrong.push(`${fault.name}, ${how}, on ${target.name}: ${one}`);
      }
    }
  }
  return { rows, wrong };
}

/** What is wrong with a run, whatever the fault. */
function wrongIn(outcome: Outcome, good: Outcome): string[] {
  const { ending, text, again, ms, doubled, late, written } = outcome;
  const silent = ending === 'well' || ending === 'RefreshAuthError';
  return [
    ...(ms <= MAX_LENGTH_MS ? [] : [`it takes ${ms} ms`]),
    ...doubled.map((name) => `it sends ${name} twice`),
    ...late.map((name) => `${name} leaves after its end`),
    ...(silent ? [] : wrongWith(text)),
    ...(again && again.ending !== 'well' && again.ending !== 'RefreshAuthError' ? wrongWith(again.text) : []),
    ...more(written, good).map((one) => `it writes ${one}`),
    // Only who is told to look first may write twice.
    ...(again && !/Look in HighLevel before you replay/.test(text) ? more(again.written, good) : []).map(
      (one) => `run again it writes ${one}`,
    ),
    ...(again?.ending === 'well' &&
    !again.written.includes(' x ') &&
    amount(again.written) < amount(good.written)
      ? [`run again it writes ${again.written}`]
      : []),
  ];
}

function wrongWith(text: string): string[] {
  return [
    ...(text === '' ? ['it says nothing'] : []),
    ...(NOISE.test(text) ? [`it shows noise: ${text}`] : []),
    ...(text.endsWith('.') ? [] : [`it ends in the middle: ${text}`]),
    ...(ADVICE.test(text) ? [] : [`it does not say what to do: ${text}`]),
  ];
}

/** What was written beyond what a good run writes; a contact that was there already is changed, not added. */
function more(written: string, good: Outcome): string[] {
  const allowed = good.written.replace('contact added', 'contact added, contact changed').split(', ');
  return written.split(', ').filter((one) => one !== 'nothing' && !allowed.includes(one));
}

function amount(written: string): number {
  return written === 'nothing' ? 0 : written.split(', ').length;
}
