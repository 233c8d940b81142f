import type { Random } from '../../sandbox/random.ts';
import type { Store, StoredNote } from '../../sandbox/store.ts';
import { People } from '../polls/people.ts';
import { WIDGET } from './chats.ts';

const PLACES = ['above', 'below', 'inside'] as const;

/** HighLevel's users at work on the chats' records, and what of their work must be there at the end. */
export class Users {
  readonly people: People;
  /** The last names that were typed in, by contact; and words that were written, by note or task. */
  readonly names = new Map<string, string>();
  readonly words: { id: string; word: string }[] = [];
  readonly #store: Store;
  readonly #random: Random;
  #count = 0;

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
    this.people = new People(store, random);
  }

  /** One change of any kind. */
  work(): void {
    const share = this.#random.next();
    if (share < 0.45) this.#writeIntoNote();
    else if (share < 0.6) this.#writeIntoTask();
    else this.meanwhile();
  }

  /** A change that no run of the app can overwrite: it may happen between the app's read and its write. */
  meanwhile(): void {
    const { people } = this;
    const contact = people.any(this.#store.contacts);
    const task = people.any(this.#store.tasks);
    if (!contact) return;
    switch (this.#random.pick(['name', 'tag', 'contact', 'note', 'task', 'complete', 'complete'] as const)) {
      case 'name':
        return this.#rename(contact.id);
      case 'tag':
        return people.tag(contact, 'vip');
      case 'contact':
        return void people.addContact();
      case 'note':
        return void people.addNote(contact);
      case 'task':
        return void people.addTask(contact);
      case 'complete':
        if (task) people.editTask(task, { completed: !task.completed });
    }
  }

  /** Many changes in the same millisecond, as of an import. */
  burst(count: number): void {
    for (let index = 0; index < count; index++) {
      const contact = this.people.any(this.#store.contacts);
      if (index % 3 === 0 || !contact) this.people.addContact();
      else if (index % 3 === 1) this.#rename(contact.id);
      else this.people.addTask(contact);
    }
  }

  #rename(contactId: string): void {
    const contact = this.#store.contacts.get(contactId);
    if (!contact) return;
    const lastName = `Renamed ${++this.#count}`;
    this.people.edit(contact, { lastName });
    this.names.set(contactId, lastName);
  }

  #word(id: string): string {
    const word = `edit${++this.#count}y`;
    this.words.push({ id, word });
    return word;
  }

  #writeIntoNote(): void {
    const note = this.people.any(
      new Map([...this.#store.notes].filter(([, { body }]) => body.includes(`JivoChat ${WIDGET}/`))),
    );
    if (!note) return;
    if (this.#random.next() < 0.4 && !isEdited(note)) note.body = edited(note.body);
    const text = `Called, says ${this.#word(note.id)}`;
    note.body = withText(note, text, this.#random.pick(PLACES));
  }

  #writeIntoTask(): void {
    const task = this.people.any(this.#store.tasks);
    if (!task) return;
    const text = `Tried ${this.#word(task.id)}`;
    const body = task.body ?? '';
    this.people.editTask(task, {
      body: this.#random.next() < 0.5 ? `${text}\n\n${body}` : `${body}\n\n${text}`,
    });
  }
}

const isEdited = ({ body }: StoredNote) => body.startsWith('<p>');

/** A text as HighLevel's editor saves it. */
function edited(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const safe = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      return `<p>${safe || '<br>'}</p>`;
    })
    .join('');
}

function withText(note: StoredNote, text: string, place: (typeof PLACES)[number]): string {
  const { body } = note;
  const html = isEdited(note);
  const line = html ? `<p>${text}</p>` : text;
  const gap = html ? '' : '\n\n';
  if (place === 'above') return `${line}${gap}${body}`;
  if (place === 'below') return `${body}${gap}${line}`;
  // Below a message, or at the end where there is none.
  const said = /m\d+x\d+/.exec(body)?.index ?? -1;
  const end = body.indexOf(html ? '</p>' : '\n', said) + (html ? 4 : 1);
  return said < 0
    ? `${body}${gap}${line}`
    : `${body.slice(0, end)}${line}${html ? '' : '\n'}${body.slice(end)}`;
}
