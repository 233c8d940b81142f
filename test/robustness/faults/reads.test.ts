import app from '../../../index.ts';
import { chapter, chapters, faultsDoc, type Played } from '../../contract/docs/faults.ts';
import { readGenerated, read } from '../../contract/docs/write.ts';
import { writingProgress } from '../../support/progress.ts';
import { playAndJudge } from './expectations.ts';
import { keyOf, operations } from './operations.ts';

const [{ title, operations: reads }] = chapters;
const played: Played[] = [];
const report = writingProgress('Reads under every fault', reads.length);

describe('Reads under every fault', () => {
  test.each(reads.map((operation) => [operation.name, operation] as const))(
    '%s ends in time with a readable error, and returns nothing only if there is nothing',
    async (_, operation) => {
      const { rows, wrong } = await playAndJudge(operation);
      played.push({ operation, rows });
      report(played.length);
      expect(wrong).toEqual([]);
    },
  );

  test('the outcomes and messages are those of outcomes/reads.md', () => {
    const text = chapter(title, played);
    expect(readGenerated('test/robustness/faults/outcomes/reads.md', text)).toBe(text);
  });

  test('docs/faults.md shows these outcomes', () => {
    const text = faultsDoc(read('docs/faults.md'), title, played);
    expect(readGenerated('docs/faults.md', text)).toBe(text);
  });
});

test('every operation has a valid input in test/robustness/faults/operations.ts', () => {
  const keys = [app.triggers, app.creates, app.searches].flatMap((kind) => Object.keys(kind ?? {}));
  const names = new Set(operations.map(({ name }) => keyOf(name)));
  expect(keys.filter((key) => !names.has(key))).toEqual([]);
});

test('docs/faults.md lists every fault with its rule, and has no empty cell', () => {
  const doc = read('docs/faults.md');
  expect(doc).toBe(faultsDoc(doc));
  expect(doc).not.toMatch(/\| +\|/);
});
