import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { endpoints, type Answer, type EndpointName, type KeyOf } from './endpoints.ts';
import { ApiError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import * as responses from './error_responses.ts';
import { LOOK_RESERVE_MS, MIN_TIME_LEFT_MS, decideRetry, windowOf, type Failure } from './retry.ts';
import { allows, isGranted, type Scope } from './scopes.ts';
import { send, type Attempt, type RequestParts, type Run } from './transport.ts';

type PathParameter<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

/** The path parameters, query and JSON body of a request, typed by its endpoint. */
export type Call<E extends EndpointName> = {
  query?: { [K in KeyOf<E, 'query'>]?: string | number | boolean | undefined };
  body?: { [K in KeyOf<E, 'body'>]?: unknown };
} & ([PathParameter<E>] extends [never] ? { path?: undefined } : { path: Record<PathParameter<E>, string> });

/** A compile-time error for each key that the endpoint does not take, even one that was spread into the call. */
export type OnlyKnownKeys<E extends EndpointName, C extends Call<E>> = {
  [P in Extract<keyof C, 'query' | 'body'>]: { [K in Exclude<keyof C[P], KeyOf<E, P>>]: never };
};

/** The outcome of an attempt: data, an error to throw, or a failure to retry, with its reason. */
type Outcome = FreeAnswer | { error: Error } | { failure: Failure; why: string; isUnreadable?: true };

/**
 * Sends one request to HighLevel and returns its validated response. Repeats it only if that is safe
 * (lib/highlevel/retry.ts), within the run's time budget. `withinMs`: the time limit for an optional request, without waits
 * for the rate limit; after that it fails as unavailable. Throws ApiError with a message for users, or RefreshAuthError if
 * the token is stale and Zapier should refresh it.
 */
export async function request<E extends EndpointName>(
  run: Run,
  name: E,
  call: Call<E>,
  { withinMs = Infinity }: { withinMs?: number } = {},
): Promise<Answer<E>> {
  const target = { name, ...endpoints[name], namesRecord: namesRecord(name) };
  if (!allows(run.bundle.authData, target.scope))
    throw responses.missingPermission(target.scope, target.action);
  return (await repeated(run, target, call, withinMs)).data;
}

/** Any request to HighLevel's API: one that this app has no endpoint for. */
export interface FreeRequest extends RequestParts {
  /** The method and the checked path, such as `GET /custom-menus/`. */
  name: string;
  /** The version of HighLevel's API. */
  version: string;
}

/** The successful response to a free request: its JSON, or its text if it is not JSON. */
export interface FreeAnswer {
  status: number;
  data: unknown;
  text: string;
}

/**
 * Sends any request, like `request`, but without knowing its permission and its response. POST and PATCH are never repeated.
 * Throws the same errors.
 */
export function freeRequest(run: Run, { name, ...parts }: FreeRequest): Promise<FreeAnswer> {
  const idempotent = !/^(?:POST|PATCH) /.test(name);
  const target = {
    name,
    idempotent,
    action: 'make the API request',
    namesRecord: true,
    response: () => z.unknown(),
  };
  return repeated(run, target, parts, Infinity);
}

/** What is known of a request. Without a `scope`, its permission is unknown. */
interface Target<T> {
  name: string;
  scope?: Scope;
  action: string;
  idempotent: boolean;
  optional?: boolean;
  response: () => z.ZodType<T>;
  /** Whether the path names a record, other than the sub-account. */
  namesRecord: boolean;
}

async function repeated<T>(
  run: Run,
  target: Target<T>,
  call: RequestParts,
  withinMs: number,
): Promise<FreeAnswer & { data: T }> {
  const { name, scope, action, idempotent, optional = false, response } = target;
  const latest = run.deadline - (idempotent ? 0 : LOOK_RESERVE_MS);
  let deadline = Math.min(latest, Date.now() + withinMs);
  let refusedBefore = false;
  let isLimited = false;
  let mayHaveHappened = false;
  for (let attempt = 1; ; attempt++) {
    const sentAt = Date.now();
    const sent = await send(run, name, call, deadline);
    if (sent.kind === 'unsent') {
      if (deadline < latest) throw responses.unavailable(action, 'HighLevel did not respond in time');
      throw responses.deadlineExceeded();
    }
    let outcome = classify(sent, target, mayHaveHappened);
    if (outcome === 'check the token') {
      const token = await probe(run);
      if (token === 'stale') throw staleToken(sent);
      // An optional endpoint: its permission is unknown, and the app works without it.
      if (token === 'good' && optional) throw responses.missingPermission(scope, action, 'probably');
      const why =
        token === 'good'
          ? 'HighLevel refused a valid connection'
          : 'HighLevel refused the connection without a reason';
      if (token === 'good') {
        // A permission that HighLevel has granted is not the missing one.
        const granted = scope !== undefined && isGranted(run.bundle.authData, scope);
        if (!idempotent)
          throw responses.outcomeUnknown(action, granted ? why : responses.likelyMissing(scope));
        if (refusedBefore)
          throw granted
            ? responses.refusedThoughGranted(action, why)
            : responses.missingPermission(scope, action, 'probably');
      }
      refusedBefore = true;
      outcome = { failure: { kind: 'unknown' }, why };
    }
    const wasLimited = isLimited;
    isLimited = 'failure' in outcome && outcome.failure.kind === 'throttled';
    if (wasLimited && !isLimited && sent.kind === 'answer') await run.window?.passed(sentAt);
    if ('error' in outcome) throw outcome.error;
    if ('data' in outcome) {
      const answer = response().safeParse(outcome.data);
      if (answer.success) return { ...outcome, data: answer.data };
      outcome = {
        failure: { kind: 'unknown' },
        why: "HighLevel's response could not be read",
        isUnreadable: true,
      };
    }

    if (optional && outcome.failure.kind === 'unknown')
      throw responses.unavailable(action, outcome.why, outcome.isUnreadable);
    const now = Date.now() + run.clockOffset;
    const { failure } = outcome;
    const windowMs = failure.kind === 'throttled' ? windowOf(failure.header, now) : undefined;
    const windowEndsIn = windowMs && (await run.window?.endsIn(windowMs));
    const left = (isLimited ? latest : deadline) - Date.now() - MIN_TIME_LEFT_MS;
    const random = Math.random();
    const step = decideRetry(failure, { attempt, left, idempotent, random, now, windowEndsIn });
    if (step === 'give up')
      throw idempotent
        ? responses.unavailable(action, outcome.why, outcome.isUnreadable)
        : responses.outcomeUnknown(action, outcome.why);
    if (windowMs) {
      const wait = 'later' in step ? step.later : step.repeat;
      await run.window?.refused(windowMs, wait);
      deadline = Math.min(latest, deadline + wait);
    } else mayHaveHappened = true;
    if ('later' in step) throw responses.throttled(step.later);
    await sleep(step.repeat);
  }
}

function classify(
  sent: Exclude<Attempt, { kind: 'unsent' }>,
  { name, scope, action, namesRecord: isOfRecord }: Omit<Target<unknown>, 'response'>,
  mayHaveHappened: boolean,
): Outcome | 'check the token' {
  const unknown = (why: string): Outcome => ({ failure: { kind: 'unknown' }, why });
  if (sent.kind === 'lost') return unknown(sent.why);
  if (sent.kind === 'token refused') return 'check the token';

  const { status, data, text, header } = sent;
  if (status >= 200 && status < 300) return { status, data, text };
  if (status === 429)
    return { failure: { kind: 'throttled', header }, why: "HighLevel's rate limit is reached" };
  if (status >= 500) return unknown(`HighLevel had an internal error (${status})`);
  if (responses.isOutcomeUnknown(status, data)) return unknown('HighLevel did not respond in time');
  // An earlier attempt, whose response was lost, has deleted the record.
  if (mayHaveHappened && name.startsWith('DELETE') && responses.isNotFound(status, data, true))
    return { status: 200, data: { succeded: true }, text: '' };
  if (responses.isPassingSearchFault(status, data)) return unknown('the search failed temporarily');
  if (status !== 401) return { error: responses.errorFor(status, data, action, isOfRecord) };
  switch (responses.meaningOf401(responses.messageIn(data))) {
    case 'missing permission':
      return { error: responses.missingPermission(scope, action) };
    case 'inactive location':
      return { error: responses.inactiveLocation(action) };
    case 'timeout':
      return unknown('HighLevel did not respond in time');
    default:
      return 'check the token';
  }
}

/** Whether the path names a record, other than the sub-account. */
function namesRecord(name: EndpointName): boolean {
  return name.replace('{locationId}', '').includes('{');
}

/**
 * Finds out the meaning of a 401 with a test call. Zapier's core treats every 401 of an OAuth app as a stale token and hides
 * its body, but HighLevel also uses it for a missing permission or a timeout. If a test call is accepted, the token is good.
 * If one is refused, the token counts as stale even if another test call was inconclusive: an unnecessary refresh is
 * harmless, but a missing one fails the step. A single inconclusive test call is repeated once.
 */
async function probe(run: Run): Promise<'good' | 'stale' | 'unclear'> {
  const { authData } = run.bundle;
  const locationId = authData.locationId?.trim() ?? '';
  const tests: (() => Promise<Attempt>)[] = [];
  if (allows(authData, 'locations.readonly')) {
    tests.push(() => send(run, 'GET /locations/{locationId}', { path: { locationId } }));
  }
  if (allows(authData, 'contacts.readonly')) {
    tests.push(() => send(run, 'POST /contacts/search', { body: { locationId, pageLimit: 1 } }));
  }
  const meanings: ('stale' | 'unclear')[] = [];
  for (const ask of tests) {
    let meaning = meaningOf(await ask());
    if (meaning === 'unclear' && tests.length === 1) meaning = meaningOf(await ask());
    if (meaning === 'good') return 'good';
    meanings.push(meaning);
  }
  return meanings.length === 0 || meanings.includes('stale') ? 'stale' : 'unclear';
}

/** What a test call says about the token. Only HighLevel's own response, which is JSON, is conclusive. */
function meaningOf(sent: Attempt): 'good' | 'stale' | 'unclear' {
  if (sent.kind === 'token refused') return 'stale';
  if (sent.kind !== 'answer') return 'unclear';
  const { status, data } = sent;
  if (status === 401)
    return responses.meaningOf401(responses.messageIn(data)) === 'timeout' ? 'unclear' : 'stale';
  const isTheirs = isObject(data) && (status < 300 || status >= 400) && status !== 429;
  const tells = isTheirs && !responses.isOutcomeUnknown(status, data) && !responses.isFirewall(status, data);
  return tells ? 'good' : 'unclear';
}

// For OAuth this is core's RefreshAuthError; a Private Integration Token cannot be refreshed.
function staleToken(sent: Attempt): Error {
  if (sent.kind === 'token refused') return sent.error;
  return new ApiError(
    'unauthenticated',
    'HighLevel does not accept the Private Integration Token of this connection. Check in HighLevel under Settings > Private Integrations whether it was deleted or replaced, and reconnect the account with a valid one.',
    { status: 401 },
  );
}
