import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog, entries, readme, scopeTable } from './catalog.ts';
import { costs } from './costs.ts';
import { furnish, keyOf, operations } from '../../robustness/faults/operations.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { Zapier } from '../../support/zapier/zapier.ts';

const root = join(__dirname, '../../..');
const file = (name: string) => readFileSync(join(root, name), 'utf8');

describe('What the papers say of the app', () => {
  it.each([
    ['README.md', () => readme(root)],
    ['docs/catalog.md', () => catalog(root)],
    ['docs/scopes.md', scopeTable],
  ])('%s is what the app is now (else: npm run catalog)', (name, made) => {
    expect(file(name)).toBe(made());
  });

  it('every polling trigger tells what it costs', () => {
    const polling = entries(root).filter(({ kind, calls }) => kind === 'triggers' && calls.length > 0);
    expect(polling.map(({ key }) => key).filter((key) => !costs[key])).toEqual([]);
  });

  const usual = operations.filter(
    ({ name, kind }) => (kind === 'action' || kind === 'search') && !costs[keyOf(name)],
  );
  it.each(usual)('$name costs one request', async ({ app, ready }) => {
    const sandbox = await startSandbox();
    furnish(sandbox.store);
    const { accessToken } = sandbox.token();
    const zapier = new Zapier(app, {
      authData: { access_token: accessToken, locationId: sandbox.locationId },
      environment: { HIGHLEVEL_API_URL: sandbox.url },
      timezone: 'UTC',
    });
    await ready(sandbox.store)(zapier);
    const counted = sandbox.log.filter(({ path }) => path !== `/locations/${sandbox.locationId}`);
    expect(counted).toHaveLength(1);
    await sandbox.close();
  });

  it('tells costs only of operations that exist', () => {
    const keys = entries(root).map(({ key }) => key);
    expect(Object.keys(costs).filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('names the requests of every operation; only the JivoChat hook makes none', () => {
    expect(
      entries(root)
        .filter(({ calls }) => calls.length === 0)
        .map(({ key }) => key),
    ).toEqual(['jivochat_event']);
  });
});
