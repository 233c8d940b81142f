import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { finished, sample, sampleNames } from '../support/jivochat/samples.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failureIn } from '../support/zapier/failed.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

let sandbox: Sandbox;
let zapier: Zapier;

const start = async (options: { allowDuplicateContact?: boolean } = {}) => {
  sandbox = await startSandbox({ now: () => Date.now(), contacts: 5, tasks: 0, ...options });
  zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
};
afterEach(() => sandbox.close());
afterEach(() => jest.restoreAllMocks());

/** The two steps of a Zap: any event triggers, and Capture JivoChat Lead writes contact, note and task. */
async function play(event: object, input: Item = {}): Promise<Item[]> {
  const events = [...new Set(sampleNames.map((name) => name.replace('_2017', '')))];
  const leads = await zapier.deliver('jivochat_event', JSON.stringify(event), { events });
  const done: Item[] = [];
  for (const { payload, chatId } of leads)
    done.push(
      await zapier.create('capture_jivochat_lead', { payload, chatId, createTask: 'always', ...input }),
    );
  return done;
}

const of = (email: string) => {
  const contacts = [...sandbox.store.contacts.values()].filter((contact) => contact.email === email);
  const theirs = ({ contactId }: { contactId: string }) => contacts.some(({ id }) => id === contactId);
  return {
    contacts,
    notes: [...sandbox.store.notes.values()].filter(theirs),
    tasks: [...sandbox.store.tasks.values()].filter(theirs),
  };
};
const counts = (email = 'email@example.com') => Object.values(of(email)).map((records) => records.length);
const writes = () => sandbox.log.filter(({ method, path }) => method !== 'GET' && path !== '/contacts/');
const words: [string, string][] = [
  ['visitor', 'Hello!'],
  ['agent', 'Hi John'],
  ['visitor', 'Bye'],
];
const talk = (upTo: number) => finished(words.slice(0, upTo));

describe('Official JivoChat events', () => {
  beforeEach(() => start());

  test.each(sampleNames.filter((name) => !name.startsWith('client_')))(
    '%s creates one contact, one note and one task, no matter how often it is delivered',
    async (name) => {
      await play(sample(name));
      expect(counts()).toEqual([1, 1, 1]);
      const before = structuredClone(of('email@example.com'));
      sandbox.log.length = 0;
      await play(sample(name));
      await play(sample(name), { existingContact: 'overwrite' });
      expect(of('email@example.com')).toEqual(before);
      expect(writes()).toEqual([]);
    },
  );

  test('client_updated creates a contact without a note', async () => {
    await play(sample('client_updated'), { createTask: 'never' });
    expect(counts('thomas@gmail.com')).toEqual([1, 0, 0]);
  });

  test('client_attribute_updated has no contact details and halts', async () => {
    await expect(play(sample('client_attribute_updated'))).rejects.toMatchObject({ name: 'HaltedError' });
    expect(sandbox.log.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('Events of one visitor', () => {
  beforeEach(() => start());
  const early = (name: string) => sample(name, { chat_id: 7607 });

  test('a chat accepted, updated and finished creates one contact with one note of the whole conversation', async () => {
    await play(
      sample('chat_accepted', { chat_id: 7607, 'visitor.phone': null, 'visitor.name': 'Client 2198' }),
    );
    await play(early('chat_updated'));
    await play(talk(2));
    await play(talk(3));
    expect(counts()).toEqual([1, 1, 1]);
    const { contacts, notes } = of('email@example.com');
    expect(contacts[0]).toMatchObject({ firstName: 'John', lastName: 'Smith', phone: '+14084987855' });
    expect(notes[0]?.body).toContain('John Smith: Hello!');
    expect(notes[0]?.body).toContain('Thomas Anderson: Hi John');
    expect(notes[0]?.body).toMatch(/John Smith: Bye\n\nMessages: 3\nJivoChat 3948\/7607$/);
  });

  test('events in the wrong order keep the whole conversation', async () => {
    for (const event of [talk(3), early('chat_updated'), talk(2), early('chat_accepted')]) await play(event);
    expect(counts()).toEqual([1, 1, 1]);
    expect(of('email@example.com').notes[0]?.body).toContain('John Smith: Bye');
  });

  test('an offline message and a call in the same chat are both kept', async () => {
    const offline = (id: number, message: string) =>
      sample('offline_message', { chat_id: 7607, offline_message_id: id, message });
    const call = (status: string, record_url?: string) =>
      sample('call_event', { chat_id: 7607, call: { type: 'callback', status, record_url } });
    const events = [talk(1), offline(1, 'First'), offline(2, 'Second'), call('start'), talk(2)];
    const more = [call('end', 'https://example.com/4398.mp3'), talk(3), ...events];
    for (const event of [...events, ...more]) await play(event, { createTask: 'never' });
    const bodies = of('email@example.com').notes.map(({ body }) => body);
    expect(bodies).toHaveLength(4);
    for (const word of ['First', 'Second', 'Recording: https://example.com/4398.mp3', 'John Smith: Bye'])
      expect(bodies.filter((body) => body.includes(word))).toHaveLength(1);
  });

  test('a missed chat and an offline message in the same chat create one task', async () => {
    await play(talk(1));
    await play(sample('offline_message', { chat_id: 7607, offline_message_id: 1, message: 'Call me' }));
    expect(counts()).toEqual([1, 2, 1]);
  });

  test('a second chat creates a second note, and keeps what users wrote in HighLevel', async () => {
    await play(talk(2));
    const [contact] = of('email@example.com').contacts;
    Object.assign(contact ?? {}, { firstName: 'Johnny', source: 'Fair', tags: ['jivochat', 'vip'] });
    await play({ ...talk(2), chat_id: 7608 });
    expect(counts()).toEqual([1, 2, 2]);
    expect(of('email@example.com').contacts[0]).toMatchObject({
      firstName: 'Johnny',
      source: 'Fair',
      tags: ['jivochat', 'vip'],
    });
  });

  test('email and phone of two contacts: the lead goes to one, with a warning that names the other', async () => {
    await play(finished([], { 'visitor.email': null, 'visitor.name': 'Jack Smith' }));
    const [byPhone] = [...sandbox.store.contacts.values()].filter(({ phone }) => phone === '+14084987855');
    await play(finished([], { 'visitor.phone': null, chat_id: 1 }));
    const [captured] = await play(finished([['visitor', 'Hi']], { chat_id: 2 }));
    expect(captured?.warnings).toEqual([
      expect.stringContaining(`another contact (${byPhone?.id}) already has it`),
    ]);
    expect(captured).toMatchObject({ contact: { email: 'email@example.com', phone: null }, isNew: false });
    expect(byPhone).toMatchObject({ firstName: 'Jack' });
    expect(byPhone).not.toHaveProperty('email', expect.anything());
  });
});

describe('Replay after a failure', () => {
  beforeEach(() => start());

  test.each([
    [
      'the answer to the new contact is lost',
      { path: '/contacts/$', method: 'POST', when: 'after', kind: 'reset' },
    ],
    ['the new contact fails', { path: '/contacts/$', method: 'POST', status: 503 }],
    ['the answer to the note is lost', { path: '/notes$', method: 'POST', when: 'after', kind: 'reset' }],
    ['the note fails', { path: '/notes$', method: 'POST', status: 500 }],
    ['the task fails', { path: '/tasks$', method: 'POST', status: 500 }],
    [
      'the answer to the task cannot be read',
      { path: '/tasks$', method: 'POST', when: 'after', kind: 'invalid-json' },
    ],
  ] as const)('%s: a replay completes the lead without duplicates', async (_, fault) => {
    sandbox.fail(fault);
    const ended = await play(talk(2)).then(
      () => 'done',
      (error: unknown) => String(error),
    );
    expect(ended).toMatch(/^done$|Replay this step/);
    // Zapier's first automatic replay.
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 5 * 60_000);
    await play(talk(2));
    expect(counts()).toEqual([1, 1, 1]);
  });
});

// Zapier's lock on the chat id prevents concurrent deliveries, unless Chat ID is not mapped.
describe('Concurrent deliveries of one chat, without Zapier’s lock', () => {
  const together = () => Promise.all([play(talk(2)), play(talk(2))]);

  test('create one contact with its note, and a replay adds nothing', async () => {
    await start();
    await play(sample('client_updated'), { createTask: 'never' });
    const [one, other] = await together();
    expect(one?.[0]?.isNew).toBe(!other?.[0]?.isNew);
    const [contacts, notes = 0, tasks = 0] = counts();
    expect(contacts).toBe(1);
    // Each run may read before the other writes: a second note or task is possible, a lost one is not.
    for (const count of [notes, tasks]) expect([1, 2]).toContain(count);
    await play(talk(2));
    expect(counts()).toEqual([1, notes, tasks]);
  });

  test('with new messages, update the note to the whole conversation', async () => {
    await start();
    await together();
    await play(talk(3));
    expect(of('email@example.com').notes.some(({ body }) => body.includes('John Smith: Bye'))).toBe(true);
  });

  test('create one contact where the sub-account allows duplicates, also over two connections', async () => {
    await start({ allowDuplicateContact: true });
    const claims = {};
    const connections = [1, 2, 3].map(() => new Zapier(app, { ...accountOf(sandbox), claims }));
    const input = { payload: JSON.stringify(talk(2)), createTask: 'always' };
    const waits: unknown[] = [];
    // As Zapier does: a throttled run is run again.
    const run = async (one: Zapier): Promise<void> => {
      try {
        await one.create('capture_jivochat_lead', input);
      } catch (error) {
        const { kind, delay } = failureIn(error);
        waits.push([kind, delay]);
        again.push(() => run(one));
      }
    };
    const again: (() => Promise<void>)[] = [];
    await Promise.all(connections.map(run));
    for (const wait of waits) expect(wait).toEqual(['ThrottledError', 15]);
    for (const retry of again.splice(0)) await retry();
    expect(of('email@example.com').contacts).toHaveLength(1);
  });

  test('the action requests the lock, by chat and connection', () => {
    const operation: unknown = app.creates?.capture_jivochat_lead?.operation;
    expect(isObject(operation) && operation.lock).toEqual({
      key: 'jivochat-{{bundle.inputData.chatId}}',
      scope: ['auth'],
    });
    return start();
  });
});
