import app from '../../../index.ts';
import type { Store } from '../../sandbox/store.ts';
import type { Zapier } from '../../support/zapier/zapier.ts';

/** One operation, with an input that works in a fresh sandbox. */
export interface Operation {
  /** The key of the operation, and its variant if it has several. */
  name: string;
  kind: 'trigger' | 'action' | 'search' | 'editor';
  /** An app with this operation only, because core copies the whole definition at each call. */
  app: object;
  /** Prepares the sandbox, and returns the run, which can be repeated. */
  ready: (store: Store) => (zapier: Zapier) => Promise<unknown>;
}

type Input = Record<string, unknown>;

const event = {
  event_name: 'chat_finished',
  widget_id: '3948',
  chat_id: 7607,
  visitor: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+14155550177' },
  agents: [],
  chat: { messages: [{ message: 'Hello?', timestamp: 1769594400, type: 'visitor' }] },
};
const lead = { payload: JSON.stringify(event), chatId: '7607', createTask: 'always' };

/** Every action of the app, with a second variant if one does not send all its requests. */
const actions: Record<string, (store: Store) => Input> = {
  add_followers: (store) => ({ contactId: person(store), followers: [store.users[1]?.id] }),
  add_tags: (store) => ({ contactId: person(store), tags: ['fresh'] }),
  add_to_campaign: (store) => ({ contactId: person(store), campaignId: store.campaigns[0]?.id }),
  add_to_workflow: (store) => ({ contactId: person(store), workflowId: store.workflows[0]?.id }),
  api_request: (store) => ({ method: 'PUT', path: `/contacts/${person(store)}`, body: '{"city":"Oslo"}' }),
  book_appointment: (store) => ({
    calendarId: store.calendars[1]?.id,
    contactId: person(store),
    startTime: '2026-02-02T10:00:00-05:00',
  }),
  cancel_appointment: (store) => ({ appointmentId: first(store.appointments) }),
  capture_jivochat_lead: () => lead,
  'capture_jivochat_lead (known contact)': () => lead,
  'capture_jivochat_lead (opportunity)': (store) => ({ ...lead, pipelineId: store.pipelines[0]?.id }),
  complete_task: (store) => ({ ...openTask(store) }),
  create_business: () => ({ name: 'Northwind', email: 'office@northwind.example.com' }),
  create_contact: () => ({ email: 'ada@example.com', phone: '+14155550177', tags: ['fresh'] }),
  'create_contact (after a search)': () => ({ email: 'ada@example.com' }),
  create_note: (store) => ({ contactId: person(store), body: 'Likes blue.' }),
  create_opportunity: (store) => ({
    contactId: person(store),
    pipelineId: store.pipelines[1]?.id,
    name: 'Yearly check',
  }),
  'create_opportunity (after a search)': (store) => ({
    contactId: person(store),
    pipelineId: store.pipelines[1]?.id,
    name: 'Yearly check',
  }),
  create_or_update_opportunity: (store) => ({ ...opportunity(store), name: 'Implants' }),
  'create_or_update_opportunity (none yet)': (store) => ({
    contactId: person(store),
    pipelineId: store.pipelines[1]?.id,
    name: 'Yearly check',
  }),
  create_or_update_contact: () => ({ email: 'ada@example.com', firstName: 'Ada', tags: ['fresh'] }),
  create_task: (store) => ({ contactId: person(store), title: 'Call back', dueDate: '2026-02-02' }),
  delete_contact: (store) => ({ contactId: person(store) }),
  delete_note: (store) => ({ contactId: person(store), noteId: first(store.notes) }),
  delete_opportunity: (store) => ({ opportunityId: first(store.opportunities) }),
  delete_task: (store) => ({ ...openTask(store) }),
  remove_followers: (store) => ({ contactId: person(store), followers: [store.users[0]?.id] }),
  remove_from_campaign: (store) => ({ contactId: person(store), campaignId: store.campaigns[1]?.id }),
  remove_from_workflow: (store) => ({ contactId: person(store), workflowId: store.workflows[1]?.id }),
  remove_tags: (store) => ({ contactId: person(store), tags: ['stale'] }),
  send_email: (store) => ({
    contactId: person(store),
    subject: 'Your appointment',
    body: 'See you on Friday.',
    cc: ['maria.keller@example.com'],
  }),
  send_message: (store) => ({ contactId: person(store), channel: 'SMS', message: 'See you on Friday.' }),
  send_jivochat_update: (store) => ({ ...openTask(store) }),
  set_business: (store) => ({ contactIds: [person(store)], businessId: store.businesses[1]?.id }),
  set_opportunity_status: (store) => ({
    opportunityId: first(store.opportunities),
    status: 'lost',
    lostReasonId: store.lostReasons[0]?.id,
  }),
  tag_contacts: (store) => ({ contactIds: [person(store)], tags: ['fresh'] }),
  update_appointment: (store) => ({ appointmentId: first(store.appointments), title: 'Moved' }),
  update_business: (store) => ({ businessId: store.businesses[0]?.id, city: 'Oslo' }),
  update_contact: (store) => ({ contactId: person(store), city: 'Oslo', tags: ['fresh'] }),
  update_note: (store) => ({ contactId: person(store), noteId: first(store.notes), body: 'Likes red.' }),
  update_opportunity: (store) => ({ opportunityId: first(store.opportunities), monetaryValue: 2000 }),
  'update_opportunity (lost)': (store) => ({
    opportunityId: first(store.opportunities),
    status: 'lost',
    lostReasonId: store.lostReasons[0]?.id,
    monetaryValue: 0,
  }),
  update_task: (store) => ({ ...openTask(store), title: 'Call Jane' }),
};

const searches: Record<string, (store: Store) => Input> = {
  find_appointments: (store) => ({ contactId: person(store) }),
  find_business: () => ({ name: 'Example Ltd' }),
  find_contact: () => ({ email: 'jane.doe@example.com' }),
  'find_contact (by text)': () => ({ query: 'Jane' }),
  'find_contact (by ID)': (store) => ({ contactId: person(store) }),
  'find_contact (local phone)': () => ({ phone: '(415) 200-0000' }),
  find_contacts: (store) => ({ businessId: store.businesses[0]?.id }),
  'find_contacts (by tag)': () => ({ tags: ['stale'] }),
  find_free_slots: (store) => ({ calendarId: store.calendars[0]?.id }),
  find_messages: (store) => ({ contactId: person(store) }),
  find_opportunities: (store) => ({ pipelineId: store.pipelines[0]?.id }),
  find_opportunity: (store) => ({ contactId: person(store) }),
  'find_opportunity (by ID)': (store) => ({ opportunityId: first(store.opportunities) }),
  find_note: (store) => ({ contactId: person(store), noteId: first(store.notes) }),
  find_notes: (store) => ({ contactId: person(store) }),
  find_task: (store) => ({ ...openTask(store) }),
  find_tasks: () => ({ completed: false }),
  find_user: () => ({ email: 'maria.keller@example.com' }),
};

const triggers: Record<string, (store: Store) => Input> = {
  appointment_starting: () => ({ hoursBefore: 720 }),
  appointment_status_changed: (store) => ({ contactId: person(store) }),
  completed_task: () => ({}),
  contact_field_updated: () => ({ field: 'city' }),
  contact_tagged: () => ({ tag: 'stale' }),
  new_appointment: () => ({}),
  new_contact: () => ({}),
  new_form_submission: () => ({}),
  new_message: () => ({ direction: 'both' }),
  new_note: () => ({}),
  new_opportunity: () => ({}),
  new_survey_submission: (store) => ({
    surveyId: store.questionnaires.find(({ kind }) => kind === 'survey')?.id,
  }),
  new_task: () => ({}),
  opportunity_stage_changed: () => ({}),
  opportunity_status_changed: () => ({}),
  task_due: () => ({ hoursBefore: 48 }),
  updated_appointment: (store) => ({ contactId: person(store) }),
  updated_contact: (store) => ({ businessId: store.businesses[0]?.id }),
  updated_opportunity: () => ({}),
  updated_note: (store) => ({ contactId: person(store) }),
  updated_task: (store) => ({ contactId: person(store) }),
};

const deliveries: Record<string, (store: Store) => object> = {
  highlevel_event: (store) => ({
    type: 'NoteCreate',
    locationId: store.locationId,
    id: first(store.notes),
    contactId: person(store),
  }),
  jivochat_event: () => event,
};

/** What Zapier runs in the Zap editor. */
const editor: Record<string, { create?: string; method: string }> = {
  'connection test': { method: 'authentication.test' },
  'dropdown of contacts': {
    create: 'create_note',
    method: 'creates.create_note.operation.inputFields.0.choices.perform',
  },
  'custom fields of a contact': {
    create: 'create_contact',
    method: 'creates.create_contact.operation.inputFields',
  },
};

/** Everything that Zapier can run. */
export const operations: Operation[] = [
  ...Object.entries(triggers).map(([name, input]) => ({
    name,
    kind: 'trigger' as const,
    app: only('triggers', name),
    ready: (store: Store) => performs('triggers', name, input(store)),
  })),
  ...Object.entries(deliveries).map(([name, body]) => ({
    name,
    kind: 'trigger' as const,
    app: only('triggers', name),
    ready(store: Store) {
      const delivered = JSON.stringify(body(store));
      return (zapier: Zapier) => zapier.deliver(name, delivered);
    },
  })),
  ...Object.entries(actions).map(([name, input]) => ({
    name,
    kind: 'action' as const,
    app: only('creates', name),
    ready(store: Store) {
      prepare(name, store);
      const meta = name.endsWith('(after a search)') ? { withSearch: 'find_contact' } : {};
      return performs('creates', name, input(store), meta);
    },
  })),
  ...Object.entries(searches).map(([name, input]) => ({
    name,
    kind: 'search' as const,
    app: only('searches', name),
    ready: (store: Store) => performs('searches', name, input(store)),
  })),
  ...Object.entries(editor).map(([name, { create = '', method }]) => ({
    name,
    kind: 'editor' as const,
    app: only('creates', create),
    ready: () => (zapier: Zapier) => zapier.call(method),
  })),
];

function performs(kind: string, name: string, input: Input, meta: { withSearch?: string } = {}) {
  return (zapier: Zapier) => zapier.call(`${kind}.${keyOf(name)}.operation.perform`, input, meta);
}

/** The key of an operation by its name here. */
export function keyOf(name: string): string {
  return name.replace(/ \(.+\)$/, '');
}

function only(kind: 'triggers' | 'creates' | 'searches', name: string): object {
  const key = keyOf(name);
  const operation = new Map(Object.entries(app[kind] ?? {})).get(key);
  const alone = { triggers: {}, creates: {}, searches: {}, searchOrCreates: {} };
  return { ...app, ...alone, ...(operation && { [kind]: { [key]: operation } }) };
}

function prepare(name: string, store: Store): void {
  const contact = store.contacts.get(person(store));
  if (name.endsWith('(known contact)') && contact) {
    // Has the lead's email, but neither its name nor its phone number.
    Object.assign(contact, { email: 'ada@example.com', firstName: null, lastName: null, phone: null });
    store.save(contact, false);
  }
}

/** The contact with a note, a task, an appointment, and all memberships that an action can remove. */
function person(store: Store): string {
  const [note] = store.notes.values();
  return note?.contactId ?? '';
}

/** The contact and the pipeline of an open opportunity. */
function opportunity(store: Store): { contactId: string; pipelineId: string } {
  const [open] = store.opportunities.values();
  return { contactId: open?.contactId ?? '', pipelineId: open?.pipelineId ?? '' };
}

function openTask(store: Store): { contactId: string; taskId: string } {
  const task = [...store.tasks.values()].find(({ completed }) => !completed);
  return { contactId: task?.contactId ?? '', taskId: task?.id ?? '' };
}

function first(records: Map<string, unknown>): string {
  const [id = ''] = records.keys();
  return id;
}

/** Adds the memberships to the first contact that the actions of the matrix remove. */
export function furnish(store: Store): void {
  const contact = store.contacts.get(person(store));
  if (!contact) return;
  Object.assign(contact, {
    tags: ['stale'],
    followers: [store.users[0]?.id],
    campaigns: [store.campaigns[1]?.id],
    workflows: [store.workflows[1]?.id],
    businessId: store.businesses[0]?.id,
  });
  store.save(contact, false);
}
