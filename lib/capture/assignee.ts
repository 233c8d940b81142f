import type { HighLevel } from '../highlevel/client.ts';
import type { Lead } from '../jivochat/lead.ts';
import { ifAllowed } from '../resources/location.ts';
import { users } from '../resources/users.ts';

/** The choice that stands for the person who had the chat, found among HighLevel's users by e-mail. */
export const CHAT_AGENT = 'chat_agent';

/** Who gets the task. Nobody, with a warning, when the chat's agent is no user of the sub-account: the task matters more. */
export async function assigneeOf(
  highlevel: HighLevel,
  chosen: string | undefined,
  lead: Lead,
  warnings: string[],
): Promise<{ assignedTo?: string }> {
  if (chosen !== CHAT_AGENT) return chosen ? { assignedTo: chosen } : {};
  const email = lead.agentEmail?.toLowerCase();
  const known = email ? await ifAllowed(users(highlevel), []) : [];
  const agent = known.find((user) => user.email?.toLowerCase() === email);
  if (agent) return { assignedTo: agent.id };
  warnings.push(
    email
      ? `The task has no owner: no user of the sub-account has the email ${email} of the chat's agent.`
      : 'The task has no owner: the chat had no agent.',
  );
  return {};
}
