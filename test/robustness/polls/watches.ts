import type { Item } from '../../support/zapier/zapier.ts';
import type {
  Store,
  StoredAppointment,
  StoredContact,
  StoredMessage,
  StoredNote,
  StoredOpportunity,
  StoredSubmission,
  StoredTask,
} from '../../sandbox/store.ts';

/** An event on a record, as HighLevel shows it at one time. */
export interface Happening {
  /** Distinguishes this event from others on the same record. */
  version: string;
  /** Its time in epoch ms by HighLevel's clock; undefined when HighLevel does not record it. */
  at: number | undefined;
  /** Why the trigger cannot see it, according to its description. */
  hidden?: string;
}

/** What a trigger can see at one time: the latest event of each record, by record id. */
export type View = Map<string, Happening>;

/** A trigger with its filters, and the events it should return. Written independently of the app's code. */
export interface Watch {
  key: string;
  input: Item;
  /** The events it should return, unless they happened before the Zap was turned on. */
  view: (store: Store) => View;
  /** The events that count as older than the Zap, if they are more than the view. */
  before?: (store: Store) => View;
  /** The version of an item that the app returned. */
  versionOf: (item: Item) => string;
  /** Whether records older than the Zap can start to match the filters. */
  filtered: boolean;
}

const HOUR = 3_600_000;
const CONTACTS_OF_NOTES = 25;
const MAX_OF_BUSINESS = 1_000;
const MAX_LEARNED_CONTACTS = 10_000;
const OUT_OF_SIGHT = 'a note of a contact outside the 25';
const ONCE = 'once';
const once = () => ONCE;
const dated = (item: Item) => String(item.dateUpdated);

/** The values in the filters of a script's Zaps. */
export interface Chosen {
  contactId: string;
  userId: string;
  businessId: string;
  calendarId: string;
  tag: string;
  formId: string;
  surveyId: string;
  pipelineId: string;
  pipelineStageId: string;
}

/** Every trigger, with every kind of filter. */
export function watches(chosen: Chosen): Watch[] {
  const { contactId, userId, businessId, calendarId, tag, formId, surveyId, pipelineId, pipelineStageId } =
    chosen;
  const tagged = (contact: StoredContact) => contact.tags.includes(tag);
  const member = (contact: StoredContact) => contact.businessId === businessId;
  const mine = (record: { assignedTo?: string | null }) => record.assignedTo === userId;
  const ofContact = (record: { contactId: string }) => record.contactId === contactId;
  const done = (task: StoredTask) => task.completed;
  const all = () => true;
  const inPipeline = (one: StoredOpportunity) => one.pipelineId === pipelineId;
  const inStage = (one: StoredOpportunity) => one.pipelineStageId === pipelineStageId;
  const won = ({ status }: StoredOpportunity) => status === 'won';
  return [
    contacts('new_contact', {}, all),
    contacts('new_contact', { tags: [tag] }, tagged),
    contacts('new_contact', { businessId }, member),
    contacts('new_contact', { assignedTo: userId }, mine),
    contacts('updated_contact', {}, all),
    contacts('updated_contact', { tags: [tag] }, tagged),
    contacts('updated_contact', { businessId, tags: [tag] }, (one) => member(one) && tagged(one)),
    { ...contacts('contact_tagged', { tag }, tagged), before: (store) => learned(store, tagged) },
    {
      ...contacts('contact_tagged', { tag, businessId }, (one) => member(one) && tagged(one)),
      // The contact already had its tag, regardless of its business.
      before: (store) => learned(store, tagged),
    },
    tasks('new_task', {}, all),
    tasks('new_task', { assignedTo: userId }, mine),
    tasks('new_task', { completed: false }, (task) => !task.completed),
    tasks('new_task', { completed: true }, done),
    tasks('new_task', { contactId }, ofContact),
    tasks('updated_task', {}, all),
    tasks('updated_task', { completed: true }, done),
    tasks('completed_task', {}, done),
    tasks('completed_task', { assignedTo: userId }, (task) => task.completed && mine(task)),
    notesOfOne('new_note', contactId, once, () => ONCE),
    notesOfOne('updated_note', contactId, content, content),
    newestNotes({}, all),
    newestNotes({ tags: [tag] }, tagged),
    newestNotes({ businessId }, member),
    appointments('new_appointment', {}, all),
    appointments('new_appointment', { calendarId }, (one) => one.calendarId === calendarId),
    appointments('new_appointment', { assignedUserId: userId }, (one) => one.assignedUserId === userId),
    appointments('new_appointment', { contactId }, ofContact),
    appointments('updated_appointment', {}, all),
    appointments('updated_appointment', { contactId }, ofContact),
    appointments(
      'updated_appointment',
      { appointmentStatus: 'cancelled' },
      (one) => one.appointmentStatus === 'cancelled',
    ),
    messages({}, (one) => one.direction === 'inbound'),
    messages({ direction: 'both', contactId }, ofContact),
    messages(
      { direction: 'outbound', channels: ['Email'] },
      (one) => one.direction === 'outbound' && one.messageType.endsWith('EMAIL'),
    ),
    messages({ direction: 'both', channels: ['WhatsApp'] }, (one) => one.messageType === 'TYPE_WHATSAPP'),
    messages(
      { channels: ['SMS', 'Live_Chat', 'Email'] },
      (one) => one.direction === 'inbound' && /SMS|LIVE_CHAT|EMAIL/.test(one.messageType),
    ),
    submissions('form', {}, all),
    submissions('form', { formId }, (one) => one.questionnaireId === formId),
    submissions('survey', { surveyId }, (one) => one.questionnaireId === surveyId),
    opportunities('new_opportunity', {}, all),
    opportunities('new_opportunity', { pipelineId, pipelineStageId }, inStage),
    opportunities('new_opportunity', { assignedTo: userId }, mine),
    opportunities('updated_opportunity', {}, all),
    opportunities('updated_opportunity', { pipelineId, status: 'won' }, (one) => inPipeline(one) && won(one)),
    opportunities('opportunity_stage_changed', {}, all),
    opportunities('opportunity_stage_changed', { pipelineId, pipelineStageId }, inStage),
    opportunities('opportunity_status_changed', {}, all),
    opportunities(
      'opportunity_status_changed',
      { pipelineId, status: 'won' },
      (one) => inPipeline(one) && won(one),
    ),
    statusChanges({}),
    statusChanges({ calendarId }, (one) => one.calendarId === calendarId),
    statusChanges({ appointmentStatus: 'cancelled' }),
    starting({ hoursBefore: 480 }, all),
    starting({ hoursBefore: 240, calendarId }, (one) => one.calendarId === calendarId),
    dueTasks({ hoursBefore: 24 }, all),
    dueTasks({ hoursBefore: 0, assignedTo: userId }, mine),
    fieldUpdates({ field: 'assignedTo' }),
    fieldUpdates({ field: 'Owner', value: userId }),
    fieldUpdates({ field: 'lastName', tags: [tag] }, tagged),
  ];
}

/** Nobody wrote these. */
const EVENTS = new Set(['TYPE_ACTIVITY_APPOINTMENT', 'TYPE_INTERNAL_COMMENT']);

/** Messages that HighLevel's list shows by now. */
function messages(input: Item, fits: (message: StoredMessage) => boolean): Watch {
  return {
    key: 'new_message',
    input,
    view: (store) =>
      new Map(
        [...store.messages.values()]
          .filter((one) => Date.parse(one.dateAdded) <= store.now() - store.index.lagMs)
          .filter((one) => !EVENTS.has(one.messageType) && fits(one))
          .map(({ id, dateAdded }) => [id, { version: ONCE, at: Date.parse(dateAdded) }]),
      ),
    versionOf: once,
    filtered: false,
  };
}

function submissions(
  kind: 'form' | 'survey',
  input: Item,
  fits: (submission: StoredSubmission) => boolean,
): Watch {
  return {
    key: `new_${kind}_submission`,
    input,
    view: (store) =>
      new Map(
        [...store.submissions.values()]
          .filter((one) => one.kind === kind && fits(one))
          .map(({ id, createdAt }) => [id, { version: ONCE, at: Date.parse(createdAt) }]),
      ),
    versionOf: once,
    filtered: false,
  };
}

/** The date that each trigger on opportunities watches. */
const WATCHED_DATES = {
  new_opportunity: 'createdAt',
  updated_opportunity: 'updatedAt',
  opportunity_stage_changed: 'lastStageChangeAt',
  opportunity_status_changed: 'lastStatusChangeAt',
} as const;

/** Opportunities that HighLevel's search shows by now. A change within two seconds of the creation is a part of it. */
function opportunities(
  key: keyof typeof WATCHED_DATES,
  input: Item,
  fits: (one: StoredOpportunity) => boolean,
): Watch {
  const date = WATCHED_DATES[key];
  const isPartOfCreation = (one: StoredOpportunity) =>
    key.endsWith('_changed') && Date.parse(one[date]) - Date.parse(one.createdAt) <= 2_000;
  return {
    key,
    input,
    view: (store) =>
      new Map(
        store.opportunityIndex
          .sortedBy('dateAdded')
          .map(({ opportunity }) => opportunity)
          .filter((one) => fits(one) && !isPartOfCreation(one))
          .map((one) => [
            one.id,
            { version: key === 'new_opportunity' ? ONCE : one[date], at: Date.parse(one[date]) },
          ]),
      ),
    versionOf: (item) => (key === 'new_opportunity' ? ONCE : String(item[date])),
    filtered: Object.keys(input).length > 0,
  };
}

type Dated = { id: string; dateAdded: string; dateUpdated: string };

function dates(records: readonly Dated[], key: string): View {
  const isNew = key.startsWith('new_');
  const isOnce = isNew || key === 'contact_tagged' || key === 'completed_task';
  return new Map(
    records.map(({ id, dateAdded, dateUpdated }) => [
      id,
      { version: isOnce ? ONCE : dateUpdated, at: Date.parse(isNew ? dateAdded : dateUpdated) },
    ]),
  );
}

function versions(key: string): (item: Item) => string {
  return key.startsWith('updated_') ? dated : once;
}

function contacts(key: string, input: Item, fits: (contact: StoredContact) => boolean): Watch {
  return {
    key,
    input,
    view: (store) =>
      input.businessId === undefined || store.rowsTellBusiness
        ? dates(store.index.sortedBy('dateAdded').filter(fits), key)
        : judgedByList(store, key, fits),
    versionOf: versions(key),
    filtered: Object.keys(input).length > 0,
  };
}

/** By business, when the search's rows have none: its list is current while the search lags, but limited. */
function judgedByList(store: Store, key: string, fits: (contact: StoredContact) => boolean): View {
  const now = (contact: StoredContact) => ({
    ...contact,
    businessId: store.contacts.get(contact.id)?.businessId,
  });
  const members = store.index.sortedBy('dateAdded').map(now).filter(fits);
  const view = dates(members, key);
  const businessId = members[0]?.businessId;
  const all = [...store.contacts.values()].filter((contact) => contact.businessId === businessId);
  const unlisted = new Set(all.slice(MAX_OF_BUSINESS).map(({ id }) => id));
  for (const [id, happening] of view)
    if (unlisted.has(id)) happening.hidden = 'a contact outside the first 1,000 of its business';
  return view;
}

/** The contacts that had the tag before the Zap was turned on: HighLevel returns the 10,000 last updated. */
function learned(store: Store, tagged: (contact: StoredContact) => boolean): View {
  const all = store.index.sortedBy('dateUpdated').filter(tagged);
  const view = dates(all, 'contact_tagged');
  for (const { id } of all.slice(0, -MAX_LEARNED_CONTACTS)) {
    const happening = view.get(id);
    if (happening) happening.hidden = 'a tag on more than 10,000 contacts';
  }
  return view;
}

function tasks(key: string, input: Item, fits: (task: StoredTask) => boolean): Watch {
  return {
    key,
    input,
    view: (store) => dates([...store.tasks.values()].filter(fits), key),
    versionOf: versions(key),
    filtered: Object.keys(input).length > 0,
  };
}

function appointments(key: string, input: Item, fits: (one: StoredAppointment) => boolean): Watch {
  return {
    key,
    input,
    view: (store) =>
      dates(
        [...store.appointments.values()].filter((one) => !one.deleted && fits(one)),
        key,
      ),
    versionOf: versions(key),
    filtered: Object.keys(input).length > 0,
  };
}

/** HighLevel's times of appointments have no milliseconds. */
const inSeconds = (moment: string) => String(Math.floor(Date.parse(moment) / 1000));

const EDGE = 'at the very edge of the stretch';
/** HighLevel tells its time in whole seconds. */
const EDGE_MS = 3_000;

/** In these scripts an appointment is booked as confirmed, and its status changes by cancelling it. */
function statusChanges(input: Item, fits: (one: StoredAppointment) => boolean = () => true): Watch {
  const view = (store: Store): View =>
    new Map(
      [...store.appointments.values()]
        .filter((one) => !one.deleted && fits(one) && one.appointmentStatus === 'cancelled')
        .map((one) => [one.id, { version: 'cancelled', at: Date.parse(one.dateUpdated) }]),
    );
  return {
    key: 'appointment_status_changed',
    input,
    view,
    versionOf: (item) => String(item.appointmentStatus),
    filtered: false,
  };
}

/** What is in a stretch of time that moves with the clock; `edges` are the times at which a record enters and leaves. */
function passing<T extends { id: string }>(
  now: number,
  records: T[],
  versionOf: (record: T) => string,
  edges: (record: T) => [from: number, to: number],
): View {
  return new Map(
    records.flatMap((record) => {
      const [from, to] = edges(record);
      if (now < from - EDGE_MS || now > to + EDGE_MS) return [];
      const isAtEdge = now < from + EDGE_MS || now > to - EDGE_MS;
      const seen: Happening = { version: versionOf(record), at: undefined };
      return [[record.id, isAtEdge ? { ...seen, hidden: EDGE } : seen] as const];
    }),
  );
}

function starting(input: Item & { hoursBefore: number }, fits: (one: StoredAppointment) => boolean): Watch {
  const view = (store: Store) =>
    passing(
      store.now(),
      [...store.appointments.values()].filter(
        (one) => !one.deleted && one.appointmentStatus !== 'cancelled' && fits(one),
      ),
      ({ startTime }) => inSeconds(startTime),
      ({ startTime }) => [Date.parse(startTime) - input.hoursBefore * HOUR, Date.parse(startTime)],
    );
  return {
    key: 'appointment_starting',
    input,
    view,
    versionOf: (item) => inSeconds(String(item.startTime)),
    filtered: false,
  };
}

function dueTasks(input: Item & { hoursBefore: number }, fits: (task: StoredTask) => boolean): Watch {
  const view = (store: Store) =>
    passing(
      store.now(),
      [...store.tasks.values()].filter((task) => !task.completed && fits(task)),
      ({ dueDate }) => String(Date.parse(dueDate)),
      ({ dueDate }) => [Date.parse(dueDate) - input.hoursBefore * HOUR, Date.parse(dueDate) + 7 * 24 * HOUR],
    );
  return {
    key: 'task_due',
    input,
    view,
    versionOf: (item) => String(Date.parse(String(item.dueDate))),
    filtered: false,
  };
}

/** A field's values. A contact that was added later and has had no value so far has no update. */
function fieldUpdates(input: Item, fits: (contact: StoredContact) => boolean = () => true): Watch {
  const key = input.field === 'lastName' ? 'lastName' : 'assignedTo';
  const atFirst = new Set<string>();
  const withValue = new Set<string>();
  let isOn = false;
  const view = (store: Store): View => {
    const rows = store.index.sortedBy('dateUpdated').filter(fits);
    if (!isOn) for (const { id } of rows) atFirst.add(id);
    isOn = true;
    return new Map(
      rows.flatMap((contact): [string, Happening][] => {
        const value = contact[key] ?? '';
        if (input.value !== undefined && value !== input.value) return [];
        const seen: Happening = { version: value, at: Date.parse(contact.dateUpdated) };
        if (value !== '') withValue.add(contact.id);
        if (value !== '' || atFirst.has(contact.id)) return [[contact.id, seen]];
        return withValue.has(contact.id) ? [[contact.id, { ...seen, hidden: CLEARED }]] : [];
      }),
    );
  };
  return {
    key: 'contact_field_updated',
    input,
    view,
    versionOf: (item) => String(item.value),
    filtered: input.tags !== undefined,
  };
}

const CLEARED = 'a value cleared on a contact that was added later';

function content({ title = null, body }: Item | StoredNote): string {
  return JSON.stringify([title, body]);
}

function notesOfOne(
  key: string,
  contactId: string,
  versionOf: (item: Item) => string,
  version: (note: StoredNote) => string,
): Watch {
  const view = (store: Store): View =>
    new Map(
      [...store.notes.values()]
        .filter((note) => note.contactId === contactId)
        .map((note) => [note.id, { version: version(note), at: undefined }]),
    );
  return { key, input: { contactId }, view, versionOf, filtered: false };
}

/**
 * Notes without a chosen contact: those of the 25 last updated matching contacts. The trigger cannot see the others, and
 * perhaps not those updated in the same millisecond as the 26th. A business's list does not lag, but is limited.
 */
function newestNotes(input: Item, fits: (contact: StoredContact) => boolean): Watch {
  const contactsOf = (store: Store) =>
    input.businessId === undefined
      ? store.index.sortedBy('dateUpdated').filter(fits)
      : [...store.contacts.values()].filter(fits).slice(0, MAX_OF_BUSINESS);
  const view = (store: Store): View => {
    const newest = contactsOf(store).toSorted((a, b) => (a.dateUpdated < b.dateUpdated ? 1 : -1));
    const border = newest[CONTACTS_OF_NOTES]?.dateUpdated ?? '';
    const inSight = new Set(newest.filter((one) => one.dateUpdated > border).map(({ id }) => id));
    return new Map(
      [...store.notes.values()].map((note) => {
        const seen: Happening = { version: ONCE, at: Date.parse(note.dateAdded) };
        return [note.id, inSight.has(note.contactId) ? seen : { ...seen, hidden: OUT_OF_SIGHT }];
      }),
    );
  };
  return { key: 'new_note', input, view, versionOf: once, filtered: true };
}
