import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import zapier from 'zapier-platform-core';
import App from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { missed } from '../../demo/events.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { readGenerated } from '../docs/write.ts';
import { accountOf } from '../../support/zapier/connect.ts';

const ROOT = join(__dirname, '../../..');
const files = unzipSync(new Uint8Array(readFileSync(join(ROOT, 'build/build.zip'))));
const names = Object.keys(files);

let folder: string;
let lambda: ChildProcess;
let node: unknown;
let sandbox: Sandbox;
let events = 0;

beforeAll(async () => {
  // Outside this checkout, so that a file missing in the zip is not found here.
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-')));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  sandbox = await startSandbox();
  lambda = fork(join(__dirname, 'lambda.ts'), {
    cwd: folder,
    execArgv: [],
    // Without this machine's environment; logs, if any, are dropped.
    env: { LOGGING_ENDPOINT: 'http://127.0.0.1:9' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [hello] = await once(lambda, 'message');
  node = hello.node;
});

afterAll(async () => {
  lambda.kill();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

/** Lambda's response to an event. Rejects with the error that Zapier would get. */
async function answer(event: object): Promise<unknown> {
  const id = ++events;
  const answered = new Promise<unknown>((resolve, reject) => {
    const listen = (message: { id: number; results?: unknown; error?: string }) => {
      if (message.id !== id) return;
      lambda.off('message', listen);
      if (message.error === undefined) resolve(message.results);
      else reject(new Error(message.error));
    };
    lambda.on('message', listen);
  });
  lambda.send({ id, event });
  return answered;
}

/** Calls a method like Zapier, with a connection to the sandbox. */
function call(method: string, inputData: object = {}, more: object = {}): Promise<unknown> {
  const { authData, environment } = accountOf(sandbox);
  return answer({
    command: 'execute',
    method,
    bundle: {
      authData,
      inputData,
      meta: { isLoadingSample: false, isPopulatingDedupe: false, timezone: 'UTC', limit: -1, page: 0 },
      ...more,
    },
    environment,
    isDeveloper: true,
    zcacheTestObj: {},
  });
}

describe('Zip', () => {
  test('contains the wrapper, the definition, the bundle and core’s dependencies, and nothing else', () => {
    const own = names.filter((name) => !name.startsWith('node_modules/'));
    expect(own.toSorted()).toEqual(['definition.json', 'dist/index.js', 'package.json', 'zapierwrapper.js']);
    // The other packages are core's own: its dependencies, as the lock file has them.
    const packages = new Set(
      names.flatMap((name) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? []),
    );
    expect(packages).toContain('zapier-platform-core');
    for (const development of ['zod', 'luxon', 'libphonenumber-js', 'hono', 'jest', 'encoding', 'typescript'])
      expect(packages).not.toContain(development);
    expect(names.filter((name) => /\.(ts|map|md|env)$|\.test\./.test(name))).toEqual([]);
  });

  test('contains the versions that package.json overrides', () => {
    const carried = names.flatMap((name) => {
      const [, path = ''] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(name) ?? [];
      const wanted: unknown = Reflect.get(packageJson.overrides, path);
      return wanted === undefined
        ? []
        : [{ path, wanted, version: JSON.parse(Buffer.from(files[name] ?? []).toString()).version }];
    });
    expect(carried.map(({ path }) => path)).toContain('form-data');
    expect(carried.filter(({ wanted, version }) => wanted !== version)).toEqual([]);
  });

  test('contains the packages and versions of contents.txt (WRITE_DOCS=1 npm run test:package writes it)', () => {
    const carried = names.flatMap((name) => {
      const [path] = /^(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+(?=package\.json$)/.exec(name) ?? [];
      if (path === undefined) return [];
      const { version } = JSON.parse(Buffer.from(files[name] ?? []).toString());
      return [`${path.slice('node_modules/'.length, -1).replaceAll('/node_modules/', ' > ')} ${version}\n`];
    });
    const text = carried.toSorted().join('');
    expect(readGenerated('test/contract/package/contents.txt', text)).toBe(text);
  });

  test('contains nothing about the build machine', () => {
    const told = names
      .filter((name) => !name.startsWith('node_modules/'))
      .filter((name) => {
        const text = Buffer.from(files[name] ?? []).toString();
        return text.includes(realpathSync(ROOT)) || text.includes(`${homedir()}/`);
      });
    expect(told).toEqual([]);
  });
});

describe('Handler in the zip, called like AWS Lambda', () => {
  test('runs on Node 22, as at Zapier', () => {
    expect(node).toMatch(/^v22\./);
  });

  test('returns the same definition as the source and the zip', async () => {
    const handler: (event: object) => Promise<{ results: unknown }> = Reflect.get(
      zapier,
      'createAppHandler',
    )(App);
    const { results } = await handler({ command: 'definition' });
    const given = await answer({ command: 'definition' });
    expect(given).toEqual(JSON.parse(JSON.stringify(results)));
    expect(given).toEqual(JSON.parse(Buffer.from(files['definition.json'] ?? []).toString()));
  });

  test('passes the platform’s validation', async () => {
    expect(await answer({ command: 'validate' })).toEqual([]);
  });

  test('tests a connection', async () => {
    expect(await call('authentication.test')).toEqual({
      id: sandbox.locationId,
      name: sandbox.store.location.name,
    });
  });

  test('reads the client id from Zapier’s environment', async () => {
    const page = await call('authentication.oauth2Config.authorizeUrl', { state: 's', redirect_uri: 'r' });
    expect(new URL(String(page)).searchParams.get('client_id')).toBe(sandbox.clientId);
  });

  test('adds the connection’s header to raw requests', async () => {
    expect(await answer({ command: 'getAuthTemplate' })).toMatchObject({
      supported: true,
      template: { headers: { Authorization: 'Bearer {{bundle.authData.access_token}}' } },
    });
  });

  test('polls a trigger', async () => {
    const contacts = await call('triggers.new_contact.operation.perform');
    expect(contacts).toHaveLength(sandbox.store.contacts.size);
  });

  test('runs an action', async () => {
    const [contactId] = sandbox.store.contacts.keys();
    const task = await call('creates.create_task.operation.perform', {
      contactId,
      title: 'Call back',
      dueDate: '2026-12-24',
    });
    expect(task).toMatchObject({ contactId, title: 'Call back', status: 'open' });
    expect([...sandbox.store.tasks.values()]).toContainEqual(
      expect.objectContaining({ contactId, title: 'Call back', dueDate: '2026-12-24T09:00:00.000Z' }),
    );
  });

  test('runs a search', async () => {
    const contact = [...sandbox.store.contacts.values()].find(({ email }) => email);
    expect(await call('searches.find_contact.operation.perform', { email: contact?.email })).toMatchObject([
      { id: contact?.id },
    ]);
  });

  test('receives a delivery, and captures it', async () => {
    const body = JSON.stringify(missed);
    const leads = await call(
      'triggers.jivochat_event.operation.perform',
      {},
      {
        rawRequest: { method: 'POST', querystring: '', headers: {}, content: body },
        cleanedRequest: { method: 'POST', querystring: {}, headers: {}, content: JSON.parse(body) },
      },
    );
    expect(leads).toMatchObject([{ event: missed.event_name, missed: true }]);
    const captured = await call('creates.capture_jivochat_lead.operation.perform', {
      payload: body,
      createTask: 'missed',
    });
    expect(captured).toMatchObject({
      isNew: true,
      note: { id: expect.any(String) },
      task: { status: 'open' },
    });
  });

  test('lists a dropdown and the fields of a step', async () => {
    const fields = await call('creates.update_contact.operation.inputFields');
    const keys = Array.isArray(fields) ? fields.filter(isObject).map(({ key }) => String(key)) : [];
    expect(keys.filter((key) => key.startsWith('customField_'))).not.toEqual([]);
    const at = keys.indexOf('assignedTo');
    expect(await call(`creates.update_contact.operation.inputFields.${at}.choices.perform`)).toMatchObject({
      results: expect.arrayContaining([{ id: expect.any(String), label: expect.any(String) }]),
    });
  });

  test('returns errors with a message and the name that Zapier expects', async () => {
    const nobody = call('creates.capture_jivochat_lead.operation.perform', { name: 'Nobody', chatId: '1' });
    await expect(nobody).rejects.toThrow(/^HaltedError: .*no email and no phone/);
    await expect(call('creates.create_task.operation.perform', {})).rejects.toThrow(
      /Please fill in \\"Contact\\", \\"Title\\", and \\"Due Date\\"/,
    );
    await expect(call('creates.no_such_action.operation.perform')).rejects.toThrow(/no_such_action/);
  });
});
