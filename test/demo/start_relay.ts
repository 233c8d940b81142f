import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite } from '../../relay/database.ts';
import { startRelay } from '../../relay/relay.ts';

/** A relay for this machine alone, whose data end with it. */
export interface DemoRelay {
  url: string;
  /** What the app needs to use it. */
  environment: { RELAY_URL: string; RELAY_KEY: string };
  close: () => Promise<void>;
}

/** Starts a relay with an embedded database in memory, on a free port. */
export async function demoRelay(): Promise<DemoRelay> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-demo-'));
  const key = randomBytes(32).toString('hex');
  const relay = await startRelay({
    config: {
      port: 0,
      folder,
      databaseUrl: undefined,
      url: 'http://localhost',
      requestKeys: [key],
      addressKeys: [randomBytes(32).toString('hex')],
      highlevelAppId: undefined,
      loopbackTargets: true,
    },
    log: () => {},
    openDatabase: () => openPglite(undefined),
  });
  await relay.ready;
  const url = `http://127.0.0.1:${relay.port}`;
  return {
    url,
    environment: { RELAY_URL: url, RELAY_KEY: key },
    close: async () => {
      await relay.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
