import app from '../../../index.ts';
import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { isObject } from '../../../lib/base/json.ts';
import { nameOf } from '../../robustness/faults/matrix.ts';
import { furnish, keyOf, operations } from '../../robustness/faults/operations.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Store } from '../../sandbox/store.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { withoutNames } from '../../support/zapier/cache.ts';
import { Zapier, type Item } from '../../support/zapier/zapier.ts';

type Run = (zapier: Zapier, store: Store, sandbox: Sandbox) => Promise<unknown>;

const poll =
  (key: string, input: (store: Store) => Item): Run =>
  (zapier, store) =>
    zapier.call(`triggers.${key}.operation.perform`, input(store));
const search =
  (key: string, input: (store: Store) => Item): Run =>
  (zapier, store) =>
    zapier.search(key, input(store));
const create =
  (key: string, input: (store: Store) => Item): Run =>
  (zapier, store) =>
    zapier.create(key, input(store));
const deliver =
  (body: (store: Store) => Item): Run =>
  (zapier, store) =>
    zapier.deliver('highlevel_event', JSON.stringify({ locationId: store.locationId, ...body(store) }));

const first = (records: Map<string, unknown>) => [...records.keys()][0];
const noteOf = (store: Store) => [...store.notes.values()][0];
const taskOf = (store: Store) => [...store.tasks.values()].find(({ completed }) => !completed);
const ofBusiness = (store: Store) => ({ businessId: store.businesses[0]?.id });
const ofContact = (store: Store) => ({ contactId: noteOf(store)?.contactId });
/** A new opportunity of a contact that has none in the pipeline. */
const ofRenewals = (store: Store) => ({
  ...ofContact(store),
  pipelineId: store.pipelines[1]?.id,
  name: 'Yearly check',
});
/** A form and a survey were submitted just now, by a contact whose email is unknown there. */
const withSubmissions = (store: Store) => {
  for (const [id, submission] of store.submissions)
    store.submissions.set(id, { ...submission, email: '', createdAt: new Date().toISOString() });
  return {};
};
/** A filter by business, and a contact that has just changed and whose row does not name its business. */
const ofUnknownBusiness = (store: Store) => {
  const contact = store.contacts.get(noteOf(store)?.contactId ?? '');
  const now = new Date().toISOString();
  if (contact)
    store.save(Object.assign(contact, { businessId: null, dateAdded: now, dateUpdated: now }), false);
  return ofBusiness(store);
};
const conversation = (...messages: string[]) =>
  JSON.stringify({
    event_name: 'chat_finished',
    widget_id: '3948',
    chat_id: 7607,
    visitor: { name: 'Ada Lovelace', email: 'ada@example.com' },
    agents: [],
    chat: { messages: messages.map((message) => ({ message, timestamp: 1769594400, type: 'visitor' })) },
  });

/** Runs that send requests which the input of test/robustness/faults/operations.ts does not lead to. */
const otherRuns: [key: string, run: Run][] = [
  ['new_contact', poll('new_contact', ofUnknownBusiness)],
  ['updated_contact', poll('updated_contact', ofUnknownBusiness)],
  ['contact_tagged', poll('contact_tagged', (store) => ({ tag: 'stale', ...ofUnknownBusiness(store) }))],
  ['new_note', poll('new_note', ofBusiness)],
  ['new_note', poll('new_note', () => ({ tags: ['vip'] }))],
  ['new_appointment', poll('new_appointment', ofContact)],
  ['new_form_submission', poll('new_form_submission', withSubmissions)],
  ['new_survey_submission', poll('new_survey_submission', withSubmissions)],
  [
    'send_message',
    async (zapier, store, sandbox) => {
      // The answer was lost: the message is looked for in the conversation.
      sandbox.fail({ method: 'POST', path: '/messages$', status: 500, when: 'after' });
      await zapier.create('send_message', { ...ofContact(store), channel: 'SMS', message: 'Hello' });
    },
  ],
  [
    'send_email',
    async (zapier, store, sandbox) => {
      sandbox.fail({ method: 'POST', path: '/messages$', status: 500, when: 'after' });
      await zapier.create('send_email', { ...ofContact(store), subject: 'Hello', body: 'Hello' });
    },
  ],
  [
    'create_business',
    async (zapier, _, sandbox) => {
      sandbox.fail({ method: 'POST', path: '/businesses/', status: 500, when: 'after' });
      await zapier.create('create_business', { name: 'Northwind' });
    },
  ],
  [
    'create_opportunity',
    async (zapier, store, sandbox) => {
      sandbox.fail({ method: 'POST', path: '/opportunities/$', status: 500, when: 'after' });
      await zapier.create('create_opportunity', ofRenewals(store));
    },
  ],
  [
    'create_opportunity',
    (zapier, store) => {
      const [open] = store.opportunities.values();
      const input = { contactId: open?.contactId, pipelineId: open?.pipelineId, name: 'Another' };
      const path = 'creates.create_opportunity.operation.perform';
      return zapier.call(path, input, { withSearch: 'find_opportunity' });
    },
  ],
  [
    'create_or_update_opportunity',
    async (zapier, store) => {
      // The search does not know it yet.
      store.index.lagMs = 60_000;
      await zapier.create('create_or_update_opportunity', ofRenewals(store));
      await zapier.create('create_or_update_opportunity', ofRenewals(store));
    },
  ],
  [
    'update_opportunity',
    create('update_opportunity', (store) => ({
      opportunityId: first(store.opportunities),
      pipelineStageId: store.pipelines[0]?.stages[1]?.id,
    })),
  ],
  [
    'update_opportunity',
    create('update_opportunity', (store) => ({
      opportunityId: first(store.opportunities),
      status: 'lost',
      lostReasonId: store.lostReasons[0]?.id,
    })),
  ],
  ['updated_appointment', poll('updated_appointment', () => ({}))],
  ['appointment_status_changed', poll('appointment_status_changed', () => ({}))],
  ['contact_field_updated', poll('contact_field_updated', () => ({ field: 'About' }))],
  ['highlevel_event', deliver((store) => ({ type: 'ContactUpdate', id: first(store.contacts) }))],
  [
    'highlevel_event',
    deliver((store) => ({ type: 'TaskCreate', id: taskOf(store)?.id, contactId: taskOf(store)?.contactId })),
  ],
  ['highlevel_event', deliver((store) => ({ type: 'TaskCreate', id: taskOf(store)?.id }))],
  ['highlevel_event', deliver((store) => ({ type: 'AppointmentUpdate', id: first(store.appointments) }))],
  [
    'capture_jivochat_lead',
    async (zapier) => {
      // A chat that continues: its note is updated.
      await zapier.create('capture_jivochat_lead', { payload: conversation('Hello?') });
      await zapier.create('capture_jivochat_lead', { payload: conversation('Hello?', 'Are you there?') });
    },
  ],
  [
    'capture_jivochat_lead',
    create('capture_jivochat_lead', (store) => ({
      payload: conversation('Hello?'),
      agentEmail: store.users[0]?.email,
      createTask: 'always',
      assignedTo: 'chat_agent',
    })),
  ],
  [
    'capture_jivochat_lead',
    (zapier, store) => {
      Object.assign(store, { allowDuplicateContact: true });
      return zapier.create('capture_jivochat_lead', { payload: conversation('Hello?') });
    },
  ],
  [
    'capture_jivochat_lead',
    async (zapier, store) => {
      // The contact's open opportunity is looked for, and then known by its ID.
      const input = { payload: conversation('Hello?'), pipelineId: store.pipelines[0]?.id, logNote: false };
      await zapier.create('capture_jivochat_lead', { ...input, email: 'jane.doe@example.com' });
      await zapier.create('capture_jivochat_lead', { ...input, email: 'jane.doe@example.com' });
    },
  ],
  [
    'create_contact',
    (zapier) =>
      zapier.call(
        'creates.create_contact.operation.perform',
        { email: 'jane.doe@example.com' },
        { withSearch: 'find_contact' },
      ),
  ],
  ['update_contact', create('update_contact', (store) => ({ ...ofContact(store), tags: ['fresh'] }))],
  [
    'create_or_update_contact',
    create('create_or_update_contact', () => ({ email: 'ada@example.com', dndChannels: ['SMS'] })),
  ],
  [
    'remove_from_campaign',
    create('remove_from_campaign', (store) => ({ ...ofContact(store), removeFromAllCampaigns: true })),
  ],
  [
    'send_jivochat_update',
    create('send_jivochat_update', (store) => ({ ...ofContact(store), noteId: noteOf(store)?.id })),
  ],
  ['find_contacts', search('find_contacts', () => ({ query: 'Jane' }))],
  ['find_task', search('find_task', () => ({ title: 'Call' }))],
  ['find_task', search('find_task', (store) => ({ ...ofContact(store), title: 'Call' }))],
  ['find_tasks', search('find_tasks', ofContact)],
  [
    'find_user',
    (zapier, _, sandbox) => {
      // The list of users is deprecated: if HighLevel has removed it, the search is used.
      sandbox.fail({ path: '/users/$', status: 404 });
      return zapier.search('find_user', { name: 'Maria' });
    },
  ],
  ['find_note', search('find_note', (store) => ({ ...ofContact(store), text: 'a' }))],
];

/**
 * The requests that each operation sent when it was played against the sandbox: the key of the operation to the documented
 * names of its requests, in the order of the table of endpoints.
 */
export async function playedRequests(): Promise<ReadonlyMap<string, string[]>> {
  const sent = new Map<string, Set<string>>();
  const note = (key: string, requests: string[]) =>
    sent.set(key, new Set([...(sent.get(key) ?? []), ...requests]));
  for (const { name, kind, app: alone, ready } of operations) {
    if (kind === 'editor') continue;
    const requests = await requestsOf(alone, async (zapier, store) => ready(store)(zapier));
    note(keyOf(name), requests);
  }
  for (const [key, run] of otherRuns) note(key, await requestsOf(app, run));
  const order = Object.keys(endpoints);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return new Map([...sent].map(([key, names]) => [key, [...names].toSorted((a, b) => place(a) - place(b))]));
}

/** The requests that fill the dropdowns of the editor, the connection test included. */
export async function editorRequests(): Promise<string[]> {
  return requestsOf(app, async (zapier, store) => {
    await zapier.call('authentication.test');
    const played = new Set<unknown>();
    for (const kind of ['triggers', 'creates', 'searches'] as const)
      for (const [key, { operation }] of Object.entries(app[kind] ?? {})) {
        const fields: unknown[] = Array.isArray(operation.inputFields) ? operation.inputFields : [];
        for (const [index, field] of fields.entries()) {
          const path = `${kind}.${key}.operation.inputFields.${index}`;
          if (typeof field === 'function') await zapier.call(path);
          if (!isObject(field) || !isObject(field.choices) || !('perform' in field.choices)) continue;
          if (played.has(field.choices)) continue;
          played.add(field.choices);
          await zapier.call(`${path}.choices.perform`, ofContact(store));
        }
      }
  });
}

async function requestsOf(definition: object, run: Run): Promise<string[]> {
  const sandbox = await startSandbox({ rateLimit: false });
  try {
    furnish(sandbox.store);
    await run(
      new Zapier(definition, {
        ...accountOf(sandbox),
        timezone: 'UTC',
        remembered: withoutNames(sandbox.locationId),
      }),
      sandbox.store,
      sandbox,
    );
    return [...new Set(sandbox.log.map(nameOf))];
  } finally {
    await sandbox.close();
  }
}
