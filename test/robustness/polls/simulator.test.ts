import app from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import { simulate, sum, type Report } from './simulator.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const POLLING = Object.values(app.triggers ?? {}).flatMap(({ key, operation }) =>
  operation.type === 'polling' ? [key] : [],
);
const STORM = 7;

/** The app with one trigger's items changed before Zapier sees them. */
function tampered(key: string, tamper: (items: Record<string, unknown>[]) => unknown[]): object {
  const triggers: Record<string, object> = { ...app.triggers };
  const trigger = Object.values(app.triggers ?? {}).find((one) => one.key === key);
  if (!trigger) throw new Error(`There is no ${key}`);
  const { perform } = trigger.operation;
  triggers[key] = {
    ...trigger,
    operation: {
      ...trigger.operation,
      perform: async (...given: Parameters<typeof perform>) => {
        const items: unknown = await perform(...given);
        return Array.isArray(items) ? tamper(items.filter((item) => isObject(item))) : items;
      },
    },
  };
  return { ...app, triggers };
}

const of = (key: string) => (watch: { key: string; filtered: boolean }) =>
  watch.key === key && !watch.filtered;
const faults = ({ missed, doubled, uncalled }: Report) => ({ missed, doubled, uncalled });
const NONE = { missed: [], doubled: [], uncalled: [] };

describe('Polling triggers while records change', () => {
  test.each(POLLING)('%s returns every match once, with any filter', async (key) => {
    const reports: Report[] = [];
    for (const seed of [1, 2, 3]) reports.push(await simulate(app, seed, (watch) => watch.key === key));
    const report = sum(reports);
    expect(faults(report)).toEqual(NONE);
    expect(report.delivered[key]).toBeGreaterThan(0);
  });

  test('updated_contact returns every match once when 5,000 contacts change between two polls', async () => {
    const report = await simulate(app, STORM, of('updated_contact'));
    expect(faults(report)).toEqual(NONE);
    expect(report.delivered.updated_contact).toBeGreaterThan(3_500);
  });
});

describe('Zaps with degraded lists', () => {
  const CAPPED = ['new_contact', 'updated_contact', 'contact_tagged', 'new_task', 'updated_task'];
  test.each(CAPPED)('%s returns every match once with 20 rows per page', async (key) => {
    const reports: Report[] = [];
    // With bursts of hundreds: more than one poll returns from such pages.
    for (const seed of [2, 4, 8])
      reports.push(await simulate(app, seed, (watch) => watch.key === key, 'capped'));
    const report = sum(reports);
    expect(faults(report)).toEqual(NONE);
    expect(report.delivered[key]).toBeGreaterThan(0);
  });

  test.each(POLLING)('%s returns every match once with invalid rows in between', async (key) => {
    const reports: Report[] = [];
    for (const seed of [2, 3, 6, 9])
      reports.push(await simulate(app, seed, (watch) => watch.key === key, 'odd'));
    const report = sum(reports);
    expect(faults(report)).toEqual(NONE);
    expect(report.delivered[key]).toBeGreaterThan(0);
  });
});

describe('Poll simulator', () => {
  test('detects a trigger that loses its newest item', async () => {
    const { missed } = await simulate(
      tampered('new_contact', (items) => items.slice(1)),
      2,
      of('new_contact'),
    );
    expect(missed.length).toBeGreaterThan(0);
  });

  test('detects a trigger that returns an old item as new', async () => {
    let count = 0;
    const { doubled, uncalled } = await simulate(
      tampered('updated_contact', (items) =>
        items.map((item, index) =>
          index > 0 ? item : { ...item, dateUpdated: `2026-01-01T00:00:0${count++ % 10}Z` },
        ),
      ),
      2,
      of('updated_contact'),
    );
    expect(doubled.length + uncalled.length).toBeGreaterThan(0);
  });

  test('replays the same script for the same seed', async () => {
    const [first, second] = [
      await simulate(app, 5, of('new_contact')),
      await simulate(app, 5, of('new_contact')),
    ];
    expect(second.delivered).toEqual(first.delivered);
  });
});
