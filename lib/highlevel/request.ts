import { setTimeout as sleep } from 'node:timers/promises';
import { endpoints, type Answer, type EndpointName, type KeyOf } from './endpoints.ts';
import { ApiError } from '../base/errors.ts';
import * as responses from './error_responses.ts';
import { MIN_TIME_LEFT_MS, decideRetry, type Failure } from './retry.ts';
import { allows } from './scopes.ts';
import { send, type Attempt, type Run } from './transport.ts';

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

/** What an attempt means: data, an error to throw, or a failure to retry, with its reason. */
type Outcome = { data: unknown } | { error: Error } | { failure: Failure; why: string; isUnreadable?: true };

/**
 * Sends a request to HighLevel and returns the response, parsed by the endpoint's schema. Retries where it is safe
 * (lib/highlevel/retry.ts), within the run's time. Throws ApiError, or RefreshAuthError when Zapier should refresh the
 * token.
 */
export async function request<E extends EndpointName>(run: Run, name: E, call: Call<E>): Promise<Answer<E>> {
  const { scope, action, idempotent, optional = false, response } = endpoints[name];
  if (!allows(run.bundle.authData, scope)) throw responses.missingPermission(scope, action);

  let refusedBefore = false;
  for (let attempt = 1; ; attempt++) {
    const sent = await send(run, name, call);
    if (sent.kind === 'unsent') throw responses.deadlineExceeded();
    let outcome = classify(sent, name, attempt);
    if (outcome === 'check the token') {
      const token = await probe(run);
      if (token === 'stale') throw staleToken(sent);
      // Nobody knows which permission it asks for, and the app can do without it.
      if (token === 'good' && optional) throw responses.missingPermission(scope, action, 'probably');
      if (token === 'good' && !idempotent)
        throw responses.outcomeUnknown(action, responses.likelyMissing(scope));
      if (token === 'good' && refusedBefore) throw responses.missingPermission(scope, action, 'probably');
      refusedBefore = true;
      const why =
        token === 'good'
          ? 'it refused a connection that is in order'
          : 'it refused the connection and did not say why';
      outcome = { failure: { kind: 'unknown' }, why };
    }
    if ('error' in outcome) throw outcome.error;
    if ('data' in outcome) {
      const answer = response.safeParse(outcome.data);
      if (answer.success) return answer.data;
      outcome = { failure: { kind: 'unknown' }, why: 'its answer could not be read', isUnreadable: true };
    }

    if (optional && outcome.failure.kind === 'unknown')
      throw responses.unavailable(action, outcome.why, outcome.isUnreadable);
    const left = run.deadline - Date.now() - MIN_TIME_LEFT_MS;
    const step = decideRetry(outcome.failure, { attempt, left, idempotent, random: Math.random() });
    if (step === 'give up')
      throw idempotent
        ? responses.unavailable(action, outcome.why, outcome.isUnreadable)
        : responses.outcomeUnknown(action, outcome.why);
    if ('later' in step) throw responses.throttled(step.later);
    await sleep(step.repeat);
  }
}

function classify(
  sent: Exclude<Attempt, { kind: 'unsent' }>,
  name: EndpointName,
  attempt: number,
): Outcome | 'check the token' {
  const { scope, action } = endpoints[name];
  const unknown = (why: string): Outcome => ({ failure: { kind: 'unknown' }, why });
  if (sent.kind === 'lost') return unknown(sent.why);
  if (sent.kind === 'token refused') return 'check the token';

  const { status, data, header } = sent;
  if (status >= 200 && status < 300) return { data };
  if (status === 429) return { failure: { kind: 'throttled', header }, why: 'it takes no more requests' };
  if (status >= 500) return unknown(`it has a problem of its own (status ${status})`);
  // The response to an earlier attempt was lost: that attempt deleted the record.
  if (attempt > 1 && name.startsWith('DELETE') && responses.isNotFound(status, data, true))
    return { data: { succeded: true } };
  if (responses.isPassingSearchFault(status, data)) return unknown('its search failed for the moment');
  if (status !== 401) return { error: responses.errorFor(status, data, action, namesRecord(name)) };
  switch (responses.meaningOf401(responses.messageIn(data))) {
    case 'missing permission':
      return { error: responses.missingPermission(scope, action) };
    case 'inactive location':
      return { error: responses.inactiveLocation(action) };
    case 'timeout':
      return unknown('it did not answer in time');
    default:
      return 'check the token';
  }
}

/** Whether the path names a record, other than the sub-account. */
function namesRecord(name: EndpointName): boolean {
  return name.replace('{locationId}', '').includes('{');
}

/**
 * Finds out what a 401 means by sending the connection test's requests: 'good' when one succeeds, 'stale' when all get a
 * 401. Zapier's core takes every 401 of an OAuth app for a stale token and hides the body, but HighLevel also answers 401
 * for a missing permission or a timeout.
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
  let result: 'stale' | 'unclear' = 'stale';
  for (const test of tests) {
    const sent = await test();
    if (sent.kind === 'answer' && sent.status < 500 && sent.status !== 401 && sent.status !== 429)
      return 'good';
    if (sent.kind !== 'token refused' && !(sent.kind === 'answer' && sent.status === 401)) result = 'unclear';
  }
  return result;
}

// For OAuth this is core's RefreshAuthError; a Private Integration Token cannot be refreshed.
function staleToken(sent: Attempt): Error {
  if (sent.kind === 'token refused') return sent.error;
  return new ApiError(
    'unauthenticated',
    'HighLevel does not accept the Private Integration Token of this connection. Check in HighLevel under Settings, Private Integrations whether it was deleted or replaced, and reconnect the account with a valid one.',
    { status: 401 },
  );
}
