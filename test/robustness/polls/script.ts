import { streamOf, type Random } from '../../sandbox/random.ts';
import type { StoredContact } from '../../sandbox/store.ts';
import type { People, Traits } from './people.ts';
import type { Chosen } from './watches.ts';

/** A random script of user actions in HighLevel, between polls and while a poll reads its pages. */
export class Script {
  /** The values that the Zaps' filters may use. The contact is never deleted. */
  readonly chosen: Chosen;
  readonly #people: People;
  /** A stream of its own, so that what people say does not change what they do. */
  readonly #talk: Random;
  /** Another one for what happens to opportunities. */
  readonly #deals: Random;
  #left = 0;

  constructor(people: People) {
    this.#people = people;
    const { store } = people;
    this.#talk = streamOf(store.seed, 'talk');
    this.#deals = streamOf(store.seed, 'deals');
    this.chosen = {
      contactId: people.any(store.contacts)?.id ?? '',
      userId: store.users[0]?.id ?? '',
      businessId: store.businesses[0]?.id ?? '',
      calendarId: store.calendars[0]?.id ?? '',
      tag: 'vip',
      formId: store.questionnaires.find(({ kind }) => kind === 'form')?.id ?? '',
      surveyId: store.questionnaires.find(({ kind }) => kind === 'survey')?.id ?? '',
      pipelineId: store.pipelines[0]?.id ?? '',
      pipelineStageId: store.pipelines[0]?.stages[1]?.id ?? '',
    };
    for (let count = 0; count < 10; count++) this.#change(NOTES_AND_APPOINTMENTS);
  }

  /** A period of `ms` with user actions; `pass` advances the clock. A storm changes 5,000 contacts. */
  work(ms: number, pass: (ms: number) => void, { storm }: { storm: boolean }): void {
    const { random } = this.#people;
    const changes = Math.floor(random.next() * 12);
    let left = ms;
    for (let count = 0; count < changes; count++) {
      // A third of all changes happens in the same millisecond as the one before.
      const wait = random.next() < 0.33 ? 0 : Math.floor(random.next() * Math.min(left, ms / 6));
      pass(wait);
      left -= wait;
      this.#change();
      this.#talkOf(this.#talk.next() < 0.1 ? 150 + Math.floor(this.#talk.next() * 700) : 2);
      this.#deal(this.#deals.next() < 0.05 ? 150 + Math.floor(this.#deals.next() * 700) : 2);
    }
    if (storm) for (let count = 0; count < 5_000; count++) this.#oneOf(5_000, count);
    else if (random.next() < 0.1) this.#burst(100 + Math.floor(random.next() * 600));
    if (random.next() < 0.07) this.#deleteMany(200);
    pass(left);
  }

  /** Makes this many changes happen during the next requests. */
  disturb(changes: number): void {
    this.#left = changes;
  }

  /** Call it at each request. */
  meanwhile(): void {
    if (this.#left <= 0) return;
    this.#left--;
    this.#change();
    this.#talkOf(1);
    this.#deal(1);
  }

  /** What happens to opportunities, at one moment. */
  #deal(count: number): void {
    const { store } = this.#people;
    const contacts = [...store.contacts.values()];
    for (let index = 0; index < count; index++) {
      const contact = contacts[Math.floor(this.#deals.next() * contacts.length)];
      const all = [...store.opportunities.values()];
      const one = all[Math.floor(this.#deals.next() * all.length)];
      const changes = {
        open: () =>
          contact &&
          this.#people.open(contact, this.#deals, this.#deals.next() < 0.4 ? this.chosen.userId : undefined),
        move: () => one && this.#people.moveOpportunity(one, this.#deals),
        close: () =>
          one &&
          store.changeOpportunity(one.id, { status: this.#deals.pick(['open', 'won', 'lost', 'abandoned']) }),
        edit: () => one && store.changeOpportunity(one.id, { monetaryValue: this.#deals.next() }),
        assign: () =>
          one && store.changeOpportunity(one.id, { assignedTo: one.assignedTo ? null : this.chosen.userId }),
        remove: () => one && store.deleteOpportunity(one.id),
      };
      changes[this.#deals.pick(DEALS)]();
    }
  }

  /** What comes in by messages and forms, at one moment. */
  #talkOf(count: number): void {
    const { store } = this.#people;
    const contacts = [...store.contacts.values()];
    const [first, ...rest] = store.questionnaires;
    const person = () =>
      this.#talk.next() < 0.3
        ? store.contacts.get(this.chosen.contactId)
        : contacts[Math.floor(this.#talk.next() * contacts.length)];
    for (let index = 0; index < count; index++) {
      const contact = person();
      if (!contact) return;
      const direction = this.#talk.next() < 0.6 ? 'inbound' : 'outbound';
      this.#people.say(contact, this.#talk.pick(KINDS), direction);
      if (first && this.#talk.next() < 0.5) this.#people.submit(contact, this.#talk.pick([first, ...rest]));
    }
  }

  #burst(count: number): void {
    for (let index = 0; index < count; index++) this.#oneOf(count, index);
  }

  // Alternately new and updated contacts, all at the same time.
  #oneOf(count: number, index: number): void {
    const contact = index % 2 === 0 && index < count / 2 ? this.#contact() : undefined;
    if (contact) this.#people.edit(contact);
    else this.#people.addContact(this.#traits());
  }

  #deleteMany(count: number): void {
    const newest = [...this.#people.store.contacts.values()].toReversed().slice(0, count);
    for (const { id } of newest) this.#delete(id);
  }

  #delete(contactId: string): void {
    if (contactId !== this.chosen.contactId) this.#people.store.delete(contactId);
  }

  #contact(): StoredContact | undefined {
    const { random, store } = this.#people;
    if (random.next() < 0.25) return store.contacts.get(this.chosen.contactId);
    return this.#people.any(store.contacts);
  }

  #traits(): Traits {
    const { random } = this.#people;
    const { tag, businessId, userId } = this.chosen;
    return {
      ...(random.next() < 0.4 && { tags: [tag] }),
      ...(random.next() < 0.4 && { businessId }),
      ...(random.next() < 0.4 && { assignedTo: userId }),
    };
  }

  #change(kinds: readonly [Change, ...Change[]] = CHANGES): void {
    const contact = this.#contact();
    if (!contact) return;
    const people = this.#people;
    const task = people.any(people.store.tasks);
    const note = people.any(people.store.notes);
    const appointment = people.any(people.store.appointments);
    const { tag, businessId, userId } = this.chosen;
    const changes: Record<Change, () => void> = {
      add: () => people.addContact(this.#traits()),
      edit: () => people.edit(contact),
      tag: () => people.tag(contact, tag),
      untag: () => people.untag(contact, tag),
      join: () => people.edit(contact, { businessId: contact.businessId ? undefined : businessId }),
      assign: () => people.edit(contact, { assignedTo: contact.assignedTo ? null : userId }),
      delete: () => this.#delete(contact.id),
      addTask: () => people.addTask(contact, people.random.next() < 0.5 ? userId : undefined),
      editTask: () => task && people.editTask(task),
      complete: () => task && people.editTask(task, { completed: !task.completed }),
      deleteTask: () => task && people.deleteTask(task),
      deleteAppointment: () => appointment && people.deleteAppointment(appointment),
      assignTask: () => task && people.editTask(task, { assignedTo: userId }),
      addNote: () => people.addNote(contact),
      editNote: () => note && people.editNote(note),
      book: () => people.book(contact),
      move: () => appointment && people.move(appointment),
      cancel: () => appointment && people.cancel(appointment),
    };
    changes[people.random.pick(kinds)]();
  }
}

const KINDS = [
  'TYPE_SMS',
  'TYPE_SMS',
  'TYPE_EMAIL',
  'TYPE_WHATSAPP',
  'TYPE_LIVE_CHAT',
  'TYPE_CALL',
  'TYPE_CAMPAIGN_EMAIL',
  'TYPE_ACTIVITY_APPOINTMENT',
  'TYPE_INTERNAL_COMMENT',
] as const;

const DEALS = ['open', 'open', 'open', 'move', 'move', 'close', 'close', 'edit', 'assign', 'remove'] as const;

const CHANGES = [
  'add',
  'edit',
  'tag',
  'untag',
  'join',
  'assign',
  'delete',
  'addTask',
  'editTask',
  'complete',
  'assignTask',
  'deleteTask',
  'addNote',
  'editNote',
  'book',
  'move',
  'cancel',
  'deleteAppointment',
] as const;
type Change = (typeof CHANGES)[number];
const NOTES_AND_APPOINTMENTS = ['addNote', 'book', 'addTask'] as const;
