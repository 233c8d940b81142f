import * as z from 'zod';
import { flag, textList } from '../lib/schema/fields.ts';
import { readEvent } from '../lib/jivochat/event.ts';
import { leadFrom, leadRecord, mayHaveContactDetails } from '../lib/jivochat/lead.ts';
import { eventFilter, namesKnownEvent } from '../lib/webhooks/event_filter.ts';
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
  created_client: 'CRM Client Created',
  updated_client: 'CRM Client Changed',
  updated_client_contacts: 'CRM Client Contacts Changed',
  assigned_agent_to_client: 'CRM Client Assigned to Agent',
  changed_client_company: 'CRM Client Company Changed',
  changed_client_blacklist: 'CRM Client Blacklist Changed',
  deleted_client: 'CRM Client Deleted',
  assigned_status: 'CRM Status Assigned',
};
/** Events of JivoChat's CRM webhooks that have no client details, for those who type them in. */
const OTHER_EVENTS = Object.fromEntries(
  [
    'created_task',
    'updated_task',
    'completed_task',
    'deleted_task',
    'fired_task',
    'created_deal',
    'updated_deal',
    'deleted_deal',
    'created_organization',
  ].map((name) => [name, name]),
);

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
      .refine(
        (events) => namesKnownEvent(events, { ...EVENTS, ...OTHER_EVENTS }),
        `names no event of JivoChat. Choose from ${Object.values(EVENTS).join(', ')}`,
      )
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
    if (!eventFilter(events, EVENTS)(event.event_name)) return [];
    if (requireContact && !mayHaveContactDetails(event)) return [];
    return [leadRecord(leadFrom(event, { timezone: highlevel.zapZone }), raw ?? JSON.stringify(body))];
  },
});
