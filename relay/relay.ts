import { serve, type ServerType } from '@hono/node-server';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { relayApp } from './app.ts';
import { run, type CommandParts } from './commands.ts';
import type { Config } from './config.ts';
import { openPglite, openPostgres, type Database } from './database.ts';
import { Deliveries, type DeliveryOptions } from './delivery.ts';
import { Intake, type IntakeOptions } from './intake.ts';
import { takeFolder } from './lock.ts';
import { causeOf, type Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { prepare } from './migrations.ts';
import { DeliveryQueue } from './queue.ts';
import { Spool } from './spool.ts';
import { deleteExpired, generations, storeEvents } from './store.ts';

export interface RelayOptions {
  config: Config;
  log: Log;
  /** For tests: the clock, shorter waits, and a database that fails. */
  now?: () => number;
  intake?: Pick<IntakeOptions, 'patienceMs' | 'drainEveryMs'>;
  delivery?: Pick<DeliveryOptions, 'timeoutMs' | 'firstDelaySeconds' | 'pollMs'>;
  openDatabase?: () => Promise<Database>;
  spoolBytes?: number;
  requestTimeoutMs?: number;
  queue?: { expireSeconds: number; superviseSeconds: number };
}

/** A relay that runs. */
export interface Relay {
  port: number;
  metrics: Metrics;
  /** Resolves when the database is there, and deliveries run. */
  ready: Promise<void>;
  intake: Intake;
  spool: Spool;
  parts: () => CommandParts | undefined;
  /** Refuses new requests, finishes what is under way, and closes everything. */
  stop: () => Promise<void>;
}

const MAX_SPOOL_BYTES = 1_000_000_000;
/** A request that has not arrived by then is ended. */
const REQUEST_TIMEOUT_MS = 20_000;
const STOP_PATIENCE_MS = 10_000;
const RECONNECT_MS = 1_000;
const GENERATIONS_EVERY_MS = 15_000;
const CLEAN_EVERY_MS = 600_000;

/**
 * Starts a relay. It takes events at once, into the spool until the database is there. Throws FolderInUse, or the error of
 * the port.
 */
export async function startRelay({ config, log, now = Date.now, ...options }: RelayOptions): Promise<Relay> {
  const metrics = new Metrics();
  const stopping = new AbortController();
  let store: { database: Database; queue: DeliveryQueue; deliveries: Deliveries } | undefined;
  let lowest = new Map<string, number>();

  const commandParts = (): CommandParts | undefined =>
    store && {
      config,
      database: store.database,
      queue: store.queue,
      onRotate: async () => {
        if (store) lowest = await generations(store.database);
      },
    };
  const folder = await takeFolder(config.folder, async (command) => {
    const parts = commandParts();
    return parts ? run(command, parts) : 'The database of the relay is not there yet. Try it again later.';
  });
  const spool = new Spool(join(config.folder, 'spool'), options.spoolBytes ?? MAX_SPOOL_BYTES);
  const intake = new Intake({
    spool,
    log,
    metrics,
    now,
    store: async (events, at) => {
      if (!store) throw new Error('The database is not ready yet.');
      return storeEvents(store.database, store.queue, events, at);
    },
    ...options.intake,
  });
  const app = relayApp({
    config,
    intake,
    metrics,
    log,
    now,
    database: () => store?.database,
    lowestGeneration: (locationId) => lowest.get(locationId) ?? 1,
    gauges: async () => {
      const depth = await store?.queue.depth().catch(() => undefined);
      const gauges: Record<string, { help: string; value: number }> = {
        spool_bytes: { help: 'Events that wait for the database, in bytes.', value: spool.bytes },
        database_up: { help: '1 if the queue could be read.', value: depth ? 1 : 0 },
      };
      if (depth) {
        gauges.deliveries_waiting = { help: 'Deliveries in the queue.', value: depth.waiting };
        gauges.deliveries_active = { help: 'Deliveries under way.', value: depth.active };
        gauges.dead_letters = { help: 'Deliveries that were given up.', value: depth.dead };
      }
      return gauges;
    },
  });
  const server = await listen(app.fetch, config.port, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS).catch(
    async (error: unknown) => {
      await folder.release();
      throw error;
    },
  );

  const open =
    options.openDatabase ??
    (async () =>
      config.databaseUrl === undefined
        ? openPglite(join(config.folder, 'database'))
        : openPostgres(config.databaseUrl, (error) =>
            log('warning', 'connection lost', { cause: causeOf(error) }),
          ));
  const ready = connect();
  const cleaning = keepClean();

  async function connect(): Promise<void> {
    let database: Database | undefined;
    while (!stopping.signal.aborted) {
      let queue: DeliveryQueue | undefined;
      try {
        database ??= await open();
        queue = new DeliveryQueue(database, log, options.queue);
        await prepare(database, queue);
        lowest = await generations(database);
        const deliveries = new Deliveries({
          database,
          queue,
          keys: config.requestKeys,
          log,
          metrics,
          now,
          ...options.delivery,
        });
        store = { database, queue, deliveries };
        deliveries.start();
        intake.start();
        log('info', 'ready', { database: database.kind });
        return;
      } catch (error) {
        log('error', 'no database', { cause: causeOf(error) });
        await queue?.stop().catch(() => {});
        await sleep(RECONNECT_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    await database?.close().catch(() => {});
  }

  async function keepClean(): Promise<void> {
    const pause = { signal: stopping.signal, ref: false };
    let cleanAt = 0;
    while (!stopping.signal.aborted) {
      try {
        if (store) {
          lowest = await generations(store.database);
          // PGlite has no autovacuum, and the queue slows down with the rows of deliveries that have ended.
          if (store.database.kind === 'pglite') await store.database.query('VACUUM (ANALYZE)');
          if (Date.now() >= cleanAt) {
            await deleteExpired(store.database);
            cleanAt = Date.now() + CLEAN_EVERY_MS;
          }
        }
      } catch (error) {
        log('warning', 'not cleaned', { cause: causeOf(error) });
      }
      await sleep(store ? GENERATIONS_EVERY_MS : RECONNECT_MS, undefined, pause).catch(() => {});
    }
  }

  let stopped: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    log('info', 'stopping');
    stopping.abort();
    await closeServer(server);
    await ready;
    await cleaning;
    await intake.stop();
    if (store) {
      await store.deliveries.stop();
      await store.queue.stop();
      await store.database.close();
    }
    await folder.release();
    log('info', 'stopped');
  }

  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  log('info', 'listening', { port });
  return {
    port,
    metrics,
    ready,
    intake,
    spool,
    parts: commandParts,
    stop: () => (stopped ??= stopAll()),
  };
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
  requestTimeout: number,
): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch,
        port,
        serverOptions: {
          requestTimeout,
          // Longer than load balancers keep a connection that is not used.
          keepAliveTimeout: 65_000,
          headersTimeout: requestTimeout / 2,
          connectionsCheckingInterval: requestTimeout / 10,
          maxHeaderSize: 16_384,
        },
      },
      () => resolve(server),
    );
    server.once('error', reject);
  });
}

async function closeServer(server: ServerType): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  await Promise.race([closed, sleep(STOP_PATIENCE_MS, undefined, { ref: false })]);
  if ('closeAllConnections' in server) server.closeAllConnections();
}
