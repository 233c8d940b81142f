import { createHash, randomUUID } from 'node:crypto';
import { normalizedName } from '../lib/base/event_name.ts';
import { InputError } from '../lib/base/errors.ts';
import { isObject } from '../lib/base/json.ts';
import { cleanLine, truncate } from '../lib/base/text.ts';
import { readEvent, type JivoChatEvent } from '../lib/jivochat/event.ts';
import { tokenKey, visitorKey } from './card_keys.ts';

export type Source = 'jivochat' | 'highlevel';

/** An event as it is stored and delivered. */
export interface RelayEvent {
  id: string;
  source: Source;
  locationId: string;
  /** The event's name as it was sent. */
  type: string;
  /** What repeats of the event have in common, apart from their bytes. */
  key: string;
  /** A hash of the body; the same for all of a key where the other system numbers its events. */
  fingerprint: string;
  /** How long the same key with the same fingerprint counts as a repeat. */
  repeatMs: number;
  contactId: string | null;
  /** The chat of JivoChat. */
  chatId: string | null;
  /** The card key of the visitor, by which a contact's chats are found when it is deleted. */
  visitor: string | null;
  /** HighLevel's signature of the body. */
  signature: string | null;
  body: string;
  /** What has to be removed with the event. */
  removes: 'contact' | 'location' | null;
  /** By this relay's clock, in epoch ms. */
  receivedAt: number;
}

const MINUTE = 60_000;
/** JivoChat sends no ids of events. Its retries are not documented; ten minutes hold any that was seen. */
const JIVOCHAT_REPEAT_MS = 10 * MINUTE;
const HIGHLEVEL_REPEAT_MS = MINUTE;
/** HighLevel's events have ids, but not all of them. A repeat of one with an id is known as long as events are kept. */
const NUMBERED_REPEAT_MS = 7 * 24 * 60 * MINUTE;
/** A signed body is valid for ever, so an old one could be sent again by anyone who has it. */
const MAX_HIGHLEVEL_AGE_MS = 2 * 24 * 60 * MINUTE;
/** How far another system's clock may be ahead. */
const CLOCK_SKEW_MS = 10 * MINUTE;

/** Reads a body of JivoChat's webhook. Throws InputError for what is not an event. */
export function jivoChatEvent(
  body: string,
  locationId: string,
  receivedAt: number,
): { event: RelayEvent; read: JivoChatEvent } {
  const read = readEvent(body, 'delivery');
  const about = read.offline_message_id ?? read.chat_id ?? read.client_id;
  const fingerprint = hash(body);
  const visitor =
    visitorKey(read.widget_id, read.visitor.number ?? read.client_id) ?? tokenKey(read.user_token);
  const event: RelayEvent = {
    id: randomUUID(),
    source: 'jivochat',
    locationId,
    type: read.event_name,
    key: keyOf(normalizedName(read.event_name), about ?? fingerprint),
    fingerprint,
    repeatMs: JIVOCHAT_REPEAT_MS,
    contactId: null,
    chatId: chatKey(read.chat_id),
    visitor: visitor ?? null,
    signature: null,
    body,
    removes: null,
    receivedAt,
  };
  return { event, read };
}

/**
 * Reads a body that HighLevel has signed. Undefined for what is not about one sub-account, or is another app's. Throws
 * InputError for what is not JSON or is too old.
 */
export function highLevelEvent(
  body: string,
  signature: string,
  { receivedAt, appId }: { receivedAt: number; appId: string | undefined },
): RelayEvent | undefined {
  const payload = parse(body);
  if (!isObject(payload)) throw new InputError('The body is not a JSON object.');
  const { type, locationId, webhookId, timestamp } = payload;
  const sent =
    typeof timestamp === 'string' || typeof timestamp === 'number' ? new Date(timestamp) : undefined;
  const age = sent ? receivedAt - sent.getTime() : 0;
  if (age > MAX_HIGHLEVEL_AGE_MS || age < -CLOCK_SKEW_MS)
    throw new InputError('The timestamp is not within the last two days.');
  const location = idIn(locationId);
  const name = typeof type === 'string' ? truncate(cleanLine(type), 200) : '';
  if (location === undefined || name === '') return undefined;
  if (appId !== undefined && payload.appId !== undefined && payload.appId !== appId) return undefined;
  const isContact = name.startsWith('Contact');
  const recordId = idIn(payload.id) ?? idIn(payload.messageId);
  const contactId = idIn(payload.contactId) ?? (isContact ? recordId : undefined);
  const number = typeof webhookId === 'string' && webhookId !== '' ? hash(webhookId) : undefined;
  const fingerprint = hash(body);
  return {
    id: randomUUID(),
    source: 'highlevel',
    locationId: location,
    type: name,
    key: number === undefined ? keyOf(name, recordId ?? fingerprint) : keyOf('webhook', number),
    fingerprint: number === undefined ? fingerprint : '',
    repeatMs: number === undefined ? HIGHLEVEL_REPEAT_MS : NUMBERED_REPEAT_MS,
    contactId: contactId ?? null,
    chatId: null,
    visitor: null,
    signature,
    body,
    removes:
      name === 'ContactDelete' && contactId !== undefined
        ? 'contact'
        : // All apps' events are signed with one key: only our own app's removal counts.
          /^(?:App)?uninstall$/i.test(name) && appId !== undefined && payload.appId === appId
          ? 'location'
          : null,
    receivedAt,
  };
}

/** A chat ID of any length, as it is stored. */
export function chatKey(id: string | null): string | null {
  return id !== null && id.length > 100 ? hash(id) : id;
}

function keyOf(kind: string, about: string): string {
  return `${truncate(kind, 200)} ${about.length > 200 ? hash(about) : about}`;
}

/** An id of HighLevel; undefined for anything else. */
function idIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : undefined;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InputError('The body is not JSON.');
  }
}
