import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../../robustness/faults/matrix.ts';
import { catalog, readme, scopeTable } from './catalog.ts';
import { chapters, faultsPaper, type Played } from './faults.ts';

const root = join(import.meta.dirname, '../../..');
writeFileSync(join(root, 'docs/catalog.md'), catalog(root));
writeFileSync(join(root, 'docs/scopes.md'), scopeTable());
writeFileSync(join(root, 'README.md'), readme(root));
if (process.argv.includes('--faults')) {
  // Played in full, which takes half a minute.
  const played: Played[] = [];
  for (const operation of chapters.flatMap(({ operations }) => operations))
    played.push({ operation, rows: await play(operation) });
  writeFileSync(join(root, 'docs/faults.md'), faultsPaper(played));
  console.log('Written: docs/faults.md.');
}
console.log('Written: docs/catalog.md, docs/scopes.md and the table of README.md.');
