import app from '../../../index.ts';
import { answering, type Answering, type Asked } from '../../support/answering.ts';
import type { Item } from '../../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const NOON = Date.parse('2026-01-28T12:00:00Z');
const MINUTE = 60_000;
const CURSOR_MS = 2 * MINUTE;
const iso = (ms: number) => new Date(ms).toISOString();

interface Row {
  id: string;
  direction: string;
  messageType: string;
  body: string;
  dateAdded: string;
}

/** Messages, one each `every` ms until noon. */
function rows(count: number, every: number, more: Partial<Row> = {}, from = NOON): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `m${String(from)}-${String(index).padStart(6, '0')}`,
    direction: 'inbound',
    messageType: 'TYPE_SMS',
    body: 'Hello',
    dateAdded: iso(from - index * every),
    ...more,
  }));
}

/** HighLevel's export of these messages, newest first. Its cursors expire after two minutes. */
function exportOf(messages: () => readonly Row[], clock: () => number) {
  return ({ query }: Asked): [number, unknown] => {
    if (query.channel === 'Email') return [200, { messages: [], nextCursor: null, total: 0 }];
    const [made = '', start = ''] = (query.cursor ?? '').split(' ');
    if (query.cursor && clock() > Number(made) + CURSOR_MS) return [400, { message: 'Expired' }];
    const all = messages()
      .filter(({ dateAdded }) => !query.endDate || dateAdded <= query.endDate)
      .toSorted((a, b) => (a.dateAdded < b.dateAdded ? 1 : -1));
    const first = Number(start || 0);
    const next = first + Number(query.limit);
    const nextCursor = next < all.length ? `${made || clock()} ${next}` : null;
    return [200, { messages: all.slice(first, next), nextCursor, total: all.length }];
  };
}

let highlevel: Answering | undefined;
afterEach(() => highlevel?.close());

const poll = async (input: Item = {}): Promise<string[]> => {
  const got = await highlevel?.zapier.call('triggers.new_message.operation.perform', input);
  return Array.isArray(got) ? got.map(({ id }: Item) => String(id)) : [];
};
const isList = ({ name }: Asked) => name.endsWith('/conversations/messages/export');
const serve = async (messages: () => readonly Row[], before: (asked: Asked) => void = () => undefined) => {
  const listed = exportOf(messages, () => highlevel?.clock.now ?? NOON);
  highlevel = await answering(app, (asked) => {
    before(asked);
    return isList(asked) ? listed(asked) : undefined;
  });
  return highlevel;
};

describe('Burst of messages larger than one poll', () => {
  test('is returned over several polls after its cursors have expired, with newer messages first', async () => {
    const messages = rows(12_000, 250);
    const { clock } = await serve(() => messages);
    const given = new Set(await poll());
    expect(given.size).toBe(10_100);
    for (let round = 0; round < 3; round++) {
      clock.now += 5 * MINUTE;
      messages.push(...rows(1, 1, {}, clock.now - MINUTE));
      const more = await poll();
      expect(more[0]).toBe(messages.at(-1)?.id);
      for (const id of more) given.add(id);
    }
    expect(messages.filter(({ id }) => !given.has(id)).length).toBe(0);
  });

  test('of the other direction does not hide an older message', async () => {
    const outgoing = rows(11_000, 250, { direction: 'outbound' });
    const [hidden] = rows(1, 1, {}, NOON - 50 * MINUTE);
    const { clock } = await serve(() => (hidden ? [...outgoing, hidden] : outgoing));
    expect(await poll()).toEqual([]);
    clock.now += 3 * MINUTE;
    expect(await poll()).toEqual([hidden?.id]);
  });

  test('is continued after a page that failed, and reported if it fails again and again', async () => {
    const messages = rows(1_000, 1_000);
    let isIll = true;
    const listed = exportOf(
      () => messages,
      () => highlevel?.clock.now ?? NOON,
    );
    highlevel = await answering(app, (asked) => {
      if (!isList(asked)) return undefined;
      const isFurther = asked.query.cursor ?? asked.query.endDate;
      return isIll && isFurther ? [400, { message: 'Nope' }] : listed(asked);
    });
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round++) {
      outcomes.push(await poll().then((ids) => String(ids.length), String));
      highlevel.clock.now += MINUTE;
    }
    expect(outcomes.filter((one) => /^\d+$/.test(one))).toHaveLength(4);
    expect(outcomes[3]).toContain('HighLevel did not read the messages');
    isIll = false;
    const ids = await poll();
    expect(new Set([...ids, ...messages.slice(0, 100).map(({ id }) => id)]).size).toBe(1_000);
  });

  test('never asks with a cursor of an earlier poll', async () => {
    const messages = rows(12_000, 250);
    const { clock, asked } = await serve(() => messages);
    await poll();
    asked.length = 0;
    clock.now += 5 * MINUTE;
    await poll();
    const cursors = asked.flatMap(({ query }) => query.cursor ?? []);
    expect(cursors.filter((cursor) => Number(cursor.split(' ')[0]) < clock.now)).toEqual([]);
    expect(cursors.length).toBeGreaterThan(0);
  });
});
