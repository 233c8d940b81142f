import { mayBeContactDetail } from '../base/contact_details.ts';
import { InputError } from '../base/errors.ts';
import { saysNothing } from '../base/text.ts';
import { readEvent, type JivoChatEvent } from '../jivochat/event.ts';
import { lineFrom, textFrom } from '../jivochat/values.ts';
import { flag, longText, optional, text, type Output } from '../schema/fields.ts';

/** The inputs that describe a lead: the raw event, single fields, or both. A field takes precedence over the event. */
export const leadInput = {
  payload: optional(
    longText('JivoChat Event Data', '{"event_name": "chat_finished", "chat_id": 7607}'),
    'Map this field from the New JivoChat Event trigger. Fields you fill in below take precedence.',
  ),
  chatId: optional(
    text('JivoChat Chat', '7607'),
    'Map Chat ID from the trigger. It prevents the same chat from being processed twice at once.',
  ),
  name: optional(text('Name', 'Jane Doe'), 'Leave blank to use the name in JivoChat Event Data.'),
  email: optional(text('Email', 'jane@example.com'), 'Leave blank to use the email in JivoChat Event Data.'),
  phone: optional(
    text('Phone', '+14155550132'),
    'Leave blank to use the phone number in JivoChat Event Data.',
  ),
  description: optional(longText('Description', 'Wants a quote'), 'Notes the agents made about the visitor.'),
  message: optional(longText('Message', 'Please call me back.'), 'The text of the offline message.'),
  transcript: optional(longText('Transcript', 'Jane: Hello!'), 'The full conversation.'),
  missed: optional(
    flag('Missed Chat', false),
    'Choose **Yes** if no agent answered. Leave blank to detect it from the event.',
  ),
  pageUrl: optional(
    text('Page URL', 'https://example.com/pricing'),
    'Leave blank to use the page in JivoChat Event Data.',
  ),
  pageTitle: optional(text('Page Title', 'Pricing'), 'Leave blank to use the page in JivoChat Event Data.'),
  agentName: optional(
    text('Agent Name', 'Maria Keller'),
    'Leave blank to use the agent in JivoChat Event Data.',
  ),
  agentEmail: optional(
    text('Agent Email', 'maria@example.com'),
    'Leave blank to use the agent in JivoChat Event Data.',
  ),
};

type LeadInput = Output<typeof leadInput>;

/**
 * Builds the event from a step's input: the payload, overridden by the mapped fields. A mapped value such as "null" or "n/a"
 * is ignored; if a mapped name, email or phone is unusable, `event.original_visitor` has JivoChat's. Throws InputError if
 * the payload is not a JivoChat event, unless the mapped fields have an email or a phone: then it is ignored with a warning.
 */
export function eventOf(input: LeadInput): { event: JivoChatEvent; warnings: string[] } {
  const warnings: string[] = [];
  const event = payloadOf(input, warnings);
  const { visitor, page } = event;
  const details = {
    name: lineFrom(input.name) ?? visitor.name,
    email: lineFrom(input.email) ?? visitor.email,
    phone: lineFrom(input.phone) ?? visitor.phone,
  };
  const mapped = {
    ...event,
    chat_id: lineFrom(input.chatId) ?? event.chat_id,
    message: spoken(input.message) ?? event.message,
    plain_messages: spoken(input.transcript) ?? event.plain_messages,
    visitor: { ...visitor, ...details, description: spoken(input.description) ?? visitor.description },
    original_visitor: visitor,
    page: { url: lineFrom(input.pageUrl) ?? page.url, title: lineFrom(input.pageTitle) ?? page.title },
    named_agent: { id: null, name: lineFrom(input.agentName), email: lineFrom(input.agentEmail) },
  };
  return { event: mapped, warnings };
}

function payloadOf({ payload, email, phone }: LeadInput, warnings: string[]): JivoChatEvent {
  const nothing = { event_name: 'mapped_fields' };
  if (payload === undefined) return readEvent(nothing);
  try {
    return readEvent(payload);
  } catch (error) {
    const isEnough = mayBeContactDetail(email ?? '') || mayBeContactDetail(phone ?? '');
    if (!isEnough || !(error instanceof InputError)) throw error;
    if (!saysNothing(payload)) warnings.push(`${error.message} Only the mapped fields were used.`);
    return readEvent(nothing);
  }
}

/** The text; null if it is a word for "nothing". */
function spoken(value: string | undefined): string | null {
  return value === undefined || saysNothing(value) ? null : textFrom(value);
}
