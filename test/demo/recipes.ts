import { isObject } from '../../lib/base/json.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Item, SwitchedOn, Zapier } from '../support/zapier/zapier.ts';

/**
 * The Zaps of docs/recipes, step by step and field by field, as Zapier would run them. Each function is one Zap and returns
 * the results of its last step, one per run.
 */
export interface Recipes {
  /** Recipe 1: a JivoChat event becomes a contact, a note and a follow-up task. */
  chatToContact: (body: string) => Promise<Item[]>;
  /** Recipe 2: new and updated tasks are sent to JivoChat. */
  tasksToJivoChat: () => Promise<Item[]>;
  /** Recipe 2: a finished chat completes the follow-up task that is still open. */
  chatCompletesTask: (body: string) => Promise<Item[]>;
  /** Recipe 3: a HighLevel note is sent to JivoChat, except for notes created from chats. */
  noteToJivoChat: (body: string) => Promise<Item[]>;
  /** Recipe 4: a missed chat is captured, and the owner of its task gets an email. Returns the emails. */
  missedChatToOwner: (body: string, owner: string) => Promise<Item[]>;
  /** Recipe 5: a contact that gets the tag is added to the workflow. */
  tagToWorkflow: () => Promise<Item[]>;
  /** Recipe 6: a cancelled appointment is sent to JivoChat. */
  cancelledToJivoChat: () => Promise<Item[]>;
  /** Recipe 7: a raw hook of Webhooks by Zapier becomes a contact and a note. */
  rawHookToContact: (rawBody: string) => Promise<Item[]>;
  /** Recipe 8: a JivoChat event becomes an opportunity. */
  chatToOpportunity: (body: string, pipelineId: string) => Promise<Item[]>;
  /** Recipe 8: an opportunity in another stage is shown in JivoChat. */
  stagesToJivoChat: () => Promise<Item[]>;
}

/** Turns the recipes' Zaps on. */
export async function recipes(zapier: Zapier, { tag = 'pricing', workflowId = '' } = {}): Promise<Recipes> {
  const tasks = await zapier.switchOn('updated_task');
  const tagged = await zapier.switchOn('contact_tagged', { tag });
  const cancelled = await zapier.switchOn('appointment_status_changed', { appointmentStatus: 'Cancelled' });
  const stages = await zapier.switchOn('opportunity_stage_changed');
  return {
    chatToContact: (body) => chatToContact(zapier, body),
    tasksToJivoChat: () => tasksToJivoChat(zapier, tasks),
    chatCompletesTask: (body) => chatCompletesTask(zapier, body),
    noteToJivoChat: (body) => noteToJivoChat(zapier, body),
    missedChatToOwner: (body, owner) => missedChatToOwner(zapier, body, owner),
    tagToWorkflow: async () =>
      each(await tagged.poll(), ({ id }) => zapier.create('add_to_workflow', { contactId: id, workflowId })),
    cancelledToJivoChat: async () =>
      each(await cancelled.poll(), (appointment) => cancelledToJivoChat(zapier, appointment)),
    rawHookToContact: (rawBody) => rawHookToContact(zapier, rawBody),
    chatToOpportunity: (body, pipelineId) => chatToOpportunity(zapier, body, pipelineId),
    stagesToJivoChat: async () =>
      each(await stages.poll(), (opportunity) => stageToJivoChat(zapier, opportunity)),
  };
}

async function chatToContact(zapier: Zapier, body: string): Promise<Item[]> {
  const leads = await zapier.deliver('jivochat_event', body, { requireContact: true });
  return each(leads, (lead) =>
    zapier.create('capture_jivochat_lead', {
      payload: lead.payload,
      chatId: lead.chatId,
      createTask: 'missed',
      assignedTo: 'chat_agent',
    }),
  );
}

async function tasksToJivoChat(zapier: Zapier, tasks: SwitchedOn): Promise<Item[]> {
  return each(await tasks.poll(), (task) =>
    zapier.create('send_jivochat_update', { contactId: task.contactId, taskId: task.id }),
  );
}

async function chatCompletesTask(zapier: Zapier, body: string): Promise<Item[]> {
  const leads = await zapier.deliver('jivochat_event', body, {
    events: ['chat_finished'],
    requireContact: true,
  });
  // The Zap's filter: somebody answered.
  const answered = leads.filter((lead) => lead.missed === false);
  return each(answered, async (lead) => {
    const [contact] = await zapier.search('find_contact', { email: lead.email, phone: lead.phone });
    const [task] = contact
      ? await zapier.search('find_task', { contactId: contact.id, title: 'Follow up', completed: false })
      : [];
    return task ? zapier.create('complete_task', { contactId: task.contactId, taskId: task.id }) : undefined;
  });
}

async function noteToJivoChat(zapier: Zapier, body: string): Promise<Item[]> {
  const events = await zapier.deliver('highlevel_event', body, { events: ['Note Added'] });
  return each(events, async ({ note }) => {
    // The Zap's filter: notes that came from JivoChat stay there.
    if (!isObject(note) || String(note.bodyText).includes('JivoChat ')) return undefined;
    return zapier.create('send_jivochat_update', { contactId: note.contactId, noteId: note.id });
  });
}

async function missedChatToOwner(zapier: Zapier, body: string, owner: string): Promise<Item[]> {
  const leads = await zapier.deliver('jivochat_event', body, { requireContact: true });
  return each(leads, async ({ missed, payload, chatId }) => {
    // The Zap's filter: nobody answered.
    if (missed !== true) return undefined;
    const input = { payload, chatId, createTask: 'missed', assignedTo: owner };
    const { contact, task, note } = await zapier.create('capture_jivochat_lead', input);
    if (!isObject(contact) || !isObject(task) || !isObject(note)) return undefined;
    return {
      to: task.assignedToEmail,
      subject: `Call back ${String(contact.name)}`,
      body: [contact.phone, contact.email, note.bodyText, contact.url].filter(Boolean).join('\n'),
    };
  });
}

/** The update that recipe 6 sends for an appointment. */
export function cancelledToJivoChat(zapier: Zapier, appointment: Item): Promise<Item> {
  const { contactId, contactName, startTimeText } = appointment;
  const text = `${String(contactName)} cancelled the appointment on ${String(startTimeText)}.`;
  return zapier.create('send_jivochat_update', { contactId, text });
}

async function rawHookToContact(zapier: Zapier, rawBody: string): Promise<Item[]> {
  // The Zap's filter: the chat is over.
  if (!/"(?:chat_finished|offline_message)"/.test(rawBody)) return [];
  return [await zapier.create('capture_jivochat_lead', { payload: rawBody })];
}

async function chatToOpportunity(zapier: Zapier, body: string, pipelineId: string): Promise<Item[]> {
  const leads = await zapier.deliver('jivochat_event', body, { requireContact: true });
  return each(leads, ({ payload, chatId }) =>
    zapier.create('capture_jivochat_lead', { payload, chatId, pipelineId }),
  );
}

/** The update that recipe 8 sends for an opportunity. */
export function stageToJivoChat(zapier: Zapier, opportunity: Item): Promise<Item> {
  const { contactId, name, pipelineStageName } = opportunity;
  const text = `${String(name)} is now in the stage ${String(pipelineStageName)}`;
  return zapier.create('send_jivochat_update', { contactId, text });
}

/** Runs a Zap once for each item; a run stopped by a filter, or a search without a match, returns nothing. */
async function each(found: Item[], run: (item: Item) => Promise<Item | undefined>): Promise<Item[]> {
  const done: Item[] = [];
  for (const item of found) {
    const result = await run(item);
    if (result) done.push(result);
  }
  return done;
}

/** Completes a task in the sandbox, like a HighLevel user. */
export function completeByHand({ store }: Sandbox, taskId: unknown): void {
  const task = store.tasks.get(String(taskId));
  if (task) Object.assign(task, { completed: true, dateUpdated: store.moment() });
}

/** Adds a note in the sandbox, like a HighLevel user, and returns the body of the webhook for it. */
export function noteByHand({ store, locationId }: Sandbox, contactId: unknown, body: string): string {
  const note = { id: store.random.id(), contactId: String(contactId), body, dateAdded: store.moment() };
  store.notes.set(note.id, note);
  return JSON.stringify({ type: 'NoteCreate', locationId, ...note });
}
