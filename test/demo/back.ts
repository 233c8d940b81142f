import { isObject } from '../../lib/base/json.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Zapier } from '../support/zapier/zapier.ts';
import { answered, missed } from './events.ts';
import { completeByHand, noteByHand, recipes } from './recipes.ts';

/** Plays the recipes that send to JivoChat, prints what the agents see, and returns what was not as expected. */
export async function playBack(zapier: Zapier, sandbox: Sandbox): Promise<string[]> {
  const wrong: string[] = [];
  const zaps = await recipes(zapier);
  const said = () =>
    sandbox.store.jivoMessages.map(({ message }) =>
      isObject(message) ? String(message.text).split('\n')[0] : '',
    );
  const expect = (what: string, count: number) => {
    const now = said();
    console.log(`  ${what}`);
    for (const line of now.slice(now.length - Math.max(count, 0))) console.log(`    JivoChat shows: ${line}`);
    if (now.length !== told + count)
      wrong.push(`"${what}": ${now.length - told} messages reached JivoChat, not ${count}`);
    told = now.length;
  };
  let told = said().length;

  console.log('\nJivoChat shows what happens in HighLevel\n');
  const [captured] = await zaps.chatToContact(JSON.stringify(missed));
  const task = isObject(captured?.task) ? captured.task : {};
  await zaps.tasksToJivoChat();
  expect('A missed chat creates a follow-up task', 1);

  await zaps.chatCompletesTask(JSON.stringify(answered));
  const done = sandbox.store.tasks.get(String(task.id))?.completed === true;
  if (!done) wrong.push('the finished chat did not complete the task');
  await zaps.tasksToJivoChat();
  expect('The visitor comes back and gets an answer: the task is completed', 1);

  await zaps.chatCompletesTask(JSON.stringify(answered));
  await zaps.tasksToJivoChat();
  expect('The same chat again changes nothing', 0);

  const open = [...sandbox.store.tasks.values()].find(({ completed }) => !completed);
  completeByHand(sandbox, open?.id);
  await zaps.tasksToJivoChat();
  expect('Someone completes a task in HighLevel', 1);

  const contact = isObject(captured?.contact) ? captured.contact : {};
  await zaps.noteToJivoChat(noteByHand(sandbox, contact.id, '<p>Prefers calls after 5 pm.</p>'));
  expect('Someone writes a note in HighLevel', 1);

  const note = isObject(captured?.note) ? captured.note : {};
  await zaps.noteToJivoChat(
    JSON.stringify({
      type: 'NoteCreate',
      locationId: sandbox.locationId,
      id: note.id,
      contactId: contact.id,
    }),
  );
  expect('The note that a chat left is not sent back', 0);
  return wrong;
}
