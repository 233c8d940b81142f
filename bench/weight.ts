import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { startSandbox, type Sandbox } from '../test/sandbox/sandbox.ts';
import { accountOf } from '../test/support/zapier/connect.ts';

const run = promisify(execFile);

/** One measurement of the package, and its limit; one without a limit is for information. */
export interface Weight {
  name: string;
  value: number;
  bound?: number;
  /** The basis of `value`. */
  from: string;
}

/**
 * What the package costs Zapier: the cold start to the first result, memory, the zip. The cold start is a Node process of
 * its own that loads the package and creates a task in a sandbox, in the CPU time of the whole process (user and system), as
 * AWS Lambda would have to spend it. It is measured in turns with
 * - the same definition with nothing behind it but one bare `z.request`: what the platform costs for a catalog of this size;
 * - a plain app of that one action, written by hand on the same core.
 */
export async function weight(rounds: number, told: (done: number) => void = () => {}): Promise<Weight[]> {
  const folder = await mkdtemp(join(tmpdir(), 'weight-'));
  const sandbox = await startSandbox({ rateLimit: false });
  try {
    const ours = await unzipped(await packaged(), join(folder, 'ours'));
    const bare = await withBareOperations(ours, join(folder, 'bare'));
    const plainZip = await packagedPlain(join(folder, 'stage'));
    const plain = await unzipped(plainZip, join(folder, 'plain'));

    const starts: Starts[] = [];
    for (let round = 0; round < rounds; round++) {
      starts.push(await inTurns(round, { ours, bare, plain }, (app) => firstResult(app, sandbox)));
      told(round + 1);
    }
    const { many, none } = JSON.parse(await child(ours, OVERHEAD));
    const [zip, plainBytes] = [(await stat('build/build.zip')).size, (await stat(plainZip)).size];

    return [
      ratio('Cold start to the first result, beside bare operations', starts, 'bare', 'ms', BESIDE_BARE),
      ratio('Cold start to the first result, beside a plain app', starts, 'plain', 'ms', BESIDE_PLAIN),
      ratio('Memory at the most, beside bare operations', starts, 'bare', 'megabytes', 1.1),
      ratio('Memory at the most, beside a plain app', starts, 'plain', 'megabytes', 1.25),
      {
        name: 'The zip, beside a plain app’s',
        value: zip / plainBytes,
        // It was 1.36 when this was set, for 72 operations. 0.06 of that (39 kB) is phone number metadata: lib/base/phone.ts
        // needs all of it to tell valid numbers and their types. The rest is our code, zod, luxon and the definition.
        bound: 1.4,
        from: `${kilobytes(zip)} / ${kilobytes(plainBytes)}`,
      },
      {
        name: 'Milliseconds the catalog adds to a call',
        value: many - none,
        bound: 30,
        from: `${many.toFixed(1)} - ${none.toFixed(1)} ms`,
      },
    ];
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
}

/** The bounds of the cold start. With 72 operations the medians were 1.04 to 1.07, and 1.26 to 1.29. */
const BESIDE_BARE = 1.1;
const BESIDE_PLAIN = 1.35;

interface Cost {
  ms: number;
  megabytes: number;
}
type Starts = Record<'ours' | 'bare' | 'plain', Cost>;

const PERFORM = 'creates.create_task.operation.perform';

/** One cold start: the CPU time of the process until it has created a task. */
async function firstResult(app: string, sandbox: Sandbox): Promise<Cost> {
  const [contactId] = sandbox.store.contacts.keys();
  const tasks = sandbox.store.tasks.size;
  const { authData, environment } = accountOf(sandbox);
  const inputData = { contactId, title: 'Call back', dueDate: '2026-12-24T15:00:00Z', completed: false };
  const meta = { isLoadingSample: false, isPopulatingDedupe: false, timezone: 'UTC' };
  const bundle = { authData, inputData, meta };
  // Zapier's cache in memory: without one, the app would look for the task before it creates it.
  const event = { command: 'execute', method: PERFORM, bundle, environment, zcacheTestObj: {} };
  const { id, ...cost } = JSON.parse(
    await child(
      app,
      `import { handler } from './zapierwrapper.js';
       const { results } = await handler(${JSON.stringify(event)});
       const { user, system } = process.cpuUsage();
       const megabytes = process.resourceUsage().maxRSS / 1000;
       console.error(JSON.stringify({ id: results.id, ms: (user + system) / 1000, megabytes }));`,
    ),
  );
  if (!sandbox.store.tasks.has(id) || sandbox.store.tasks.size !== tasks + 1)
    throw new Error('The cold start created no task');
  return cost;
}

/** Creates a task with one handwritten request: the minimum for any app. */
const BARE_PERFORM = `async (z, { authData, inputData }) => {
  const { contactId, title, dueDate, completed } = inputData;
  const { data } = await z.request({
    method: 'POST',
    url: process.env.HIGHLEVEL_API_URL + '/contacts/' + contactId + '/tasks',
    headers: { Authorization: 'Bearer ' + authData.access_token, Version: '2021-07-28' },
    body: { title, dueDate, completed },
  });
  return data.task;
}`;

/** A copy of the unzipped package whose app is our definition as plain objects, with the bare request as every function. */
async function withBareOperations(ours: string, into: string): Promise<string> {
  await cp(ours, into, { recursive: true });
  const { default: app } = await import(pathToFileURL(join(ours, 'dist/index.js')).href);
  const written = (value: unknown): string => {
    if (typeof value === 'function') return 'perform';
    if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`);
    return `{${entries.join(',')}}`;
  };
  await writeFile(
    join(into, 'dist/index.js'),
    `const perform = ${BARE_PERFORM};\nexport default ${written(app)};`,
  );
  return into;
}

// A call that does nothing, in an app with all our operations and in one with none; warm, in turns.
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
      const { user } = process.cpuUsage();
      await handler({ command: 'execute', method: 'creates.nothing.operation.perform', bundle: {} });
      times[name].push((process.cpuUsage().user - user) / 1000);
    }
  }
  const median = (all) => all.slice(10).sort((a, b) => a - b)[25];
  console.error(JSON.stringify({ many: median(times.many), none: median(times.none) }));`;

/** Runs a script in a folder, without this process's environment; returns its stderr, because core writes to stdout. */
async function child(cwd: string, script: string): Promise<string> {
  const env = { PATH: process.env.PATH, LOGGING_ENDPOINT: 'http://127.0.0.1:9' };
  const { stderr } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd, env });
  return stderr;
}

/** Each app once, starting with a different one in every round. */
async function inTurns(
  round: number,
  apps: Record<keyof Starts, string>,
  measure: (app: string) => Promise<Cost>,
): Promise<Starts> {
  const order = (['ours', 'bare', 'plain'] as const).map(
    (_, index, all) => all[(index + round) % all.length],
  );
  const costs: Starts = { ours: NONE, bare: NONE, plain: NONE };
  for (const name of order) if (name) costs[name] = await measure(apps[name]);
  return costs;
}

const NONE: Cost = { ms: 0, megabytes: 0 };

/** The median of the rounds' ratios: within a round both ran under the same load. */
function ratio(
  name: string,
  starts: Starts[],
  other: 'bare' | 'plain',
  what: keyof Cost,
  bound?: number,
): Weight {
  const value = median(starts.map((round) => round.ours[what] / round[other][what]));
  const [ours, others] = [
    median(starts.map((one) => one.ours[what])),
    median(starts.map((one) => one[other][what])),
  ];
  const unit = what === 'ms' ? 'ms' : 'MB';
  return {
    name,
    value,
    ...(bound !== undefined && { bound }),
    from: `${ours.toFixed(0)} / ${others.toFixed(0)} ${unit}`,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

async function packaged(): Promise<string> {
  await run('npm', ['run', '--silent', 'package']);
  return 'build/build.zip';
}

/** A plain app of one action on the same core, packaged the same way. */
async function packagedPlain(stage: string): Promise<string> {
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
     const perform = ${BARE_PERFORM};
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
