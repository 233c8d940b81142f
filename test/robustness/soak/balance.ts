import type { Store } from '../../sandbox/store.ts';
import type { Chat } from './chats.ts';
import type { Users } from './users.ts';

/** How the runs for a chat ended: what the user read, where nothing was written. */
export interface Ends {
  captured: number;
  halted: string[];
  /** The last message of a run that was given up after all its replays. */
  givenUp: string[];
}

/** Everything that is wrong in HighLevel at the end, one sentence for each. */
export function imbalances(store: Store, chats: ReadonlyMap<Chat, Ends>, users: Users): string[] {
  const wrong: string[] = [];
  const check = (holds: boolean, sentence: () => string) => {
    if (!holds) wrong.push(sentence());
  };
  const contacts = [...store.contacts.values()];
  const notes = [...store.notes.values()];
  const tasks = [...store.tasks.values()];

  for (const [chat, ends] of chats) {
    const { id, visitor, trace } = chat;
    const about =
      (what: string, more: unknown = '') =>
      () =>
        `chat ${id} (${visitor.email ?? visitor.phone}): ${what} ${JSON.stringify(more)}`;
    const own = notes.filter(({ body }) => trace.test(body));
    const ownTasks = tasks.filter(({ body = '' }) => trace.test(body));
    check(ends.givenUp.length === 0, about('was given up', ends.givenUp));
    const why = chat.blacklisted
      ? 'The visitor is on the blacklist in JivoChat'
      : 'The visitor left no email and no phone number';
    if (chat.blacklisted || (!visitor.email && !visitor.phone)) {
      check(ends.captured === 0 && own.length + ownTasks.length === 0, about('was written'));
      check(
        ends.halted.every((text) => text.startsWith(why)),
        about('halted for another reason', ends.halted),
      );
      continue;
    }
    check(ends.halted.length === 0, about('halted', ends.halted));
    const theirs = contacts.filter(({ email, phone }) =>
      visitor.email ? email?.toLowerCase() === visitor.email : phone === visitor.phone,
    );
    check(theirs.length === 1, about(`has ${theirs.length} contacts`));
    if (chat.words.size === 0) continue;
    const [note] = own;
    check(own.length === 1, about(`has ${own.length} notes`, own));
    check(
      own.every(({ contactId }) => contactId === theirs[0]?.id),
      about('has its note on another contact'),
    );
    check(ownTasks.length === 1, about(`has ${ownTasks.length} tasks`, ownTasks));
    const body = note?.body ?? '';
    const unequal = [...chat.words].filter((word) => body.split(new RegExp(`${word}(?!\\d)`)).length !== 2);
    check(unequal.length === 0, about('does not have each message once in its note', { unequal, body }));
    check(!chat.rating || /Rating: /.test(note?.body ?? ''), about('lacks its rating', note));
  }

  const [byEmail, byPhone] = [
    contacts.flatMap(({ email }) => email ?? []),
    contacts.flatMap(({ phone }) => phone ?? []),
  ];
  for (const details of [byEmail, byPhone])
    check(new Set(details).size === details.length, () => 'two contacts have one email or phone number');
  for (const { id, word } of users.words) {
    const body = (store.notes.get(id) ?? store.tasks.get(id))?.body ?? '';
    check(body.includes(word), () => `what a person wrote is gone: ${word} in ${id}: ${body}`);
  }
  for (const [id, lastName] of users.names)
    check(store.contacts.get(id)?.lastName === lastName, () => `contact ${id} is not ${lastName} any more`);
  return wrong;
}
