import { readContactDetails } from '../base/contact_details.ts';
import type { LeadRecord } from './lead_record.ts';
import type { JivoChatEvent } from './event.ts';
import { isPlaceholder, splitName } from './name.ts';
import { agentOf, conversationOf, isMissed } from './transcript.ts';
import { utmParameters } from './utm.ts';

/** A lead parsed from a JivoChat event: the flat record that a Zap receives, without the raw event. */
export interface Lead extends Omit<LeadRecord, 'id' | 'payload'> {
  /** Unique per event, and the same for each delivery of it: `jivo:{event}:{chat or message id}`. */
  eventId: string;
  blacklisted: boolean;
  /** The emails of the agents who may follow up, the likeliest first. */
  agentEmails: string[];
  /** The email box as it was typed, if not all of it was read. */
  emailRaw: string | null;
  /** The name box as it was typed, if it says more than the name and the details that were read. */
  nameRaw: string | null;
  /** What is left over in the boxes beside what was read. */
  leftOver: string[];
}

/** How to parse what an event does not specify. */
export interface ReadOptions {
  /** ISO 3166 alpha-2 country for phone numbers without a country code, when the visitor's own is unknown. */
  defaultCountry?: string | null | undefined;
  /** The country of the sub-account, after the other two. */
  accountCountry?: string | null | undefined;
  /** IANA time zone for the times in the transcript. */
  timezone?: string | null | undefined;
}

/** Extracts the lead from an event. Never throws: a value that cannot be parsed is null. */
export function leadFrom(
  event: JivoChatEvent,
  { defaultCountry, accountCountry, timezone }: ReadOptions = {},
): Lead {
  const { visitor, session, page, call } = event;
  const { geoip } = session;
  const number = visitor.number ?? event.client_id;
  const places = [geoip.city, geoip.region, geoip.country];
  const details = readContactDetails(visitor, {
    visit: geoip.country_code,
    step: defaultCountry,
    account: accountCountry,
  });
  const { email, phone } = details;
  const name = isPlaceholder(details.name ?? '', { number, places }) ? null : details.name;
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
    phoneRaw: details.phoneRaw,
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
    agentEmails: [agent, ...event.agents].flatMap((one) =>
      one.email === null ? [] : (emailIn(one.email) ?? []),
    ),
    emailRaw: details.emailRaw,
    nameRaw: details.nameRaw,
    leftOver: details.leftOver,
  };
}

/** The record for a Zap: the lead, with the raw event as JSON text. */
export function leadRecord(
  {
    eventId,
    blacklisted: _blacklisted,
    agentEmails: _agentEmails,
    emailRaw: _emailRaw,
    nameRaw: _nameRaw,
    leftOver: _leftOver,
    ...lead
  }: Lead,
  payload: string,
): LeadRecord {
  return { ...lead, id: eventId, payload };
}

/** Events that occur once per chat or message. Others, such as the steps of a call, are distinguished by their content. */
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
