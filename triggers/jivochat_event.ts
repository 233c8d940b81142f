import * as z from 'zod';
import { flag, textList } from '../lib/schema/fields.ts';
import { readEvent } from '../lib/jivochat/event.ts';
import { leadFrom, leadRecord } from '../lib/jivochat/lead.ts';
import { hook } from '../lib/zapier/operation.ts';
import { LeadRecord } from '../lib/jivochat/lead_record.ts';

const EVENTS = {
  chat_finished: 'Chat Finished',
  offline_message: 'Offline Message',
  chat_accepted: 'Chat Accepted',
  chat_updated: 'Visitor Details Changed During a Chat',
  client_updated: 'Client Details Changed',
  client_attribute_updated: 'Client Attributes Changed',
  call_event: 'Call',
  chat_assigned: 'Chat Linked to CRM',
};

export default hook({
  key: 'jivochat_event',
  noun: 'Event',
  display: {
    label: 'New JivoChat Event',
    description: 'Triggers when JivoChat reports a finished chat, an offline message or another event.',
    directions:
      'In JivoChat open Manage, Channels and the Settings of your channel. Under Integration Settings for Developers switch webhooks on and paste the address below as Webhooks Endpoint URL. JivoChat offers this in its paid plans, and keeps one address per channel.',
  },
  input: z.object({
    events: textList('Events', ['chat_finished', 'offline_message'])
      .meta({ editor: { type: 'string', list: true, choices: EVENTS } })
      .default(['chat_finished', 'offline_message'])
      .describe('Finished chats and offline messages if empty. All other events end here quietly.'),
    requireContact: flag('Require Contact Details', false)
      .default(false)
      .describe('Yes lets only visitors through who left an email or a phone number.'),
  }),
  output: LeadRecord,

  async perform(highlevel, { events, requireContact }, { raw, body }) {
    const event = readEvent(body, 'delivery');
    if (!events.includes(event.event_name)) return [];
    const lead = leadFrom(event, { timezone: highlevel.zapZone });
    if (requireContact && !lead.email && !lead.phone) return [];
    return [leadRecord(lead, raw ?? JSON.stringify(body))];
  },
});
