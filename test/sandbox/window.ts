import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { answered, missed } from '../demo/events.ts';
import { relayUrl } from '../../lib/base/edition.ts';
import { acceptChat } from './jivochat.ts';
import { completeByHand, noteByHand, recipes, type Recipes } from '../demo/recipes.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failureIn } from '../support/zapier/failed.ts';
import { Zapier } from '../support/zapier/zapier.ts';
import type { Sandbox } from './sandbox.ts';

const SHOWN = 12;
/** Who chats, one after the other. */
const VISITORS = ['Luis Ortega', 'Mia Chen', 'Anna Petrova', 'Samuel Okafor', 'Zoë Novak'];

/** The sandbox's page: its records, live, and buttons for what people and the recipes' Zaps do. */
export function windowPage(sandbox: Sandbox): Hono {
  const page = new Hono();
  const { store } = sandbox;
  let chats = 9000;
  let visitors = 0;
  /** A new event of the latest visitor. */
  const from = (event: typeof missed | typeof answered) => {
    const name = VISITORS[Math.max(visitors - 1, 0) % VISITORS.length] ?? '';
    const email = `${name
      .normalize('NFD')
      .replace(/[^a-z ]/gi, '')
      .replace(' ', '.')
      .toLowerCase()}@example.com`;
    return JSON.stringify({ ...event, chat_id: chats++, visitor: { ...event.visitor, name, email } });
  };
  let started: Promise<Recipes> | undefined;
  const account = accountOf(sandbox);
  const zapier = new Zapier(app, {
    ...account,
    environment: { ...account.environment, RELAY_KEY: process.env.RELAY_KEY ?? '' },
    timezone: 'UTC',
  });
  const turnedOn = async () => {
    started ??= recipes(zapier);
    try {
      return await started;
    } catch (error) {
      // The next press tries again.
      started = undefined;
      throw error;
    }
  };
  const openTask = () => [...store.tasks.values()].findLast(({ completed }) => !completed);

  const plays: Record<string, () => Promise<string>> = {
    chat: async () => {
      const event = from(answered);
      const zaps = await turnedOn();
      const before = sandbox.log.length;
      const [captured] = await zaps.chatToContact(event);
      const cost = sandbox.log.length - before;
      const done = await zaps.chatCompletesTask(event);
      await zaps.tasksToJivoChat();
      return `${captured?.isNew === true ? 'A new contact' : 'An existing contact'}, captured with ${cost} requests${done.length > 0 ? '; its follow-up task is completed' : ''}.`;
    },
    missed: async () => {
      visitors++;
      // Turning on the Zaps, at the first press, takes requests too.
      const zaps = await turnedOn();
      const before = sandbox.log.length;
      const [captured] = await zaps.chatToContact(from(missed));
      const cost = sandbox.log.length - before;
      await zaps.tasksToJivoChat();
      return isObject(captured?.task)
        ? `Captured with ${cost} requests, with the task "${String(captured.task.title)}".`
        : 'Nothing to capture.';
    },
    task: async () => {
      const zaps = await turnedOn();
      const task = openTask();
      if (!task) return 'No task is open.';
      completeByHand(sandbox, task.id);
      await zaps.tasksToJivoChat();
      return `"${task.title}" is completed, and JivoChat shows it.`;
    },
    note: async () => {
      const contact = [...store.contacts.values()].at(-1);
      if (!contact) return 'There is no contact.';
      await (await turnedOn()).noteToJivoChat(noteByHand(sandbox, contact.id, 'Prefers calls after 5 pm.'));
      return 'A note is written, and JivoChat shows it.';
    },
    back: async () => {
      const url = relayUrl() === undefined ? undefined : await zapier.pasteUrl();
      if (url === undefined) return 'Start the sandbox with --relay to see the card.';
      const card = await acceptChat(store, url, JSON.parse(from(answered)));
      return card.crm_link === undefined
        ? 'The agent sees no card.'
        : 'The agent sees the card of the contact.';
    },
  };

  page.get('/', (c) => c.html(readFileSync(join(import.meta.dirname, 'window.html'), 'utf8')));
  page.get('/__sandbox/window', (c) => {
    const contacts = store.index.sortedBy('dateUpdated').slice(-SHOWN).toReversed();
    const shown = new Set(contacts.map(({ id }) => id));
    const mine = ({ contactId }: { contactId: string }) => shown.has(contactId);
    return c.json({
      contacts,
      tasks: [...store.tasks.values()].filter(mine),
      notes: [...store.notes.values()].filter(mine),
      jivoMessages: store.jivoMessages.slice(-SHOWN),
      jivoCards: store.jivoCards.slice(-1),
      hasRelay: relayUrl() !== undefined,
      requests: sandbox.log
        .slice(-SHOWN)
        .toReversed()
        .map(({ method, path, status, ms }) => ({ method, path, status, ms })),
      rateLimit: sandbox.rateLimit(),
      faultsWait: sandbox.faultsWait(),
    });
  });
  page.post('/__sandbox/play/:what', async (c) => {
    const play = plays[c.req.param('what')];
    if (!play) return c.text('There is no such button.', 404);
    try {
      return c.text(await play());
    } catch (error) {
      return c.text(`The step failed: ${sentenceOf(error)}`, 500);
    }
  });
  return page;
}

/** What a user of the step would read. */
function sentenceOf(error: unknown): string {
  const { kind, message } = failureIn(error);
  return message || kind;
}
