import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '../../..');

/** Values of the build environment that must not be in a bundle. */
const SECRETS = {
  CLIENT_ID: 'client-id-of-the-builder',
  CLIENT_SECRET: 'client-secret-of-the-builder',
  HIGHLEVEL_API_URL: 'https://sandbox-of-the-builder.example.com',
  ZAPIER_DEPLOY_KEY: 'deploy-key-of-the-builder',
  authData_access_token: 'token-of-the-builder',
};

// Runs in plain Node like at Zapier, because jest would convert it to CommonJS. Prints the platform's view of the bundle.
const LOOK = `
  import zapier from 'zapier-platform-core';
  import App from './index.js';
  const ask = async (command) => (await zapier.createAppHandler(App)({ command })).results;
  const [definition, problems, header] = [await ask('definition'), await ask('validate'), await ask('getAuthTemplate')];
  console.log(JSON.stringify({ definition, problems, header }));
`;

let folder: string;

beforeAll(() => {
  // Under node_modules, so that it can import core.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'editions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function bundle(into: string, edition: Record<string, string>) {
  const env = { PATH: process.env.PATH, ...SECRETS, ...edition };
  return run(process.execPath, ['scripts/bundle.ts', into], { cwd: ROOT, env });
}

async function look(into: string): Promise<Look> {
  const env = { PATH: process.env.PATH, NODE_ENV: 'test' };
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', LOOK], { cwd: into, env });
  return JSON.parse(stdout);
}

/** What the platform sees of a bundle. */
interface Look {
  definition: {
    authentication: { type: string; fields: { key: string; computed?: boolean }[] };
    triggers: Record<string, unknown>;
    creates: Record<string, unknown>;
    searches: Record<string, unknown>;
  };
  problems: unknown[];
  /** The authentication header, as the platform determines it by a trial request. */
  header: unknown;
}

const OAUTH = {
  type: 'oauth2',
  asks: [
    'access',
    'allowOpportunities',
    'allowConversations',
    'allowForms',
    'allowCompanies',
    'signInDomain',
    'jivoChatChannelSecret',
  ],
};
const TOKEN = { type: 'custom', asks: ['access_token', 'locationId', 'jivoChatChannelSecret'] };

describe.each([
  { auth: 'oauth', ...OAUTH },
  { auth: 'token', ...TOKEN },
])('The edition with $auth', ({ auth, type, asks }) => {
  let into: string;
  let definition: Look['definition'];
  let problems: unknown[];
  let header: unknown;

  beforeAll(async () => {
    into = join(folder, auth);
    await bundle(into, { HIGHLEVEL_AUTH: auth });
    ({ definition, problems, header } = await look(into));
  });

  test('passes the platform’s validation', () => {
    expect(problems).toEqual([]);
  });

  test('has its own authentication', () => {
    const { authentication } = definition;
    const asked = authentication.fields.filter(({ computed }) => !computed);
    expect(authentication.type).toBe(type);
    expect(asked.map(({ key }) => key)).toEqual(asks);
    expect(header).toMatchObject({
      supported: true,
      template: { headers: { Authorization: 'Bearer {{bundle.authData.access_token}}' } },
    });
  });

  test('has every operation file', () => {
    const files = (kind: string) =>
      readdirSync(join(ROOT, kind)).flatMap((file) => (file === 'index.ts' ? [] : file.replace('.ts', '')));
    expect(Object.keys(definition.triggers).toSorted()).toEqual(files('triggers').toSorted());
    // The card is kept by the relay.
    const creates = files('creates').filter((key) => key !== 'set_jivochat_card');
    expect(Object.keys(definition.creates).toSorted()).toEqual(creates.toSorted());
    expect(Object.keys(definition.searches).toSorted()).toEqual(files('searches').toSorted());
  });

  test('contains no values of the build environment', () => {
    const built = readdirSync(into).map((file) => readFileSync(join(into, file), 'utf8'));
    expect(built).toHaveLength(2);
    for (const secret of Object.values(SECRETS)) {
      expect(built.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});

test('a relay adds subscriptions, the URL for JivoChat and the card, and changes nothing else', async () => {
  await bundle(join(folder, 'alone'), {});
  await bundle(join(folder, 'with-relay'), { RELAY_URL: 'https://relay.example.com/' });
  const [alone, { definition, problems }] = [
    await look(join(folder, 'alone')),
    await look(join(folder, 'with-relay')),
  ];
  expect(problems).toEqual([]);
  const { set_jivochat_card: card, ...creates } = definition.creates;
  expect(card).toMatchObject({ display: { label: 'Show on JivoChat Card' } });
  const { jivochat_event: jivochat, highlevel_event: highlevel, ...triggers } = definition.triggers;
  for (const trigger of [jivochat, highlevel])
    expect(trigger).toMatchObject({
      operation: {
        type: 'hook',
        performSubscribe: expect.anything(),
        performUnsubscribe: expect.anything(),
        performList: expect.anything(),
      },
    });
  const { jivochat_event: _jivochat, highlevel_event: _highlevel, ...others } = alone.definition.triggers;
  expect({ ...definition, creates, triggers }).toEqual({ ...alone.definition, triggers: others });
  expect(JSON.stringify(alone.definition)).not.toMatch(/relay|performSubscribe/i);
  // The server and its packages are not part of the app.
  for (const edition of ['alone', 'with-relay']) {
    const built = readFileSync(join(folder, edition, 'index.js'), 'utf8');
    expect(built).not.toMatch(/relay_queue|CREATE TABLE|SKIP LOCKED/);
  }
});

test('a relay that is not on https builds nothing', async () => {
  const insecure = bundle(join(folder, 'insecure'), { RELAY_URL: 'http://relay.example.com' });
  await expect(insecure).rejects.toThrow('RELAY_URL must begin with https');
});

test('the default edition uses OAuth', async () => {
  const into = join(folder, 'default');
  await bundle(into, { HIGHLEVEL_AUTH: '' });
  const { definition } = await look(into);
  expect(definition.authentication.type).toBe('oauth2');
});

test.each(['apikey', 'Token', 'oauth2'])(
  'a misspelled choice, HIGHLEVEL_AUTH=%s, builds nothing',
  async (value) => {
    const into = join(folder, 'misspelled');
    await expect(bundle(into, { HIGHLEVEL_AUTH: value })).rejects.toThrow('HIGHLEVEL_AUTH must be');
    expect(readdirSync(folder)).not.toContain('misspelled');
  },
);
