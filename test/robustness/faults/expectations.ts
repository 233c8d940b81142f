import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { knownFaults, type FaultRule } from '../../sandbox/faults.ts';
import type { Ending, Fault, Target } from './faults.ts';
import { keyOf, type Operation } from './operations.ts';
import { JIVOCHAT, play, type Outcome, type Row } from './matrix.ts';

/** Zapier stops a step at 30 seconds. */
const MAX_LENGTH_MS = 28_000;
/** Text that no message to a user may contain: code, data and remnants of them. */
const NOISE = /[{}\n]|\bat .+:\d+|undefined|\[object|\bnull\b|NaN|sandbox-|pit-/;
/** A message that says what to do contains one of these. */
const ADVICE =
  /Please|[Rr]econnect|add the permission|Check|[Ll]ook|Replay|Zapier will try|Use |Choose |Include |may have been deleted/;

/** How a run must end: as the fault requires, unless the operation handles it differently. */
function expected(operation: Operation, target: Target, fault: Fault, how: 'once' | 'lasting'): Ending {
  if (target.name === JIVOCHAT) return fromJivoChat(fault, how);
  const ending = fault.nature[how](target);
  return betterKnown(operation, target, fault, ending, how) ?? ending;
}

function betterKnown(
  { name, kind }: Operation,
  target: Target,
  fault: Fault,
  ending: Ending,
  how: 'once' | 'lasting',
): Ending | undefined {
  const key = keyOf(name);
  const rule = typeof fault.rule === 'function' ? {} : (fault.rule ?? {});
  // Where HighLevel does not serve these, the app works without them; with a token it does not send the lookup at all.
  const isNoRefusal = ['ThrottledError', 'RefreshAuthError', 'HaltedError'].includes(ending);
  if (isOptional(target) && !isNoRefusal && !fault.strikes) return 'well';
  if (target.name === 'GET /contacts/lookup' && fault.edition === 'token') return 'well';
  // Custom fields are left out where they cannot be read.
  if (target.name.endsWith('/customFields') && ending === 'Forbidden' && rule.status === 401) return 'well';
  // One calendar that cannot be read is left for the next poll.
  const isOneOfSeveral = target.name === 'GET /calendars/events' && name === 'new_appointment';
  if (isOneOfSeveral && how === 'once' && (ending === 'NotFound' || isLeftOut(statusOf(rule)))) return 'well';
  // The app looks up whether the record was created.
  if (ending === 'Uncertain' && rule.when === 'after' && isLookedUp(target)) return 'well';
  // A missing record is a valid result of a search.
  if (ending === 'NotFound' && kind === 'search') return 'well';
  // A contact deleted since the poll found it is skipped; an event of a deleted record is returned from its payload.
  if (ending === 'NotFound' && name === 'new_note' && target.namesRecord) return 'well';
  if (key === 'highlevel_event' && isTold(fault, ending)) return 'well';
  // The list of users is deprecated, and the user search takes over.
  if (target.name === 'GET /users/' && rule.status === 404) return 'well';
  // The sub-account's data is optional, but a local phone number needs its country.
  if (target.name === 'GET /locations/{locationId}' && ending === 'Forbidden' && rule.status === 401) {
    if (name === 'find_contact (local phone)') return 'InvalidInput';
    return 'well';
  }
  if (key === 'capture_jivochat_lead') {
    // The sub-account's record is optional; a rate limit or an invalid connection affects all later requests.
    const canGoOn = !['ThrottledError', 'RefreshAuthError', 'ExpiredAuthError'].includes(ending);
    if (target.name === 'GET /locations/{locationId}' && canGoOn && !fault.strikes) return 'well';
    // Capture looks up the contact, and continues with it.
    if (target.name === 'POST /contacts/' && ending === 'Uncertain' && name.endsWith('(known contact)'))
      return 'well';
    if (target.name === 'POST /contacts/' && ending === 'HaltedError') return 'well';
    if (target.name === 'PUT /contacts/{contactId}' && ending === 'HaltedError') return 'well';
    // Tags that are refused are left out, with a warning.
    if (target.name === 'POST /contacts/{contactId}/tags' && ending === 'Refused') return 'well';
  }
  // The contact was created after the search, so it is the one to return.
  if (name === 'create_contact (after a search)' && ending === 'HaltedError') return 'well';
  return undefined;
}

/** Whether the app works without the response of an endpoint (lib/resources/optional.ts). */
function isOptional({ name }: Target): boolean {
  return Object.entries(endpoints).some(([known, endpoint]) => known === name && endpoint.optional);
}

/** Whether an event is returned from its payload: its record is missing, refused or unreadable, but HighLevel works. */
function isTold({ name, rule }: Fault, ending: Ending): boolean {
  const { status = 200 } = typeof rule === 'function' ? {} : (rule ?? {});
  if (ending === 'Forbidden') return /^401, (?:missing permission|timeout)/.test(name);
  if (ending === 'Unavailable') return status === 200 && /empty body|HTML page|invalid JSON/.test(name);
  return ending === 'NotFound' || ending === 'Refused';
}

/** The status of a fault's response. */
function statusOf({ fault, status }: FaultRule): number | undefined {
  return fault === undefined ? status : knownFaults[fault].status;
}

/** Whether a response with this status makes a poll skip a calendar. */
function isLeftOut(status = 200): boolean {
  return status >= 400 && status !== 401;
}

/** Whether a list in HighLevel contains what the request creates. */
function isLookedUp({ name }: Target): boolean {
  return name !== JIVOCHAT && !/^POST .+\/(?:workflow|campaigns)\//.test(name);
}

/** JivoChat's rules: 2xx is accepted, 4xx is refused, anything else is sent once more with the same id. */
function fromJivoChat({ rule, strikes }: Fault, how: 'once' | 'lasting'): Ending {
  // Faults of the sub-account do not affect JivoChat.
  if (strikes) return 'well';
  const {
    fault,
    kind = 'status',
    status = kind === 'status' ? 400 : 200,
  } = typeof rule === 'function' ? {} : (rule ?? {});
  // An HTML page is not from JivoChat.
  const lost = ['timeout', 'reset', 'truncate'].includes(kind) || (kind === 'html' && status === 200);
  const isOpen = fault === 408 || status >= 500;
  if (lost || isOpen) return how === 'once' ? 'well' : 'Uncertain';
  if (status === 429) return 'ThrottledError';
  return status < 300 ? 'well' : 'Refused';
}

/** Plays every fault on an operation. `wrong` lists the runs that did not end as they must. */
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
        for (const one of [
          ...other,
          ...wrongIn(outcome, good),
          ...wrongAfterReplays(target, fault, outcome, good),
        ])
          wrong.push(`${fault.name}, ${how}, on ${target.name}: ${one}`);
      }
    }
  }
  return { rows, wrong };
}

/** The problems of a run, regardless of the fault. */
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
    ...(again ? more(again.written, good) : []).map((one) => `run again it writes ${one}`),
    ...(again?.ending === 'well' &&
    !again.written.includes(' x ') &&
    amount(again.written) < amount(good.written)
      ? [`run again it writes ${again.written}`]
      : []),
  ];
}

/**
 * The problems after Zapier's Autoreplay: never two records of one. After the fault everything must be written, except what
 * cannot be looked up, which is left to the user.
 */
function wrongAfterReplays(target: Target, fault: Fault, { replayed }: Outcome, good: Outcome): string[] {
  return Object.entries(replayed).flatMap(([circumstances, { ending, text, written }]) => {
    const wrong = more(written, good).map((one) => `it has written ${one}`);
    if (ending !== 'well' && ending !== 'RefreshAuthError') wrong.push(...wrongWith(text));
    if (circumstances !== 'blind' && !fault.strikes) {
      // A record that an earlier run deleted is missing.
      const deleted = target.name.startsWith('DELETE ') ? 'NotFound' : 'well';
      const left = isLookedUp(target) ? deleted : 'Uncertain';
      if (ending !== 'well' && ending !== left) wrong.push(`it ends with ${ending}`);
      if (ending === 'well' && !written.includes(' x ') && amount(written) < amount(good.written))
        wrong.push(`it has written only ${written}`);
    }
    return wrong.map((one) => `after five replays (${circumstances}) ${one}`);
  });
}

function wrongWith(text: string): string[] {
  return [
    ...(text === '' ? ['it says nothing'] : []),
    ...(NOISE.test(text) ? [`it shows noise: ${text}`] : []),
    ...(text.endsWith('.') ? [] : [`it ends in the middle: ${text}`]),
    ...(ADVICE.test(text) ? [] : [`it does not say what to do: ${text}`]),
  ];
}

/** The records written in excess of a successful run; an existing contact counts as changed, not added. */
function more(written: string, good: Outcome): string[] {
  const allowed = good.written.replace('contact added', 'contact added, contact changed').split(', ');
  return written.split(', ').filter((one) => one !== 'nothing' && !allowed.includes(one));
}

function amount(written: string): number {
  return written === 'nothing' ? 0 : written.split(', ').length;
}
