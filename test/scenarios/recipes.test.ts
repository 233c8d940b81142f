import { ownOutputFields } from '../support/output_fields.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { answered, events, missed } from '../demo/events.ts';
import {
  cancelledToJivoChat,
  completeByHand,
  noteByHand,
  recipes,
  stageToJivoChat,
  type Recipes,
} from '../demo/recipes.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

let sandbox: Sandbox;
let zapier: Zapier;
let zaps: Recipes;

beforeEach(async () => {
  sandbox = await startSandbox();
  zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
  zaps = await recipes(zapier, { workflowId: sandbox.store.workflows[0]?.id });
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
      JSON.stringify({ contact_id: contactId, customData: { event: 'NoteCreate', contactId, noteId: id } }),
    );
    expect(shown()).toEqual([expect.stringContaining('Note: From a workflow')]);
  });

  test('a note created from a chat is not sent back', async () => {
    const [contactId = ''] = sandbox.store.contacts.keys();
    await zaps.noteToJivoChat(noteByHand(sandbox, contactId, 'JivoChat chat\n\nJivoChat 3948/7607'));
    expect(shown()).toEqual([]);
  });
});

describe('Recipe 4: the owner hears of a missed chat', () => {
  test('the owner of the task gets an email with the visitor’s details and a link', async () => {
    const [email, ...others] = await zaps.missedChatToOwner(JSON.stringify(missed), 'Tom Baker');
    expect(others).toEqual([]);
    expect(email).toMatchObject({ to: 'tom.baker@example.com', subject: 'Call back Luis Ortega' });
    expect(email?.body).toContain('luis.ortega@example.com');
    expect(email?.body).toMatch(/https:\/\/app\.gohighlevel\.com\/v2\/location\/\w+\/contacts\/detail\/\w+$/);
  });

  test('a chat that was answered sends nothing', async () => {
    expect(await zaps.missedChatToOwner(JSON.stringify(answered), 'Tom Baker')).toEqual([]);
  });
});

test('Recipe 5: a contact that gets the tag is added to the workflow, once', async () => {
  const [contact] = [...sandbox.store.contacts.values()].filter(({ tags }) => !tags.includes('pricing'));
  await zapier.create('add_tags', { contactId: contact?.id, tags: ['Pricing'] });
  expect(await zaps.tagToWorkflow()).toMatchObject([{ contactId: contact?.id, added: true }]);
  expect(contact?.workflows).toEqual([sandbox.store.workflows[0]?.id]);
  expect(await zaps.tagToWorkflow()).toEqual([]);
});

test('Recipe 6: a cancelled appointment is sent to JivoChat, with the visitor’s name and the time in words', async () => {
  const [appointment] = sandbox.store.appointments.values();
  const { firstName, lastName } = sandbox.store.contacts.get(appointment?.contactId ?? '') ?? {};
  await zapier.create('cancel_appointment', { appointmentId: appointment?.id });
  await zaps.cancelledToJivoChat();
  expect(shown()).toEqual([
    expect.stringMatching(
      new RegExp(
        `^${firstName} ${lastName} cancelled the appointment on \\w+day, \\w+ \\d+, \\d{4}, \\d+:\\d\\d [AP]M E[SD]T\\.`,
      ),
    ),
  ]);
});

describe('Recipe 7: a raw hook of Webhooks by Zapier', () => {
  test('becomes a contact and a note, once', async () => {
    const [contacts = 0, notes = 0] = stands();
    await zaps.rawHookToContact(JSON.stringify(missed));
    await zaps.rawHookToContact(JSON.stringify(missed));
    expect(stands().slice(0, 2)).toEqual([contacts + 1, notes + 1]);
  });

  test('is ignored while the chat goes on', async () => {
    expect(await zaps.rawHookToContact(JSON.stringify({ ...missed, event_name: 'chat_accepted' }))).toEqual(
      [],
    );
  });
});

test('Recipe 8: a lead becomes an opportunity, whose new stage is shown in JivoChat, once', async () => {
  const { store } = sandbox;
  const [sales] = store.pipelines;
  const [, next] = sales?.stages ?? [];
  const [captured] = await zaps.chatToOpportunity(JSON.stringify(missed), sales?.id ?? '');
  const [again] = await zaps.chatToOpportunity(JSON.stringify(missed), sales?.id ?? '');
  const opportunity = isObject(captured?.opportunity) ? captured.opportunity : {};
  expect(opportunity).toMatchObject({ name: 'Luis Ortega', status: 'open', pipelineName: 'Sales' });
  expect(again?.opportunity).toMatchObject({ id: opportunity.id });
  // A new opportunity has not changed its stage.
  expect(await zaps.stagesToJivoChat()).toEqual([]);
  const made = store.opportunities.get(String(opportunity.id));
  // It was made a while ago.
  const before = new Date(store.now() - 60_000).toISOString();
  Object.assign(made ?? {}, { createdAt: before, lastStageChangeAt: before, lastStatusChangeAt: before });
  store.changeOpportunity(String(opportunity.id), { pipelineStageId: next?.id ?? '' });
  await zaps.stagesToJivoChat();
  expect(shown()).toEqual([expect.stringMatching(/^Luis Ortega is now in the stage Contacted\n/)]);
  await zaps.stagesToJivoChat();
  expect(shown()).toHaveLength(1);
});

describe('The sample of a trigger, mapped as in its recipe', () => {
  const sampleOf = (key: string): Item =>
    new Map<string, { operation: { sample?: Item } }>(Object.entries(app.triggers ?? {})).get(key)?.operation
      .sample ?? {};
  /** A contact with the ID of the samples, its task and its note. */
  const furnish = () => {
    const { store } = sandbox;
    const [contact] = store.contacts.values();
    const [task] = store.tasks.values();
    const [note] = store.notes.values();
    const { note: sampledNote } = sampleOf('highlevel_event');
    const noteId = isObject(sampledNote) ? String(sampledNote.id) : '';
    const { id: taskId, contactId } = sampleOf('updated_task');
    if (!contact || !task || !note) throw new Error('The sandbox is empty');
    store.save({ ...contact, id: String(contactId) });
    store.tasks.set(String(taskId), { ...task, id: String(taskId), contactId: String(contactId) });
    store.notes.set(noteId, { ...note, id: noteId, contactId: String(contactId) });
  };
  beforeEach(furnish);

  test('recipe 2: a task', async () => {
    const { id, contactId } = sampleOf('updated_task');
    await zapier.create('send_jivochat_update', { contactId, taskId: id });
    expect(shown()).toEqual([expect.stringContaining('Task "')]);
  });

  test('recipe 3: a note, and nothing but the note', async () => {
    const { note, contact, task, appointment } = sampleOf('highlevel_event');
    expect([contact, task, appointment]).toEqual([null, null, null]);
    const { contactId, id } = isObject(note) ? note : {};
    await zapier.create('send_jivochat_update', { contactId, noteId: id });
    expect(shown()).toEqual([expect.stringContaining('Note: ')]);
  });

  test('recipe 5: a contact with the tag', async () => {
    const workflowId = sandbox.store.workflows[0]?.id;
    const added = await zapier.create('add_to_workflow', {
      contactId: sampleOf('contact_tagged').id,
      workflowId,
    });
    expect(added).toMatchObject({ added: true });
  });

  test('recipe 6: a cancelled appointment', async () => {
    await cancelledToJivoChat(zapier, sampleOf('appointment_status_changed'));
    expect(shown()).toEqual([
      expect.stringContaining(
        'Jane Doe cancelled the appointment on Friday, January 30, 2026, 10:00 AM EST.',
      ),
    ]);
  });

  test('recipe 8: an opportunity in another stage', async () => {
    await stageToJivoChat(zapier, sampleOf('opportunity_stage_changed'));
    expect(shown()).toEqual([expect.stringContaining('is now in the stage ')]);
  });

  test('recipes 1 and 4: a finished chat without the fields of other events', async () => {
    const sample = sampleOf('jivochat_event');
    expect(sample).toMatchObject({ event: 'chat_finished', message: null, callStatus: null });
    // The times of a transcript are in the time zone of the Zap.
    const { transcript: _transcript, ...others } = sample;
    expect(await zapier.deliver('jivochat_event', String(sample.payload))).toMatchObject([others]);
  });
});

describe('Recipe files', () => {
  const folder = join(__dirname, '../../docs/recipes');
  const labels = [app.triggers, app.creates, app.searches].flatMap((kind) =>
    Object.values(kind ?? {}).map(({ display }) => display.label),
  );

  test.each([
    ['2-tasks-and-jivochat.md', 'updated_task', ['Contact ID', 'Task ID']],
    ['3-notes-and-jivochat.md', 'highlevel_event', ['Note Contact ID', 'Note ID', 'Note Text (Plain Text)']],
    [
      '4-missed-chat-to-owner.md',
      'capture_jivochat_lead',
      [
        'Task Owner Email',
        'Contact Full Name',
        'Contact Phone',
        'Contact Email',
        'Note Text (Plain Text)',
        'Contact Link in HighLevel',
        'Contact Owner Email',
      ],
    ],
    ['4-missed-chat-to-owner.md', 'jivochat_event', ['Missed Chat']],
    ['5-tag-to-workflow.md', 'contact_tagged', ['Contact ID']],
    [
      '6-cancelled-appointment-in-jivochat.md',
      'appointment_status_changed',
      ['Contact ID', 'Contact Name', 'Start Time in Words'],
    ],
    ['8-leads-to-opportunities.md', 'opportunity_stage_changed', ['Contact ID', 'Name', 'Stage']],
  ])('%s maps fields of %s that the editor offers: %j', async (name, key, fields) => {
    const all = [app.triggers, app.creates].flatMap((kind) => Object.entries(kind ?? {}));
    const offered = (await ownOutputFields(new Map(all).get(key)?.operation ?? {})).map(({ label }) => label);
    const text = readFileSync(join(folder, name), 'utf8').replace(/\s+/g, ' ');
    for (const label of fields) {
      expect(offered).toContain(label);
      expect(text).toContain(label);
    }
  });

  test.each(readdirSync(folder))('%s mentions only existing operations', (name) => {
    const steps = readFileSync(join(folder, name), 'utf8').matchAll(
      /^\| \d \| HighLevel for JivoChat \| (.+) \|$/gm,
    );
    for (const [, label] of steps) expect(labels).toContain(label);
  });
});
