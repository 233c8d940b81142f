import * as z from 'zod';
import { flag, longText, text } from '../fields.ts';
import type { HighLevel } from '../highlevel.ts';
import { readEvent, type JivoChatEvent } from '../jivochat/event.ts';
import { leadFrom, type Lead } from '../jivochat/lead.ts';
import { ifAllowed, subAccount, timeZone } from '../lookups.ts';

/** What tells of the lead: the raw event, single fields, or both; a field wins over the event. */
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
  description: longText('Description', 'Wants a quote').optional(),
  message: longText('Message', 'Please call me back.').optional(),
  transcript: longText('Transcript', 'Jane: Hello!').optional(),
  missed: flag('Missed', false).optional().describe('Yes if nobody answered the visitor.'),
  pageUrl: text('Page Address', 'https://example.com/pricing').optional(),
  pageTitle: text('Page Title', 'Pricing').optional(),
  agentName: text('Agent Name', 'Maria Keller').optional(),
  agentEmail: text('Agent Email', 'maria@example.com').optional(),
};

type LeadInput = z.output<z.ZodObject<typeof leadInput>> & { defaultCountry?: string };

/** The lead of a step's input. Throws InputError when the payload is no JivoChat event. */
export async function leadOf(highlevel: HighLevel, input: LeadInput): Promise<Lead> {
  const event =
    input.payload === undefined ? readEvent({ event_name: 'mapped_fields' }) : readEvent(input.payload);
  const location = await ifAllowed(subAccount(highlevel), undefined);
  const lead = leadFrom(withFields(event, input), {
    defaultCountry: input.defaultCountry ?? location?.country ?? undefined,
    timezone: await timeZone(highlevel),
  });
  return { ...lead, missed: input.missed ?? lead.missed };
}

/** The event with the mapped fields in their places, read by the same rules as JivoChat's own. */
function withFields(event: JivoChatEvent, input: LeadInput): JivoChatEvent {
  const { visitor, page, assigned_agent } = event;
  const agent = { name: input.agentName, email: input.agentEmail };
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
    assigned_agent: agent.name || agent.email ? agent : assigned_agent,
  });
}
