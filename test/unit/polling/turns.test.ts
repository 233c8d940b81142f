import { ApiError } from '../../../lib/base/errors.ts';
import { readInTurns } from '../../../lib/polling/turns.ts';
import { openWindow, type PollMode } from '../../../lib/polling/window.ts';
import { quietHighLevel } from '../../support/highlevel.ts';

const MINUTE = 60_000;
const IDS = Array.from({ length: 10 }, (_, index) => `id${index}`);
const WINDOW = 'polled:k:[]';

function setUp() {
  const { highlevel, kept, state } = quietHighLevel();
  const read: string[] = [];
  const failing = new Map<string, Error>();
  let requestsPerRead = 0;
  const turns = async (ids = IDS, mode: PollMode = 'poll', more = {}) => {
    read.length = 0;
    const window = await openWindow(highlevel, 'k', []);
    const found = await readInTurns(
      highlevel,
      {
        name: 'k',
        ids,
        max: 10,
        read: async (id) => {
          state.requestsLeft -= requestsPerRead;
          const failure = failing.get(id);
          if (failure) throw failure;
          read.push(id);
          return [id];
        },
        ...more,
      },
      window,
      mode,
    );
    return found;
  };
  return { turns, read, failing, kept, state, limit: (requests: number) => (requestsPerRead = requests) };
}

const down = new ApiError('unavailable', 'HighLevel is down.');

describe('readInTurns', () => {
  test('reads all lists, and closes the window', async () => {
    const { turns, kept, state } = setUp();
    expect(await turns()).toEqual(IDS);
    expect(kept.get(WINDOW)).toBe(state.now);
  });

  test('reads skipped lists first in the next poll, and only then closes the window, as of the first poll', async () => {
    const { turns, read, kept, state } = setUp();
    const began = state.now;
    state.requestsLeft = 13;
    expect(await turns()).toEqual([]);
    expect(kept.has(WINDOW)).toBe(false);
    state.requestsLeft = 100;
    state.now += 5 * MINUTE;
    expect(await turns(['new', ...IDS.slice(0, 9)])).toHaveLength(10);
    expect(read.slice(0, 10)).toEqual(IDS);
    expect(kept.get(WINDOW)).toBe(began);
    state.now += 5 * MINUTE;
    await turns(['new', ...IDS.slice(0, 9)]);
    expect(read[0]).toBe('new');
    expect(kept.get(WINDOW)).toBe(state.now);
  });

  test('stops when the burst window runs low', async () => {
    const { turns, read, kept, state, limit } = setUp();
    const began = state.now;
    state.requestsLeft = 20;
    limit(1);
    await turns();
    expect(read).toEqual(IDS.slice(0, 4));
    expect(kept.has(WINDOW)).toBe(false);
    state.now += 5 * MINUTE;
    state.requestsLeft = 20;
    await turns();
    expect(read).toEqual(IDS.slice(4, 8));
    state.now += 5 * MINUTE;
    state.requestsLeft = 20;
    await turns();
    expect(read.slice(0, 2)).toEqual(IDS.slice(8));
    expect(kept.get(WINDOW)).toBe(began);
  });

  test('stops when HighLevel is slow', async () => {
    const { turns, read, kept, state } = setUp();
    state.timeLeft = 1_000;
    await turns();
    expect(read).toEqual([]);
    expect(kept.has(WINDOW)).toBe(false);
  });

  test('returns all but a list that fails, which comes first in the next poll', async () => {
    const { turns, read, failing, kept } = setUp();
    failing.set('id5', down);
    expect(await turns()).toEqual(IDS.filter((id) => id !== 'id5'));
    expect(kept.has(WINDOW)).toBe(false);
    failing.clear();
    await turns();
    expect(read[0]).toBe('id5');
    expect(kept.has(WINDOW)).toBe(true);
  });

  test('fails if no list can be read, after the first four, and the window stays open', async () => {
    const { turns, failing, kept, state, limit } = setUp();
    for (const id of IDS) failing.set(id, down);
    limit(1);
    await expect(turns()).rejects.toThrow('HighLevel is down.');
    expect(kept.size).toBe(0);
    expect(state.requestsLeft).toBe(96);
  });

  test('fails at once if the connection is refused', async () => {
    const { turns, failing, kept } = setUp();
    failing.set('id5', new ApiError('not permitted', 'Not permitted.'));
    await expect(turns()).rejects.toThrow('Not permitted.');
    expect(kept.size).toBe(0);
  });

  test('does not close the window if filling the dedupe table skipped a list', async () => {
    const { turns, failing, kept } = setUp();
    failing.set('id9', down);
    expect(await turns(IDS, 'fill')).toHaveLength(9);
    expect(kept.size).toBe(0);
  });

  test('does not close the window for a sample', async () => {
    const { turns, kept } = setUp();
    await turns(IDS, 'sample');
    expect(kept.size).toBe(0);
  });

  test('forgets skipped lists that are no longer named', async () => {
    const { turns, read, failing } = setUp();
    failing.set('id5', down);
    await turns(IDS, 'poll', { onlyNamed: true });
    await turns(['id1', 'id2'], 'poll', { onlyNamed: true });
    expect(read).toEqual(['id1', 'id2']);
  });
});
