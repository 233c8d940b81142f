import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readOptions, wholeNumber } from '../test/support/command_line.ts';
import { relayProcess } from '../test/relay/support/relay_process.ts';
import { chat, subscribed } from '../test/relay/support/relay.ts';
import { startHooks } from '../test/relay/support/zapier_hooks.ts';

const options = readOptions(
  `node bench/relay_crash.ts [options]: ends a relay by kill -9 under load, starts it again, and compares what it
acknowledged with what was delivered. Exit code 1 when anything is missing.

  --kills N       how often (3)
  --database URL  PostgreSQL instead of PGlite: an empty database`,
  { kills: { type: 'string', default: '3' }, database: { type: 'string' } },
);
const kills = wholeNumber('kills', options.kills, 100);

const folder = mkdtempSync(join(tmpdir(), 'relay-crash-'));
const hooks = await startHooks();
const location = `loc${randomBytes(8).toString('hex')}`;
const acknowledged = new Set<number>();
const deliveredIds = () => new Set(hooks.at(location).map(({ body }) => Number(JSON.parse(body).chat_id)));
let count = 0;

for (let round = 0; round <= kills; round++) {
  const relay = await relayProcess(folder, options.database ? { DATABASE_URL: options.database } : {});
  await relay.ready;
  if (round === 0)
    await subscribed(relay, { source: 'jivochat', locationId: location, targetUrl: hooks.url(location) });
  if (round < kills) {
    const alive = new AbortController();
    const sender = async () => {
      while (!alive.signal.aborted) {
        const number = count++;
        const event = { event_name: 'chat_finished', widget_id: '3948', chat_id: number };
        const response = await chat(relay, location, event).catch(() => undefined);
        if (response?.status === 200) acknowledged.add(number);
      }
    };
    const senders = Array.from({ length: 20 }, sender);
    await sleep(1_000 + Math.random() * 1_000);
    await relay.kill();
    alive.abort();
    await Promise.all(senders);
    console.log(
      `Killed: ${count} events sent so far, ${acknowledged.size} acknowledged, ${deliveredIds().size} delivered.`,
    );
  } else {
    // On PostgreSQL, deliveries that were under way come back after a minute.
    const end = Date.now() + 120_000;
    while ([...acknowledged].some((number) => !deliveredIds().has(number)) && Date.now() < end)
      await sleep(200);
    await relay.terminate();
  }
}
await hooks.close();
rmSync(folder, { recursive: true, force: true });

const delivered = deliveredIds();
const missing = [...acknowledged].filter((number) => !delivered.has(number));
const eventIds = new Set(hooks.at(location).map(({ headers }) => headers['x-relay-event-id']));
console.log(
  `Restarted: ${acknowledged.size} acknowledged, ${missing.length} of them missing. ${hooks.received.length - eventIds.size} of ${hooks.received.length} deliveries were repeats, with the ID of the first.`,
);
process.exitCode = missing.length > 0 ? 1 : 0;
