import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const root = join(__dirname, '../../..');

/** The text of a file of the repository. */
export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Expects a generated file to be up to date. `npm run catalog` sets WRITE_DOCS, and then the file is written instead. */
export function expectUpToDate(file: string, text: string): void {
  if (process.env.WRITE_DOCS) writeFileSync(join(root, file), text);
  expect(read(file)).toBe(text);
}
