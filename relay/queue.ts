import { PgBoss, type Db } from 'pg-boss';
import * as z from 'zod';
import type { Database } from './database.ts';
import { causeOf, type Log } from './log.ts';

/** A delivery that waits in the queue: an event for a subscription. */
const Delivery = z.object({
  event: z.string(),
  subscription: z.string(),
  location: z.string(),
  /** When the event was received, in epoch seconds. */
  since: z.number(),
  attempt: z.number(),
});
export type Delivery = z.output<typeof Delivery>;

/** A delivery that was given up, with its id and cause. */
const DeadLetter = Delivery.extend({ cause: z.string(), died: z.string() });
export type DeadLetter = z.output<typeof DeadLetter> & { id: string };

export interface Job {
  id: string;
  delivery: Delivery;
}

/** What became of an attempt. */
export type Settled =
  | { job: Job; outcome: 'done' }
  | { job: Job; outcome: 'again'; seconds: number; delivery: Delivery }
  | { job: Job; outcome: 'dead'; cause: string };

const DELIVER = 'deliver';
const DEAD = 'dead';
/** After this time a job whose relay has died is taken by another one. Longer than an attempt and its settling take. */
const EXPIRE_SECONDS = 60;
const DEAD_DAYS = 7;
const PAGE = 1_000;

/** The queue of deliveries in the relay's database. */
export class DeliveryQueue {
  readonly #boss: PgBoss;
  readonly #database: Database;
  readonly #expireSeconds: number;
  #onJobs: () => void = () => {};

  constructor(database: Database, log: Log, { expireSeconds = EXPIRE_SECONDS, superviseSeconds = 15 } = {}) {
    this.#expireSeconds = expireSeconds;
    this.#database = database;
    this.#boss = new PgBoss({
      db: database.queueDb,
      backend: database.kind,
      schema: 'relay_queue',
      schedule: false,
      superviseIntervalSeconds: superviseSeconds,
      monitorIntervalSeconds: superviseSeconds,
      maintenanceIntervalSeconds: 600,
      registerInstance: false,
    });
    this.#boss.on('error', (error) => log('error', 'queue failed', { cause: causeOf(error) }));
  }

  async start(): Promise<void> {
    await this.#boss.start();
    await this.#boss.createQueue(DELIVER, {
      expireInSeconds: this.#expireSeconds,
      // Attempts are counted here, not by pg-boss, which only brings back the jobs of a relay that died.
      retryLimit: 1_000_000,
      retryDelay: 0,
      retentionSeconds: DEAD_DAYS * 86_400,
      deleteAfterSeconds: 60,
    });
    await this.#boss.createQueue(DEAD, { retentionSeconds: DEAD_DAYS * 86_400 });
    if (this.#database.kind === 'pglite') await this.#releaseAll();
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }

  /** Only one process has this database, and it has just started: what is active was left by a crash. */
  async #releaseAll(): Promise<void> {
    for (let after: string | undefined; ;) {
      const jobs = await this.#boss.findJobs(DELIVER, { limit: PAGE, ...(after && { after }) });
      const active = jobs.filter(({ state }) => state === 'active').map(({ id }) => id);
      if (active.length > 0) await this.#boss.fail(DELIVER, active);
      after = jobs.at(-1)?.id;
      if (jobs.length < PAGE || after === undefined) return;
    }
  }

  /** Calls the function when there may be new jobs. */
  onJobs(wake: () => void): void {
    this.#onJobs = wake;
  }

  wake(): void {
    this.#onJobs();
  }

  /** Adds deliveries, in the transaction of `db`. */
  async add(deliveries: readonly Delivery[], db: Db): Promise<void> {
    if (deliveries.length > 0)
      await this.#boss.insert(
        DELIVER,
        deliveries.map((data) => ({ data })),
        { db },
      );
  }

  /** Takes up to `limit` deliveries that are due. */
  async take(limit: number): Promise<Job[]> {
    const jobs = await this.#boss.fetch(DELIVER, { batchSize: limit });
    return jobs.map(({ id, data }) => ({ id, delivery: Delivery.parse(data) }));
  }

  /** Ends each attempt with its own outcome. One transaction: what is to be repeated is never missing. */
  async settle(db: Db, settled: readonly Settled[]): Promise<void> {
    const ids = settled.map(({ job }) => job.id);
    if (ids.length > 0) await this.#boss.deleteJob(DELIVER, ids, { db });
    const again = settled.flatMap((one) =>
      one.outcome === 'again'
        ? [{ data: one.delivery, startAfter: Math.max(0, Math.round(one.seconds)) }]
        : [],
    );
    if (again.length > 0) await this.#boss.insert(DELIVER, again, { db });
    const died = new Date().toISOString();
    const dead = settled.flatMap(({ job, ...one }) =>
      one.outcome === 'dead' ? [{ data: { ...job.delivery, cause: one.cause, died } }] : [],
    );
    if (dead.length > 0) await this.#boss.insert(DEAD, dead, { db });
  }

  /** The deliveries that were given up in the last days, oldest first. */
  async dead(locationId?: string): Promise<DeadLetter[]> {
    const found: DeadLetter[] = [];
    for (let after: string | undefined; ;) {
      const jobs = await this.#boss.findJobs(DEAD, {
        limit: PAGE,
        ...(locationId !== undefined && { data: { location: locationId } }),
        ...(after !== undefined && { after }),
      });
      found.push(...jobs.map(({ id, data }) => ({ ...DeadLetter.parse(data), id })));
      after = jobs.at(-1)?.id;
      if (jobs.length < PAGE || after === undefined) return found;
    }
  }

  /** Puts dead letters back into the queue, with two days to go. */
  async redrive(letters: readonly DeadLetter[], db: Db): Promise<void> {
    const since = Math.round(Date.now() / 1000);
    await this.#boss.insert(
      DELIVER,
      letters.map(({ event, subscription, location }) => ({
        data: { event, subscription, location, since, attempt: 0 },
      })),
      { db },
    );
    await this.#boss.deleteJob(
      DEAD,
      letters.map(({ id }) => id),
      { db },
    );
  }

  /** Removes dead letters. */
  async bury(letters: readonly DeadLetter[], db: Db): Promise<void> {
    if (letters.length > 0)
      await this.#boss.deleteJob(
        DEAD,
        letters.map(({ id }) => id),
        { db },
      );
  }

  /** How many deliveries wait or are under way, and how many were given up. At most a minute old. */
  async depth(): Promise<{ waiting: number; active: number; dead: number }> {
    const [deliver] = await this.#boss.getQueueStats(DELIVER, { force: true });
    const [dead] = await this.#boss.getQueueStats(DEAD, { force: true });
    return {
      waiting: deliver?.queuedCount ?? 0,
      active: deliver?.activeCount ?? 0,
      dead: dead?.queuedCount ?? 0,
    };
  }
}
