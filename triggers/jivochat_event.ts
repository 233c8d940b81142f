import { flag, textList } from '../lib/schema/fields.ts';
import { readEvent } from '../lib/jivochat/event.ts';
import { leadFrom, leadRecord, mayHaveContactDetails } from '../lib/jivochat/lead.ts';
import { chosenEvents, eventFilter, namesKnownEvent } from '../lib/webhooks/event_filter.ts';
import { hook } from '../lib/zapier/operation.ts';
import { LeadRecord } from '../lib/jivochat/lead_record.ts';

const EVENTS = {
  chat_finished: 'Chat Finished',
  offline_message: 'Offline Message',
  chat_accepted: 'Chat Accepted',
  chat_updated: 'Visitor Details Updated',
  client_updated: 'Client Details Updated',
  client_attribute_updated: 'Client Attributes Updated',
  call_event: 'Call',
  chat_assigned: 'Chat Linked to CRM Record',
  created_client: 'CRM Client Created',
  updated_client: 'CRM Client Updated',
  updated_client_contacts: 'CRM Client Contacts Updated',
  assigned_agent_to_client: 'CRM Client Assigned to Agent',
  changed_client_company: 'CRM Client Company Updated',
  changed_client_blacklist: 'CRM Client Blacklist Updated',
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
    description: 'Triggers when a chat ends or another chat event occurs.',
    directions:
      'In JivoChat, open **Manage > Channels**, click **Settings** for your channel, and turn on webhooks under **Integration settings for developers**. Paste the URL below into **Webhooks Endpoint URL**. Webhooks need a paid plan. A channel holds one URL, so it can start only one Zap.',
  },
  input: {
    events: textList('Events', ['chat_finished', 'offline_message'])
      .narrowed((list) =>
        list.refine(
          (events) => namesKnownEvent(events, { ...EVENTS, ...OTHER_EVENTS }),
          `isn't a JivoChat event. Use ${Object.values(EVENTS).join(', ')}`,
        ),
      )
      .meta({ editor: { type: 'string', list: true, choices: EVENTS } })
      .default(['chat_finished', 'offline_message'])
      .describe('Trigger only for these events. Leave blank for finished chats and offline messages.'),
    requireContact: flag('Require Contact Details', false)
      .default(false)
      .describe('Choose **Yes** to trigger only if the visitor left an email or a phone number.'),
  },
  output: LeadRecord,

  relay: { source: 'jivochat', types: ({ events }) => chosenEvents(events, EVENTS), showsUrl: true },

  async perform(highlevel, { events, requireContact }, { raw, body }) {
    const event = readEvent(body, 'delivery');
    if (!eventFilter(events, EVENTS)(event.event_name)) return [];
    if (requireContact && !mayHaveContactDetails(event)) return [];
    return [leadRecord(leadFrom(event, { timezone: highlevel.zapZone }), raw ?? JSON.stringify(body))];
  },
});
