import app from '../../../index.ts';
import { answering, searchOf, type Answering } from '../../support/answering.ts';
import type { Item } from '../../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const NOON = Date.parse('2026-01-28T12:00:00Z');
const MINUTE = 60_000;
/** Zapier's own limit of an answer, before it is stashed. */
const LIMIT = 6_291_456;
const iso = (ms: number) => new Date(ms).toISOString();

/** Contacts that changed at these times, with this many custom fields. */
function changed(count: number, moment: (index: number) => number, fields = 0, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    id: `c${String(from + index).padStart(6, '0')}`,
    tags: [],
    customFields: Array.from({ length: fields }, (__, field) => ({
      id: `f${field}`,
      value: `Value ${field}`,
    })),
    dateAdded: iso(NOON - 90 * 24 * 60 * MINUTE),
    dateUpdated: iso(moment(index)),
  }));
}

let highlevel: Answering | undefined;
afterEach(() => highlevel?.close());

const definitions = Array.from({ length: 100 }, (_, index) => ({
  id: `f${index}`,
  name: `Field ${index}`,
  fieldKey: `contact.field_${index}`,
}));
const FIELDS = /customFields$/;
const poll = (input: Item = {}, key = 'updated_contact') =>
  highlevel?.zapier
    .call(`triggers.${key}.operation.perform`, input)
    .then((got) => (Array.isArray(got) ? got : []));
const fill = (key = 'updated_contact', input: Item = {}) =>
  highlevel?.zapier
    .call(`triggers.${key}.operation.perform`, input, { isPopulatingDedupe: true })
    .then((got) => (Array.isArray(got) ? got : []));
const outcome = async (running: Promise<unknown> | undefined) => {
  try {
    await running;
    return 'given';
  } catch (error) {
    return String(error);
  }
};
const idsOf = (items: readonly Item[] = []) => items.map(({ id }) => String(id));

describe('Burst larger than one result', () => {
  test.each([
    ['one after the other', 'c000000', (index: number) => NOON - index * 300],
    ['all at one moment', 'c003999', () => NOON - MINUTE],
  ])(
    'of 4,000 contacts, changed %s, is returned over several polls, with newer contacts',
    async (_, first, moment) => {
      const contacts = changed(4_000, moment, 60);
      const search = searchOf(() => contacts);
      highlevel = await answering(app, ({ name, body }) =>
        FIELDS.test(name) ? [200, { customFields: definitions }] : [200, search(body)],
      );
      const given = new Map<string, Item>();
      let polls = 0;
      let added = 0;
      while (contacts.slice(0, 4_000).some(({ id }) => !given.has(id)) && polls < 10) {
        const items = (await poll()) ?? [];
        polls++;
        expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(LIMIT);
        // Contacts added since the last poll are returned first.
        expect(idsOf(items)).toContain(added > 0 ? contacts.at(-1)?.id : first);
        for (const item of items) given.set(String(item.id), item);
        highlevel.clock.now += 2 * MINUTE;
        contacts.push(...changed(1, () => (highlevel?.clock.now ?? 0) - MINUTE, 60, 4_000 + added++));
      }
      expect(given.size).toBeGreaterThanOrEqual(4_000);
      expect(polls).toBeGreaterThan(2);
      expect(polls).toBeLessThan(8);
      expect(given.get('c000000')).toMatchObject({
        custom: { field_3: 'Value 3' },
        customFields: { length: 60 },
      });
    },
  );

  test('is returned as far as it can be read in time, then continued', async () => {
    const contacts = changed(6_000, (index) => NOON - index * 100);
    const search = searchOf(() => contacts);
    highlevel = await answering(app, ({ body }, clock) => {
      clock.now += 4_000;
      return [200, search(body)];
    });
    const given = new Set<string>();
    const counts: number[] = [];
    for (let round = 0; round < 6; round++) {
      const items = idsOf(await poll());
      counts.push(items.filter((id) => !given.has(id)).length);
      for (const id of items) given.add(id);
    }
    expect(counts[0]).toBeGreaterThan(100);
    expect(counts[1]).toBeGreaterThan(100);
    expect(given.size).toBe(6_000);
  });

  test('is returned up to a page that fails, and continued once HighLevel recovers', async () => {
    const contacts = changed(1_000, (index) => NOON - index * 100);
    const search = searchOf(() => contacts);
    let ill = true;
    highlevel = await answering(app, ({ body }, clock) => {
      clock.now += 100;
      return ill && body.searchAfter ? [400, { message: 'Nope' }] : [200, search(body)];
    });
    expect(await poll()).toHaveLength(100);
    ill = false;
    const more = idsOf(await poll());
    expect(more).toHaveLength(900);
    expect(more[0]).toBe('c000100');
  });

  test('reports a page that fails repeatedly now and then, and loses nothing', async () => {
    const contacts = changed(1_000, (index) => NOON - index * 100);
    const search = searchOf(() => contacts);
    let ill = true;
    highlevel = await answering(app, ({ body }) =>
      ill && body.searchAfter ? [400, { message: 'Nope' }] : [200, search(body)],
    );
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round++) outcomes.push(await outcome(poll()));
    expect(outcomes.filter((one) => one === 'given')).toHaveLength(4);
    expect(outcomes[3]).toContain('HighLevel did not search the contacts');
    ill = false;
    expect(await poll()).toHaveLength(900);
  });

  test('does not close its window: the next poll looks back as far as the first', async () => {
    let contacts = changed(5, () => NOON - MINUTE);
    const search = searchOf(() => contacts);
    let ill = false;
    highlevel = await answering(app, ({ body }) =>
      ill && body.searchAfter ? [400, { message: 'Nope' }] : [200, search(body)],
    );
    await poll();
    highlevel.clock.now = NOON + 300 * MINUTE;
    const { now } = highlevel.clock;
    // Spread over five hours, all unseen.
    contacts = changed(1_000, (index) => now - index * 0.25 * MINUTE, 0, 100);
    ill = true;
    expect(await poll()).toHaveLength(100);
    ill = false;
    expect(await poll()).toHaveLength(900);
  });

  test('is read from the top if the cache has lost its position', async () => {
    const contacts = changed(300, (index) => NOON - index * 100);
    const search = searchOf(() => contacts);
    let ill = true;
    highlevel = await answering(app, ({ body }) =>
      ill && body.searchAfter ? [400, { message: 'Nope' }] : [200, search(body)],
    );
    await poll();
    ill = false;
    highlevel.zapier.forget();
    expect(await poll()).toHaveLength(300);
  });
});

describe('Pages shorter than requested', () => {
  test.each([20, 25, 50, 100, 137])(
    '%d contacts are not the last page if the total is larger',
    async (cap) => {
      const contacts = changed(700, (index) => NOON - index * 1_000);
      const search = searchOf(() => contacts, { cap });
      highlevel = await answering(app, ({ body }) => [200, search(body)]);
      const given = new Set([...idsOf(await poll()), ...idsOf(await poll())]);
      expect(given.size).toBe(700);
      expect(new Set(idsOf(await fill())).size).toBe(700);
    },
  );

  test.each([20, 25, 50, 100])('%d contacts are not the last page if there is no total', async (cap) => {
    const contacts = changed(330, (index) => NOON - index * 1_000);
    const search = searchOf(() => contacts, { cap, withTotal: false });
    highlevel = await answering(app, ({ body }) => [200, search(body)]);
    expect(new Set(idsOf(await poll())).size).toBe(330);
    expect(new Set(idsOf(await fill())).size).toBe(330);
  });

  test.each([3, 20, 50, 100])('a small sub-account of %d contacts costs one request', async (count) => {
    const contacts = changed(count, () => NOON);
    const search = searchOf(() => contacts);
    highlevel = await answering(app, ({ body }) => [200, search(body)]);
    expect(await poll()).toHaveLength(count);
    expect(highlevel.asked).toHaveLength(1);
    expect(await fill()).toHaveLength(count);
    expect(highlevel.asked).toHaveLength(2);
  });

  test.each([20, 25, 50, 100])('%d tasks are not the last page', async (cap) => {
    const all = Array.from({ length: 230 }, (_, index) => ({
      _id: `t${index}`,
      contactId: 'c1',
      dateAdded: iso(NOON - index * 1_000),
      searchAfter: [index],
    }));
    highlevel = await answering(app, ({ body }) => {
      const start = Array.isArray(body.searchAfter) ? Number(body.searchAfter[0]) + 1 : 0;
      return [201, { tasks: all.slice(start, start + Math.min(cap, Number(body.limit))) }];
    });
    expect(await poll({}, 'new_task')).toHaveLength(230);
    expect(await fill('new_task')).toHaveLength(230);
  });
});

describe('One invalid row', () => {
  const odd = [null, 'text', {}, { id: null }, { id: { a: 1 } }, []];

  test.each(odd)('%j among the contacts is skipped, and does not end the paging', async (row) => {
    const contacts = changed(250, (index) => NOON - index * 1_000);
    const search = searchOf(() => contacts, { withTotal: false });
    highlevel = await answering(app, ({ body }) => {
      const { contacts: page } = search(body);
      // The invalid row is the last one, from which the cursor is taken.
      return [200, { contacts: [...page.slice(0, -1), row] }];
    });
    // The invalid row replaces the last row of each page, so the next page starts from the row before it.
    const given = idsOf(await poll());
    expect(given.length).toBeGreaterThanOrEqual(248);
    expect(new Set(given).size).toBe(given.length);
    expect(await fill()).not.toHaveLength(0);
  });

  test.each(odd)('%j alone on the last page does not fail the poll', async (row) => {
    const contacts = changed(100, (index) => NOON - index * 1_000);
    const search = searchOf(() => contacts, { withTotal: false });
    highlevel = await answering(app, ({ body }) => [
      200,
      body.searchAfter ? { contacts: [row] } : search(body),
    ]);
    expect(await poll()).toHaveLength(100);
    expect(highlevel.asked).toHaveLength(2);
  });

  test('without a cursor is returned, and the cursor of the row before it is used', async () => {
    const contacts = changed(150, (index) => NOON - index * 1_000);
    const search = searchOf(() => contacts);
    highlevel = await answering(app, ({ body }) => {
      const answer = search(body);
      const last = answer.contacts.at(-1);
      return [
        200,
        { ...answer, contacts: [...answer.contacts.slice(0, -1), { ...Object(last), searchAfter: 'odd' }] },
      ];
    });
    expect(new Set(idsOf(await poll())).size).toBe(150);
  });

  test.each(odd)('%j among tasks, notes and appointments is skipped', async (row) => {
    const dateAdded = iso(NOON - MINUTE);
    highlevel = await answering(app, ({ name }) => {
      if (name.includes('tasks')) return [201, { tasks: [row, { _id: 't1', contactId: 'c1', dateAdded }] }];
      if (name.includes('notes')) return [200, { notes: [row, { id: 'n1', body: '', dateAdded }] }];
      if (name.includes('calendars'))
        return [200, { events: [row, { id: 'a1', calendarId: 'cal1', dateAdded }] }];
      return undefined;
    });
    expect(idsOf(await poll({}, 'new_task'))).toEqual(['t1']);
    expect(idsOf(await poll({ contactId: 'c1' }, 'new_note'))).toEqual(['n1']);
    expect(idsOf(await poll({ calendarId: 'cal1' }, 'new_appointment'))).toEqual(['a1']);
  });
});

describe('Turning a trigger on', () => {
  const contacts = changed(12_000, (index) => NOON - index * MINUTE);

  test.each([
    ['is refused', [400, { message: 'Result window is too large' }]],
    ['fails', [500, {}]],
    ['is throttled', [429, {}]],
  ] as const)(
    'fills the dedupe table with what could be read if a later page %s',
    async (_, [status, body]) => {
      const search = searchOf(() => contacts);
      highlevel = await answering(app, ({ body: asked }, clock) => {
        if (Number(asked.page) <= 9) return [200, search(asked)];
        clock.now += 30_000;
        return [status, body];
      });
      const learned = await fill();
      expect(new Set(idsOf(learned)).size).toBe(4_500);
      expect(Object.keys(learned?.[0] ?? {}).toSorted()).toEqual(['dateUpdated', 'id']);
    },
  );

  test('fills the dedupe table with what could be read in time', async () => {
    const search = searchOf(() => contacts);
    highlevel = await answering(app, ({ body }, clock) => {
      clock.now += 2_000;
      return [200, search(body)];
    });
    const learned = new Set(idsOf(await fill()));
    expect(learned.size).toBeGreaterThan(3_000);
    expect(learned.size).toBeLessThan(10_000);
    expect(learned.has('c000000')).toBe(true);
  });

  test('fails if the first page fails', async () => {
    highlevel = await answering(app, () => [400, { message: 'Nope' }]);
    await expect(fill()).rejects.toThrow('HighLevel did not search the contacts');
  });

  test('requests a new token if a later page says that it is stale', async () => {
    const search = searchOf(() => contacts);
    highlevel = await answering(app, ({ body, name }) =>
      name.includes('search') && Number(body.page ?? 0) === 1
        ? [200, search(body)]
        : [401, { message: 'Invalid JWT' }],
    );
    // The refresh is refused here, too; what counts is that it was asked for.
    expect(await outcome(fill())).not.toBe('given');
    expect(highlevel.asked.map(({ name }) => name)).toContain('POST /oauth/token');
  });

  const tasks = (from: number, count = 500) =>
    Array.from({ length: count }, (_, index) => ({
      _id: `t${from + index}`,
      contactId: 'c1',
      dateAdded: iso(NOON - (from + index + 120) * MINUTE),
      searchAfter: [from + index],
    }));

  test('on tasks may fill the dedupe table with a part, and the rest does not trigger', async () => {
    let ill = true;
    highlevel = await answering(app, ({ body }, clock) => {
      const from = Array.isArray(body.searchAfter) ? Number(body.searchAfter[0]) + 1 : 0;
      if (ill) clock.now += 3_000;
      if (ill && from > 0) return [500, {}];
      return [201, { tasks: tasks(from, from < 1_000 ? 500 : 3) }];
    });
    expect(await fill('new_task')).toHaveLength(500);
    ill = false;
    expect(await poll({}, 'new_task')).toEqual([]);
  });
});

describe('List of tasks', () => {
  test('that HighLevel returns too slowly fails with advice instead of endless retries', async () => {
    highlevel = await answering(app, ({ body }, clock) => {
      clock.now += 12_000;
      const from = Array.isArray(body.searchAfter) ? Number(body.searchAfter[0]) + 1 : 0;
      return [
        201,
        {
          tasks: Array.from({ length: 500 }, (_, i) => ({
            _id: `t${from + i}`,
            contactId: 'c1',
            searchAfter: [from + i],
          })),
        },
      ];
    });
    await expect(poll({}, 'new_task')).rejects.toThrow(/Choose an .+Owner.+ or a .+Contact/);
  });

  test('larger than one result is returned over several polls, with newer tasks', async () => {
    const body = '<p>Call</p>'.repeat(500);
    const all = Array.from({ length: 3_000 }, (_, index) => ({
      _id: `t${index}`,
      body,
      contactId: 'c1',
      dateAdded: iso(NOON - index * 100),
      searchAfter: [index],
    }));
    highlevel = await answering(app, ({ body: asked }) => {
      const from = Array.isArray(asked.searchAfter) ? Number(asked.searchAfter[0]) + 1 : 0;
      return [201, { tasks: all.slice(from, from + 500) }];
    });
    const given = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const items = (await poll({}, 'new_task')) ?? [];
      expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(LIMIT);
      expect(idsOf(items)).toContain(round > 0 ? all.at(-1)?._id : 't0');
      for (const id of idsOf(items)) given.add(id);
      highlevel.clock.now += MINUTE;
      all.push({
        _id: `new${round}`,
        body,
        contactId: 'c1',
        dateAdded: iso(highlevel.clock.now),
        searchAfter: [3_000 + round],
      });
    }
    expect(given.size).toBe(3_007);
  });
});
