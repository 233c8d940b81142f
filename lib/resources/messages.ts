import { newestBy } from '../base/dates.ts';
import { isEmail, readEmail } from '../base/email.ts';
import { ApiError, InputError, quoted } from '../base/errors.ts';
import { isHtml } from '../base/html_text.ts';
import { readPhone } from '../base/phone.ts';
import { isSameText } from '../base/text.ts';
import { contactIdField } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  channelOf,
  isMessage,
  messageFrom,
  type Channel,
  type Conversation,
  type ConversationWithMessages,
  type Message,
  type MessageResponse,
} from '../highlevel/records/message.ts';
import { createOnce, likeRecord } from './create_once.ts';
import { country } from './location.ts';

/** The messages on a page of a conversation, and the most pages that a step reads. */
export const MESSAGES_PAGE = 100;
export const MAX_MESSAGE_PAGES = 5;

/** The contact of an action that sends something: one, so that a Zap never writes to more people than it says. */
export const recipientField = contactIdField.describe(
  'Choose the contact to write to, or map the Contact ID of an earlier step such as Find Contact.',
);

/** The contact's conversation, the one with the latest message if there are several; undefined if it has none. One request. */
export async function conversationOf(
  highlevel: HighLevel,
  contactId: string,
): Promise<Conversation | undefined> {
  const { conversations } = await highlevel.request('GET /conversations/search', {
    query: {
      locationId: highlevel.locationId,
      contactId,
      sortBy: 'last_message_date',
      sort: 'desc',
      limit: 20,
    },
  });
  return conversations.find((one) => one.contactId === contactId);
}

/**
 * The rows of a conversation, newest first, as HighLevel sends them: page by page, at most 5 pages, while `goOn` is true for
 * the rows so far. At least one request.
 */
export async function messagesOf(
  highlevel: HighLevel,
  conversationId: string,
  goOn: (rows: readonly MessageResponse[]) => boolean,
): Promise<MessageResponse[]> {
  const found = new Map<string, MessageResponse>();
  let lastMessageId: string | undefined;
  for (let page = 0; page < MAX_MESSAGE_PAGES; page++) {
    const answer = await highlevel.request('GET /conversations/{conversationId}/messages', {
      path: { conversationId },
      query: { limit: MESSAGES_PAGE, lastMessageId },
    });
    const { messages, ...more } = answer.messages;
    const before = found.size;
    for (const message of messages) if (!found.has(message.id)) found.set(message.id, message);
    lastMessageId = more.lastMessageId ?? messages.at(-1)?.id;
    const isStuck = found.size === before || lastMessageId === undefined;
    if (!more.nextPage || isStuck || !goOn([...found.values()])) break;
  }
  return [...found.values()];
}

/**
 * The contact's conversation with its latest messages on these channels (all without them), newest first, at most `limit`;
 * none if there are no such messages. Two requests, and 1 more per 100 rows that are none of them, at most 4.
 */
export async function findMessages(
  highlevel: HighLevel,
  contactId: string,
  { channels = [], limit }: { channels?: Channel[]; limit: number },
): Promise<ConversationWithMessages[]> {
  const conversation = await conversationOf(highlevel, contactId);
  if (!conversation) return [];
  const fitting = (rows: readonly MessageResponse[]) =>
    rows.filter((row) => {
      const channel = channelOf(row);
      return (
        isMessage(row) && (channels.length === 0 || (channel !== undefined && channels.includes(channel)))
      );
    });
  const rows = fitting(
    await messagesOf(highlevel, conversation.id, (read) => fitting(read).length < limit),
  ).toSorted(newestBy(({ dateAdded }) => dateAdded));
  if (rows.length === 0) return [];
  const names = {
    contactName: conversation.fullName ?? conversation.contactName,
    contactEmail: conversation.email,
    contactPhone: conversation.phone,
  };
  const messages = rows
    .slice(0, limit)
    .map((row) => messageFrom({ ...row, contactId, ...names }, highlevel.contactUrl));
  return [
    {
      id: conversation.id,
      contactId,
      ...names,
      lastMessageDate: conversation.lastMessageDate,
      messages,
      transcript: transcriptOf(messages, names.contactName),
      url: highlevel.contactUrl(contactId),
    },
  ];
}

/** The body of a message to send, under HighLevel's names. */
export interface NewMessage {
  type: Channel;
  contactId: string;
  message?: string;
  html?: string;
  subject?: string;
  fromNumber?: string;
  attachments?: string[];
  emailFrom?: string;
  emailCc?: string[];
  emailBcc?: string[];
}

/**
 * Sends a message to one contact, once (create_once.ts). After an unconfirmed try it was sent if the contact's conversation
 * has an outgoing message with its text; if it has another one on the channel since then, which may be this one in other
 * words (HighLevel fills in merge tags), nothing is sent. Throws ApiError `uncertain` while that is unknown.
 */
export async function sendMessage(highlevel: HighLevel, body: NewMessage): Promise<Message> {
  const { type, contactId } = body;
  const kind = type === 'Email' ? 'email' : 'message';
  const sent = await createOnce(highlevel, {
    kind,
    verb: 'send',
    identity: body,
    send: async () => {
      const answer = await highlevel.request('POST /conversations/messages', { body: { ...body } });
      return { id: answer.messageId, conversationId: answer.conversationId, status: answer.status };
    },
    findLike: async (since) => {
      const sentSince = await outgoingSince(highlevel, contactId, type, since);
      const like = sentSince.filter((row) => isLike(row, body));
      if (like.length === 0 && sentSince.length > 0) throw mayBeAnother(kind);
      return like.map(likeRecord);
    },
  });
  return messageFrom(
    {
      contactName: null,
      contactEmail: null,
      contactPhone: null,
      from: body.fromNumber ?? body.emailFrom ?? null,
      to: null,
      source: null,
      userId: null,
      userName: null,
      userEmail: null,
      dateAdded: null,
      messageType: `TYPE_${MESSAGE_TYPES[type] ?? type.toUpperCase()}`,
      ...sent,
      contactId,
      direction: 'outbound',
      body: body.html ?? body.message ?? '',
      subject: body.subject ?? null,
      attachments: body.attachments ?? [],
    },
    highlevel.contactUrl,
  );
}

const MESSAGE_TYPES: Partial<Record<Channel, string>> = { FB: 'FACEBOOK', IG: 'INSTAGRAM' };

/** What sends messages at HighLevel besides its API, and so cannot have sent this step's. */
const OTHER_SOURCES = new Set(['workflow', 'campaign', 'bulk_actions']);

async function outgoingSince(
  highlevel: HighLevel,
  contactId: string,
  channel: Channel,
  since: number,
): Promise<MessageResponse[]> {
  const isOlder = ({ dateAdded }: MessageResponse) => Date.parse(dateAdded ?? '') < since;
  const conversation = await conversationOf(highlevel, contactId);
  if (!conversation) return [];
  const rows = await messagesOf(highlevel, conversation.id, (read) => !read.some(isOlder));
  return rows.filter(
    (row) =>
      row.direction !== 'inbound' &&
      channelOf(row) === channel &&
      !isOlder(row) &&
      !OTHER_SOURCES.has(row.source ?? ''),
  );
}

function isLike(row: MessageResponse, { message, html, subject }: NewMessage): boolean {
  if (subject === undefined) return isSameText(row.body, message ?? '');
  // Lists may leave out an email's subject or text, but not both.
  const hasSubject = row.subject !== null;
  if (hasSubject && !isSameText(row.subject ?? '', subject)) return false;
  return row.body === '' ? hasSubject : isSameText(row.body, html ?? '');
}

function mayBeAnother(kind: string): ApiError {
  const reason = `The contact got another ${kind} since then, which may be this one.`;
  return new ApiError(
    'uncertain',
    `${reason} Check the conversation in HighLevel. To send this one anyway, change its text, or replay this step after 24 hours.`,
    { reason },
  );
}

/**
 * The sender's number in E.164; undefined if none is given. A number without a country code is read in the sub-account's
 * country. Throws InputError if the text is no number, or if the channel has none.
 */
export async function senderNumber(
  highlevel: HighLevel,
  typed: string | undefined,
  channel: 'SMS' | 'WhatsApp' | 'FB' | 'IG' | 'Live_Chat',
): Promise<string | undefined> {
  if (typed === undefined) return undefined;
  if (channel !== 'SMS' && channel !== 'WhatsApp')
    throw new InputError('"From Number" is only for SMS and WhatsApp. Leave it blank for this channel.');
  const account = typed.trim().startsWith('+') ? undefined : await country(highlevel);
  const { number, unlikely } = readPhone(typed, { account });
  const found = number ?? unlikely;
  if (found !== null) return found;
  throw new InputError(
    `"From Number" isn't a valid phone number: ${quoted(typed)}. Include the country code, such as +14155550132.`,
  );
}

/** Checks that attachments are URLs that HighLevel can fetch. Throws InputError with the first that is not. */
export function attachmentUrls(given: string[] = []): string[] {
  const urls = [...new Set(given.map((one) => one.trim()))];
  for (const url of urls) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed?.protocol !== 'https:' || parsed.hostname === '' || parsed.username !== '')
      throw new InputError(
        `"Attachments" has something that isn't a public URL: ${quoted(url)}. Use URLs that start with https://.`,
      );
  }
  return urls;
}

/** The email addresses in a list input, each once, in lower case. Throws InputError with the field's `label`. */
export function emailList(given: string[] | undefined, label: string): string[] {
  const items = (given ?? []).flatMap((item) => item.split(/[,;]/)).filter((item) => item.trim() !== '');
  return [...new Set(items.map((item) => emailIn(item, label)))];
}

/** The email address in an input. Throws InputError with the field's `label` if there is none, or more than one. */
export function emailIn(given: string, label: string): string {
  const text = given.trim();
  if (isEmail(text)) return text.toLowerCase();
  const { email, rest } = readEmail(text);
  if (email !== null && !rest?.includes('@')) return email;
  throw new InputError(`"${label}" isn't a valid email address: ${quoted(given)}.`);
}

/** The HTML of an email's text. Plain text keeps its lines and its signs. */
export function htmlOf(body: string): string {
  if (isHtml(body)) return body;
  const escaped = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .trim()
    .split(/(?:\r?\n){2,}/)
    .map((paragraph) => `<p>${paragraph.replace(/\r?\n/g, '<br>')}</p>`)
    .join('');
}

/** A conversation as plain text, oldest message first, one line for each: time, who, channel, text. */
function transcriptOf(messages: readonly Message[], contactName: string | null): string {
  return messages
    .toReversed()
    .map((message) => {
      const who = message.direction === 'inbound' ? (contactName ?? 'Contact') : (message.userName ?? 'Us');
      const when = message.dateAdded ? `${message.dateAdded.slice(0, 16).replace('T', ' ')} UTC, ` : '';
      const said = [message.subject, message.bodyText, ...message.attachments].filter(
        (part) => part !== null && part.trim() !== '',
      );
      return `[${when}${message.channel ?? message.messageType}] ${who}: ${said.join('\n')}`;
    })
    .join('\n');
}
