import { contactIdField, integer, optional } from '../lib/schema/fields.ts';
import { channelsField, ConversationWithMessages } from '../lib/highlevel/records/message.ts';
import { findMessages, MESSAGES_PAGE } from '../lib/resources/messages.ts';
import { search } from '../lib/zapier/operation.ts';

export default search({
  key: 'find_messages',
  noun: 'Conversation',
  display: {
    label: 'Find Messages',
    description: "Finds a contact's conversation with its latest messages, newest first.",
  },
  input: {
    contactId: contactIdField,
    channels: optional(
      channelsField,
      'Return only messages on these channels. Leave blank for all, including calls.',
    ),
    limit: integer('Limit', 20)
      .narrowed((limit) => limit.min(1).max(MESSAGES_PAGE))
      .default(20)
      .describe(`Maximum number of messages, up to ${MESSAGES_PAGE}.`),
  },
  output: ConversationWithMessages,

  perform: (highlevel, { contactId, ...filters }) => findMessages(highlevel, contactId, filters),
});
