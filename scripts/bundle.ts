import { readFile } from 'node:fs/promises';
import { build, type Loader, type Plugin } from 'esbuild';
import { isSafe } from '../lib/base/http.ts';

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}

/** The editions, by environment variable; the first value is the default. */
const EDITIONS = { HIGHLEVEL_AUTH: ['oauth', 'token'] };

// Of the build environment, the bundle includes these and RELAY_URL alone.
const define: Record<string, string> = {};
for (const [name, values] of Object.entries(EDITIONS)) {
  const value = process.env[name] || values[0];
  if (!value || !values.includes(value)) refuse(`${name} must be ${values.join(' or ')}.`);
  define[`process.env.${name}`] = JSON.stringify(value);
}

// The URL of the relay; empty for an edition without one.
const relayUrl = process.env.RELAY_URL ?? '';
if (relayUrl !== '' && !isSafe(relayUrl))
  refuse('RELAY_URL must begin with https://, or be on this machine.');
define['process.env.RELAY_URL'] = JSON.stringify(relayUrl);

/**
 * Parses the metadata of phone numbers when a number is read for the first time: most runs read none, and as code it costs
 * each of them a tenth of the time that the whole bundle takes to load.
 */
const lazyPhoneMetadata: Plugin = {
  name: 'lazy phone metadata',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]metadata\.max\.json\.js$/ }, async ({ path }) => {
      const { default: metadata }: { default: object } = await import(path);
      const getters = Object.keys(metadata).map((key) => `get ${key}() { return all().${key}; }`);
      const contents = `
        let parsed;
        const all = () => (parsed ??= JSON.parse(${JSON.stringify(JSON.stringify(metadata))}));
        export default { ${getters.join(', ')} };`;
      return { contents, loader: 'js' };
    });
  },
};

/**
 * Escapes the characters outside ASCII, as esbuild does in strings, in regular expressions too: a single one makes V8 read
 * and keep the whole bundle as two-byte text.
 */
const asciiOnly: Plugin = {
  name: 'ASCII only',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      const loader: Loader = path.endsWith('.ts') ? 'ts' : 'js';
      return { contents, loader };
    });
  },
};

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
  // Unicode's regular expressions become constructor calls: V8 checks every literal when it loads the bundle, and \p{…} takes
  // tables of all characters, though most runs need none of them.
  supported: { 'regexp-sticky-and-unicode-flags': false },
  plugins: [lazyPhoneMetadata, asciiOnly],
});
