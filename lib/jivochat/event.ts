import * as z from 'zod';
import { digest } from '../base/digest.ts';
import { InputError } from '../base/errors.ts';
import { isObject, isTooDeep } from '../base/json.ts';
import { cleanLine, cleanText, shortened, truncate } from '../base/text.ts';
import { crmClient, isBlacklisted, visitorOf } from './crm_client.ts';
import { readMessages } from './messages.ts';
import { readUtm } from './utm.ts';
import {
  detail,
  isWritten,
  itemsFrom,
  line,
  lineFrom,
  longText,
  MAX_LINE_LENGTH,
  object,
  objectFrom,
  yes,
} from './values.ts';

export const MAX_CHARACTERS = 5_000_000;
const MAX_DEPTH = 50;

/** A part that is parsed by a function, which accepts any value. */
const read = <T>(reader: (value: unknown) => T) => z.preprocess(reader, z.custom<T>());

const Person = object({ id: line, name: line, email: detail });
const Titled = object({ title: line, name: line });

/** A JivoChat agent. */
export type Person = z.output<typeof Person>;

const Visitor = object({ name: line, email: detail, phone: detail, description: longText, number: line });

/** The visitor, or a client of JivoChat's CRM, as typed. */
export type Visitor = z.output<typeof Visitor>;

const Event = z.object({
  event_name: z.string(),
  widget_id: line,
  user_token: line,
  chat_id: line,
  client_id: line,
  offline_message_id: line,
  visitor: Visitor,
  organization: Titled,
  status: Titled,
  department: Titled,
  topic: Titled,
  assigned_agent: Person,
  agent: Person,
  agents: z.array(Person),
  tags: z.array(z.string()),
  session: object({
    geoip: object({ country: line, country_code: line, region: line, city: line }),
    utm: read(readUtm),
    utm_json: read(readUtm),
    ip_addr: line,
    user_agent: line,
  }),
  page: object({ url: line, title: line }),
  chat: object({
    /** In chronological order. */
    messages: read(readMessages),
    blacklisted: yes,
    rate: line,
    invitation: longText,
  }),
  call: object({ type: line, phone: detail, status: line, record_url: line, reason: line }),
  plain_messages: longText,
  html_messages: read((value) => (typeof value === 'string' ? cleanText(value) : null)),
  message: longText,
  assign_to: line,
  attributes: z.preprocess(pairs, z.record(z.string(), z.string())),
});

/** A JivoChat event, documented or unknown. Every key is present; null or empty when JivoChat did not send it. */
export type JivoChatEvent = z.output<typeof Event> & {
  /** The visitor as JivoChat sent it, if the step has mapped other details; else null. */
  original_visitor: Visitor | null;
  /** The agent named in the step, who takes precedence over those that JivoChat sent. */
  named_agent: Person;
  /** A hash of the body, because JivoChat's events have no ids. */
  fingerprint: string;
};

/** Wording of the errors, by the source of the event. */
const wording = {
  step: {
    it: '"JivoChat Event Data"',
    advice: 'Map the raw body that JivoChat sent, not a single field of it.',
  },
  delivery: {
    it: "What came to this Zap's URL",
    advice: 'Check that JivoChat, and nothing else, has this URL as its Webhooks Endpoint URL.',
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
    ...Event.parse({
      ...documented(body),
      event_name: truncate(cleanLine(body.event_name), MAX_LINE_LENGTH),
    }),
    original_visitor: null,
    named_agent: { id: null, name: null, email: null },
    fingerprint: digest(JSON.stringify(body)),
  };
}

/** Moves an event's values to the keys that JivoChat documents for chat events. */
function documented(body: Record<string, unknown>): Record<string, unknown> {
  const visitor = objectFrom(body.visitor);
  const chat = objectFrom(body.chat);
  const client = crmClient(body) ?? {};
  const fromCrm = visitorOf(client);
  return {
    ...body,
    widget_id: body.widget_id ?? objectFrom(body.widget ?? client.widget).widget_id,
    client_id: body.client_id ?? client.client_id,
    visitor: Object.fromEntries(
      Object.keys(fromCrm).map((key) => [key, isGiven(visitor[key]) ? visitor[key] : fromCrm[key]]),
    ),
    status: titled(body.status ?? client.status),
    organization: titled(body.organization ?? client.organization),
    department: titled(body.department),
    topic: titled(body.topic),
    assigned_agent: person(body.assigned_agent ?? client.assigned_agent),
    agent: person(body.agent),
    agents: peopleIn(body.agents),
    tags: [...new Set([body.tags, visitor.tags, chat.tags, client.tags].flatMap(tagsIn))],
    chat: {
      ...chat,
      messages: chat.messages ?? body.messages,
      blacklisted: chat.blacklisted ?? visitor.blacklisted ?? body.blacklisted ?? isBlacklisted(client),
      rate: chat.rate ?? chat.rating ?? body.rate ?? body.rating,
    },
    assign_to: body.assign_to ?? client.crm_link,
  };
}

function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : lineFrom(value) !== null;
}

function titled(value: unknown): unknown {
  return typeof value === 'string' ? { title: value } : value;
}

/** A person, given as an object or as a text with a name or email. */
function person(value: unknown, key: string | null = null): Record<string, unknown> {
  const text = typeof value === 'string' ? lineFrom(value) : null;
  if (text !== null) return { id: key, ...(text.includes('@') ? { email: text } : { name: text }) };
  const { id, agent_id, assigned_agent_id, name, email } = objectFrom(value);
  return { id: id ?? agent_id ?? assigned_agent_id ?? key, name, email };
}

function peopleIn(value: unknown): Record<string, unknown>[] {
  return itemsFrom(value, ['id', 'name', 'email']).map((item) => person(item.value, item.key));
}

function tagsIn(value: unknown): string[] {
  return itemsFrom(value, ['id', 'title', 'name']).flatMap(({ key, value: item }) => {
    if (isObject(item)) return lineFrom(item.title) ?? lineFrom(item.name) ?? lineFrom(item.value) ?? [];
    if (item === true) return lineFrom(key) ?? [];
    if (typeof item !== 'string') return [];
    return item.split(/[,;\n]/).flatMap((tag) => lineFrom(tag) ?? []);
  });
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
