import { build } from 'esbuild';

/** The editions, by environment variable; the first value is the default. */
const EDITIONS = { HIGHLEVEL_AUTH: ['oauth', 'token'] };

// Nothing else of the build environment is included in the bundle.
const define: Record<string, string> = {};
for (const [name, values] of Object.entries(EDITIONS)) {
  const value = process.env[name] || values[0];
  if (!value || !values.includes(value)) throw new Error(`${name} must be ${values.join(' or ')}.`);
  define[`process.env.${name}`] = JSON.stringify(value);
}

await build({
  entryPoints: ['index.ts'],
  outdir: process.argv[2] ?? 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external: ['zapier-platform-core'],
  minify: true,
  // Kept locally for reading stack traces: only the .js file is uploaded to Zapier.
  sourcemap: 'linked',
  logLevel: 'warning',
  define,
});
