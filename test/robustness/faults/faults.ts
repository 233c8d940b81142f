import type { FaultRule } from '../../sandbox/faults.ts';
import type { Store } from '../../sandbox/store.ts';

/** The names that Zapier's logs have for the errors a run may end with. */
export const ENDINGS = [
  'ThrottledError',
  'RefreshAuthError',
  'ExpiredAuthError',
  'HaltedError',
  'InvalidInput',
  'InactiveLocation',
  'Refused',
  'NotFound',
  'Forbidden',
  'Unavailable',
  'Uncertain',
] as const;

/** How a run ends: well, or with one of these errors. */
export type Ending = 'well' | (typeof ENDINGS)[number];

/** What can be known of a request beforehand. */
export interface Target {
  /** Method and documented path. */
  name: string;
  /** Whether it may be repeated when its outcome is unknown. */
  idempotent: boolean;
  /** Whether its path names a record of the sub-account's. */
  namesRecord: boolean;
}

/** How a run must end when a fault hits a request of it: once, or each time. */
interface Nature {
  once: (target: Target) => Ending;
  lasting: (target: Target) => Ending;
}

/** HighLevel refused it temporarily: anything may be repeated, and Zapier runs the step again for the rest. */
const throttled: Nature = { once: () => 'well', lasting: () => 'ThrottledError' };
const ends = (ending: Ending): Nature => ({ once: () => ending, lasting: () => ending });
/** Its outcome is unknown. */
const open: Nature = {
  once: ({ idempotent }) => (idempotent ? 'well' : 'Uncertain'),
  lasting: ({ idempotent }) => (idempotent ? 'Unavailable' : 'Uncertain'),
};
/** A 401 with a valid token, whose body core hides: a missing permission, or a timeout. */
const hidden: Nature = {
  once: ({ idempotent }) => (idempotent ? 'well' : 'Uncertain'),
  lasting: ({ idempotent }) => (idempotent ? 'Forbidden' : 'Uncertain'),
};

/** A 404 means that a record is missing only if the request names one. */
const gone: Nature = {
  once: ({ namesRecord }) => (namesRecord ? 'NotFound' : 'Refused'),
  lasting: ({ namesRecord }) => (namesRecord ? 'NotFound' : 'Refused'),
};

/** One way in which HighLevel fails. */
export interface Fault {
  name: string;
  /** The sandbox's fault for the request. */
  rule?: FaultRule | ((otherContactId: string) => FaultRule);
  /** A lasting change of the whole sub-account at the time of the request. */
  strikes?: { words: string; happen: (store: Store) => void };
  /** Uses a connection with a Private Integration Token, whose 401s are readable. Otherwise OAuth. */
  edition?: 'token';
  nature: Nature;
  /** Whether a write that meets it may or may not have happened. */
  leavesOpen: boolean;
}

const burst = {
  'X-RateLimit-Max': '100',
  'X-RateLimit-Remaining': '0',
  'X-RateLimit-Interval-Milliseconds': '10000',
  'X-RateLimit-Limit-Daily': '200000',
  'X-RateLimit-Daily-Remaining': '180000',
};
const daily = { ...burst, 'X-RateLimit-Daily-Remaining': '0' };
const tooMany = { statusCode: 429, message: 'Too Many Requests' };
const says = (status: number, message: string | string[], more: object = {}): FaultRule => ({
  status,
  body: { statusCode: status, message, ...more },
});
const revoked = {
  words: 'every token is revoked',
  happen: ({ tokens }: Store) => tokens.clear(),
};
const paused = {
  words: 'the sub-account is paused',
  happen: ({ location }: Store) => void Object.assign(location, { active: false }),
};
const makeDrafts = ({ workflows }: Store) => {
  for (const workflow of workflows) workflow.status = 'draft';
};
const traceId = '7d3a1f9e-0c52-4f0e-8a53-1b2c3d4e5f60';

/** Bodies and headers: facts measured at HighLevel. */
const described: Omit<Fault, 'leavesOpen'>[] = [
  { name: '429, burst', rule: { status: 429, body: tooMany, headers: burst }, nature: throttled },
  { name: '429 without headers', rule: { status: 429, body: tooMany }, nature: throttled },
  {
    name: '429 with Retry-After',
    rule: { status: 429, body: tooMany, headers: { 'Retry-After': '2' } },
    nature: throttled,
  },
  {
    name: '429, daily limit reached',
    rule: { status: 429, body: tooMany, headers: { ...daily, 'X-RateLimit-Daily-Reset': '5400000' } },
    nature: ends('ThrottledError'),
  },
  {
    name: '429, daily limit reached, no reset time',
    rule: { status: 429, body: tooMany, headers: daily },
    nature: ends('ThrottledError'),
  },
  { name: '500', rule: says(500, 'Internal Server Error'), nature: open },
  { name: '502', rule: says(502, 'Bad Gateway'), nature: open },
  { name: '503', rule: says(503, 'Service Unavailable'), nature: open },
  { name: '504', rule: says(504, 'Gateway Timeout'), nature: open },
  {
    name: '500 after processing',
    rule: { ...says(500, 'Internal Server Error'), when: 'after' },
    nature: open,
  },
  { name: 'timeout before processing', rule: { kind: 'timeout' }, nature: open },
  { name: 'timeout after processing', rule: { kind: 'timeout', when: 'after' }, nature: open },
  { name: 'connection reset before processing', rule: { kind: 'reset' }, nature: open },
  { name: 'connection reset after processing', rule: { kind: 'reset', when: 'after' }, nature: open },
  { name: 'truncated body', rule: { kind: 'truncate', when: 'after' }, nature: open },
  { name: 'HTML page, 200', rule: { kind: 'html' }, nature: open },
  { name: 'HTML page, 503', rule: { kind: 'html', status: 503 }, nature: open },
  { name: 'HTML page, 403', rule: { kind: 'html', status: 403 }, nature: ends('Unavailable') },
  { name: 'invalid JSON', rule: { kind: 'invalid-json', when: 'after' }, nature: open },
  { name: '200 with an empty body', rule: { kind: 'empty', when: 'after' }, nature: open },
  {
    name: '401, stale token',
    strikes: revoked,
    nature: ends('RefreshAuthError'),
  },
  {
    name: '401, missing permission',
    rule: says(401, 'The token is not authorized for this scope.'),
    nature: hidden,
  },
  {
    name: '401, inactive sub-account',
    strikes: paused,
    nature: ends('RefreshAuthError'),
  },
  { name: '401, timeout', rule: says(401, 'Command timed out'), nature: hidden },
  {
    name: '401, stale token (PIT)',
    strikes: revoked,
    edition: 'token',
    nature: ends('ExpiredAuthError'),
  },
  {
    name: '401, missing permission (PIT)',
    rule: says(401, 'The token is not authorized for this scope.'),
    edition: 'token',
    nature: ends('Forbidden'),
  },
  {
    name: '401, inactive sub-account (PIT)',
    strikes: paused,
    edition: 'token',
    nature: ends('Forbidden'),
  },
  {
    name: '401, timeout (PIT)',
    rule: says(401, 'Command timed out'),
    edition: 'token',
    nature: open,
  },
  {
    name: '403',
    rule: says(403, 'The token does not have access to this location.', { error: 'Forbidden' }),
    nature: ends('Forbidden'),
  },
  { name: '404', rule: says(404, 'Not found'), nature: gone },
  { name: '404, unknown endpoint', rule: says(404, 'Cannot GET /here'), nature: ends('Refused') },
  {
    name: '400, missing contact',
    rule: says(400, 'Contact not found for id:aB3', { error: 'Bad Request' }),
    nature: ends('NotFound'),
  },
  { name: '400, gone in other words', rule: { fault: 'gone task' }, nature: ends('NotFound') },
  { name: '400, request timeout', rule: { fault: 'request timeout' }, nature: open },
  {
    name: '400, request timeout after processing',
    rule: { fault: 'request timeout', when: 'after' },
    nature: open,
  },
  { name: '408', rule: { fault: 408 }, nature: open },
  { name: '403, firewall in JSON', rule: { fault: 'firewall in JSON' }, nature: ends('Unavailable') },
  {
    name: '200 of a draft workflow',
    strikes: { words: 'every workflow becomes a draft', happen: makeDrafts },
    nature: ends('well'),
  },
  {
    name: '400, duplicate',
    rule: (contactId) =>
      says(400, 'This location does not allow duplicated contacts.', {
        meta: { contactId, matchingField: 'email' },
        traceId,
      }),
    nature: ends('HaltedError'),
  },
  {
    name: '400, temporary search error',
    rule: says(400, 'Error occurred while searching for contact', { traceId }),
    nature: open,
  },
  { name: '400, invalid field', rule: says(400, 'Invalid field here', { traceId }), nature: ends('Refused') },
  {
    name: '422, several messages',
    rule: says(422, ['property gender should not exist', 'body must be a string'], {
      error: 'Unprocessable Entity',
    }),
    nature: ends('Refused'),
  },
];

/** Every fault of the matrix, in the words of its table. */
export const faults: Fault[] = described.map((fault) => ({
  ...fault,
  leavesOpen: fault.nature === open || fault.nature === hidden,
}));
