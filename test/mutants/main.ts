import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
/** A mutant that makes a test loop forever is noticed as well. */
const TIMEOUT_MS = 900_000;
/** One that makes a test wait forever, too. */
const TEST_TIMEOUT_MS = 180_000;

/** A copy of the project as it is in the working tree, so that a crash leaves no fault there. */
function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`);
  for (const file of listed.stdout.split('\0').filter((name) => name !== '' && name !== 'node_modules')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

type Outcome = { kind: 'passed' } | { kind: 'failed' | 'broken'; why: string };

/** Runs a test file in a copy, until a test fails. `broken`: the file could not be loaded. */
async function run(copy: string, file: string): Promise<Outcome> {
  const jest = join(copy, 'node_modules/jest/bin/jest.js');
  const flags = [
    '--runInBand',
    '--bail',
    '--silent',
    `--testTimeout=${TEST_TIMEOUT_MS}`,
    '--runTestsByPath',
    file,
  ];
  const child = spawn(process.execPath, [jest, ...flags], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code, signal] = await once(child, 'close');
  if (signal === 'SIGKILL') return { kind: 'failed', why: `no end in ${TIMEOUT_MS / 1000} seconds` };
  if (code === 0) return { kind: 'passed' };
  const failed = [...said.matchAll(/^ *● (.*)$/gm)].map(([, name = '']) => name);
  const test = failed.find((name) => name !== 'Test suite failed to run');
  return test === undefined ? { kind: 'broken', why: said } : { kind: 'failed', why: test };
}

/** Applies a mutant, runs its tests, and takes the fault out again. */
async function outcomeOf({ file, find, replace, tests }: Mutant, copy: string): Promise<Outcome> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} must contain this text once: ${find}`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  try {
    for (const test of tests) {
      const outcome = await run(copy, test);
      if (outcome.kind !== 'passed') return outcome;
    }
    return { kind: 'passed' };
  } finally {
    writeFileSync(path, text);
  }
}

const wanted = process.argv.slice(2);
const chosen = mutants.filter(
  ({ file, breaks }) =>
    wanted.length === 0 || wanted.some((word) => file.includes(word) || breaks.includes(word)),
);
console.log(`${chosen.length} mutants. Copying the project, and running their tests without a fault.`);
const copy = copyOfProject();
process.once('SIGINT', () => {
  rmSync(copy, { recursive: true, force: true });
  process.exit(130);
});
const survivors: Mutant[] = [];
try {
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  for (const [index, file] of files.entries()) {
    const before = await run(copy, file);
    if (before.kind !== 'passed') throw new Error(`${file} fails without a fault: ${before.why}`);
    console.log(`test file ${index + 1} of ${files.length} passes: ${file}`);
  }
  for (const [index, mutant] of chosen.entries()) {
    const start = Date.now();
    const outcome = await outcomeOf(mutant, copy);
    const survives = outcome.kind === 'passed';
    // A file that can't be loaded proves nothing about its tests.
    if (outcome.kind === 'broken') console.log(outcome.why);
    if ((survives && mutant.invisible === undefined) || outcome.kind === 'broken') survivors.push(mutant);
    const said = survives
      ? mutant.invisible
        ? 'invisible'
        : 'SURVIVES'
      : outcome.kind === 'failed'
        ? 'noticed'
        : 'CAN’T RUN';
    const took = `${((Date.now() - start) / 1000).toFixed(1)} s`;
    const by = outcome.kind === 'failed' ? ` <- ${outcome.why}` : '';
    console.log(`${index + 1}/${chosen.length} ${said} (${took}) ${mutant.file}: ${mutant.breaks}${by}`);
    if (!survives && mutant.invisible) console.log('  It is not invisible: remove the reason from the list.');
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
for (const { file, breaks, invisible } of chosen)
  if (invisible) console.log(`Invisible: ${file}: ${breaks}. ${invisible}`);
for (const { file, breaks } of survivors) console.log(`SURVIVES: ${file}: ${breaks}`);
console.log(`${survivors.length} of ${chosen.length} mutants survive without a reason.`);
process.exitCode = survivors.length > 0 ? 1 : 0;
