import { ownOutputFields } from '../support/output_fields.ts';
import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { contacts } from './contacts.ts';
import { conversations } from './conversations.ts';
import { opportunities } from './opportunities.ts';
import { tasks } from './tasks.ts';
import { notes } from './notes.ts';
import { groups } from './groups.ts';
import { appointments } from './appointments.ts';
import { searches } from './searches.ts';
import { triggers } from './triggers.ts';
import { gave, list, refused } from './story.ts';
import type { Item } from '../support/zapier/zapier.ts';

for (const theme of [
  contacts,
  tasks,
  notes,
  groups,
  appointments,
  conversations,
  opportunities,
  searches,
  triggers,
])
  theme();

/** Every operation of the app, with its sample and output fields. */
const operations = (['creates', 'searches', 'triggers'] as const).flatMap((kind) =>
  Object.entries(app[kind] ?? {}).map(([key, { operation }]) => ({
    kind,
    name: `${kind}.${key}`,
    sample: isObject(operation.sample) ? operation.sample : {},
    operation,
  })),
);
const names = operations.map(({ name }) => name).toSorted();

describe('All stories', () => {
  test('every operation returns a record in a story of test/scenarios/', () => {
    expect([...gave].flatMap(([name, records]) => (records.length > 0 ? name : [])).toSorted()).toEqual(
      names,
    );
  });

  test('every operation rejects bad input in a story of test/scenarios/, with a message', () => {
    expect([...refused.keys()].toSorted()).toEqual(names);
    expect([...refused.values()].flat().filter((told) => !/^["A-Z].+\.$/.test(told))).toEqual([]);
  });

  test.each(operations)(
    '$name returns the keys of its sample and the types of its output fields',
    async ({ name, sample, operation }) => {
      const fields = await ownOutputFields(operation);
      for (const record of gave.get(name) ?? []) {
        expect(Object.keys(record).toSorted()).toEqual(Object.keys(sample).toSorted());
        const wrong = fields.filter((field) => !matchesField(valueAt(record, field.key), { ...field }));
        expect(wrong.map(({ key, type }) => ({ key, type, value: valueAt(record, key) }))).toEqual([]);
      }
    },
  );

  test('an opportunity has the same keys from every trigger, search and action', () => {
    const seen = operations.flatMap(({ kind, name }) =>
      (gave.get(name) ?? [])
        .filter((one) => 'pipelineStageId' in one)
        .map((one) => ({ kind, keys: Object.keys(one).toSorted().join(' ') })),
    );
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['creates', 'searches', 'triggers']));
    expect(new Set(seen.map(({ keys }) => keys)).size).toBe(1);
  });

  // The second column is a field that only this kind of record has.
  test.each([
    ['contact', 'dndSettings', ['tag', 'warnings', 'field', 'value', 'valueHash']],
    ['task', 'dueDate', []],
    ['note', 'pinned', ['revision']],
    ['appointment', 'appointmentStatus', []],
  ])('a %s has the same keys from every trigger, search and action', (_, mark, additions) => {
    const seen = operations.flatMap(({ kind, name }) =>
      (gave.get(name) ?? [])
        .flatMap((record) => [record, ...Object.values(record)])
        .filter((one): one is Item => isObject(one) && mark in one)
        .map((one) => ({
          kind,
          keys: Object.keys(one)
            .filter((key) => !additions.includes(key))
            .toSorted()
            .join(' '),
        })),
    );
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['creates', 'searches', 'triggers']));
    expect(new Set(seen.map(({ keys }) => keys)).size).toBe(1);
  });
});

/** The value of a field in a record; `contact__email` is the email of the nested contact. */
function valueAt(record: unknown, key: string): unknown {
  return key.split('__').reduce((value: unknown, part) => (isObject(value) ? value[part] : null), record);
}

function matchesField(value: unknown, { key, type, list: isList, children }: Item): boolean {
  // Line items.
  if (Array.isArray(children))
    return list(value).every((item) =>
      list(children).every((child) => matchesField(item[String(child.key)], child)),
    );
  // When the nested record is null, so are its lists.
  if (value === null) return isList !== true || String(key).includes('__');
  if (isList === true) return Array.isArray(value) && value.every((item) => matchesField(item, { type }));
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'datetime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    default:
      return typeof value === 'string';
  }
}
