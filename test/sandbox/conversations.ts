import { Hono } from 'hono';
import { needLocation, noContact, refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredContact, StoredMessage } from './store.ts';
import { filled, number, object, oneOf, strictBody, strictQuery, string, strings } from './strict.ts';

/** How long a cursor of the export lives. Documented. */
const CURSOR_MS = 120_000;
const MIN_EXPORTED = 10;
const MAX_EXPORTED = 500;
const MAX_PER_PAGE = 100;
/** The numbers that stand for types of messages. HighLevel's documentation, and recorded. */
const TYPES: Record<string, number> = {
  TYPE_CALL: 1,
  TYPE_SMS: 2,
  TYPE_EMAIL: 3,
  TYPE_FACEBOOK: 11,
  TYPE_INSTAGRAM: 18,
  TYPE_WHATSAPP: 19,
  TYPE_LIVE_CHAT: 29,
  TYPE_ACTIVITY_APPOINTMENT: 31,
};
/** The type of a conversation in which nobody has said anything yet. Recorded. */
const NOTHING_YET = { type: 'TYPE_NO_SHOW', number: 100 };
const SENDABLE = {
  SMS: 'TYPE_SMS',
  Email: 'TYPE_EMAIL',
  WhatsApp: 'TYPE_WHATSAPP',
  FB: 'TYPE_FACEBOOK',
  IG: 'TYPE_INSTAGRAM',
  Live_Chat: 'TYPE_LIVE_CHAT',
} as const;

/** A read of the export, as of its first page. */
interface PointInTime {
  ids: string[];
  until: number;
}

/** Conversations and their messages: search, one conversation, the export, and sending. Version 2021-04-15. */
export function conversations(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const points = new Map<string, PointInTime>();
  const messagesOf = (contactId: string) =>
    [...store.messages.values()].filter((message) => message.contactId === contactId).toSorted(newestFirst);

  app.get('/conversations/search', scope('conversations.readonly'), (c) => {
    const query = strictQuery(c.req.query(), [
      'locationId',
      'contactId',
      'query',
      'id',
      'assignedTo',
      'status',
      'lastMessageType',
      'lastMessageDirection',
      'sortBy',
      'sort',
      'startAfterDate',
      'limit',
    ]);
    needLocation(query.locationId);
    const limit = numberIn(query, 'limit', 20, 1, MAX_PER_PAGE);
    const all = [...store.contacts.values()].filter(
      ({ id }) => query.contactId === undefined || id === query.contactId,
    );
    const rows = all
      .map((contact) => conversationRow(store, contact, messagesOf(contact.id)))
      .filter(({ id }) => query.id === undefined || id === query.id)
      .toSorted((a, b) => (query.sort === 'asc' ? 1 : -1) * (a.lastMessageDate - b.lastMessageDate));
    return c.json({ conversations: rows.slice(0, limit), total: rows.length });
  });

  app.post('/conversations/', scope('conversations.write'), (c) => {
    const body = strictBody(c.get('body'), { locationId: filled(string), contactId: filled(string) }, [
      'locationId',
      'contactId',
    ]);
    const { id } = contactOf(store, String(body.contactId));
    // A contact has its conversation from the start.
    return refuse(400, 'Conversation already exists', {
      canonicalCode: 'CONVERSATIONS_CONVERSATION_ALREADY_EXISTS',
      conversationId: store.conversationId(id),
    });
  });

  const exportable = (query: Record<string, string | undefined>) => {
    const visible = store.now() - store.index.lagMs;
    const type = query.channel && `TYPE_${query.channel.toUpperCase()}`;
    const sign = query.sortOrder === 'asc' ? -1 : 1;
    return [...store.messages.values()]
      .filter(
        (message) =>
          Date.parse(message.dateAdded) <= visible &&
          (type ? message.messageType === type : message.messageType !== 'TYPE_EMAIL') &&
          (!query.contactId || message.contactId === query.contactId) &&
          (!query.conversationId || store.conversationId(message.contactId) === query.conversationId) &&
          (!query.startDate || message.dateAdded >= query.startDate) &&
          (!query.endDate || message.dateAdded <= query.endDate),
      )
      .toSorted((a, b) => sign * newestFirst(a, b));
  };

  app.get('/conversations/messages/export', scope('conversations/message.readonly'), (c) => {
    const query = strictQuery(c.req.query(), [
      'locationId',
      'limit',
      'cursor',
      'sortBy',
      'sortOrder',
      'conversationId',
      'contactId',
      'channel',
      'startDate',
      'endDate',
    ]);
    needLocation(query.locationId);
    const limit = numberIn(query, 'limit', 100, MIN_EXPORTED, MAX_EXPORTED);
    const channels = ['Call', 'SMS', 'Email', 'WhatsApp', 'Instagram', 'Facebook'];
    if (query.channel && !channels.includes(query.channel))
      refuse(422, [`channel must be one of the following values: ${channels.join(', ')}`]);
    for (const date of [query.startDate, query.endDate])
      if (date !== undefined && Number.isNaN(Date.parse(date))) refuse(400, 'Invalid date');
    for (const [id, { until }] of points) if (until < store.now()) points.delete(id);
    const cursor = query.cursor === undefined ? undefined : cursorIn(query.cursor);
    const point = cursor && points.get(cursor.pitId);
    if (cursor && !point) refuse(400, 'The cursor has expired');
    const ids = point?.ids ?? exportable(query).map(({ id }) => id);
    const start = cursor ? ids.indexOf(cursor.lastId) + 1 : 0;
    const page = ids.slice(start, start + limit);
    const pitId = cursor?.pitId ?? store.traces.uuid();
    points.set(pitId, { ids, until: store.now() + CURSOR_MS });
    const last = page.at(-1);
    return c.json({
      messages: page.flatMap((id) => {
        const message = store.messages.get(id);
        return message ? [shown(store, message)] : [];
      }),
      nextCursor: last !== undefined && start + page.length < ids.length ? cursorOf(pitId, last) : null,
      total: ids.length,
    });
  });

  app.get('/conversations/messages/:id', scope('conversations/message.readonly'), (c) => {
    const message = store.messages.get(c.req.param('id'));
    if (!message) refuse(400, `No message found for id: ${c.req.param('id')}`);
    return c.json({ message: shown(store, message) });
  });

  app.post('/conversations/messages', scope('conversations/message.write'), (c) => {
    const body = strictBody(
      c.get('body'),
      {
        type: oneOf(...Object.keys(SENDABLE), 'RCS', 'Custom', 'TIKTOK'),
        // Documented as an object, recorded as a text.
        subType: () => undefined,
        status: oneOf('delivered', 'failed', 'pending', 'read'),
        contactId: filled(string),
        message: string,
        html: string,
        subject: string,
        attachments: strings,
        emailFrom: string,
        emailTo: string,
        emailCc: strings,
        emailBcc: strings,
        fromNumber: string,
        toNumber: string,
        replyMessageId: string,
        threadId: string,
        templateId: string,
        appointmentId: string,
        conversationProviderId: string,
        scheduledTimestamp: number,
        forward: object,
      },
      ['type', 'contactId'],
    );
    const contact = store.contacts.get(String(body.contactId)) ?? noContact(String(body.contactId));
    const type = Object.entries(SENDABLE).find(([name]) => name === body.type)?.[1];
    if (!type) refuse(400, 'No conversation provider found for this channel');
    const isEmail = type === 'TYPE_EMAIL';
    if (contact.dnd) refuse(400, `Cannot send message as DND is active for ${String(body.type)}.`);
    if (isEmail && !contact.email) refuse(400, 'There is no email address for this contact.');
    if (type === 'TYPE_SMS' && !contact.phone) refuse(400, 'There is no phone number for this contact.');
    if (!body.message && !body.html && !body.attachments)
      refuse(422, ['There is no message or attachments for this message. Skip sending.']);
    const sender = body.fromNumber;
    if (sender !== undefined && !store.phoneNumbers.some(({ phoneNumber }) => phoneNumber === sender))
      refuse(400, 'The from number does not belong to this location.');
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    const message = store.addMessage({
      contactId: contact.id,
      direction: 'outbound',
      messageType: type,
      body: text(body.html) || text(body.message),
      status: 'pending',
      source: 'api',
      ...(isEmail && { subject: text(body.subject) }),
      ...(Array.isArray(body.attachments) && { attachments: body.attachments.map(String) }),
      from: text(sender) || text(body.emailFrom) || (store.phoneNumbers[0]?.phoneNumber ?? ''),
      to: (isEmail ? contact.email : contact.phone) ?? '',
    });
    return c.json({
      conversationId: store.conversationId(contact.id),
      ...(isEmail && { emailMessageId: `${message.id}e` }),
      messageId: message.id,
    });
  });

  app.get('/conversations/:conversationId', scope('conversations.readonly'), (c) => {
    const contact = contactIn(store, c.req.param('conversationId'));
    const [latest] = messagesOf(contact.id);
    const at = Date.parse(latest?.dateAdded ?? contact.dateAdded);
    const type = latest ? typeNumber(latest) : NOTHING_YET.number;
    return c.json({
      locationId: store.locationId,
      contactId: contact.id,
      type: 1,
      deleted: false,
      id: store.conversationId(contact.id),
      isLastMessageInternalComment: false,
      lastMessageType: type,
      lastMessageDate: { seconds: Math.floor(at / 1000), nanoseconds: (at % 1000) * 1_000_000 },
      messageTypes: [type],
    });
  });

  app.get('/conversations/:conversationId/messages', scope('conversations/message.readonly'), (c) => {
    const query = strictQuery(c.req.query(), ['limit', 'lastMessageId', 'type']);
    const limit = numberIn(query, 'limit', 20, 1, MAX_PER_PAGE);
    const contact = contactIn(store, c.req.param('conversationId'));
    const types = query.type?.split(',');
    const rows = messagesOf(contact.id).filter(({ messageType }) => types?.includes(messageType) ?? true);
    const start = query.lastMessageId ? rows.findIndex(({ id }) => id === query.lastMessageId) + 1 : 0;
    const page = rows.slice(start, start + limit);
    return c.json({
      messages: {
        lastMessageId: page.at(-1)?.id ?? null,
        nextPage: start + page.length < rows.length,
        messages: page.map((message) => shown(store, message)),
      },
    });
  });

  return app;
}

/** A message in HighLevel's responses. Those of events are recorded; an email's text is in none of the lists. */
function shown(store: Store, { subject, attachments, ...message }: StoredMessage): object {
  const isEmail = message.messageType === 'TYPE_EMAIL';
  const isEvent = message.messageType.startsWith('TYPE_ACTIVITY');
  return {
    ...message,
    ...(isEmail && { body: undefined }),
    type: typeNumber(message),
    locationId: store.locationId,
    conversationId: store.conversationId(message.contactId),
    dateUpdated: message.dateAdded,
    ...(!isEvent && {
      contentType: isEmail ? 'text/html' : 'text/plain',
      attachments: attachments ?? [],
    }),
    ...(isEmail && {
      meta: {
        email: { messageIds: [`${message.id}e`], ...(store.emailsTellSubject && subject && { subject }) },
      },
    }),
  };
}

function typeNumber({ messageType }: Pick<StoredMessage, 'messageType'>): number {
  return TYPES[messageType] ?? 0;
}

/** A row of the conversation search: its dates are epoch milliseconds. Recorded. */
function conversationRow(store: Store, contact: StoredContact, [latest]: StoredMessage[]) {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(' ');
  const lastMessageDate = Date.parse(latest?.dateAdded ?? contact.dateAdded);
  return {
    id: store.conversationId(contact.id),
    locationId: store.locationId,
    dateAdded: Date.parse(contact.dateAdded),
    dateUpdated: lastMessageDate,
    lastMessageDate,
    lastMessageType: latest?.messageType ?? NOTHING_YET.type,
    ...(latest && { lastMessageBody: latest.body, lastMessageDirection: latest.direction }),
    unreadCount: 0,
    followers: contact.followers,
    mentions: [],
    isLastMessageInternalComment: false,
    contactId: contact.id,
    fullName: name,
    contactName: name,
    companyName: contact.companyName ?? null,
    email: contact.email ?? null,
    phone: contact.phone ?? null,
    tags: contact.tags,
    type: 'TYPE_PHONE',
    scoring: [],
    messageTypes: [latest ? typeNumber(latest) : NOTHING_YET.number],
    profilePhoto: null,
    attributed: null,
    sort: [lastMessageDate],
  };
}

function contactIn(store: Store, conversationId: string): StoredContact {
  for (const contact of store.contacts.values())
    if (store.conversationId(contact.id) === conversationId) return contact;
  return refuse(400, `Conversation not found for id:${conversationId}`);
}

function newestFirst(a: StoredMessage, b: StoredMessage): number {
  return a.dateAdded < b.dateAdded ? 1 : a.dateAdded > b.dateAdded ? -1 : a.id < b.id ? 1 : -1;
}

function numberIn(
  query: Record<string, string | undefined>,
  name: string,
  preset: number,
  least: number,
  most: number,
): number {
  const value = Number(query[name] ?? preset);
  if (!(value >= least)) refuse(400, `${name} must not be less than ${least}`);
  if (value > most) refuse(400, `${name} must not be greater than ${most}`);
  return value;
}

function cursorOf(pitId: string, lastId: string): string {
  return Buffer.from(JSON.stringify({ pitId, lastId })).toString('base64');
}

function cursorIn(text: string): { pitId: string; lastId: string } {
  try {
    const { pitId, lastId } = Object(JSON.parse(Buffer.from(text, 'base64').toString()));
    return { pitId: String(pitId), lastId: String(lastId) };
  } catch {
    return refuse(400, 'The cursor is invalid');
  }
}
