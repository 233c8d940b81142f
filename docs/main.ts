import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog, readme, scopeTable } from './catalog.ts';

const root = join(import.meta.dirname, '..');
writeFileSync(join(root, 'docs/catalog.md'), catalog(root));
writeFileSync(join(root, 'docs/scopes.md'), scopeTable());
writeFileSync(join(root, 'README.md'), readme(root));
console.log('Written: docs/catalog.md, docs/scopes.md and the table of README.md.');
