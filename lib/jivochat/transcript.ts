import { DateTime, IANAZone } from 'luxon';
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
  const times = messages.map(({ timestamp }) => momentOf(timestamp)).filter((moment) => moment !== null);
  const built = messages
    .filter(({ message }) => !WITHHELD.test(message ?? ''))
    .map(({ message, timestamp, type, agent_id }) => {
      const at = momentOf(timestamp)?.setZone(IANAZone.isValidZone(timezone) ? timezone : 'utc');
      return `${at ? `[${at.toFormat('yyyy-MM-dd HH:mm')}] ` : ''}${speaker(event, type, agent_id)}: ${message}`;
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

function speaker(event: JivoChatEvent, type: string | null, agentId: string | null): string {
  if (type === 'agent') return agentName(event, agentId);
  return type === null || type === 'visitor' ? (event.visitor.name ?? 'Visitor') : type;
}

function agentName(event: JivoChatEvent, id: string | null): string {
  const sender = [...event.agents, event.agent, event.assigned_agent].find(
    (agent) => id !== null && agent.id === id,
  );
  return sender?.name ?? (event.agents.length === 1 ? event.agents[0]?.name : undefined) ?? 'Agent';
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
