import * as z from 'zod';
import { digest } from '../base/digest.ts';
import { InputError } from '../base/errors.ts';
import { isObject, isTooDeep } from '../base/json.ts';
import { cleanLine, cleanText, shortened, truncate } from '../base/text.ts';

export const MAX_CHARACTERS = 5_000_000;
const MAX_DEPTH = 50;
/** The longest name, URL or title. A longer one is truncated, so that it never fails the lead. */
const MAX_LINE_LENGTH = 4_000;

// JivoChat sends ids as numbers or text, and absent values as null, {} or not at all. A value of the wrong type becomes
// null and does not affect the others. Source: the official samples and public code that reads them.
const line = z.preprocess(
  (value) => (isWritten(value) ? truncate(cleanLine(String(value)), MAX_LINE_LENGTH) || null : null),
  z.string().nullable(),
);
const longText = z.preprocess(
  (value) => (isWritten(value) ? shortened(cleanText(String(value))) || null : null),
  z.string().nullable(),
);
const object = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess((value) => (isObject(value) ? value : {}), z.object(shape));
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : []), z.array(item));

const Person = object({ id: line, name: line, email: line });
const Titled = object({ title: line, name: line });

const Event = z.object({
  event_name: z.string(),
  widget_id: line,
  user_token: line,
  chat_id: line,
  client_id: line,
  offline_message_id: line,
  visitor: object({ name: line, email: line, phone: line, description: longText, number: line }),
  organization: Titled,
  status: Titled,
  department: Titled,
  topic: Titled,
  assigned_agent: Person,
  agent: Person,
  agents: list(Person),
  tags: list(Titled),
  session: object({
    geoip: object({ country: line, country_code: line, region: line, city: line }),
    utm: line,
    utm_json: object({ source: line, medium: line, campaign: line, term: line, content: line }),
    ip_addr: line,
    user_agent: line,
  }),
  page: object({ url: line, title: line }),
  chat: object({
    messages: list(object({ message: longText, timestamp: line, type: line, agent_id: line })),
    blacklisted: z.preprocess((value) => value === true || value === 1 || value === 'true', z.boolean()),
    rate: line,
    invitation: longText,
  }),
  call: object({ type: line, status: line, record_url: line, reason: line }),
  plain_messages: longText,
  message: longText,
  assign_to: line,
  attributes: z.preprocess(pairs, z.record(z.string(), z.string())),
});

/** A JivoChat event, documented or unknown. Every key is present; null or empty when JivoChat did not send it. */
export type JivoChatEvent = z.output<typeof Event> & {
  /** A hash of the body, because JivoChat's events have no ids. */
  fingerprint: string;
};

/** Wording of the errors, by where the event came from. */
const wording = {
  step: { it: 'Payload', advice: 'Please map the raw body that JivoChat sent, not a single field of it.' },
  delivery: {
    it: "What came to this Zap's address",
    advice: 'Check that JivoChat, and nothing else, has the address as its Webhooks Endpoint URL.',
  },
};

/**
 * Parses the body of a JivoChat webhook, as JSON text or already parsed. Throws InputError when it is not JSON, not a
 * JivoChat event, too long or nested too deeply.
 */
export function readEvent(payload: unknown, source: keyof typeof wording = 'step'): JivoChatEvent {
  const { it, advice } = wording[source];
  const body = typeof payload === 'string' ? parse(payload, it, advice) : payload;
  if (!isObject(body) || typeof body.event_name !== 'string' || cleanLine(body.event_name) === '') {
    throw new InputError(`${it} is not a JivoChat event: it has no event name. ${advice}`);
  }
  if (isTooDeep(body, MAX_DEPTH))
    throw new InputError(`${it} is not a JivoChat event: it is nested too deeply. ${advice}`);
  return {
    ...Event.parse({ ...body, event_name: truncate(cleanLine(body.event_name), MAX_LINE_LENGTH) }),
    fingerprint: digest(JSON.stringify(body)),
  };
}

function parse(text: string, it: string, advice: string): unknown {
  if (text.length > MAX_CHARACTERS)
    throw new InputError(`${it} is too long to be a JivoChat event. ${advice}`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new InputError(`${it} is not JSON. ${advice}`);
  }
}

function isWritten(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

// The official sample of custom attributes is not valid JSON, so both a list of pairs and an object are accepted.
function pairs(value: unknown): Record<string, string> {
  const entries = Array.isArray(value) ? value.flatMap(pairIn) : isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([key, item]) => {
      const isScalar = isWritten(item) || typeof item === 'boolean';
      return isWritten(key) && isScalar ? [[cleanLine(String(key)), shortened(cleanText(String(item)))]] : [];
    }),
  );
}

function pairIn(item: unknown): [unknown, unknown][] {
  if (Array.isArray(item)) return [[item[0], item[1]]];
  if (!isObject(item)) return [];
  return 'name' in item && 'value' in item ? [[item.name, item.value]] : Object.entries(item);
}
