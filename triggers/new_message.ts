import { choice, contactIdField, optional } from '../lib/schema/fields.ts';
import { channelsField, Message, messageFrom } from '../lib/highlevel/records/message.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollMessages } from '../lib/polling/messages.ts';

export default trigger({
  key: 'new_message',
  noun: 'Message',
  display: {
    label: 'New Message',
    description: 'Triggers when a message is received from a contact or, if you choose so, sent to one.',
  },
  input: {
    direction: choice(
      'Direction',
      { inbound: 'Incoming', outbound: 'Outgoing', both: 'Incoming and Outgoing' },
      'inbound',
    )
      .default('inbound')
      .describe('Choose which messages to trigger for: those of contacts, those to contacts, or both.'),
    channels: optional(
      channelsField,
      'Trigger only for messages on these channels. Leave blank for all, including calls.',
    ),
    contactId: optional(
      contactIdField,
      'Trigger only for messages of this contact. Choose a contact, or map a Contact ID.',
    ),
  },
  output: Message,
  primary: ['id'],

  async perform(highlevel, filters, mode) {
    const messages = await pollMessages(highlevel, { key: 'new_message', ...filters }, mode);
    return messages.map((row) => messageFrom(row, highlevel.contactUrl));
  },
});
