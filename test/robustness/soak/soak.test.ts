import whole from '../../../index.ts';
import { POLLED, soak } from './soak.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 1);

// Core copies the whole definition at each call; with only these operations the day takes half the time.
const app = {
  ...whole,
  triggers: only(whole.triggers, ['jivochat_event', ...POLLED]),
  creates: only(whole.creates, ['capture_jivochat_lead']),
  searches: {},
  searchOrCreates: {},
};

function only(operations: object | undefined, keys: string[]): object {
  return Object.fromEntries(Object.entries(operations ?? {}).filter(([key]) => keys.includes(key)));
}

// An idle machine needs less than a minute.
jest.setTimeout(540_000);

test('the books balance after 24 hours of chats, edits, polls, outages and replays', async () => {
  const report = await soak(app, SEED);
  const { wrong, counts } = report;
  if (process.env.SOAK) console.log(JSON.stringify(report, null, 1));
  expect(wrong.slice(0, 10)).toEqual([]);
  // The day had everything in it.
  expect(counts.captured).toBeGreaterThan(200);
  expect(counts.halted).toBeGreaterThan(5);
  expect(counts.replayed).toBeGreaterThan(10);
  expect(counts.throttled).toBeGreaterThan(5);
  expect(counts.refreshes).toBeGreaterThan(10);
  expect(counts.failedPolls).toBeGreaterThan(10);
  expect(counts.edits).toBeGreaterThan(100);
  expect(Math.min(...Object.values(counts.faults))).toBeGreaterThan(20);
  expect(Object.keys(counts.fired).toSorted()).toEqual([...POLLED].toSorted());
});
