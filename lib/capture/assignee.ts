import type { HighLevel } from '../highlevel/client.ts';
import type { Lead } from '../jivochat/lead.ts';
import { ifReadable } from '../resources/location.ts';
import { users } from '../resources/users.ts';

/** The time limit for reading the users, because the lead must be written in the same run. */
const LOOKUP_MS = 6_000;

/** The choice for the chat's agent: the first of the chat's agents whose email is that of a HighLevel user. */
export const CHAT_AGENT = 'chat_agent';

/**
 * The `assignedTo` of the task. When the chat's agent is not a user of the sub-account, the task is created without an owner
 * and a warning is added to `warnings`.
 */
export async function assigneeOf(
  highlevel: HighLevel,
  chosen: string | undefined,
  lead: Lead,
  warnings: string[],
): Promise<{ assignedTo?: string }> {
  if (chosen !== CHAT_AGENT) return chosen ? { assignedTo: chosen } : {};
  const candidates =
    lead.agentEmails.length > 0 ? await ifReadable(users(highlevel, { withinMs: LOOKUP_MS }), []) : [];
  for (const email of lead.agentEmails) {
    const agent = candidates.find((user) => user.email?.toLowerCase() === email.toLowerCase());
    if (agent) return { assignedTo: agent.id };
  }
  warnings.push(
    lead.agentEmails.length > 0
      ? `The task is unassigned because no user of the sub-account has the agent's email ${lead.agentEmails.join(' or ')}.`
      : 'The task is unassigned because no agent was in the chat.',
  );
  return {};
}
