import * as z from 'zod';
import { flag, longText, text } from '../schema/fields.ts';
import { readEvent, type JivoChatEvent } from '../jivochat/event.ts';
import { agentOf } from '../jivochat/transcript.ts';

/** The inputs that describe a lead: the raw event, single fields, or both. A field takes precedence over the event. */
export const leadInput = {
  payload: longText('Payload', '{"event_name": "chat_finished", "chat_id": 7607}')
    .optional()
    .describe('The raw event that JivoChat sent, as JSON text. The fields below win over what it says.'),
  chatId: text('Chat ID', '7607')
    .optional()
    .describe(
      'Please map it: it keeps two deliveries of the same chat from being captured at the same time.',
    ),
  name: text('Name', 'Jane Doe').optional(),
  email: text('Email', 'jane@example.com').optional(),
  phone: text('Phone', '+14155550132').optional(),
  description: longText('Description', 'Wants a quote')
    .optional()
    .describe('What the agents noted about the visitor.'),
  message: longText('Message', 'Please call me back.').optional().describe('The text of an offline message.'),
  transcript: longText('Transcript', 'Jane: Hello!').optional().describe('The conversation of a chat.'),
  missed: flag('Missed', false)
    .optional()
    .describe('Yes if nobody answered the visitor. Read from the payload if empty.'),
  pageUrl: text('Page Address', 'https://example.com/pricing').optional(),
  pageTitle: text('Page Title', 'Pricing').optional(),
  agentName: text('Agent Name', 'Maria Keller').optional(),
  agentEmail: text('Agent Email', 'maria@example.com').optional(),
};

type LeadInput = z.output<z.ZodObject<typeof leadInput>>;

/**
 * Builds the event from a step's input: the payload, overridden by the mapped fields and parsed by the same rules. Throws
 * InputError when the payload is not a JivoChat event.
 */
export function eventOf(input: LeadInput): JivoChatEvent {
  const event = readEvent(input.payload ?? { event_name: 'mapped_fields' });
  const { visitor, page } = event;
  const agent = agentOf(event);
  const isMapped = input.agentName !== undefined || input.agentEmail !== undefined;
  return readEvent({
    ...event,
    chat_id: input.chatId ?? event.chat_id,
    message: input.message ?? event.message,
    plain_messages: input.transcript ?? event.plain_messages,
    visitor: {
      ...visitor,
      name: input.name ?? visitor.name,
      email: input.email ?? visitor.email,
      phone: input.phone ?? visitor.phone,
      description: input.description ?? visitor.description,
    },
    page: { url: input.pageUrl ?? page.url, title: input.pageTitle ?? page.title },
    assigned_agent: isMapped
      ? { name: input.agentName ?? agent.name, email: input.agentEmail ?? agent.email }
      : event.assigned_agent,
  });
}
