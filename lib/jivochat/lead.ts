import { countryCode } from '../base/countries.ts';
import {
  mayBeContactDetail,
  readContactDetails,
  withoutIds,
  type TypedDetails,
} from '../base/contact_details.ts';
import type { PhoneCountries } from '../base/phone.ts';
import { agentsOf } from './agents.ts';
import type { JivoChatEvent, Visitor } from './event.ts';
import type { LeadRecord } from './lead_record.ts';
import { isPlaceholder, splitName, type Whereabouts } from './name.ts';
import { conversationOf, isMissed, type SpokenMessage } from './transcript.ts';
import { utmParameters } from './utm.ts';

/**
 * A lead parsed from a JivoChat event: the flat record that a Zap receives, without the raw event, plus what only Capture
 * needs.
 */
export interface Lead extends Omit<LeadRecord, 'id' | 'payload'> {
  /** Unique per event, and the same for each delivery of it: `jivo:{event}:{chat or message id}`. */
  eventId: string;
  blacklisted: boolean;
  /** The name as typed, if it contains more than the name and the contact details. */
  nameRaw: string | null;
  /** The rest of what was typed, readable: a second number, "work". It is in no other field. */
  leftOver: string[];
  /** The emails of the chat's agents, in lower case. The agent it belongs to comes first. */
  agentEmails: string[];
  /** The messages that JivoChat sent individually, in chronological order; empty if it sent the dialog as one text. */
  messages: SpokenMessage[];
}

/** Defaults for what an event does not specify. Countries are ISO 3166 alpha-2 codes. */
export interface ReadOptions {
  /** The country of phone numbers without a country code, after the visitor's own. */
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
  const visit = geoip.country_code ?? countryCode(geoip.country ?? '');
  const details = detailsOf(event, { visit, step: defaultCountry, account: accountCountry });
  const agent = agentsOf(event);
  const { messages, ...conversation } = conversationOf(event, details.name, timezone);
  return {
    eventId: eventIdOf(event),
    event: event.event_name,
    chatId: event.chat_id,
    offlineMessageId: event.offline_message_id,
    widgetId: event.widget_id,
    visitorNumber: numberOf(event),
    userToken: event.user_token,
    name: details.name,
    ...splitName(details.name),
    email: details.email,
    emailRaw: details.emailRaw,
    phone: details.phone,
    phoneRaw: details.phoneRaw,
    description: visitor.description,
    message: event.message,
    ...conversation,
    missed: isMissed(event),
    rating: event.chat.rate,
    tags: event.tags,
    status: event.status.title ?? event.status.name,
    organization: event.organization.name ?? event.organization.title,
    topic: event.topic.title ?? event.topic.name,
    pageUrl: page.url,
    pageTitle: page.title,
    ...utmParameters({ utmJson: session.utm_json, utm: session.utm, pageUrl: page.url }),
    country: geoip.country,
    countryCode: geoip.country_code,
    region: geoip.region,
    city: geoip.city,
    ipAddress: session.ip_addr,
    userAgent: session.user_agent,
    agentName: agent.name,
    agentEmail: agent.email,
    department: event.department.name ?? event.department.title,
    invitation: event.chat.invitation,
    crmLink: event.assign_to,
    callType: call.type,
    callStatus: call.status,
    callRecordUrl: call.record_url,
    callReason: call.reason,
    attributes: event.attributes,
    blacklisted: event.chat.blacklisted,
    nameRaw: details.nameRaw,
    leftOver: details.leftOver,
    agentEmails: agent.emails,
    messages,
  };
}

/** The record for a Zap: the lead, with the raw event as JSON text. */
export function leadRecord(lead: Lead, payload: string): LeadRecord {
  const {
    eventId,
    blacklisted: _blacklisted,
    nameRaw: _nameRaw,
    leftOver: _leftOver,
    agentEmails: _agentEmails,
    messages: _messages,
    ...record
  } = lead;
  return { ...record, id: eventId, payload };
}

/**
 * Whether the visitor of an event left an email or a phone number, or something that may be one once the sub-account's
 * country is known. Errs on the side of true.
 */
export function mayHaveContactDetails(event: JivoChatEvent): boolean {
  return Object.values(boxesOf(event)).some(({ name, email, phone }: TypedDetails) =>
    [withoutIds(name ?? ''), email ?? '', phone ?? ''].some(mayBeContactDetail),
  );
}

/** Events that occur once per chat or message. Others, such as the steps of a call, are distinguished by their content. */
const ONCE = ['chat_accepted', 'chat_finished', 'offline_message'];

function eventIdOf(event: JivoChatEvent): string {
  const id = event.offline_message_id ?? event.chat_id;
  const once = id !== null && ONCE.includes(event.event_name);
  return `jivo:${event.event_name}:${once ? id : `${id ?? event.client_id ?? 'none'}:${event.fingerprint}`}`;
}

function numberOf(event: JivoChatEvent): string | null {
  return event.visitor.number ?? event.client_id;
}

/**
 * The contact fields of an event: what the step or the visitor entered, what JivoChat sent instead, and the number it
 * called.
 */
function boxesOf(event: JivoChatEvent): { own: TypedDetails; original: TypedDetails; call: TypedDetails } {
  const named = (box: Visitor) => ({ ...box, name: isStandIn(box.name ?? '', event) ? null : box.name });
  return {
    own: named(event.visitor),
    original: event.original_visitor ? named(event.original_visitor) : {},
    call: { phone: event.call.phone },
  };
}

/** The contact details of an event. JivoChat's other values only fill in what the visitor's own lack. */
function detailsOf(event: JivoChatEvent, countries: PhoneCountries) {
  const boxes = boxesOf(event);
  const own = readContactDetails(boxes.own, countries);
  const original = readContactDetails(boxes.original, countries);
  const call = readContactDetails(boxes.call, countries);
  const name = [own.name, original.name].find(
    (one) => one !== null && !isPlaceholder(one, whereaboutsOf(event)),
  );
  const phone = own.phone ?? original.phone ?? call.phone;
  return {
    name: name ?? null,
    email: own.email ?? original.email,
    phone,
    emailRaw: own.emailRaw,
    phoneRaw: own.phoneRaw ?? (phone === null ? call.phoneRaw : null),
    nameRaw: own.nameRaw,
    leftOver: [...own.leftOver, ...(phone === null ? call.leftOver : [])],
  };
}

/** JivoChat's visitor numbers are shorter, so a number of this length is a phone number. */
const MIN_PHONE_DIGITS = 10;

/** Whether a name field only has JivoChat's placeholder, such as "Visitor 1234", or the visitor's number. */
function isStandIn(name: string, event: JivoChatEvent): boolean {
  if (name === numberOf(event)) return true;
  const digits = name.replace(/\P{Nd}/gu, '').length;
  return /\p{L}/u.test(name) && digits < MIN_PHONE_DIGITS && isPlaceholder(name, whereaboutsOf(event));
}

function whereaboutsOf(event: JivoChatEvent): Whereabouts {
  const { city, region, country } = event.session.geoip;
  return { number: numberOf(event), places: [city, region, country] };
}
