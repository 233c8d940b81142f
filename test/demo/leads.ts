import { isObject } from '../../lib/base/json.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Item, Zapier } from '../support/zapier/zapier.ts';
import { events } from './events.ts';

/** The triggers that are turned on during the demo. */
const WATCHING = ['new_contact', 'updated_contact', 'new_task', 'new_note'];
const LEADS = 3; // one of the events has no contact details

/**
 * Plays the events through Capture JivoChat Lead, twice, and prints the records in HighLevel, the triggers that fired and
 * the requests of each step. Returns what was not as expected.
 */
export async function playLeads(zapier: Zapier, sandbox: Sandbox): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) wrong.push(what);
  };

  const zaps = await Promise.all(WATCHING.map(async (key) => ({ key, zap: await zapier.switchOn(key) })));
  const before = counts(sandbox);

  console.log('JivoChat events arrive\n');
  for (const { about, event } of events) {
    const step = await captured(zapier, sandbox, event);
    console.log(`  ${about}`);
    for (const line of step.lines) console.log(`    ${line}`);
    console.log(
      `    ${step.requests.length > 0 ? `${step.requests.length} requests: ${step.requests.join(', ')}` : 'No requests'}\n`,
    );
    if (step.isNew) expect(step.requests.length <= 3 + 1, `"${about}" cost ${step.requests.length} requests`);
  }
  const after = counts(sandbox);
  expect(
    after.contacts === before.contacts + LEADS,
    `${after.contacts - before.contacts} contacts were created, not ${LEADS}`,
  );
  expect(
    after.notes === before.notes + LEADS,
    `${after.notes - before.notes} notes were created, not ${LEADS}`,
  );
  expect(after.tasks === before.tasks + 2, `${after.tasks - before.tasks} tasks were created, not 2`);

  console.log('Zaps that start with a HighLevel trigger run\n');
  for (const { key, zap } of zaps) {
    const fired = await zap.poll();
    console.log(`  ${key}: ${fired.map(name).join(', ') || 'nothing'}`);
    expect(fired.length === (key === 'new_task' ? 2 : LEADS), `${key} fired ${fired.length} times`);
  }

  console.log('\nThe same events arrive again\n');
  sandbox.log.length = 0;
  for (const { event } of events) await captured(zapier, sandbox, event);
  const again = counts(sandbox);
  const writes = sandbox.log.filter(({ method, path, status }) => isWrite(method, path) && status < 300);
  expect(JSON.stringify(again) === JSON.stringify(after), 'the replay changed the records in HighLevel');
  expect(
    writes.length === 0,
    `the replay wrote: ${writes.map(({ method, path }) => `${method} ${path}`).join(', ')}`,
  );
  for (const { key, zap } of zaps) {
    const fired = await zap.poll();
    expect(fired.length === 0, `${key} fired again after the replay`);
  }
  console.log(
    `  Nothing is written and no Zap runs. There are still ${again.contacts - before.contacts} new contacts, ${again.notes - before.notes} new notes and ${again.tasks - before.tasks} new tasks.`,
  );
  return wrong;
}

async function captured(zapier: Zapier, sandbox: Sandbox, event: Item) {
  const start = sandbox.log.length;
  const input = { payload: JSON.stringify(event), chatId: String(event.chat_id), createTask: 'missed' };
  const lines: string[] = [];
  let isNew = false;
  try {
    const { contact, note, task, warnings, ...result } = await zapier.create('capture_jivochat_lead', input);
    isNew = result.isNew === true;
    lines.push(
      `${isNew ? 'new contact' : 'contact'}: ${name(contact)} ${JSON.stringify(isObject(contact) ? contact.tags : [])}`,
    );
    if (isObject(note)) lines.push(`note: ${String(note.body).split('\n')[0]}`);
    if (isObject(task)) lines.push(`task: ${String(task.title)}, due ${String(task.dueDate)}`);
    if (Array.isArray(warnings)) lines.push(...warnings.map((warning) => `warning: ${String(warning)}`));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'HaltedError') throw error;
    lines.push(`halted: ${error.message}`);
  }
  const requests = sandbox.log
    .slice(start)
    .map(({ method, path }) => `${method} ${path.replaceAll(/\/[A-Za-z0-9]{20}(?=\/|$)/g, '/…')}`);
  return { lines, requests, isNew };
}

function counts({ store }: Sandbox): { contacts: number; notes: number; tasks: number } {
  return { contacts: store.contacts.size, notes: store.notes.size, tasks: store.tasks.size };
}

function isWrite(method: string, path: string): boolean {
  return method !== 'GET' && !path.endsWith('/search');
}

function name(item: unknown): string {
  if (!isObject(item)) return '(nothing)';
  const body = typeof item.body === 'string' ? item.body.split('\n')[0] : undefined;
  return String(item.name ?? item.title ?? item.email ?? item.phone ?? body ?? item.id);
}
