import { isObject } from '../base/json.ts';
import { itemsFrom, lineFrom, objectFrom } from './values.ts';

/** The events of JivoChat's CRM webhooks that have the client at the top level. Source: JivoChat's documentation. */
const CLIENT_EVENTS = [
  'created_client',
  'updated_client',
  'deleted_client',
  'updated_client_contacts',
  'assigned_agent_to_client',
  'changed_client_company',
  'changed_client_blacklist',
];

/**
 * The client of an event of JivoChat's CRM webhooks: the event itself, or what it has under `client`. Undefined for chat
 * events, and for deals and companies, whose name is not a client's.
 */
export function crmClient(event: Record<string, unknown>): Record<string, unknown> | undefined {
  if (isObject(event.client)) return event.client;
  const isClient =
    CLIENT_EVENTS.includes(lineFrom(event.event_name) ?? '') ||
    (lineFrom(event.client_id) !== null && 'contacts' in event);
  return isClient ? event : undefined;
}

/** A CRM client as the visitor of a chat. Several emails or phone numbers are separated by commas. */
export function visitorOf(client: Record<string, unknown>): Record<string, unknown> {
  const contacts = itemsFrom(client.contacts, ['contact', 'contact_type', 'value']).map(({ key, value }) => {
    const contact = isObject(value) ? value : { contact: value };
    return {
      type: lineFrom(contact.contact_type) ?? lineFrom(contact.type) ?? key ?? '',
      text: lineFrom(contact.contact) ?? lineFrom(contact.value),
    };
  });
  const of = (type: RegExp) =>
    contacts.flatMap((contact) => (contact.text !== null && type.test(contact.type) ? contact.text : []));
  return {
    name: client.name,
    email: lineFrom(client.email) ?? of(/mail/i).join(', '),
    phone: lineFrom(client.phone) ?? of(/phone|tel|mobile|whatsapp|viber/i).join(', '),
    description: client.description,
    number: client.client_id,
  };
}

/** Whether a CRM client is on the blacklist: JivoChat then sends an object with the date. */
export function isBlacklisted(client: Record<string, unknown>): boolean {
  return Object.values(objectFrom(client.blacklist)).some(Boolean);
}
