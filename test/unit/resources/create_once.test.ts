import { ApiError } from '../../../lib/base/errors.ts';
import type { HighLevel } from '../../../lib/highlevel/client.ts';
import { createOnce } from '../../../lib/resources/create_once.ts';
import { quietHighLevel } from '../../support/highlevel.ts';

/** HighLevel with a cache in which a key is claimed by one run at a time. */
function setUp() {
  const { highlevel, state } = quietHighLevel();
  const claimed = new Set<string>();
  const client: HighLevel = {
    ...highlevel,
    cache: {
      ...highlevel.cache,
      claim: async (key) => !claimed.has(key) && claimed.add(key).has(key),
      release: async (key) => {
        claimed.delete(key);
      },
    },
  };
  return { client, state };
}

test('of two replays that read the mark of a write at the same moment, one sends it', async () => {
  const { client, state } = setUp();
  let sent = 0;
  const write = (send: () => Promise<string>) =>
    createOnce(client, {
      kind: 'note',
      identity: 'a note',
      send: () => {
        sent += 1;
        return send();
      },
      findLike: async () => [],
    });
  const lost = () => Promise.reject(new ApiError('uncertain', 'HighLevel did not confirm it.'));
  await expect(write(lost)).rejects.toThrow('HighLevel did not confirm it.');
  state.now += 60_000;
  const replays = await Promise.allSettled([write(async () => 'made'), write(async () => 'made')]);
  expect(sent).toBe(2);
  expect(replays.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});
