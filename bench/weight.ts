import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

const run = promisify(execFile);

/** One measurement of the package, and what it may be at most. */
export interface Weight {
  name: string;
  value: number;
  bound: number;
  ok: boolean;
  /** What `value` was worked out from. */
  from: string;
}

/**
 * What the package costs Zapier beside a bare app on the same core: to load, to call, to keep. Everything is packaged anew
 * and measured in Node processes of their own, ours and the other in turns.
 */
export async function weight(rounds: number, told: (done: number) => void = () => {}): Promise<Weight[]> {
  const folder = await mkdtemp(join(tmpdir(), 'weight-'));
  try {
    const ours = await unzipped(await packaged(), join(folder, 'ours'));
    const bareZip = await packagedBare(join(folder, 'stage'));
    const bare = await unzipped(bareZip, join(folder, 'bare'));

    const loads: Pair[] = [];
    const calls: Pair[] = [];
    for (let round = 0; round < rounds; round++) {
      loads.push(
        await inTurns(
          round,
          () => measure(ours, LOAD),
          () => measure(ours, LOAD_CORE),
        ),
      );
      calls.push(
        await inTurns(
          round,
          () => measure(ours, FIRST_CALL),
          () => measure(bare, FIRST_CALL),
        ),
      );
      told(round + 1);
    }
    const { many, none } = JSON.parse(await child(ours, OVERHEAD));
    const [zip, bareBytes] = [(await stat('build/build.zip')).size, (await stat(bareZip)).size];

    return [
      ratio('Importing the package, beside core alone', 1.1, loads, 'ms'),
      ratio('Importing it and calling an action once, beside a bare app', 1.75, calls, 'ms'),
      ratio('Memory after that, beside a bare app', 1.25, calls, 'megabytes'),
      atMost(
        'The zip, beside a bare app’s',
        1.25,
        zip / bareBytes,
        `${kilobytes(zip)} / ${kilobytes(bareBytes)}`,
      ),
      atMost(
        'Milliseconds the catalog adds to a call',
        30,
        many - none,
        `${many.toFixed(1)} - ${none.toFixed(1)} ms`,
      ),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Cost {
  ms: number;
  megabytes: number;
}
interface Pair {
  ours: Cost;
  other: Cost;
}

// Time on the CPU: what else the machine does meanwhile is not the package's.
const BEGIN = 'const before = process.cpuUsage();';
const TELL = `
  const { user, system } = process.cpuUsage(before);
  console.error(JSON.stringify({ ms: (user + system) / 1000, megabytes: process.memoryUsage().rss / 1e6 }));`;
const LOAD = `${BEGIN} await import('./zapierwrapper.js'); ${TELL}`;
const LOAD_CORE = `${BEGIN} await import('zapier-platform-core'); ${TELL}`;
// A real action up to its first request: what cannot be read as a date ends it.
const FIRST_CALL = `
  ${BEGIN}
  const { handler } = await import('./zapierwrapper.js');
  const inputData = { contactId: 'abc', title: 'Call', dueDate: 'never' };
  const bundle = { authData: { access_token: 'none', locationId: 'none' }, inputData, meta: { timezone: 'UTC' } };
  const said = await handler({ command: 'execute', method: 'creates.create_task.operation.perform', bundle }).then(
    () => 'nothing', (error) => error.message);
  if (!said.includes('Due Date')) throw new Error(said);
  ${TELL}`;
// A call that does nothing, with all our operations around it and with none; warm, in turns.
const OVERHEAD = `
  import zapier from 'zapier-platform-core';
  import { appRaw } from './zapierwrapper.js';
  const nothing = { key: 'nothing', noun: 'Nothing', display: { label: 'Nothing', description: 'Does nothing.' },
    operation: { perform: async () => ({ id: 1 }), sample: { id: 1 } } };
  const { version, platformVersion, flags } = appRaw;
  const handlers = {
    many: zapier.createAppHandler({ ...appRaw, creates: { ...appRaw.creates, nothing } }),
    none: zapier.createAppHandler({ version, platformVersion, flags, creates: { nothing } }),
  };
  const times = { many: [], none: [] };
  for (let round = 0; round < 60; round++) {
    for (const [name, handler] of Object.entries(handlers)) {
      const begin = performance.now();
      await handler({ command: 'execute', method: 'creates.nothing.operation.perform', bundle: {} });
      times[name].push(performance.now() - begin);
    }
  }
  const median = (all) => all.slice(10).sort((a, b) => a - b)[25];
  console.error(JSON.stringify({ many: median(times.many), none: median(times.none) }));`;

/** Runs a script in a folder, with nothing of this process's environment; gives what it says on stderr: core talks on stdout. */
async function child(cwd: string, script: string): Promise<string> {
  const env = { PATH: process.env.PATH, LOGGING_ENDPOINT: 'http://127.0.0.1:9' };
  const { stderr } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd, env });
  return stderr;
}

async function measure(cwd: string, script: string): Promise<Cost> {
  return JSON.parse(await child(cwd, script));
}

/** Both, each first in every other round. */
async function inTurns(round: number, ours: () => Promise<Cost>, other: () => Promise<Cost>): Promise<Pair> {
  if (round % 2 === 0) return { ours: await ours(), other: await other() };
  const first = await other();
  return { ours: await ours(), other: first };
}

/** Of each the least: what else the machine does only adds. */
function ratio(name: string, bound: number, pairs: Pair[], what: keyof Cost): Weight {
  const ours = Math.min(...pairs.map((pair) => pair.ours[what]));
  const other = Math.min(...pairs.map((pair) => pair.other[what]));
  const unit = what === 'ms' ? 'ms' : 'MB';
  return atMost(name, bound, ours / other, `${ours.toFixed(0)} / ${other.toFixed(0)} ${unit}`);
}

function atMost(name: string, bound: number, value: number, from: string): Weight {
  return { name, value, bound, ok: value <= bound, from };
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

async function packaged(): Promise<string> {
  await run('npm', ['run', '--silent', 'package']);
  return 'build/build.zip';
}

/** An app without anything, on the same core, packaged the same way. */
async function packagedBare(stage: string): Promise<string> {
  const { name, version, type, exports, dependencies, devDependencies, overrides } = JSON.parse(
    await readFile('package.json', 'utf8'),
  );
  await mkdir(join(stage, 'dist'), { recursive: true });
  await writeFile(
    join(stage, 'package.json'),
    JSON.stringify({ name, version, type, exports, dependencies, devDependencies, overrides }),
  );
  await writeFile(
    join(stage, 'dist/index.js'),
    `import zapier from 'zapier-platform-core';
     const perform = async () => { throw new Error('Due Date'); };
     const display = { label: 'Create Task', description: 'Creates a task.' };
     const create_task = { key: 'create_task', noun: 'Task', display, operation: { perform, sample: { id: 1 } } };
     export default { version: '${version}', platformVersion: zapier.version, creates: { create_task } };`,
  );
  for (const file of ['package-lock.json', '.npmrc', '.gitignore']) await cp(file, join(stage, file));
  const install = ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--silent'];
  await run('npm', install, { cwd: stage });
  const build = ['build', '--skip-validation', '--skip-dep-install'];
  await run('zapier-platform', build, { cwd: stage });
  return join(stage, 'build/build.zip');
}

async function unzipped(zip: string, into: string): Promise<string> {
  for (const [name, content] of Object.entries(unzipSync(new Uint8Array(await readFile(zip))))) {
    await mkdir(dirname(join(into, name)), { recursive: true });
    await writeFile(join(into, name), content);
  }
  return into;
}
