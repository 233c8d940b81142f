import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './mutants.ts';

const root = join(__dirname, '../..');

test('Every mutant still applies: its code is in the file once', () => {
  const lost = mutants.filter(
    ({ file, find }) => readFileSync(join(root, file), 'utf8').split(find).length !== 2,
  );
  expect(lost.map(({ file, breaks }) => `${file}: ${breaks}`)).toEqual([]);
});

test('Every mutant changes its code', () => {
  const same = mutants.filter(({ find, replace }) => find === replace);
  expect(same).toEqual([]);
});

test('Every mutant names test files that exist', () => {
  const missing = mutants.flatMap(({ tests }) => tests.filter((file) => !existsSync(join(root, file))));
  expect([...new Set(missing)]).toEqual([]);
});

test('No two mutants have the same name', () => {
  const names = mutants.map(({ file, breaks }) => `${file}: ${breaks}`);
  expect(names).toHaveLength(new Set(names).size);
});
