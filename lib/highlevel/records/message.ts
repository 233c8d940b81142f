import * as z from 'zod';
import { withoutMarkup } from '../../base/html.ts';
import { isObject } from '../../base/json.ts';
import {
  choice,
  contactLink,
  Field,
  id,
  listOf,
  longText,
  maybe,
  text,
  textList,
  type Output,
} from '../../schema/fields.ts';
import { rows } from '../rows.ts';
import { contactNames } from './names.ts';

/** The channels of messages, by HighLevel's names for sending, where it has one. */
export const channels = {
  SMS: 'SMS',
  Email: 'Email',
  WhatsApp: 'WhatsApp',
  FB: 'Facebook',
  IG: 'Instagram',
  Live_Chat: 'Live Chat',
  GMB: 'Google Business',
  TIKTOK: 'TikTok',
  Call: 'Call',
} as const;
export type Channel = keyof typeof channels;

/** The channel of a message by its `messageType`: HighLevel has several types for most channels, such as TYPE_CAMPAIGN_SMS. */
const CHANNEL_OF: readonly [type: RegExp, channel: Channel][] = [
  [/SMS|RCS/, 'SMS'],
  [/EMAIL/, 'Email'],
  [/CALL|VOICEMAIL/, 'Call'],
  [/WHATSAPP/, 'WhatsApp'],
  [/FACEBOOK/, 'FB'],
  [/INSTAGRAM/, 'IG'],
  [/LIVE_CHAT|WEBCHAT/, 'Live_Chat'],
  [/GMB|TYPE_REVIEW/, 'GMB'],
  [/TIKTOK/, 'TIKTOK'],
];

/** The types of rows in a conversation that nobody wrote or said: events, comments among users, notices. */
const NO_MESSAGE = /ACTIVITY|INTERNAL_COMMENT|INFO_MESSAGE|FORM_SUBMISSION|^TYPE_NO_SHOW$/;

const DIRECTIONS = { inbound: 'Incoming', outbound: 'Outgoing' } as const;

const known = {
  id: id('Message ID', 'WyFKX5BnrHdJTnBKB6Xj'),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
  conversationId: maybe.id('Conversation ID', 'PQhxzXw7PYiuusTXfZZM'),
  direction: maybe(choice('Direction', DIRECTIONS, 'inbound')),
  body: longText('Message', 'Do you open on Sunday?').catch(''),
  subject: maybe.text('Subject', 'Your appointment'),
  status: maybe.text('Status', 'delivered'),
  attachments: textList('Attachments', ['https://example.com/price-list.pdf']).catch([]),
  from: maybe.text('From', '+14155550132'),
  to: maybe.text('To', '+14155550110'),
  source: maybe.text('Source', 'app'),
  userId: maybe.id('Sent By User ID', '0IHuJvc2ofPAAA8GzTRi'),
  userName: maybe.text('Sent By Name', 'Maria Keller'),
  userEmail: maybe.text('Sent By Email', 'maria@example.com'),
  dateAdded: maybe.dateTime('Date Added', '2026-01-28T09:12:41.809Z'),
  messageType: text('Message Type', 'TYPE_SMS').catch(''),
};

/** A message in HighLevel's responses. An email's subject is inside `meta`, and its recipients may be a list. */
export const MessageResponse = z.preprocess((row) => {
  if (!isObject(row)) return row;
  const email = isObject(row.meta) && isObject(row.meta.email) ? row.meta.email : {};
  return {
    ...row,
    subject: row.subject ?? email.subject,
    to: Array.isArray(row.to) ? row.to.join(', ') : row.to,
  };
}, z.object(known));
export type MessageResponse = z.output<typeof MessageResponse>;

/** Messages of a conversation: documented as a flat page, recorded as one inside `messages`. */
export const ConversationPage = z.preprocess(
  (answer) => (isObject(answer) && Array.isArray(answer.messages) ? { messages: answer } : answer),
  z.object({
    messages: z.object({
      messages: rows(MessageResponse, { isPage: true }),
      lastMessageId: z.string().nullish().catch(null),
      nextPage: z.boolean().catch(false),
    }),
  }),
);

/** A page of the sub-account's messages. `nextCursor` is valid for two minutes. */
export const MessagePage = z.object({
  messages: rows(MessageResponse, { isPage: true }),
  nextCursor: z.string().nullish().catch(null),
});
export type MessagePage = z.output<typeof MessagePage>;

/** The conversation of a contact, as a row of the search: its dates are epoch milliseconds. */
export const Conversation = z.object({
  id: id('Conversation ID', 'PQhxzXw7PYiuusTXfZZM'),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  fullName: maybe.text('Contact Name', 'Jane Doe'),
  contactName: maybe.text('Contact Name', 'Jane Doe'),
  email: maybe.text('Contact Email', 'jane@example.com'),
  phone: maybe.text('Contact Phone', '+14155550132'),
  lastMessageDate: maybe.dateTime('Last Message', '2026-01-28T09:12:41.809Z'),
});
export type Conversation = z.output<typeof Conversation>;

/** The response to a sent message. Some channels return a list of ids. */
export const SentMessage = z.preprocess(
  (answer) =>
    isObject(answer) && Array.isArray(answer.messageIds)
      ? { ...answer, messageId: answer.messageId ?? answer.messageIds[0] }
      : answer,
  z.object({
    messageId: id('Message ID', 'WyFKX5BnrHdJTnBKB6Xj'),
    conversationId: maybe.id('Conversation ID', 'PQhxzXw7PYiuusTXfZZM'),
    status: z.string().nullable().catch(null),
  }),
);

const { messageType, ...beforeType } = known;
/** A message as a Zap receives it, the same from every step. */
export const Message = {
  ...beforeType,
  channel: maybe.text('Channel', 'SMS'),
  bodyText: longText('Message (Plain Text)', 'Do you open on Sunday?'),
  messageType,
  url: contactLink,
};
export type Message = Output<typeof Message>;

/** The same with the sample of a message that was sent. */
export const SentTextMessage = {
  ...Message,
  direction: maybe(choice('Direction', DIRECTIONS, 'outbound')),
  body: longText('Message', 'Yes, from ten to two.').catch(''),
  bodyText: longText('Message (Plain Text)', 'Yes, from ten to two.'),
  status: maybe.text('Status', 'pending'),
};

/** The same with the sample of an email that was sent. */
export const SentEmail = {
  ...Message,
  direction: maybe(choice('Direction', DIRECTIONS, 'outbound')),
  channel: maybe.text('Channel', 'Email'),
  body: longText('Message', '<p>See you on Friday.</p>').catch(''),
  bodyText: longText('Message (Plain Text)', 'See you on Friday.'),
  from: maybe.text('From', 'office@example.com'),
  to: maybe.text('To', 'jane@example.com'),
  status: maybe.text('Status', 'pending'),
  messageType: text('Message Type', 'TYPE_EMAIL').catch(''),
};

/** A contact's conversation with its latest messages, newest first, as a Zap receives it. */
export const ConversationWithMessages = {
  id: id('Conversation ID', 'PQhxzXw7PYiuusTXfZZM'),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
  lastMessageDate: maybe.dateTime('Last Message', '2026-01-28T09:12:41.809Z'),
  messages: listOf('Messages', Message),
  transcript: longText('Transcript', '[2026-01-28 09:12 UTC, SMS] Jane Doe: Do you open on Sunday?'),
  url: contactLink,
};
export type ConversationWithMessages = Output<typeof ConversationWithMessages>;

/** The filter by channels of triggers and searches. */
export const channelsField = new Field(() => z.array(z.enum(channelKeys())), {
  title: 'Channels',
  example: ['SMS'],
  editor: { type: 'string', list: true, choices: channels },
});

function channelKeys(): Channel[] {
  return Object.keys(channels).filter((key): key is Channel => Object.hasOwn(channels, key));
}

/** The channel of a message; undefined for one that is none of the known channels. */
export function channelOf({ messageType: type }: Pick<MessageResponse, 'messageType'>): Channel | undefined {
  return CHANNEL_OF.find(([pattern]) => pattern.test(type))?.[1];
}

/** Whether a row of a conversation is a message, not an event or a remark among users. */
export function isMessage({ messageType: type }: MessageResponse): boolean {
  return !NO_MESSAGE.test(type);
}

/** The message for a Zap. `contactUrl` links to a contact in HighLevel. */
export function messageFrom(
  answer: MessageResponse,
  contactUrl: (contactId: string | null) => string,
): Message {
  const channel = channelOf(answer);
  return {
    ...answer,
    channel: channel ? channels[channel] : null,
    bodyText: withoutMarkup(answer.body),
    url: contactUrl(answer.contactId),
  };
}
