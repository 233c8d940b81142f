import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isObject } from '../../lib/base/json.ts';
import { acceptChat } from '../sandbox/jivochat.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { startInstantZaps } from '../support/zapier/instant_zaps.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';
import { missed } from './events.ts';
import { completeByHand, noteByHand } from './recipes.ts';
import { demoRelay } from './start_relay.ts';

/** The longest wait for a Zap to run. */
const PATIENCE_MS = 120_000;

/**
 * Plays what a relay adds: two Zaps on one channel, the card of a visitor who comes back, and an event of HighLevel that
 * reaches its Zap at once. Returns what was not as expected.
 */
export async function playRelay(sandbox: Sandbox): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) wrong.push(what);
  };
  const key = generateKeyPairSync('ed25519');
  const environment = {
    HIGHLEVEL_WEBHOOK_KEY: key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
  Object.assign(process.env, environment);
  const relay = await demoRelay();
  const zaps = await startInstantZaps();
  const folder = temporaryFolder();
  try {
    const account = accountOf(sandbox);
    const zapier = new Zapier(await builtWith(relay.url, folder), {
      ...account,
      environment: { ...account.environment, ...relay.environment, ...environment },
      timezone: 'America/New_York',
    });
    console.log('\nWith the relay: one URL for the channel, any number of Zaps\n');
    const url = await zapier.pasteUrl();
    console.log(`  Paste into JivoChat: ${url.replace(/\/\/[^/]+/, '//relay.example.com')}`);

    let captured: Item = {};
    const leads = await zaps.turnOn(zapier, 'jivochat_event', {}, async ({ payload, chatId }) => {
      captured = await zapier.create('capture_jivochat_lead', { payload, chatId, createTask: 'missed' });
    });
    const alerts = await zaps.turnOn(zapier, 'jivochat_event', { events: ['chat_finished'] });
    const visitor = { name: 'Mia Chen', email: 'mia.chen@example.com', number: '2401', chats_count: 1 };
    const chat = { ...missed, chat_id: 7801, visitor };
    await fetch(url, { method: 'POST', body: JSON.stringify(chat) });
    await until(() => isObject(captured.contact) && alerts.items.length === 1, 'both Zaps run');
    console.log(
      `  A missed chat of Mia Chen: ${leads.items.length + alerts.items.length} Zaps ran, and one captured the lead.`,
    );
    await fetch(url, { method: 'POST', body: JSON.stringify(chat) });
    expect(leads.items.length === 1, 'the same event again ran the Zap again');

    console.log('\nThe visitor comes back, and the agent sees who it is\n');
    const comesBack = async (number: number) => {
      const card = await acceptChat(sandbox.store, url, { ...chat, chat_id: number });
      for (const [title, content] of linesOf(card)) console.log(`    ${title}: ${content}`);
      return Object.fromEntries(linesOf(card));
    };
    console.log('  Right away:');
    const first = await comesBack(7802);
    expect(
      first.Tasks?.startsWith('Follow up with Mia Chen: due') === true,
      'the card does not show the task',
    );

    const contact = isObject(captured.contact) ? captured.contact : {};
    const task = isObject(captured.task) ? captured.task : {};
    // HighLevel's events keep the card up to date: a Zap with two steps.
    const news = await zaps.turnOn(
      zapier,
      'highlevel_event',
      { events: ['NoteCreate', 'TaskComplete'], requireSignature: true },
      () => zapier.create('set_jivochat_card', { contactId: contact.id, fields: ['tags', 'tasks', 'note'] }),
    );
    const fromHighLevel = (body: string) =>
      fetch(`${relay.url}/highlevel`, {
        method: 'POST',
        body,
        headers: { 'x-ghl-signature': sign(null, Buffer.from(body), key.privateKey).toString('base64') },
      });
    completeByHand(sandbox, task.id);
    const start = Date.now();
    await fromHighLevel(
      JSON.stringify({
        type: 'TaskComplete',
        locationId: sandbox.locationId,
        id: task.id,
        contactId: contact.id,
      }),
    );
    await until(() => news.items.length === 1, 'the event of the task');
    console.log(`  The task is completed in HighLevel; its Zap ran after ${Date.now() - start} ms:`);
    await zaps.idle();
    const second = await comesBack(7803);
    expect(
      second.Tasks === 'Follow up with Mia Chen: completed',
      'the card does not show that the task is completed',
    );

    await fromHighLevel(noteByHand(sandbox, contact.id, '<p>Prefers calls after 5 pm.</p>'));
    await until(() => news.items.length === 2, 'the event of the note');
    await zaps.idle();
    console.log('  A note is written in HighLevel:');
    const third = await comesBack(7804);
    expect(third['Latest Note'] === 'Prefers calls after 5 pm.', 'the card does not show the latest note');
    for (const { failures } of [leads, alerts, news])
      wrong.push(...failures.map((failure) => `a Zap failed: ${String(failure)}`));
    for (const zap of [leads, alerts, news]) await zap.turnOff();
  } finally {
    await zaps.close();
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return wrong;
}

function temporaryFolder(): string {
  // Under node_modules, so that core is found from there.
  const cache = 'node_modules/.cache';
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, 'relay-edition-'));
}

/** The app, built for a relay. */
async function builtWith(relayUrl: string, folder: string): Promise<object> {
  execFileSync(process.execPath, ['scripts/bundle.ts', folder], {
    env: { PATH: process.env.PATH, HIGHLEVEL_AUTH: 'oauth', RELAY_URL: relayUrl },
  });
  const built: unknown = await import(pathToFileURL(join(folder, 'index.js')).href);
  if (!isObject(built) || !isObject(built.default)) throw new Error('The app was not built.');
  return built.default;
}

function linesOf(card: Record<string, unknown>): (readonly [title: string, content: string])[] {
  const lines: unknown = card.custom_data;
  return Array.isArray(lines)
    ? lines.flatMap((line: unknown) =>
        isObject(line) ? [[String(line.title), String(line.content).replaceAll('\n', '; ')] as const] : [],
      )
    : [];
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`The demo waited too long: ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
