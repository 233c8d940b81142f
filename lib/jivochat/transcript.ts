import { DateTime, IANAZone, Info } from 'luxon';
import { withoutMarkup } from '../base/html.ts';
import { cleanText, shortened } from '../base/text.ts';
import { agentsById } from './agents.ts';
import type { JivoChatEvent } from './event.ts';
import type { Message } from './messages.ts';

/** A message of a transcript. */
export interface SpokenMessage {
  /** ISO 8601 in UTC; null if JivoChat does not send it. */
  at: string | null;
  /** The sender's name, or else their role. */
  from: string;
  text: string;
}

/** The conversation of a chat. Times are ISO 8601 in UTC. */
export interface Conversation {
  transcript: string | null;
  messageCount: number;
  startedAt: string | null;
  endedAt: string | null;
  /** The messages that JivoChat sent individually, in chronological order; empty if it sent the dialog as one text. */
  messages: SpokenMessage[];
}

// JivoChat's official samples have this text in place of each message.
const WITHHELD = /^<message text is not displayed here>$/i;
const URLS = /https?:\/\/[^\s<>"]+/gi;

/**
 * The conversation of an event as plain text: JivoChat's `plain_messages` plus the files that it omits, or else a line per
 * message with its sender and its time in `timezone` (an IANA name), or else the text of JivoChat's HTML. `name` is the
 * visitor's.
 */
export function conversationOf(
  event: JivoChatEvent,
  name: string | null,
  timezone: string | null = null,
): Conversation {
  const withText = event.chat.messages.filter(({ text }) => text !== null);
  const times = withText.flatMap(({ at }) => at ?? []);
  const shown = withText.filter(({ text }) => !WITHHELD.test(text ?? ''));
  const speaker = speakerIn(event, name);
  const clock = clockIn(timezone !== null && IANAZone.isValidZone(timezone) ? timezone : 'utc');
  const lineOf = (message: Message) => {
    const at = message.at === null ? '' : `[${clock(message.at)}] `;
    return `${at}${speaker(message)}: ${message.text}`;
  };
  const plain = event.plain_messages;
  const written = plain === null ? shown : shown.filter(isLeftOutOf(plain));
  const lines = [...(plain === null ? [] : [plain]), ...written.map(lineOf)];
  const transcript = lines.length > 0 ? lines.join('\n') : textOfHtml(event.html_messages ?? '');
  return {
    transcript: shortened(transcript) || null,
    messageCount: withText.length || spokenLines(transcript),
    startedAt: iso(times.reduce((a, b) => Math.min(a, b), Infinity)),
    endedAt: iso(times.reduce((a, b) => Math.max(a, b), -Infinity)),
    messages: shown.map((message) => ({
      at: message.at === null ? null : iso(message.at),
      from: speaker(message),
      text: message.text ?? '',
    })),
  };
}

/**
 * Whether nobody answered the visitor: an offline message, a call that failed, or a finished chat in which no agent wrote.
 * JivoChat's automatic invitation does not count as an answer.
 */
export function isMissed(event: JivoChatEvent): boolean {
  if (event.event_name === 'offline_message') return true;
  if (event.event_name === 'call_event') return event.call.status?.toLowerCase() === 'error';
  if (event.event_name !== 'chat_finished') return false;
  const { messages, invitation } = event.chat;
  if (messages.length > 0)
    return !messages.some(
      ({ from, text }) => from === 'agent' && (invitation === null || text !== invitation),
    );
  return ![...event.agents, event.agent].some(({ id, name, email }) => id ?? name ?? email);
}

const QUARTER_MS = 900_000;

/**
 * Returns a function that formats epoch ms as `yyyy-MM-dd HH:mm` in a zone. Caches the offset per quarter of an hour,
 * because computing it for each message would dominate the run; offsets change at full quarters only.
 */
function clockIn(zone: string): (moment: number) => string {
  const offsets = new Map<number, number>();
  return (moment) => {
    const quarter = Math.floor(moment / QUARTER_MS);
    const minutes = offsets.get(quarter) ?? Info.normalizeZone(zone).offset(moment);
    offsets.set(quarter, minutes);
    return new Date(moment + minutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');
  };
}

/** Whether a message has a file that a text does not mention. */
function isLeftOutOf(text: string): (message: Message) => boolean {
  const mentioned = new Set(text.match(URLS));
  return ({ urls }) => urls.some((url) => !mentioned.has(url));
}

function speakerIn(event: JivoChatEvent, visitor: string | null): (message: Message) => string {
  const byId = agentsById(event);
  const onlyAgent = event.agents.length === 1 ? event.agents[0]?.name : null;
  return ({ from, agentId }) => {
    if (from === 'agent') return (agentId && byId.get(agentId)?.name) || (onlyAgent ?? 'Agent');
    return from === null || from === 'visitor' ? (visitor ?? 'Visitor') : from;
  };
}

function textOfHtml(html: string): string {
  // Without script and style tags: their ends would be searched for from each start.
  const markup = html.replace(/<\/?(?:script|style)\b[^<>]*>/gi, ' ');
  const text = withoutMarkup(`<div>${markup}</div>`).replace(
    /&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi,
    character,
  );
  return cleanText(text);
}

/** The character of a numeric entity; the entity itself if it is invalid. */
function character(entity: string, hexadecimal: string | undefined, decimal: string | undefined): string {
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}

function iso(moment: number): string | null {
  if (!Number.isFinite(moment)) return null;
  return DateTime.fromMillis(moment, { zone: 'utc' }).toISO({ suppressMilliseconds: true });
}

function spokenLines(text: string): number {
  if (text === '') return 0;
  return Math.max(1, text.split('\n').filter((line) => /^[^:\n]{1,80}: ?\S/.test(line)).length);
}
