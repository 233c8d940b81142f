import { chapter, chapters, faultsDoc, type Played } from '../../contract/docs/faults.ts';
import { readGenerated, read } from '../../contract/docs/write.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { withoutNames } from '../../support/zapier/cache.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { Zapier } from '../../support/zapier/zapier.ts';
import { stopTime } from './clock.ts';
import { writingProgress } from '../../support/progress.ts';
import { playAndJudge } from './expectations.ts';
import { operations } from './operations.ts';

const [, { title, operations: actions }] = chapters;
const played: Played[] = [];
const report = writingProgress('Writes under every fault', actions.length);

describe('Writes under every fault', () => {
  test.each(actions.map((operation) => [operation.name, operation] as const))(
    '%s ends in time with a readable error, and writes nothing twice',
    async (_, operation) => {
      const { rows, wrong } = await playAndJudge(operation);
      played.push({ operation, rows });
      report(played.length);
      expect(wrong).toEqual([]);
    },
  );

  test('the outcomes and messages are those of outcomes/writes.md', () => {
    const text = chapter(title, played);
    expect(readGenerated('test/robustness/faults/outcomes/writes.md', text)).toBe(text);
  });

  test('docs/faults.md shows these outcomes', () => {
    const text = faultsDoc(read('docs/faults.md'), title, played);
    expect(readGenerated('docs/faults.md', text)).toBe(text);
  });
});

test('an update ends in time after a slow HighLevel and a JivoChat timeout', async () => {
  const operation = operations.find(({ name }) => name === 'send_jivochat_update');
  let sandbox: Sandbox | undefined;
  const clock = stopTime(Date.parse('2026-01-28T14:00:00Z'), () => sandbox?.log ?? []);
  try {
    sandbox = await startSandbox({ now: clock.now });
    const { store } = sandbox;
    const zapier = new Zapier(operation?.app ?? {}, {
      ...accountOf(sandbox),
      remembered: withoutNames(sandbox.locationId),
    });
    sandbox.fail({ method: 'GET', kind: 'timeout' });
    sandbox.fail({ path: '/jivo/', kind: 'timeout', times: 5 });
    const ended = await clock.watch(() => operation?.ready(store)(zapier) ?? Promise.resolve());
    expect(ended.ms).toBeLessThanOrEqual(25_000);
    expect('threw' in ended && String(ended.threw)).toContain('JivoChat did not confirm the update.');
  } finally {
    clock.restore();
    await sandbox?.close();
  }
});
