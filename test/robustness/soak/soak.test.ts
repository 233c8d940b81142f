import type { ZObject, Bundle } from 'zapier-platform-core';
import app from '../../../index.ts';
import { POLLED, soak } from './soak.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 1);

// An idle machine needs a minute.
test('everything is in HighLevel once after 24 hours of chats, edits, polls, outages and replays', async () => {
  const { wrong, counts } = await soak(app, SEED);
  expect(wrong.slice(0, 10)).toEqual([]);
  // All of that happened.
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

test('the soak detects an app that forgets which writes were not confirmed', async () => {
  const capture = app.creates?.capture_jivochat_lead;
  if (!capture) throw new Error('The app cannot capture leads');
  const perform = (zapier: ZObject, bundle: Bundle) => {
    const get = (key: string) => (key.includes('unconfirmed:') ? null : zapier.cache.get(key));
    const forgetful = Object.assign(Object.create(zapier), { cache: { ...zapier.cache, get } });
    return capture.operation.perform(forgetful, bundle);
  };
  const operation = { ...capture.operation, perform };
  const creates = { capture_jivochat_lead: { ...capture, operation } };
  const { wrong } = await soak({ ...app, creates }, 1, { hours: 8, chats: 100 });
  expect(wrong).toContainEqual(expect.stringMatching(/has [2-9] (?:notes|tasks)/));
});
