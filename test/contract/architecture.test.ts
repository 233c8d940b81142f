import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const root = join(__dirname, '../..');

const Report = z.object({
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string(), help: z.string().default('') })),
});

/** What oxlint says of these files by the rules of this project: for each violation the file, the rule and its message. */
function lint(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    // The rules name folders relative to the file they are in.
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const { stdout } = spawnSync(process.execPath, [oxlint, '-f', 'json'], { cwd: folder, encoding: 'utf8' });
    const { diagnostics } = Report.parse(JSON.parse(stdout));
    return diagnostics.map(({ filename, code, help }) => `${filename} ${code} ${help}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const layers = readdirSync(join(root, 'lib')).toSorted();
const importing = (path: string) => `import { value } from '${path}';\nexport const other = value + 1;\n`;
const exporting = 'export const value = 1;\n';

test('lib/ holds the layers and nothing else', () => {
  expect(layers).toEqual([
    'base',
    'capture',
    'highlevel',
    'jivochat',
    'polling',
    'relay',
    'resources',
    'schema',
    'webhooks',
    'zapier',
  ]);
});

/** Each layer with those it may import, as CONTRIBUTING.md lists them. */
const allowed: Record<string, string[]> = {
  base: [],
  schema: ['base'],
  jivochat: ['base', 'schema'],
  highlevel: ['base', 'schema'],
  resources: ['base', 'schema', 'highlevel'],
  polling: ['base', 'schema', 'highlevel', 'resources'],
  webhooks: ['base', 'schema', 'highlevel', 'resources'],
  capture: ['base', 'schema', 'jivochat', 'highlevel', 'resources'],
  relay: ['base', 'schema'],
  zapier: ['base', 'schema', 'jivochat', 'highlevel', 'resources', 'polling', 'webhooks', 'capture', 'relay'],
};

test.each(layers)('lib/%s: the lint rule allows exactly the permitted imports', (layer) => {
  const files: Record<string, string> = {};
  for (const other of layers) {
    files[`lib/${other}/value.ts`] = exporting;
    if (other !== layer) files[`lib/${layer}/imports_${other}.ts`] = importing(`../${other}/value.ts`);
    // From a folder inside, lib/relay has the path that the server has from here.
    if (other !== layer && other !== 'relay')
      files[`lib/${layer}/inner/imports_${other}.ts`] = importing(`../../${other}/value.ts`);
  }
  for (const outside of ['test', 'scripts', 'bench', 'triggers', 'creates', 'searches']) {
    files[`${outside}/value.ts`] = exporting;
    files[`lib/${layer}/imports_${outside}.ts`] = importing(`../../${outside}/value.ts`);
  }
  const refused = lint(files).filter((line) => line.includes(`lib/${layer} may import`));
  const names = refused.map((line) => /imports_(\w+)\.ts/.exec(line)?.[1] ?? line);
  const forbidden = layers.filter((other) => other !== layer && !allowed[layer]?.includes(other));
  expect(names.toSorted()).toEqual(
    [
      ...forbidden,
      ...forbidden.filter((other) => other !== 'relay'),
      'bench',
      'creates',
      'scripts',
      'searches',
      'test',
      'triggers',
    ].toSorted(),
  );
});

test.each(['triggers', 'creates', 'searches'])('%s/ may not import test/, scripts/ or bench/', (folder) => {
  const said = lint({
    'test/value.ts': exporting,
    'bench/value.ts': exporting,
    'scripts/value.ts': exporting,
    [`${folder}/a.ts`]: importing('../test/value.ts'),
    [`${folder}/b.ts`]: importing('../bench/value.ts'),
    [`${folder}/c.ts`]: importing('../scripts/value.ts'),
  });
  expect(said.filter((line) => line.includes('The app may import lib and its own operations.'))).toHaveLength(
    3,
  );
});

test('scripts/ may not import test/', () => {
  const said = lint({ 'test/value.ts': exporting, 'scripts/a.ts': importing('../test/value.ts') });
  expect(said.join('\n')).toContain('scripts may import the app.');
});

test('relay/ may import lib/base and lib/jivochat alone', () => {
  const outside = ['test', 'scripts', 'bench', 'triggers', 'creates', 'searches'];
  const files = Object.fromEntries(
    [...layers.map((layer) => `lib/${layer}`), ...outside].flatMap((folder) => [
      [`${folder}/value.ts`, exporting],
      [`relay/imports_${folder.replace('/', '_')}.ts`, importing(`../${folder}/value.ts`)],
    ]),
  );
  const refused = lint(files).filter((line) => line.includes('relay may import lib/base and lib/jivochat;'));
  const forbidden = layers.filter((layer) => layer !== 'base' && layer !== 'jivochat');
  expect(refused.map((line) => /imports_(\w+)\.ts/.exec(line)?.[1] ?? line).toSorted()).toEqual(
    [...forbidden.map((layer) => `lib_${layer}`), ...outside].toSorted(),
  );
});

test('only test/ and bench/ may import relay/', () => {
  const importers = [...layers.map((layer) => `lib/${layer}`), 'triggers', 'creates', 'searches', 'scripts'];
  const said = lint({
    'relay/value.ts': exporting,
    'test/a.ts': importing('../relay/value.ts'),
    'bench/a.ts': importing('../relay/value.ts'),
    ...Object.fromEntries(
      importers.map((folder) => [
        `${folder}/a.ts`,
        importing(`${folder.startsWith('lib') ? '../..' : '..'}/relay/value.ts`),
      ]),
    ),
  });
  expect(said.map((line) => line.replace(/\/a\.ts.*$/s, '')).toSorted()).toEqual(importers.toSorted());
});

test('two files may not import each other, not even their types', () => {
  const said = lint({
    'lib/base/a.ts': "import type { B } from './b.ts';\nexport interface A { b: B }\n",
    'lib/base/b.ts': "import type { A } from './a.ts';\nexport interface B { a: A }\n",
  });
  expect(said.join('\n')).toContain('no-cycle');
});
