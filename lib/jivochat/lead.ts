import { toE164 } from '../base/phone.ts';
import type { LeadRecord } from './lead_record.ts';
import type { JivoChatEvent } from './event.ts';
import { isPlaceholder, splitName } from './name.ts';
import { agentOf, conversationOf, isMissed } from './transcript.ts';
import { utmParameters } from './utm.ts';

/** What JivoChat told of a visitor, flat, every key always there: what a Zap gets but the raw event, and what Zaps need not see. */
export interface Lead extends Omit<LeadRecord, 'id' | 'payload'> {
  /** `jivo:{event}:{chat or message id}`: the same for two deliveries of one event, and for nothing else. */
  eventId: string;
  blacklisted: boolean;
}

/** How to read what an event leaves open. */
export interface Reading {
  /** ISO 3166 alpha-2: whose phone numbers are meant when neither the number nor the visit tells. */
  defaultCountry?: string | null;
  /** IANA zone of the times in the transcript. */
  timezone?: string | null;
}

/** The lead in an event. Never throws: what cannot be read is null. */
export function leadFrom(event: JivoChatEvent, { defaultCountry, timezone }: Reading = {}): Lead {
  const { visitor, session, page, call } = event;
  const { geoip } = session;
  const number = visitor.number ?? event.client_id;
  const places = [geoip.city, geoip.region, geoip.country];
  const given = visitor.name ?? '';
  // Visitors type their address or number where the name belongs.
  const email = emailIn(visitor.email ?? '') ?? emailIn(given);
  const countries = [geoip.country_code, defaultCountry];
  const phone =
    phoneIn(visitor.phone, countries) ??
    (visitor.phone === null ? phoneIn(numberOnly(given), countries) : null);
  const isDetail = emailIn(given) !== null || numberOnly(given) !== null;
  const name = isDetail || isPlaceholder(given, { number, places }) ? null : given;
  const agent = agentOf(event);
  return {
    eventId: eventIdOf(event),
    event: event.event_name,
    chatId: event.chat_id,
    offlineMessageId: event.offline_message_id,
    widgetId: event.widget_id,
    visitorNumber: number,
    userToken: event.user_token,
    name,
    ...splitName(name),
    email,
    phone,
    phoneRaw: phone === null ? (visitor.phone ?? numberOnly(given)) : null,
    description: visitor.description,
    message: event.message,
    ...conversationOf({ ...event, visitor: { ...visitor, name } }, timezone ?? 'utc'),
    missed: isMissed(event),
    rating: event.chat.rate,
    tags: event.tags.flatMap((tag) => tag.title ?? tag.name ?? []),
    status: event.status.title ?? event.status.name,
    organization: event.organization.name ?? event.organization.title,
    topic: event.topic.title ?? event.topic.name,
    pageUrl: page.url,
    pageTitle: page.title,
    ...utmParameters(event),
    country: geoip.country,
    countryCode: geoip.country_code,
    region: geoip.region,
    city: geoip.city,
    ipAddress: session.ip_addr,
    userAgent: session.user_agent,
    agentName: agent.name,
    agentEmail: agent.email === null ? null : emailIn(agent.email),
    department: event.department.name ?? event.department.title,
    invitation: event.chat.invitation,
    crmLink: event.assign_to,
    callType: call.type,
    callStatus: call.status,
    callRecordUrl: call.record_url,
    callReason: call.reason,
    attributes: event.attributes,
    blacklisted: event.chat.blacklisted,
  };
}

/** The lead for a Zap, with the raw event it came from. */
export function leadRecord(
  { eventId, blacklisted: _blacklisted, ...lead }: Lead,
  payload: string,
): LeadRecord {
  return { ...lead, id: eventId, payload };
}

/** These come once in the life of a chat or a message; others, such as the steps of a call, are told apart by content. */
const ONCE = ['chat_accepted', 'chat_finished', 'offline_message'];

function eventIdOf(event: JivoChatEvent): string {
  const id = event.offline_message_id ?? event.chat_id;
  const once = id !== null && ONCE.includes(event.event_name);
  return `jivo:${event.event_name}:${once ? id : `${id ?? event.client_id ?? 'none'}:${event.fingerprint}`}`;
}

function emailIn(text: string): string | null {
  const address = text
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^<(.*)>$/, '$1')
    .toLowerCase();
  return address.length <= 254 && /^[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\]+\.[^\s@<>"(),;:\\.]{2,}$/.test(address)
    ? address
    : null;
}

function phoneIn(text: string | null, countries: (string | null | undefined)[]): string | null {
  if (text === null) return null;
  for (const country of countries) {
    const number = country ? toE164(text, country.toUpperCase()) : null;
    if (number) return number;
  }
  return toE164(text);
}

function numberOnly(text: string): string | null {
  return /^[+(\d][\d\s().-]{5,}$/.test(text) ? text : null;
}
