import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';

// What index.ts wires is what runs at Zapier: an app with more in its index.ts than ours, built by the same bundler.

const run = promisify(execFile);
const ROOT = join(__dirname, '../../..');
const OPENING = 'export default defineApp({';
const MORE = `
  beforeRequest: [
    (request) => {
      request.headers['X-Wired'] = 'by index.ts';
      return request;
    },
  ],
  hydrators: {
    location: async (z, bundle) => {
      const { status } = await z.request({
        url: process.env.HIGHLEVEL_API_URL + '/locations/' + bundle.inputData.locationId,
        headers: { Authorization: 'Bearer ' + bundle.authData.access_token, Version: '2021-07-28' },
      });
      return { status };
    },
  },`;

// Run in Node, as Zapier does: jest would make CommonJS of it.
const CALL = `
  import zapier from 'zapier-platform-core';
  import App from './dist/index.js';
  const { results } = await zapier.createAppHandler(App)(JSON.parse(process.argv[1]));
  console.log(JSON.stringify(results));
`;

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
  // Under node_modules, so that core is found from there.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'wiring-'));
  for (const file of ['package.json', 'authentication.ts', 'triggers', 'creates', 'searches', 'lib'])
    symlinkSync(join(ROOT, file), join(folder, file));
  const index = readFileSync(join(ROOT, 'index.ts'), 'utf8');
  if (!index.includes(OPENING)) throw new Error(`index.ts has no ${OPENING}`);
  writeFileSync(join(folder, 'index.ts'), index.replace(OPENING, `${OPENING}${MORE}`));
  await run(process.execPath, [join(ROOT, 'scripts/bundle.ts')], { cwd: folder });
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => sandbox.reset());

/** Calls one method of the built app as Zapier does, with a connection to the sandbox. */
async function call(method: string, inputData: object): Promise<unknown> {
  const { authData, environment } = accountOf(sandbox);
  const meta = { isLoadingSample: false, isPopulatingDedupe: false, timezone: 'UTC' };
  const bundle = { authData, inputData, meta };
  const event = { command: 'execute', method, bundle, environment, zcacheTestObj: {} };
  const env = { PATH: process.env.PATH, NODE_ENV: 'test' };
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', CALL, JSON.stringify(event)],
    { cwd: folder, env },
  );
  return JSON.parse(stdout);
}

const wired = () => sandbox.log.map(({ path, headers }) => [path, headers['x-wired']]);

test('a beforeRequest in index.ts sees the requests of the built app', async () => {
  const [contactId] = sandbox.store.contacts.keys();
  const task = { contactId, title: 'Call back', dueDate: '2026-12-24', completed: false };
  expect(await call('creates.create_task.operation.perform', task)).toMatchObject({ title: 'Call back' });
  expect(wired()).toEqual([[`/contacts/${contactId}/tasks`, 'by index.ts']]);
});

test('a hydrator in index.ts can be called in the built app', async () => {
  const { locationId } = sandbox;
  expect(await call('hydrators.location', { locationId })).toEqual({ status: 200 });
  expect(wired()).toEqual([[`/locations/${locationId}`, 'by index.ts']]);
});
