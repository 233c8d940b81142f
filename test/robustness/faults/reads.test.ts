import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import app from '../../../index.ts';
import { chapter, chapterIn, chapters, faultsPaper, type Played } from '../../contract/docs/faults.ts';
import { playAndJudge } from './expectations.ts';
import { keyOf, operations } from './operations.ts';

const [{ title, operations: reads }] = chapters;
const played: Played[] = [];
const paper = readFileSync(join(__dirname, '../../../docs/faults.md'), 'utf8');

describe('Reads under every fault', () => {
  test.each(reads.map((operation) => [operation.name, operation] as const))(
    '%s ends in time with a readable error, and finds nothing only where there is nothing',
    async (_, operation) => {
      const { rows, wrong } = await playAndJudge(operation);
      played.push({ operation, rows });
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  test('docs/faults.md is up to date (else: npm run catalog -- --faults)', () => {
    expect(chapterIn(paper, title)).toBe(chapter(title, played));
  });
});

test('every operation has a valid input in test/robustness/faults/operations.ts', () => {
  const keys = [app.triggers, app.creates, app.searches].flatMap((kind) => Object.keys(kind ?? {}));
  const names = new Set(operations.map(({ name }) => keyOf(name)));
  expect(keys.filter((key) => !names.has(key))).toEqual([]);
});

test('docs/faults.md lists all faults, and has no empty cell', () => {
  const unplayed = faultsPaper([]);
  expect(paper).toContain(unplayed.slice(unplayed.indexOf('## The faults')));
  expect(paper).not.toMatch(/\| +\||not played/);
});
