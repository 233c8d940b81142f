import { DateTime } from 'luxon';
import type { JivoChatEvent } from './event.ts';
import { withoutMarkup } from './text.ts';

/** What was said, and when. Times are ISO 8601 in UTC. */
export interface Conversation {
  transcript: string | null;
  messageCount: number;
  startedAt: string | null;
  endedAt: string | null;
}

/** A note's worth: HighLevel names no limit, and nobody reads more. In characters as people count them. */
const LONGEST = 60_000;
// The official samples hold this text in place of what was said.
const WITHHELD = /^<message text is not displayed here>$/i;

/**
 * The conversation of an event as plain text: JivoChat's own `plain_messages`, else the messages one by one, with names and
 * times in the given IANA zone. JivoChat's HTML is never used.
 */
export function conversationOf(event: JivoChatEvent, timezone = 'utc'): Conversation {
  const messages = event.chat.messages.filter(({ message }) => message !== null);
  const times = messages.map(({ timestamp }) => momentOf(timestamp)).filter((moment) => moment !== null);
  const plain = event.plain_messages && withoutMarkup(event.plain_messages);
  const built = messages
    .filter(({ message }) => !WITHHELD.test(message ?? ''))
    .map(({ message, timestamp, type, agent_id }) => {
      const at = momentOf(timestamp)?.setZone(timezone).toFormat('yyyy-MM-dd HH:mm');
      const speaker = type === 'agent' ? agentName(event, agent_id) : (event.visitor.name ?? 'Visitor');
      return `${at ? `[${at}] ` : ''}${speaker}: ${withoutMarkup(message ?? '')}`;
    })
    .join('\n');
  return {
    transcript: shortened(plain || built) || null,
    messageCount: messages.length || spokenLines(plain ?? ''),
    startedAt: iso(times.reduce<DateTime | undefined>((a, b) => (a && a < b ? a : b), undefined)),
    endedAt: iso(times.reduce<DateTime | undefined>((a, b) => (a && a > b ? a : b), undefined)),
  };
}

/** The agents who had part in a chat, by what JivoChat tells of them: the responsible one, the one of the event, the last who spoke. */
export function agentOf(event: JivoChatEvent): { name: string | null; email: string | null } {
  const last = event.chat.messages.findLast(({ type }) => type === 'agent');
  const spoke = event.agents.find(({ id }) => id !== null && id === last?.agent_id);
  const candidates = [event.assigned_agent, event.agent, spoke, event.agents[0]];
  const agent = candidates.find(
    (candidate) => candidate && (candidate.name !== null || candidate.email !== null),
  );
  return { name: agent?.name ?? null, email: agent?.email ?? null };
}

/** Whether nobody answered: an offline message, or a finished chat in which no agent spoke. */
export function isMissed(event: JivoChatEvent): boolean {
  if (event.event_name === 'offline_message') return true;
  if (event.event_name !== 'chat_finished') return false;
  if (event.chat.messages.length > 0) return !event.chat.messages.some(({ type }) => type === 'agent');
  return event.agents.length === 0;
}

function agentName(event: JivoChatEvent, id: string | null): string {
  const known = [...event.agents, event.agent, event.assigned_agent].find(
    (agent) => id !== null && agent.id === id,
  );
  return known?.name ?? (event.agents.length === 1 ? event.agents[0]?.name : undefined) ?? 'Agent';
}

// Seconds, or milliseconds as some senders have it.
function momentOf(timestamp: string | null): DateTime<true> | null {
  const value = Number(timestamp ?? Number.NaN);
  if (!(value > 0)) return null;
  const moment = DateTime.fromMillis(value > 1e11 ? value : value * 1000, { zone: 'utc' });
  return moment.isValid && moment.year < 2100 ? moment : null;
}

function iso(moment: DateTime | undefined): string | null {
  return moment?.toUTC().toISO({ suppressMilliseconds: true }) ?? null;
}

function spokenLines(text: string): number {
  return text.split('\n').filter((line) => /^[^:\n]{1,80}: ?\S/.test(line)).length;
}

/** Both ends of a conversation that is too long: how it began and how it ended matter most. */
function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= LONGEST) return text;
  const left = characters.length - LONGEST;
  const half = LONGEST / 2;
  return `${characters.slice(0, half).join('')}\n[… ${left} characters left out …]\n${characters.slice(-half).join('')}`;
}
