import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const root = join(__dirname, '../../..');

/** The text of a file of the repository. */
export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The text of a generated file; `npm run catalog` sets WRITE_DOCS, and then the file is written with `text` first. */
export function readGenerated(file: string, text: string): string {
  if (process.env.WRITE_DOCS) writeFileSync(join(root, file), text);
  return read(file);
}
