import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

// The relay with everything that it needs but Node, in one folder: relay/Dockerfile copies it into an image.

const folder = process.argv[2] ?? 'dist-relay';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

await build({
  entryPoints: { relay: 'relay/main.ts' },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Optional parts of pg, which it looks for and does without.
  external: ['pg-native', 'cloudflare:sockets'],
  // pg is CommonJS and requires Node's modules at run time.
  banner: {
    js: "import { createRequire as relayRequire } from 'node:module'; const require = relayRequire(import.meta.url);",
  },
  sourcemap: 'linked',
  minify: true,
  logLevel: 'warning',
});

// PGlite reads these from beside its code.
const pglite = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'));
for (const file of ['pglite.wasm', 'pglite.data', 'initdb.wasm'])
  copyFileSync(join(pglite, file), join(folder, file));
