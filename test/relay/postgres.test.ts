import { openPostgres } from '../../relay/database.ts';
import { withPostgres } from './support/backends.ts';
import { chat, newLocation, subscribed, testRelay, type TestRelay } from './support/relay.ts';
import { startHooks, until } from './support/zapier_hooks.ts';

withPostgres((postgres) => {
  const start = async (): Promise<TestRelay & { end: () => Promise<void> }> => {
    const database = openPostgres(postgres().url, () => {});
    const relay = await testRelay(database, { queue: { expireSeconds: 2, superviseSeconds: 1 } });
    return {
      ...relay,
      end: async () => {
        await relay.stop();
        await database.close();
      },
    };
  };
  const finished = (chatId: number) => ({ event_name: 'chat_finished', chat_id: chatId });

  test('several relays start at once on an empty database, and their tables are made once', async () => {
    const relays = await Promise.all([start(), start(), start()]);
    const hooks = await startHooks();
    try {
      const location = newLocation();
      const [first, second] = relays;
      if (!first || !second) throw new Error('No relay started');
      await subscribed(first, { source: 'jivochat', locationId: location, targetUrl: hooks.url(location) });
      await chat(second, location, finished(1));
      await hooks.until(() => hooks.at(location).length === 1);
      for (const { log } of relays) expect(log.filter(({ level }) => level !== 'info')).toEqual([]);
    } finally {
      await Promise.all(relays.map(({ end }) => end()));
      await hooks.close();
    }
  });

  test('when the server crashes, events are still taken, and delivered when it is back', async () => {
    const relay = await start();
    const hooks = await startHooks();
    try {
      const location = newLocation();
      await subscribed(relay, { source: 'jivochat', locationId: location, targetUrl: hooks.url(location) });
      await chat(relay, location, finished(1));
      await hooks.until(() => hooks.at(location).length === 1);
      await postgres().kill();
      for (const number of [2, 3]) expect((await chat(relay, location, finished(number))).status).toBe(200);
      expect(relay.spool.bytes).toBeGreaterThan(0);
      await postgres().start();
      const ids = () => new Set(hooks.at(location).map(({ body }) => Number(JSON.parse(body).chat_id)));
      await until(() => ids().size === 3, 'all three events');
    } finally {
      await relay.end();
      await hooks.close();
    }
  });
});
