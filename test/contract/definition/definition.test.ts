import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import zapier, { type PlainInputField, type PlainOutputField } from 'zapier-platform-core';
import App from '../../../index.ts';
import { sample } from '../../../lib/schema/zapier_fields.ts';
import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { isObject } from '../../../lib/base/json.ts';
import { Appointment } from '../../../lib/highlevel/records/appointment.ts';
import { Contact } from '../../../lib/highlevel/records/contact.ts';
import { Business, User } from '../../../lib/highlevel/records/location.ts';
import { Note } from '../../../lib/highlevel/records/note.ts';
import { Task } from '../../../lib/highlevel/records/task.ts';
import { ownOutputFields } from '../../support/output_fields.ts';
import { isOfOtherEvents } from './other_events.ts';
import { accessLevels, partFields, requestedScopes, scopes } from '../../../lib/highlevel/scopes.ts';

type Handler = (event: object) => Promise<{ results: unknown }>;
// The platform's own entry point; its typings leave it out.
const createAppHandler: (app: object) => Handler = Reflect.get(zapier, 'createAppHandler');

const FOLDERS = ['triggers', 'creates', 'searches'] as const;

/** Every operation, with its static fields. */
const operations = FOLDERS.flatMap((folder) =>
  Object.entries(App[folder] ?? {}).map(([name, { key, noun, display, operation }]) => ({
    name,
    key,
    noun,
    display,
    folder,
    inputs: plainInputs(operation.inputFields ?? []),
    operation,
    outputs: new Array<PlainOutputField>(),
    polls: 'type' in operation && operation.type === 'polling',
    sample: isObject(operation.sample) ? operation.sample : {},
  })),
);
beforeAll(async () => {
  for (const { operation, outputs } of operations) outputs.push(...(await ownOutputFields(operation)));
});
const searches = new Map(operations.flatMap((one) => (one.folder === 'searches' ? [[one.key, one]] : [])));

function plainInputs(fields: readonly unknown[]): PlainInputField[] {
  return fields.filter((field): field is PlainInputField => isObject(field) && 'key' in field);
}

/** The value of a field in a sample; `contact__email` is the email of the nested contact. */
function valueAt(record: unknown, key: string): unknown {
  return key
    .split('__')
    .reduce((value: unknown, part) => (isObject(value) ? value[part] : undefined), record);
}

const allInputs = operations.flatMap(({ key, folder, inputs }) =>
  inputs.map((field) => ({ at: `${key}.${field.key}`, folder, field })),
);
// A field of line items is checked with the first item that has it.
const allOutputs = () =>
  operations.flatMap(({ key, outputs, sample: record }) =>
    outputs.flatMap((field) => {
      const at = `${key}.${field.key}`;
      const value = valueAt(record, field.key);
      const items: unknown[] = Array.isArray(value) ? value : [];
      if (!field.children) return [{ at, field, value }];
      return field.children.map((child) => ({
        at: `${at}[].${child.key}`,
        field: child,
        value: items.map((item) => valueAt(item, child.key)).find((one) => one !== null),
      }));
    }),
  );

/** The places that break a rule. */
function broken<T extends { at: string }>(all: T[], isWell: (one: T) => boolean): string[] {
  expect(all.length).toBeGreaterThan(20);
  return all.filter((one) => !isWell(one)).map(({ at }) => at);
}

/** The contents of the TypeScript files in a folder and its subfolders. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
}

test('the definition passes the platform’s validation', async () => {
  const { results } = await createAppHandler(App)({ command: 'validate' });
  expect(results).toEqual([]);
});

test('the definition can be serialized to JSON', async () => {
  const { results } = await createAppHandler(App)({ command: 'definition' });
  expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  expect(results).toMatchObject({ creates: expect.any(Object), triggers: expect.any(Object) });
});

test.each(FOLDERS)('every file in %s is exported by its index.ts, under its own name', (folder) => {
  // Only an edition with a relay has the card; see editions.test.ts.
  const files = readdirSync(folder).flatMap((file) =>
    ['index.ts', 'set_jivochat_card.ts'].includes(file) ? [] : [file.replace(/\.ts$/, '')],
  );
  const registered = operations.filter((operation) => operation.folder === folder);
  expect(registered.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
  expect(registered.map(({ key }) => key)).toEqual(registered.map(({ name }) => name));
});

test('every operation has a unique key and label', () => {
  expect(new Set(operations.map(({ key }) => key)).size).toBe(operations.length);
  expect(new Set(operations.map(({ display }) => display.label)).size).toBe(operations.length);
});

test('cleanInputData is off, so that a blank input is not mistaken for a missing one', () => {
  expect(App.flags?.cleanInputData).toBe(false);
});

describe('Every operation', () => {
  const all = operations.map((operation) => ({ ...operation, at: operation.key }));

  test('has a snake_case key, and a label in Title Case', () => {
    const small = new Set(['an', 'a', 'and', 'for', 'in', 'of', 'or', 'the', 'to']);
    const isTitle = (label: string) =>
      label.split(' ').every((word, index) => /^[A-Z]/.test(word) || (index > 0 && small.has(word)));
    expect(broken(all, ({ display }) => isTitle(display.label))).toEqual([]);
    expect(broken(all, ({ noun }) => isTitle(noun))).toEqual([]);
    expect(broken(all, ({ key }) => /^[a-z]+(_[a-z]+)*$/.test(key))).toEqual([]);
  });

  test('is described in sentences; only New HighLevel Event names HighLevel', () => {
    const start = { triggers: /^Triggers when .+\.$/, creates: /^[A-Z].+\.$/, searches: /^Finds .+\.$/ };
    expect(broken(all, ({ display, folder }) => start[folder].test(display.description))).toEqual([]);
    expect(broken(all, ({ display }) => !display.description.includes('HighLevel'))).toEqual([
      'highlevel_event',
    ]);
  });

  test('has inputs, with the required ones first', () => {
    const typed = ({ inputs }: (typeof all)[number]) => inputs.filter(({ type }) => type !== 'copy');
    const inOrder = (required: boolean[]) =>
      !required.some((one, index) => one && required[index - 1] === false);
    expect(broken(all, (one) => typed(one).length > 0)).toEqual([]);
    expect(broken(all, (one) => inOrder(typed(one).map(({ required }) => required === true)))).toEqual([]);
  });

  test('warns before it deletes', () => {
    const deletes = all.filter(({ key }) => key.startsWith('delete_'));
    expect(deletes.map(({ key }) => key)).toEqual([
      'delete_contact',
      'delete_note',
      'delete_opportunity',
      'delete_task',
    ]);
    expect(deletes.filter(({ inputs }) => !inputs.some(({ type }) => type === 'copy'))).toEqual([]);
  });

  test('has a sample without unknown fields', () => {
    const named = ({ outputs }: (typeof all)[number]) => outputs.map(({ key }) => key.split('__')[0]);
    // Objects that are passed on unchanged have no output field.
    const unnamed = (one: (typeof all)[number]) =>
      Object.keys(one.sample).filter(
        (name) => typeof one.sample[name] !== 'object' && !named(one).includes(name),
      );
    expect(broken(all, (one) => Object.keys(one.sample).length > 0)).toEqual([]);
    expect(broken(all, (one) => unnamed(one).length === 0)).toEqual([]);
  });

  test('has output fields with unique labels', () => {
    const labels = ({ outputs }: (typeof all)[number]) => outputs.map(({ label }) => label);
    expect(broken(all, (one) => new Set(labels(one)).size === labels(one).length)).toEqual([]);
  });

  test('has a primary key that its sample contains, or none', () => {
    const keys = ({ outputs }: (typeof all)[number]) =>
      outputs.filter(({ primary }) => primary).map(({ key }) => key);
    expect(broken(all, (one) => keys(one).includes('id') === one.polls)).toEqual([]);
    expect(broken(all, (one) => keys(one).every((key) => typeof one.sample[key] === 'string'))).toEqual([]);
  });
});

describe('Every input', () => {
  test('has a label, and help text that says more than the label', () => {
    expect(broken(allInputs, ({ field }) => /^[A-Z]/.test(field.label ?? ''))).toEqual([]);
    expect(
      broken(allInputs, ({ field }) => field.helpText?.toLowerCase() !== field.label?.toLowerCase()),
    ).toEqual([]);
  });

  test('has help text with bare URLs only between backticks', () => {
    const withoutCode = (help = '') => help.replace(/`[^`]*`/g, '');
    expect(broken(allInputs, ({ field }) => !/https?:/.test(withoutCode(field.helpText)))).toEqual([]);
  });

  test('for a record has a dropdown, so that nobody types an ID', () => {
    // The chat id is JivoChat's and mapped from its event, so HighLevel cannot list it.
    const chosen = allInputs.filter(({ field }) => field.key !== 'chatId');
    const names = /Ids?$|^assignedTo$|^followers$|^tags?$/;
    expect(broken(chosen, ({ field }) => !names.test(field.key) || Boolean(field.choices))).toEqual([]);
    expect(
      broken(chosen, ({ field }) => Boolean(field.choices) || !/\bIDs?\b/i.test(field.label ?? '')),
    ).toEqual([]);
  });

  // What an AI agent, or a person who cannot open a dropdown, has to know.
  test('for a record says where its ID comes from, or that it can be typed', () => {
    const chosen = allInputs.filter(
      ({ field }) => isObject(field.choices) && 'perform' in field.choices && field.type !== 'copy',
    );
    expect(broken(chosen, ({ field }) => /\b(?:choose|map|enter)\b/i.test(field.helpText ?? ''))).toEqual([]);
    const ids = chosen.filter(({ field }) => /Ids?$/.test(field.key));
    expect(broken(ids, ({ field }) => /\bmap\b/i.test(field.helpText ?? ''))).toEqual([]);
  });

  test('for a date shows its format', () => {
    const dates = allInputs.filter(({ field }) => field.type === 'datetime' || field.key === 'dateOfBirth');
    expect(dates.length).toBeGreaterThan(5);
    const shown = ({ field }: (typeof dates)[number]) => /`\d{4}-\d{2}-\d{2}/.test(field.helpText ?? '');
    expect(dates.filter((one) => !shown(one)).map(({ at }) => at)).toEqual([]);
  });

  test('for a choice has a label that says more than the value, or is the value', () => {
    const choices = allInputs.flatMap(({ at, field }) =>
      isObject(field.choices) && !('perform' in field.choices)
        ? Object.entries(field.choices).map(([value, label]) => ({
            at: `${at}: ${value}`,
            label: String(label),
          }))
        : [],
    );
    expect(broken(choices, ({ label }) => /^[A-Z0-9v]/.test(label) && label.trim() === label)).toEqual([]);
  });

  test('for yes or no says what each does', () => {
    const flags = allInputs.filter(({ field }) => field.type === 'boolean');
    expect(broken(flags, ({ field }) => /Choose \*\*(?:Yes|No)\*\*/.test(field.helpText ?? ''))).toEqual([]);
  });

  test('has help that is a sentence of its own, and says what a blank field means', () => {
    const helped = allInputs.filter(({ field }) => field.helpText && field.type !== 'copy');
    expect(
      broken(helped, ({ field }) => !/^(?:Or|Such as|Only if|Nobody)\b/.test(field.helpText ?? '')),
    ).toEqual([]);
    expect(
      broken(helped, ({ field }) => !/\bif empty\b|\bempty (?:removes|takes)/i.test(field.helpText ?? '')),
    ).toEqual([]);
    expect(broken(helped, ({ field }) => /[.]$|[`)]$/.test(field.helpText ?? ''))).toEqual([]);
  });

  test('of an update keeps its value if left blank', () => {
    const updated = allInputs.filter(({ at }) => /\bupdate_/.test(at));
    expect(updated.map(({ field }) => field.helpText).join(' ')).toContain('Leave blank to keep');
    const isKept = (help: string) => !/HighLevel (?:to )?chooses?|Leave blank(?! to keep)/i.test(help);
    expect(broken(updated, ({ field }) => isKept(field.helpText ?? ''))).toEqual([]);
  });

  test('that filters says what is left', () => {
    const filters = allInputs.filter(
      ({ folder, field }) =>
        folder === 'triggers' && !field.required && field.default === undefined && field.type !== 'copy',
    );
    expect(
      broken(filters, ({ field }) => /Trigger only|Choose \*\*Yes\*\*/.test(field.helpText ?? '')),
    ).toEqual([]);
  });

  test('has its default as text, the only type that Zapier accepts', () => {
    expect(broken(allInputs, ({ field }) => ['string', 'undefined'].includes(typeof field.default))).toEqual(
      [],
    );
  });

  test('depends only on inputs of its own step', () => {
    const siblings = (at: string) => allInputs.filter((one) => one.at.split('.')[0] === at.split('.')[0]);
    const knows = (at: string, key: string) => siblings(at).some(({ field }) => field.key === key);
    expect(
      broken(allInputs, ({ at, field }) => (field.dependsOn ?? []).every((key) => knows(at, key))),
    ).toEqual([]);
  });

  test('has a search step that exists and returns the right type', () => {
    const gives = (search: string) => {
      const [target = '', output] = search.split('.');
      return searches.get(target)?.outputs.some(({ key }) => key === output) ?? false;
    };
    expect(broken(allInputs, ({ field }) => !field.search || gives(field.search))).toEqual([]);
    // A search must not offer itself as its search step.
    expect(broken(allInputs, ({ at, field }) => !field.search?.startsWith(`${at.split('.')[0]}.`))).toEqual(
      [],
    );
    expect(
      broken(allInputs, ({ field }) => !field.search || (field.type === 'string' && !field.list)),
    ).toEqual([]);
  });
});

describe('Search steps', () => {
  const people = /^(?:assignedTo|assignedUserId|userId|businessId)$/;
  // A search does not offer itself.
  const own = new Set(['find_user.userId', 'find_business.businessId']);

  test('are offered at every field for a user or a company of an action or a search', () => {
    const chosen = allInputs.filter(
      ({ at, folder, field }) => folder !== 'triggers' && people.test(field.key) && !own.has(at),
    );
    const target = (key: string) => (key === 'businessId' ? 'find_business.id' : 'find_user.id');
    expect(chosen.length).toBeGreaterThan(10);
    expect(chosen.filter(({ field }) => field.search !== target(field.key)).map(({ at }) => at)).toEqual([]);
  });

  test('are offered in no trigger, which is the first step of its Zap', () => {
    const ofTriggers = allInputs.filter(({ folder }) => folder === 'triggers');
    expect(broken(ofTriggers, ({ field }) => field.search === undefined)).toEqual([]);
  });
});

test('every action returns more than IDs and yes', () => {
  const says = ({ outputs }: (typeof operations)[number]) =>
    outputs.some(
      ({ key, type, children }) => children !== undefined || (type !== 'boolean' && !/ids?$/i.test(key)),
    );
  const actions = operations.filter(({ folder }) => folder === 'creates');
  expect(
    broken(
      actions.map((one) => ({ ...one, at: one.key })),
      says,
    ),
  ).toEqual([]);
});

describe('Every output', () => {
  test('has a label', () => {
    expect(broken(allOutputs(), ({ field }) => /^[A-Z]/.test(field.label ?? ''))).toEqual([]);
  });

  test('has a label without repetition: Note Text, not Note Note', () => {
    expect(broken(allOutputs(), ({ field }) => !/\b(\w+) \1\b/.test(field.label ?? ''))).toEqual([]);
  });

  test.each([
    ['completed_task', { completed: true, status: 'completed' }],
    ['complete_task', { completed: true, status: 'completed' }],
    ['cancel_appointment', { appointmentStatus: 'cancelled' }],
    ['appointment_status_changed', { appointmentStatus: 'cancelled' }],
  ])('of %s shows in its sample what the step is for', (name, shown) => {
    expect(operations.find(({ key }) => key === name)?.sample).toMatchObject(shown);
  });

  test('has a realistic value of its type in the sample', () => {
    const all = (value: unknown) => (Array.isArray(value) ? value : []);
    const sampled = allOutputs().filter(({ at }) => !isOfOtherEvents(at));
    expect(
      broken(sampled, ({ field, value }) =>
        field.list ? all(value).every((one) => fits(one, field.type)) : fits(value, field.type),
      ),
    ).toEqual([]);
    expect(broken(sampled, ({ field, value }) => Boolean(field.list) === Array.isArray(value))).toEqual([]);
  });

  test('of another event has no value in the sample', () => {
    const others = allOutputs().filter(({ at }) => isOfOtherEvents(at));
    expect(broken(others, ({ value }) => (value ?? null) === null)).toEqual([]);
  });
});

/** Whether a sample's value matches the type of its output field. */
function fits(value: unknown, type: PlainOutputField['type']): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'datetime':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(value);
    default:
      return typeof value === 'string' && value !== '';
  }
}

test.each([
  ['contact', Contact],
  ['task', Task],
  ['note', Note],
  ['appointment', Appointment],
  ['user', User],
  ['business', Business],
])('the sample of a %s matches its schema', (_, record) => {
  expect(z.object(record).parse(sample(record))).toEqual(sample(record));
});

test.each([
  ['capture_jivochat_lead', ['Event', 'Visitor', 'Follow-Up Task', 'Opportunity', 'Tracking']],
  ['create_contact', ['Name and Details', 'Address', 'More', 'Custom Fields']],
  ['create_or_update_contact', ['Name and Details', 'Address', 'More', 'Custom Fields']],
  ['update_contact', ['Name and Details', 'Address', 'More', 'Custom Fields']],
  ['book_appointment', ['Appointment', 'Advanced']],
  ['update_appointment', ['Appointment', 'Advanced']],
])('the form of %s has groups, and every field is in one', (key, labels) => {
  const operation = Object.entries(App.creates ?? {}).find(([name]) => name === key)?.[1]?.operation;
  const groups = operation?.inputFieldGroups ?? [];
  expect(groups.map(({ label }) => label)).toEqual(labels);
  const keys = groups.map((group) => group.key);
  const fields = (operation?.inputFields ?? []).filter((field) => isObject(field));
  expect(fields.filter(({ group }) => !keys.includes(String(group)))).toEqual([]);
  // In the order of the groups, so that the editor does not rearrange the form.
  const order = fields.map(({ group }) => keys.indexOf(String(group)));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('find or create combines an existing search and action', () => {
  const joined = Object.values(App.searchOrCreates ?? {});
  expect(joined.map(({ display }) => display.label)).toEqual([
    'Find or Create Contact',
    'Find or Create Task',
    'Find or Create Note',
    'Find or Create Opportunity',
    'Find or Create Company',
  ]);
  for (const { key, search, create } of joined) {
    expect(search).toBe(key);
    expect(searches.has(search)).toBe(true);
    expect(Object.keys(App.creates ?? {})).toContain(create);
  }
});

describe('HighLevel endpoints', () => {
  const code = ['lib', 'creates', 'triggers', 'searches'].flatMap(sources);

  test.each(Object.keys(endpoints))('%s is called', (name) => {
    const uses = code.filter((source) => source.includes(`'${name}'`) && !source.includes(`'${name}': {`));
    expect(uses).not.toEqual([]);
  });

  const everyScope = requestedScopes(Object.fromEntries(partFields.map((field) => [field, true])));

  test('each needs a scope that is requested, with its reason', () => {
    for (const { scope, action } of Object.values(endpoints)) {
      expect(scopes[scope]).toMatch(/\w+/);
      // The list of phone numbers is read where a token has the permission.
      expect([...everyScope, 'phonenumbers.read']).toContain(scope);
      expect(action).toMatch(/^[a-z]/);
    }
  });

  test('every requested scope is needed by an endpoint', () => {
    const needed = new Set<string>(Object.values(endpoints).map(({ scope }) => scope));
    expect(everyScope.filter((scope) => !needed.has(scope))).toEqual([]);
  });

  test('the read-only access level requests no write scope', () => {
    expect(accessLevels.read.scopes.filter((scope) => !scope.endsWith('.readonly'))).toEqual([]);
    expect(accessLevels.contacts.scopes).toEqual(['contacts.readonly', 'locations.readonly']);
    for (const access of ['read', 'contacts']) {
      const chosen = Object.fromEntries(partFields.map((field) => [field, true]));
      const requested = requestedScopes({ access, ...chosen });
      expect(requested.filter((scope) => !scope.endsWith('.readonly'))).toEqual([]);
    }
  });

  test('requests that create a record or start something are not idempotent', () => {
    const once = Object.entries(endpoints).filter(([, { idempotent }]) => !idempotent);
    expect(once.map(([name]) => name).toSorted()).toEqual([
      'POST /businesses/',
      'POST /calendars/events/appointments',
      'POST /contacts/',
      'POST /contacts/{contactId}/campaigns/{campaignId}',
      'POST /contacts/{contactId}/notes',
      'POST /contacts/{contactId}/tasks',
      'POST /contacts/{contactId}/workflow/{workflowId}',
      'POST /conversations/messages',
      'POST /opportunities/',
    ]);
  });
});
