import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import app from '../../../index.ts';
import { chapter, chapterIn, chapters, faultsPaper, type Played } from '../../contract/docs/faults.ts';
import { playAndJudge } from './expectations.ts';
import { keyOf, operations } from './operations.ts';

const [{ title, operations: reads }] = chapters;
const played: Played[] = [];
const paper = readFileSync(join(__dirname, '../../../docs/faults.md'), 'utf8');

describe('Whatever HighLevel does', () => {
  test.each(reads.map((operation) => [operation.name, operation] as const))(
    '%s ends in time and in words, and finds nothing only where there is nothing',
    async (_, operation) => {
      const { rows, wrong } = await playAndJudge(operation);
      played.push({ operation, rows });
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  test('docs/faults.md tells of it as it is (else: npm run catalog -- --faults)', () => {
    expect(chapterIn(paper, title)).toBe(chapter(title, played));
  });
});

test('Every operation of the app has a good input in test/robustness/faults/operations.ts', () => {
  const keys = [app.triggers, app.creates, app.searches].flatMap((kind) => Object.keys(kind ?? {}));
  const names = new Set(operations.map(({ name }) => keyOf(name)));
  expect(keys.filter((key) => !names.has(key))).toEqual([]);
});

test('docs/faults.md lists the faults as they are, and leaves no cell empty', () => {
  const unplayed = faultsPaper([]);
  expect(paper).toContain(unplayed.slice(unplayed.indexOf('## The faults')));
  expect(paper).not.toMatch(/\| +\||not played/);
});
