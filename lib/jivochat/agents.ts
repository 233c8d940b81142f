import { readEmail } from '../base/email.ts';
import type { JivoChatEvent, Person } from './event.ts';

/** The agent that a chat belongs to, and the emails of all who may be responsible for it. */
export interface ChatAgents {
  name: string | null;
  email: string | null;
  /** In order of preference, in lower case, each once. */
  emails: string[];
}

/** How many emails one agent's email field may hold. */
const MAX_EMAILS = 20;

/**
 * The agents of a chat. It belongs to the agent who wrote last, or else to the last of its agents (JivoChat appends the one
 * that it was transferred to), or else to the client's assigned agent. An agent named in the step takes precedence.
 */
export function agentsOf(event: JivoChatEvent): ChatAgents {
  const { named_agent: named, agents } = event;
  const found = [
    writer(event),
    agents.at(-1),
    event.assigned_agent,
    ...agents.toReversed(),
    event.agent,
  ].filter((agent) => agent !== undefined && (agent.name !== null || agent.email !== null));
  const others = unique(found.flatMap((agent) => emailsIn(agent?.email ?? null)));
  const chosen = emailsIn(named.email);
  // If the email belongs to none of the chat's agents, only that agent counts.
  const isOneOfThem = chosen.length === 0 || chosen.some((email) => others.includes(email));
  const emails = isOneOfThem ? unique([...chosen, ...others]) : unique(chosen);
  return {
    name: named.name ?? found[0]?.name ?? null,
    email: chosen[0] ?? emailsIn(found[0]?.email ?? null)[0] ?? null,
    emails,
  };
}

/** Finds an agent of an event by its id. */
export function agentsById(event: JivoChatEvent): ReadonlyMap<string, Person> {
  const agents = [event.assigned_agent, event.agent, ...event.agents.toReversed()];
  return new Map(agents.flatMap((agent) => (agent.id === null ? [] : [[agent.id, agent] as const])));
}

/** The agent who wrote last. JivoChat's automatic invitation does not count. */
function writer(event: JivoChatEvent): Person | undefined {
  const { messages, invitation } = event.chat;
  const last = messages.findLast(
    ({ from, text }) => from === 'agent' && (invitation === null || text !== invitation),
  );
  if (!last) return undefined;
  return last.agentId === null ? undefined : agentsById(event).get(last.agentId);
}

/** The email addresses in a field that should hold one: `a@x.com, b@x.com`, `Ada <ada@x.com>`. */
function emailsIn(text: string | null): string[] {
  const emails: string[] = [];
  let rest = text;
  while (rest !== null && emails.length < MAX_EMAILS) {
    const reading = readEmail(rest);
    if (reading.email === null) break;
    emails.push(reading.email);
    rest = reading.rest;
  }
  return emails;
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}
