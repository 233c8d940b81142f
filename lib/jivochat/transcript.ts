import { DateTime, IANAZone, Info } from 'luxon';
import type { JivoChatEvent } from './event.ts';
import { shortened } from '../base/text.ts';

/** The conversation of a chat. Times are ISO 8601 in UTC. */
export interface Conversation {
  transcript: string | null;
  messageCount: number;
  startedAt: string | null;
  endedAt: string | null;
}

// JivoChat's official samples have this text in place of each message.
const WITHHELD = /^<message text is not displayed here>$/i;

/**
 * The conversation of an event as plain text: JivoChat's `plain_messages`, or else a line per message with its sender and
 * its time in `timezone` (an IANA name). JivoChat's HTML is never used.
 */
export function conversationOf(event: JivoChatEvent, timezone = 'utc'): Conversation {
  const messages = event.chat.messages.filter(({ message }) => message !== null);
  const clock = clockIn(IANAZone.isValidZone(timezone) ? timezone : 'utc');
  const speaker = speakerOf(event);
  const times = messages.map(({ timestamp }) => momentOf(timestamp)).filter((moment) => moment !== null);
  const built = messages
    .filter(({ message }) => !WITHHELD.test(message ?? ''))
    .map(({ message, timestamp, type, agent_id }) => {
      const at = momentOf(timestamp);
      return `${at ? `[${clock(at.toMillis())}] ` : ''}${speaker(type, agent_id)}: ${message}`;
    })
    .join('\n');
  return {
    transcript: shortened(event.plain_messages ?? built) || null,
    messageCount: messages.length || spokenLines(event.plain_messages),
    startedAt: iso(times.reduce<DateTime | undefined>((a, b) => (a && a < b ? a : b), undefined)),
    endedAt: iso(times.reduce<DateTime | undefined>((a, b) => (a && a > b ? a : b), undefined)),
  };
}

/** The agent of a chat, the first with a name or email of: the assigned agent, the event's agent, the last one who wrote. */
export function agentOf(event: JivoChatEvent): { name: string | null; email: string | null } {
  const last = event.chat.messages.findLast(({ type }) => type === 'agent');
  const spoke = event.agents.find(({ id }) => id !== null && id === last?.agent_id);
  const candidates = [event.assigned_agent, event.agent, spoke, event.agents[0]];
  const agent = candidates.find(
    (candidate) => candidate && (candidate.name !== null || candidate.email !== null),
  );
  return { name: agent?.name ?? null, email: agent?.email ?? null };
}

/**
 * Whether nobody answered the visitor: an offline message, or a finished chat in which no agent wrote. JivoChat's
 * automatic invitation does not count as an answer.
 */
export function isMissed(event: JivoChatEvent): boolean {
  if (event.event_name === 'offline_message') return true;
  if (event.event_name !== 'chat_finished') return false;
  const { messages, invitation } = event.chat;
  if (messages.length > 0)
    return !messages.some(
      ({ type, message }) => type === 'agent' && (invitation === null || message !== invitation),
    );
  return ![...event.agents, event.agent].some(({ id, name, email }) => id ?? name ?? email);
}

const QUARTER_MS = 900_000;

/**
 * Writes moments (epoch ms) as `yyyy-MM-dd HH:mm` in a zone. A zone's offset changes at full quarters of an hour only, and is
 * asked for once in each: for each message it would cost more than all else.
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

/** Who a message is from, by its type and its agent's id. The agents are read once, not for each message. */
function speakerOf(event: JivoChatEvent): (type: string | null, agentId: string | null) => string {
  const names = new Map<string | null, string | null>();
  for (const { id, name } of [...event.agents, event.agent, event.assigned_agent])
    if (id !== null && !names.has(id)) names.set(id, name);
  const only = event.agents.length === 1 ? event.agents[0]?.name : undefined;
  return (type, agentId) => {
    if (type === 'agent') return names.get(agentId) ?? only ?? 'Agent';
    return type === null || type === 'visitor' ? (event.visitor.name ?? 'Visitor') : type;
  };
}

// Epoch seconds; some payloads have milliseconds.
function momentOf(timestamp: string | null): DateTime<true> | null {
  const value = Number(timestamp ?? Number.NaN);
  if (!(value > 0)) return null;
  const moment = DateTime.fromMillis(value > 1e11 ? value : value * 1000, { zone: 'utc' });
  return moment.isValid && moment.year < 2100 ? moment : null;
}

function iso(moment: DateTime | undefined): string | null {
  return moment?.toUTC().toISO({ suppressMilliseconds: true }) ?? null;
}

function spokenLines(text: string | null): number {
  if (text === null) return 0;
  return Math.max(1, text.split('\n').filter((line) => /^[^:\n]{1,80}: ?\S/.test(line)).length);
}
