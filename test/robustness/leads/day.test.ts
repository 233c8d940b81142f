import { randomness } from '../../sandbox/random.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { isObject } from '../../../lib/base/json.ts';
import { accountOf, environmentOf } from '../../support/zapier/connect.ts';
import { lightZapier, type Ended } from './light.ts';
import { visitor, type Visitor } from './visitors.ts';

const CHATS = 1_000;
/** Concurrently, like JivoChat's webhooks. */
const TOGETHER = 4;
const WIDGET = '3948';

let sandbox: Sandbox;
const before = { ...process.env };
beforeAll(async () => {
  sandbox = await startSandbox({ contacts: 0, tasks: 0, rateLimit: false, allowDuplicateContact: true });
  Object.assign(process.env, environmentOf(sandbox));
});
afterAll(async () => {
  process.env = before;
  await sandbox.close();
});

const eventOf = ({ name, email, phone, country }: Visitor, chatId: number, messages: string[]) => ({
  event_name: 'chat_finished',
  widget_id: WIDGET,
  chat_id: chatId,
  visitor: { name, email, phone },
  session: { geoip: { country_code: country } },
  agents: [{ id: 1, name: 'Tom', email: 'tom@example.com' }],
  chat: {
    messages: messages.map((message, index) => ({
      message,
      type: index % 2 === 0 ? 'visitor' : 'agent',
      timestamp: 1_764_000_000 + chatId * 600 + index * 60,
    })),
  },
});

/** Whether a text appears in a quote or note, ignoring whitespace and invisible characters. */
const has = (places: string, typed: string) => {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .replace(/<\s*/g, '<')
      .replace(/[\s\p{Cf}\u00AD]+/gu, '')
      .toLowerCase();
  return plain(places).includes(plain(typed).slice(0, 120));
};

/** A text that holds one detail at most and no words. */
const isOneDetail = (typed: string) =>
  (typed.match(/@+/g) ?? []).length <= 1 && typed.replace(/\P{Nd}/gu, '').length <= 16;
const saysNothing = (typed: string) => /^\s*(?:n\/?a|null|none|[-–—.?_*]*)\s*$/i.test(typed);

test(`a day of ${CHATS} chats: each lead becomes a contact or an explanation, and nothing is lost or duplicated`, async () => {
  const random = randomness(20_260_128);
  const capture = lightZapier('capture_jivochat_lead', accountOf(sandbox).authData);
  /** As Zapier does: a throttled run is run again. */
  const run = async (event: object): Promise<Ended> => {
    const input = { payload: JSON.stringify(event), createTask: 'always' };
    const ended = await capture(input);
    return 'failed' in ended && ended.failed.kind === 'ThrottledError' ? capture(input) : ended;
  };
  const { contacts, notes, tasks } = sandbox.store;
  const noteOf = (chatId: number) =>
    [...notes.values()].filter(({ body }) => body.endsWith(`\nJivoChat ${WIDGET}/${chatId}`));
  const counts = { contacts: 0, halts: 0, replays: 0 };
  const wrong: unknown[] = [];
  const check = (holds: boolean, what: string, about: unknown) => {
    if (!holds) wrong.push([what, about]);
  };

  /** Checks the results of a chat that has ended. */
  const judge = (typed: Visitor, chatId: number, ended: Ended) => {
    const { meant } = typed;
    const warned = 'record' in ended ? ended.record.warnings : ended.failed;
    const about = { typed, chatId, warned };
    const boxes = [typed.email, typed.phone].filter((text) => !saysNothing(text));
    if (!meant.email && !meant.phone) {
      counts.halts++;
      const message = 'failed' in ended && ended.failed.kind === 'HaltedError' ? ended.failed.message : '';
      check(
        message.startsWith('The visitor left no email and no phone number'),
        'halts, and says why',
        about,
      );
      check(noteOf(chatId).length === 0, 'wrote nothing', about);
      for (const text of boxes) check(has(message, text), 'the message quotes what was typed', about);
      return;
    }
    if ('failed' in ended) return check(false, 'is written', about);
    counts.contacts++;
    const { contact, warnings, note, task } = ended.record;
    const id = isObject(contact) ? contact.id : '';
    const stored = [...contacts.values()].find((one) => one.id === id);
    check(stored !== undefined && note !== null && task !== null, 'contact, note and task are there', about);
    const [own, second] = noteOf(chatId);
    check(own?.contactId === id && second === undefined, 'the chat has one note, on its contact', about);
    const places = [stored?.email, stored?.phone, own?.body, JSON.stringify(warnings)].join('\n');
    for (const detail of [meant.email, meant.phone])
      check(detail === null || has(places, detail), 'the detail is on the contact or in its note', about);
    check(
      stored?.email === meant.email || stored?.phone === meant.phone,
      'the contact is the one with this email or phone',
      about,
    );
    for (const text of boxes)
      check(has(places, text) || isOneDetail(text), 'what was typed is somewhere', about);
  };

  for (let first = 1; first <= CHATS; first += TOGETHER) {
    const chats = Array.from({ length: TOGETHER }, (_, index) => {
      const chatId = first + index;
      const typed = visitor(random, chatId);
      const words = [`Message ${chatId}`, 'Hi', `my number is JivoChat ${WIDGET}/${chatId + 1}`];
      return { chatId, typed, words };
    });
    const ends = await Promise.all(
      chats.map(({ typed, chatId, words }) => run(eventOf(typed, chatId, words))),
    );
    for (const [index, { typed, chatId }] of chats.entries()) {
      const ended = ends[index];
      if (ended) judge(typed, chatId, ended);
    }
    // One of them comes again, grows, and comes late.
    const again = chats[Math.floor(random.next() * TOGETHER)];
    if (again && first % 3 === 1) {
      const { typed, chatId, words } = again;
      const log = sandbox.log.length;
      await run(eventOf(typed, chatId, words));
      const writes = sandbox.log
        .slice(log)
        .filter(({ method, path }) => method !== 'GET' && path !== '/contacts/');
      check(writes.length === 0, 'a replay writes nothing', { typed, chatId, writes });
      judge(typed, chatId, await run(eventOf(typed, chatId, [...words, `Thanks ${chatId}`])));
      judge(typed, chatId, await run(eventOf(typed, chatId, words.slice(0, 1))));
      const [note] = noteOf(chatId);
      check(
        note === undefined || [...words, `Thanks ${chatId}`].every((word) => note.body.includes(word)),
        'the note has all that was said',
        { typed, note },
      );
      counts.replays++;
    }
  }

  const emails = [...contacts.values()].flatMap(({ email }) => email ?? []);
  check(new Set(emails).size === emails.length, 'no email has two contacts', emails.length);
  const traces = [...tasks.values()].map(({ body }) => body?.split('\n').at(-1));
  check(new Set(traces).size === traces.length, 'no chat has two tasks', traces.length);
  expect(wrong.slice(0, 5)).toEqual([]);
  // All ways were played.
  expect(counts.contacts).toBeGreaterThan(CHATS / 2);
  expect(counts.halts).toBeGreaterThan(CHATS / 20);
  expect(counts.replays).toBeGreaterThan(50);
});
