import { build, type BuildOptions } from 'esbuild';

/** The editions, by environment variable; the first value holds where none is given. */
const EDITIONS = { HIGHLEVEL_AUTH: ['oauth', 'token'], HIGHLEVEL_EDITION: ['private', 'public'] };

// Nothing else of the environment that builds comes into the bundle.
const define: Record<string, string> = {};
for (const [name, values] of Object.entries(EDITIONS)) {
  const value = process.env[name] || values[0];
  if (!value || !values.includes(value)) throw new Error(`${name} must be ${values.join(' or ')}.`);
  process.env[name] = value;
  define[`process.env.${name}`] = JSON.stringify(value);
}

const { default: app } = await import('../index.ts');
const definition = JSON.stringify(withoutMethods(app));

const [folder = 'dist'] = process.argv.slice(2);
const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  outdir: folder,
  external: ['zapier-platform-core'],
  minify: true,
  // Stays here, to read a stack trace with: what Zapier gets is the .js files only.
  sourcemap: 'linked',
  logLevel: 'warning',
};
await build({ ...options, define, entryPoints: ['lib/start/methods.ts'] });
await build({
  ...options,
  define: { DEFINITION: JSON.stringify(definition) },
  entryPoints: { index: 'lib/start/start.ts' },
  plugins: [
    {
      name: 'methods in a file of their own',
      setup: (bundler) =>
        bundler.onResolve({ filter: /methods\.ts$/ }, () => ({ path: './methods.js', external: true })),
    },
  ],
});

/** The definition as data: each method becomes the note of its path. */
function withoutMethods(value: unknown, path: string[] = []): unknown {
  if (typeof value === 'function') return { $method: path.join('.') };
  if (Array.isArray(value)) return value.map((item, index) => withoutMethods(item, [...path, String(index)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutMethods(item, [...path, key])]),
  );
}
