import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import * as z from 'zod';

const says = (status: number, message: string) => ({ status, body: { statusCode: status, message } });

/** Failures that integrators have seen in live accounts, by name. A rule determines the requests that they apply to. */
export const knownFaults = {
  /** The write may have happened, though a 400 reads like a refusal. */
  'request timeout': says(400, 'Request Timeout after 30000ms'),
  408: says(408, 'Request Timeout'),
  425: says(425, 'Too Early'),
  499: says(499, 'Client Closed Request'),
  /** HighLevel's message for a task, and probably an appointment, that does not exist. */
  'gone task': says(400, 'The task id is invalid.'),
  'gone appointment': says(400, 'The event id is invalid.'),
  /** The firewall before HighLevel, which has nothing to do with the sub-account. */
  'firewall in JSON': {
    status: 403,
    body: { title: 'Error 1010: Access denied', status: 403, error_code: 1010, cloudflare_error: true },
  },
  'location record unreadable': {
    method: 'GET',
    path: '^/locations/[^/]+$',
    ...says(500, 'Internal Server Error'),
  },
  /** With `search`, it is one calendar of several. */
  'calendar refused': { method: 'GET', path: '^/calendars/events$', ...says(400, 'Calendar not found') },
} as const;
type KnownFault = keyof typeof knownFaults;
const isKnownFault = (name: unknown): name is KnownFault =>
  typeof name === 'string' && Object.hasOwn(knownFaults, name);

/** A fault, for the next `times` requests that match. */
export const FaultRule = z.strictObject({
  /** One of the known failures, which the rest of the rule narrows. */
  fault: z.custom<KnownFault>(isKnownFault, 'There is no such fault').optional(),
  method: z.string().optional(),
  /** A regular expression, or the text of one, that the path must match. */
  path: z.union([z.string(), z.instanceof(RegExp)]).optional(),
  /** The same for the query: with it a fault hits one calendar of many. */
  search: z.union([z.string(), z.instanceof(RegExp)]).optional(),
  kind: z.enum(['status', 'timeout', 'reset', 'truncate', 'html', 'invalid-json', 'empty']).optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  times: z.int().min(1).optional(),
  /** `after`: the request does its work and then its answer is lost. `late`: it does its work 20 seconds after that. */
  when: z.enum(['before', 'after', 'late']).optional(),
  delayMs: z.int().min(0).optional(),
});
export type FaultRule = z.input<typeof FaultRule>;

/** What each property of a fault says, for people. */
const properties = {
  status: '200 to 599: the status of the response',
  body: "the body of the response, as JSON; HighLevel's form of an error if left out",
  headers: 'headers of the response, such as {"retry-after":"2"}',
  kind: 'instead of a status: timeout, reset, truncate, html, invalid-json or empty',
  fault: `a failure that was seen in live accounts: ${Object.keys(knownFaults).join(', ')}`,
  times: 'how many requests fail; 1 if left out, which a retry hides: 9 outlasts all retries of a step',
  method: 'only requests with this method, such as "POST"',
  path: 'only requests whose path matches this regular expression, such as "/notes"',
  search: 'only requests whose query matches this regular expression',
  when: 'before (the work is not done), after (it is done, but the response is lost) or late (20 seconds later)',
  delayMs: 'how long the response takes, in milliseconds',
} satisfies Record<keyof FaultRule, string>;

/** The table of a fault's properties, for a terminal. */
export const faultTable = Object.entries(properties)
  .map(([name, meaning]) => `  ${name.padEnd(13)}${meaning}`)
  .join('\n');

/** How long after its faulty answer a request does its work `late`. */
export const LATE_MS = 20_000;

/** The faults that wait for their request. */
export class Faults {
  #rules: FaultRule[] = [];

  add(rule: FaultRule): void {
    const { fault, ...rest } = rule;
    const known: FaultRule = fault === undefined ? {} : knownFaults[fault];
    this.#rules.push({ times: 1, when: 'before', ...known, ...rest });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The faults that still wait, with the number of requests that each has left. */
  waiting(): FaultRule[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  /** The fault for a request, counted down; undefined if there is none. */
  take(method: string, path: string, search: string): FaultRule | undefined {
    const rule = this.#rules.find(
      (candidate) =>
        (!candidate.method || candidate.method === method) &&
        (!candidate.path || new RegExp(candidate.path).test(path)) &&
        (!candidate.search || new RegExp(candidate.search).test(search)),
    );
    if (rule) {
      rule.times = (rule.times ?? 1) - 1;
      if (rule.times <= 0) this.#rules = this.#rules.filter((other) => other !== rule);
    }
    return rule;
  }
}

/** Applies a fault. `good` is the regular response; the faulty one replaces it. */
export async function play(
  rule: FaultRule,
  good: Response | undefined,
  { outgoing }: HttpBindings,
): Promise<Response> {
  const { kind = rule.status === undefined ? 'reset' : 'status', status = 503, headers = {} } = rule;
  if (rule.delayMs) await new Promise((resolve) => setTimeout(resolve, rule.delayMs));
  switch (kind) {
    case 'timeout':
      // No response until the client gives up or the sandbox closes.
      await new Promise((resolve) => outgoing.once('close', resolve));
      return RESPONSE_ALREADY_SENT;
    case 'reset':
      outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    case 'truncate': {
      const text = (await good?.text()) ?? '{"contact":{"id":"abc"';
      outgoing.writeHead(200, {
        'content-type': 'application/json',
        'content-length': String(text.length + 100),
      });
      outgoing.write(text.slice(0, Math.ceil(text.length / 2)));
      setTimeout(() => outgoing.destroy(), 10);
      return RESPONSE_ALREADY_SENT;
    }
    case 'html':
      return new Response('<!doctype html><title>Just a moment...</title><h1>Error</h1>', {
        status: rule.status ?? 200,
        headers: { 'content-type': 'text/html', ...headers },
      });
    case 'invalid-json':
      return new Response('{"contact": {"id": ', {
        status: rule.status ?? 200,
        headers: { 'content-type': 'application/json', ...headers },
      });
    case 'empty':
      return new Response('', { status: rule.status ?? 200, headers });
    default:
      return Response.json(rule.body ?? { statusCode: status, message: `Fault ${status}` }, {
        status,
        headers,
      });
  }
}
