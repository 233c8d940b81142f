import { openWindow } from '../../../lib/polling/window.ts';
import { quietHighLevel } from '../../support/highlevel.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();

/** A poll that closes its window, then one so much later; its window. */
async function windowAfter(silence: number, { closes = true, filters = 'same' } = {}) {
  const { highlevel, state } = quietHighLevel();
  const first = await openWindow(highlevel, 'new_contact', 'same');
  if (closes) await first.close();
  state.now += silence;
  return { window: await openWindow(highlevel, 'new_contact', filters), now: state.now };
}

describe('A window looks back', () => {
  test.each([
    ['an hour at least', MINUTE, HOUR],
    ['an hour still, when the poll before and the overlap are within it', 50 * MINUTE, HOUR],
    ['to the poll before and 10 minutes more', 51 * MINUTE, 61 * MINUTE],
    ['so after hours', 5 * HOUR, 5 * HOUR + 10 * MINUTE],
    ['a day at most', 3 * DAY, DAY],
  ])('%s', async (_, silence, length) => {
    const { window, now } = await windowAfter(silence);
    expect(now - window.start).toBe(length);
    expect(await window.includes(iso(now - length))).toBe(true);
    expect(await window.includes(iso(now - length - 1))).toBe(false);
  });

  test('an hour after a poll that did not close it, because failed polls do not count', async () => {
    const { window, now } = await windowAfter(5 * HOUR, { closes: false });
    expect(now - window.start).toBe(HOUR);
  });

  test('past polls that failed, to the last one that closed it', async () => {
    const { highlevel, state } = quietHighLevel();
    await (await openWindow(highlevel, 'k', [])).close();
    state.now += 2 * HOUR;
    await openWindow(highlevel, 'k', []);
    state.now += HOUR;
    const { start } = await openWindow(highlevel, 'k', []);
    expect(state.now - start).toBe(3 * HOUR + 10 * MINUTE);
  });

  test('to the moment that a later poll closed it at', async () => {
    const { highlevel, state } = quietHighLevel();
    const began = state.now;
    state.now += 2 * HOUR;
    await (await openWindow(highlevel, 'k', [])).close(began);
    const { start } = await openWindow(highlevel, 'k', []);
    expect(state.now - start).toBe(2 * HOUR + 10 * MINUTE);
  });

  test('for itself with other filters', async () => {
    const { window, now } = await windowAfter(5 * HOUR, { filters: 'others' });
    expect(now - window.start).toBe(HOUR);
  });
});

test('windows of consecutive polls overlap at any interval', async () => {
  const { highlevel, state } = quietHighLevel();
  let before = state.now;
  for (const silence of [MINUTE, 15 * MINUTE, 59 * MINUTE, 2 * HOUR, 20 * HOUR]) {
    await (await openWindow(highlevel, 'k', [])).close();
    before = state.now;
    state.now += silence;
    expect(before - (await openWindow(highlevel, 'k', [])).start).toBeGreaterThanOrEqual(10 * MINUTE);
  }
});

describe('A time', () => {
  test('that is missing is inside and is not old', async () => {
    const { window } = await windowAfter(MINUTE);
    for (const none of [null, '', 'soon']) {
      expect(await window.includes(none)).toBe(true);
      expect(await window.isOlderThanMax(none)).toBe(false);
    }
  });

  test('is old after a day', async () => {
    const { window, now } = await windowAfter(MINUTE);
    expect(await window.isOlderThanMax(iso(now - DAY))).toBe(false);
    expect(await window.isOlderThanMax(iso(now - DAY - 1))).toBe(true);
  });

  // Half an hour ago, in UTC and on a clock of the zone.
  const ZONES = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'UTC'] as const;
  test.each(ZONES)('without an offset is inside as UTC and as the time of %s', async (zone) => {
    const { highlevel, state } = quietHighLevel({ zone });
    const window = await openWindow(highlevel, 'k', []);
    const moment = new Date(state.now - 30 * MINUTE);
    const local = moment.toLocaleString('sv-SE', { timeZone: zone });
    for (const text of [moment.toISOString().slice(0, 19), local, local.replace(' ', 'T')]) {
      expect(await window.includes(text)).toBe(true);
      expect(await window.isOlderThanMax(text)).toBe(false);
    }
    const yesterday = new Date(state.now - 2 * DAY).toISOString().slice(0, 19);
    expect(await window.includes(yesterday)).toBe(false);
    expect(await window.isOlderThanMax(yesterday)).toBe(true);
  });

  test('costs a lookup of the zone only without an offset, outside as UTC, and once', async () => {
    const { highlevel, state } = quietHighLevel({ zone: 'America/New_York' });
    const window = await openWindow(highlevel, 'k', []);
    for (const text of [iso(state.now), iso(0), '2026-01-28T11:59:00', '2026-01-01T00:00:00+02:00'])
      await window.includes(text);
    expect(state.lookups).toBe(0);
    for (const text of ['2026-01-28 06:59:00', '2026-01-02 06:59:00', '2026-01-28'])
      await window.includes(text);
    expect(state.lookups).toBe(1);
  });
});
