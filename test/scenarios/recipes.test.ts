import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { answered, events, missed } from '../demo/events.ts';
import { completeByHand, noteByHand, recipes, type Recipes } from '../demo/recipes.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { Zapier } from '../support/zapier/zapier.ts';

let sandbox: Sandbox;
let zapier: Zapier;
let zaps: Recipes;

beforeEach(async () => {
  sandbox = await startSandbox();
  zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
  zaps = await recipes(zapier);
});
afterEach(() => sandbox.close());

const shown = () =>
  sandbox.store.jivoMessages.map(({ message }) => (isObject(message) ? String(message.text) : ''));
const stands = () => [sandbox.store.contacts.size, sandbox.store.notes.size, sandbox.store.tasks.size];

describe('Recipe 1: a JivoChat lead becomes a contact, a note and a follow-up task', () => {
  test('a missed chat creates all three once, no matter how often it is delivered', async () => {
    const [contacts = 0, notes = 0, tasks = 0] = stands();
    const [first] = await zaps.chatToContact(JSON.stringify(missed));
    const [again] = await zaps.chatToContact(JSON.stringify(missed));
    expect(stands()).toEqual([contacts + 1, notes + 1, tasks + 1]);
    expect(first).toMatchObject({
      isNew: true,
      contact: { email: 'luis.ortega@example.com', tags: ['jivochat'] },
    });
    expect(again).toMatchObject({ isNew: false, note: { id: isObject(first?.note) ? first.note.id : '' } });
  });

  test('the note has the whole conversation, with names and times', async () => {
    const [captured] = await zaps.chatToContact(JSON.stringify(events[0]?.event));
    expect(captured).toMatchObject({
      note: { body: expect.stringContaining('John Smith: Hello! What do two seats cost?') },
    });
    expect(captured).toMatchObject({ note: { body: expect.stringContaining('Maria Keller: Hi John') } });
  });

  test('a visitor without contact details halts the run', async () => {
    const before = stands();
    expect(await zaps.chatToContact(JSON.stringify(events[3]?.event))).toEqual([]);
    expect(stands()).toEqual(before);
  });
});

describe("Recipe 1 with the trigger's sample", () => {
  const sample = app.triggers?.jivochat_event?.operation.sample ?? {};
  const inputs = (app.creates?.capture_jivochat_lead?.operation.inputFields ?? []).flatMap((field) =>
    'key' in field && field.key !== 'tags' ? [field.key] : [],
  );
  const mapped = Object.fromEntries(inputs.flatMap((key) => (key in sample ? [[key, sample[key]]] : [])));

  test.each<[string, Record<string, unknown>]>([
    ['its payload', { payload: sample.payload, chatId: sample.chatId }],
    ['each of its fields', mapped],
    ['all of its fields but the payload', { ...mapped, payload: null }],
  ])('mapping %s creates the contact and the note', async (_, fields) => {
    const [contacts = 0, notes = 0] = stands();
    const captured = await zapier.create('capture_jivochat_lead', fields);
    expect(stands().slice(0, 2)).toEqual([contacts + 1, notes + 1]);
    expect(captured).toMatchObject({
      isNew: true,
      contact: {
        firstName: sample.firstName,
        lastName: sample.lastName,
        email: sample.email,
        phone: sample.phone,
      },
      note: { body: expect.stringContaining('Jane Doe: Hello! What do two seats cost?') },
    });
  });
});

describe('Recipe 2: tasks in JivoChat, and chats that complete them', () => {
  test('a new task is sent to JivoChat, completed when the visitor is answered, and sent again', async () => {
    const [captured] = await zaps.chatToContact(JSON.stringify(missed));
    const taskId = isObject(captured?.task) ? String(captured.task.id) : '';
    await zaps.tasksToJivoChat();
    expect(shown()).toEqual([expect.stringContaining('Task "Follow up with Luis Ortega" is open, due ')]);

    await zaps.chatCompletesTask(JSON.stringify(answered));
    expect(sandbox.store.tasks.get(taskId)?.completed).toBe(true);
    await zaps.tasksToJivoChat();
    expect(shown().slice(1)).toEqual([
      expect.stringContaining('Task "Follow up with Luis Ortega" is completed.'),
    ]);

    await zaps.chatCompletesTask(JSON.stringify(answered));
    await zaps.tasksToJivoChat();
    expect(shown()).toHaveLength(2);
  });

  test('a missed chat completes no task', async () => {
    await zaps.chatToContact(JSON.stringify(missed));
    expect(await zaps.chatCompletesTask(JSON.stringify({ ...missed, chat_id: 7799 }))).toEqual([]);
  });

  test('a task completed in HighLevel is sent to JivoChat', async () => {
    completeByHand(sandbox, [...sandbox.store.tasks.keys()][0]);
    await zaps.tasksToJivoChat();
    expect(shown()).toEqual([expect.stringContaining('is completed.')]);
  });
});

describe('Recipe 3: notes in JivoChat', () => {
  test('a new note is sent as plain text, with a link to the contact', async () => {
    const [contactId = ''] = sandbox.store.contacts.keys();
    await zaps.noteToJivoChat(noteByHand(sandbox, contactId, '<p>Prefers calls after 5&nbsp;pm.</p>'));
    expect(shown()).toEqual([
      `Note: Prefers calls after 5 pm.\n\nIn HighLevel: https://app.gohighlevel.com/v2/location/${sandbox.locationId}/contacts/detail/${contactId}`,
    ]);
  });

  test('a note from a workflow is sent', async () => {
    const [contactId = ''] = sandbox.store.contacts.keys();
    const { id } = JSON.parse(noteByHand(sandbox, contactId, 'From a workflow'));
    await zaps.noteToJivoChat(
      JSON.stringify({ contact_id: contactId, customData: { event: 'note added', contactId, noteId: id } }),
    );
    expect(shown()).toEqual([expect.stringContaining('Note: From a workflow')]);
  });

  test('a note created from a chat is not sent back', async () => {
    const [contactId = ''] = sandbox.store.contacts.keys();
    await zaps.noteToJivoChat(noteByHand(sandbox, contactId, 'JivoChat chat\n\nJivoChat 3948/7607'));
    expect(shown()).toEqual([]);
  });
});

describe('Recipe files', () => {
  const folder = join(__dirname, '../../docs/recipes');
  const labels = [app.triggers, app.creates, app.searches].flatMap((kind) =>
    Object.values(kind ?? {}).map(({ display }) => display.label),
  );

  test.each(readdirSync(folder))('%s mentions only existing operations', (name) => {
    const steps = readFileSync(join(folder, name), 'utf8').matchAll(
      /^\| \d \| HighLevel for JivoChat \| (.+) \|$/gm,
    );
    for (const [, label] of steps) expect(labels).toContain(label);
  });
});
