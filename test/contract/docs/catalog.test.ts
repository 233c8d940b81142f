import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { furnish, keyOf, operations } from '../../robustness/faults/operations.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { withoutNames } from '../../support/zapier/cache.ts';
import { Zapier } from '../../support/zapier/zapier.ts';
import { catalog, entries, readme, scopeTable } from './catalog.ts';
import { costs } from './costs.ts';
import { editorRequests, playedRequests } from './requests.ts';
import { readGenerated } from './write.ts';

let requests: ReadonlyMap<string, string[]>;
beforeAll(async () => {
  requests = await playedRequests();
});

describe('The generated docs are up to date (run npm run catalog to write them)', () => {
  test.each([
    ['README.md', readme],
    ['docs/catalog.md', () => catalog(requests)],
    ['docs/scopes.md', scopeTable],
  ])('%s', async (file, generate) => {
    const text = await generate();
    expect(readGenerated(file, text)).toBe(text);
  });
});

describe('The requests in the catalog', () => {
  test('are listed for every operation; only New JivoChat Event sends none', async () => {
    const silent = (await entries()).filter(({ key }) => !requests.get(key)?.length);
    expect(silent.map(({ key }) => key)).toEqual(['jivochat_event']);
  });

  test('cover every endpoint, together with those of the editor', async () => {
    const sent = new Set([...requests.values(), await editorRequests()].flat());
    expect(Object.keys(endpoints).filter((name) => !sent.has(name))).toEqual([]);
  });
});

describe('The costs in the catalog', () => {
  test('are listed for every polling trigger', async () => {
    const polling = (await entries()).filter(
      ({ kind, key }) => kind === 'triggers' && requests.get(key)?.length,
    );
    expect(polling.map(({ key }) => key).filter((key) => !costs[key])).toEqual([]);
  });

  test('are listed only for operations that exist', async () => {
    // The card is an action of editions with a relay.
    const keys = ['set_jivochat_card', ...(await entries()).map(({ key }) => key)];
    expect(Object.keys(costs).filter((key) => !keys.includes(key))).toEqual([]);
  });

  const usual = operations.filter(
    ({ name, kind }) => (kind === 'action' || kind === 'search') && !costs[keyOf(name)],
  );
  test.each(usual)('are 1 request for $name', async ({ app, ready }) => {
    const sandbox = await startSandbox();
    furnish(sandbox.store);
    const zapier = new Zapier(app, {
      ...accountOf(sandbox),
      timezone: 'UTC',
      remembered: withoutNames(sandbox.locationId),
    });
    await ready(sandbox.store)(zapier);
    const counted = sandbox.log.filter(({ path }) => path !== `/locations/${sandbox.locationId}`);
    expect(counted).toHaveLength(1);
    await sandbox.close();
  });
});
