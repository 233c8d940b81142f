import { streamOf, type Random } from '../../sandbox/random.ts';
import type {
  Store,
  StoredAppointment,
  StoredContact,
  StoredMessage,
  StoredNote,
  StoredOpportunity,
  StoredTask,
} from '../../sandbox/store.ts';

type Questionnaire = Store['questionnaires'][number];

const HOUR = 3_600_000;

/** The properties of a new contact. */
export type Traits = Pick<Partial<StoredContact>, 'tags' | 'businessId' | 'assignedTo'>;

/** HighLevel users: each method is one action of a user, at the current time of HighLevel's clock. */
export class People {
  readonly store: Store;
  readonly random: Random;
  readonly #submissions: Random;
  #count = 0;

  constructor(store: Store, random: Random) {
    this.store = store;
    this.random = random;
    this.#submissions = streamOf(store.seed, 'submissions made later');
  }

  /** One of the records, undefined when there is none. */
  any<T>(records: ReadonlyMap<string, T>): T | undefined {
    const all = [...records.values()];
    return all[Math.floor(this.random.next() * all.length)];
  }

  addContact({ tags = [], ...traits }: Traits = {}): StoredContact {
    const now = this.store.moment();
    const count = ++this.#count;
    return this.store.save({
      id: this.store.random.id(),
      locationId: this.store.locationId,
      firstName: `Visitor ${count}`,
      email: `visitor${count}@example.com`,
      type: 'lead',
      tags,
      followers: [],
      customFields: [],
      campaigns: [],
      workflows: [],
      ...traits,
      dateAdded: now,
      dateUpdated: now,
    });
  }

  edit(
    contact: StoredContact,
    changes: Partial<StoredContact> = { lastName: `Name ${++this.#count}` },
  ): void {
    this.store.save(Object.assign(contact, changes));
  }

  tag(contact: StoredContact, tag: string): void {
    if (!contact.tags.includes(tag)) this.edit(contact, { tags: [...contact.tags, tag] });
  }

  untag(contact: StoredContact, tag: string): void {
    if (contact.tags.includes(tag)) this.edit(contact, { tags: contact.tags.filter((one) => one !== tag) });
  }

  addTask({ id: contactId }: StoredContact, assignedTo?: string): StoredTask {
    const now = this.store.moment();
    const task: StoredTask = {
      id: this.store.random.id(),
      contactId,
      title: `Task ${++this.#count}`,
      ...(assignedTo && { assignedTo }),
      dueDate: new Date(this.store.now() + Math.floor(this.random.next() * 48) * HOUR).toISOString(),
      completed: false,
      dateAdded: now,
      dateUpdated: now,
    };
    this.store.tasks.set(task.id, task);
    return task;
  }

  editTask(task: StoredTask, changes: Partial<StoredTask> = { title: `Task ${++this.#count}` }): void {
    Object.assign(task, changes, { dateUpdated: this.store.moment() });
  }

  /** HighLevel's tasks search still returns it, as an open one without a contact. */
  deleteTask({ id }: StoredTask): void {
    this.store.deleteTask(id);
  }

  addNote({ id: contactId }: StoredContact): StoredNote {
    const note: StoredNote = {
      id: this.store.random.id(),
      contactId,
      body: `Note ${++this.#count}`,
      dateAdded: this.store.moment(),
    };
    this.store.notes.set(note.id, note);
    return note;
  }

  /** HighLevel does not record the time of it. */
  editNote(note: StoredNote): void {
    note.body = `Note ${++this.#count}`;
  }

  /** A message, event or comment in the contact's conversation. */
  say(
    { id: contactId }: StoredContact,
    messageType: string,
    direction: 'inbound' | 'outbound',
  ): StoredMessage {
    return this.store.addMessage({
      contactId,
      messageType,
      direction,
      body: `Message ${++this.#count}`,
      source: 'app',
    });
  }

  /** A submission of one of the forms or surveys. Its id says nothing about its time. */
  submit({ id: contactId, email }: StoredContact, { kind, id: questionnaireId }: Questionnaire): void {
    const id = this.#submissions.uuid();
    this.store.submissions.set(id, {
      id,
      kind,
      questionnaireId,
      contactId,
      name: `Visitor ${++this.#count}`,
      email: email ?? '',
      others: { full_name: `Visitor ${this.#count}` },
      createdAt: this.store.moment(),
    });
  }

  /** A new opportunity in the first pipeline or another one. */
  open({ id: contactId }: StoredContact, random: Random, assignedTo?: string): void {
    const [first, ...more] = this.store.pipelines;
    if (!first) return;
    const { id: pipelineId } = random.pick([first, ...more]);
    const name = `Opportunity ${++this.#count}`;
    this.store.newOpportunity({ contactId, pipelineId, name, ...(assignedTo && { assignedTo }) });
  }

  /** To any stage of any pipeline. */
  moveOpportunity({ id }: StoredOpportunity, random: Random): void {
    const [first, ...more] = this.store.pipelines.flatMap(({ id: pipelineId, stages }) =>
      stages.map((stage) => ({ pipelineId, pipelineStageId: stage.id })),
    );
    if (first) this.store.changeOpportunity(id, random.pick([first, ...more]));
  }

  book({ id: contactId }: StoredContact): StoredAppointment | undefined {
    const [first, ...more] = this.store.calendars;
    const [user, ...users] = this.store.users;
    if (!first || !user) return undefined;
    const now = this.store.moment();
    const start = this.store.now() + Math.floor(this.random.next() * 30 * 24) * HOUR;
    const appointment: StoredAppointment = {
      id: this.store.random.id(),
      calendarId: this.random.pick([first, ...more]).id,
      contactId,
      title: `Appointment ${++this.#count}`,
      appointmentStatus: 'confirmed',
      assignedUserId: this.random.pick([user, ...users]).id,
      startTime: new Date(start).toISOString(),
      endTime: new Date(start + HOUR).toISOString(),
      dateAdded: now,
      dateUpdated: now,
    };
    this.store.appointments.set(appointment.id, appointment);
    return appointment;
  }

  move(appointment: StoredAppointment): void {
    const later = (moment: string) => new Date(Date.parse(moment) + 24 * HOUR).toISOString();
    const { startTime, endTime } = appointment;
    this.#touch(appointment, { startTime: later(startTime), endTime: later(endTime) });
  }

  cancel(appointment: StoredAppointment): void {
    this.#touch(appointment, { appointmentStatus: 'cancelled' });
  }

  /** HighLevel still lists it. */
  deleteAppointment(appointment: StoredAppointment): void {
    this.#touch(appointment, { deleted: true });
  }

  #touch(appointment: StoredAppointment, changes: Partial<StoredAppointment>): void {
    Object.assign(appointment, changes, { dateUpdated: this.store.moment() });
  }
}
