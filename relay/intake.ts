import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { isAboutValues } from './database.ts';
import type { RelayEvent } from './event.ts';
import { causeOf, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { SpoolFull, type Spool } from './spool.ts';
import type { Stored } from './store.ts';

/** What became of an event that was taken. `spooled` is on the disk, and stored later. */
export type Taken = Stored | 'spooled';

/** Neither the database nor the spool could take the event. */
export class NotTaken extends Error {
  override name = 'NotTaken';
}

export interface IntakeOptions {
  /** Stores events of different keys in one transaction (relay/store.ts). */
  store: (events: readonly RelayEvent[], now: number) => Promise<Map<string, Stored>>;
  spool: Spool;
  log: Log;
  metrics: Metrics;
  now?: () => number;
  /** How long a sender waits for the database before its event goes to the spool. */
  patienceMs?: number;
  /** How often the spool is tried. */
  drainEveryMs?: number;
}

const MAX_BATCH = 100;
/** A batch never holds more, apart from a single event. */
const MAX_BATCH_CHARACTERS = 8_000_000;
/** What waits for the database; more goes to the spool. */
const MAX_WAITING = 1_000;
const MAX_WAITING_CHARACTERS = 64_000_000;

const Spooled = z.object({
  id: z.string(),
  source: z.enum(['jivochat', 'highlevel']),
  locationId: z.string(),
  type: z.string(),
  key: z.string(),
  fingerprint: z.string(),
  repeatMs: z.number(),
  contactId: z.string().nullable(),
  chatId: z.string().nullable(),
  visitor: z.string().nullable(),
  signature: z.string().nullable(),
  body: z.string(),
  removes: z.enum(['contact', 'location']).nullable(),
  receivedAt: z.number(),
});

interface Waiting {
  event: RelayEvent;
  resolve: (stored: Stored) => void;
  reject: (error: unknown) => void;
}

/**
 * Takes events so that none that was acknowledged is lost: into the database, in batches, or else into the spool, from which
 * they are stored later.
 */
export class Intake {
  readonly #options: Required<IntakeOptions>;
  #waiting: Waiting[] = [];
  #characters = 0;
  #storing: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  #stopped = new AbortController();

  constructor(options: IntakeOptions) {
    this.#options = { now: Date.now, patienceMs: 700, drainEveryMs: 2_000, ...options };
  }

  /** Begins to store what is in the spool, now and whenever there is something. */
  start(): void {
    this.#draining ??= this.#drainForever();
  }

  /** Takes an event. Resolves when it is safe; rejects with NotTaken if it could not be kept. */
  async take(event: RelayEvent): Promise<Taken> {
    const { metrics, patienceMs, log } = this.#options;
    let taken: Taken | undefined;
    if (this.#waiting.length < MAX_WAITING && this.#characters < MAX_WAITING_CHARACTERS) {
      taken = await Promise.race([
        this.#store(event).catch(() => undefined),
        sleep(patienceMs, undefined, { ref: false }),
      ]);
    }
    // When the database was only slow, the event is in both. Its id keeps it from being stored twice.
    taken ??= await this.#toSpool(event);
    metrics.count('events_total', { source: event.source, outcome: taken });
    log('info', 'event', {
      id: event.id,
      source: event.source,
      location: event.locationId,
      type: event.type,
      outcome: taken,
    });
    return taken;
  }

  #store(event: RelayEvent): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#characters += event.body.length;
      this.#storing ??= this.#storeAll();
    });
  }

  async #storeAll(): Promise<void> {
    // What arrives in this turn is stored together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        const stored = await this.#stored(batch.map(({ event }) => event));
        for (const { event, resolve } of batch) resolve(stored.get(event.id) ?? 'repeat');
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same turn as the last look: an event that comes later starts the storing again.
    this.#storing = undefined;
  }

  /** The oldest events, of each key at most one: the others wait for the next batch. */
  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const keys = new Set<string>();
    let characters = 0;
    for (const one of this.#waiting) {
      const key = keyOf(one.event);
      const fits = batch.length < MAX_BATCH && (batch.length === 0 || characters < MAX_BATCH_CHARACTERS);
      if (!fits || keys.has(key)) {
        // Later events of the same key must not overtake this one.
        keys.add(key);
        later.push(one);
        continue;
      }
      keys.add(key);
      characters += one.event.body.length;
      batch.push(one);
    }
    this.#waiting = later;
    this.#characters -= characters;
    return batch;
  }

  /** Stores events; one by one if the database refuses what one of them contains. */
  async #stored(events: readonly RelayEvent[]): Promise<Map<string, Stored>> {
    const { store, now, log } = this.#options;
    try {
      return await store(events, now());
    } catch (error) {
      log('warning', 'not stored', { events: events.length, cause: causeOf(error) });
      if (!isAboutValues(error) || events.length === 1) throw error;
    }
    const stored = new Map<string, Stored>();
    for (const event of events) {
      const one = await store([event], now()).catch(() => undefined);
      for (const [id, outcome] of one ?? []) stored.set(id, outcome);
      if (!one) await this.#toSpool(event);
    }
    return stored;
  }

  async #toSpool(event: RelayEvent): Promise<'spooled'> {
    const { spool, log, metrics } = this.#options;
    try {
      await spool.append(event);
      return 'spooled';
    } catch (error) {
      metrics.count('events_total', { source: event.source, outcome: 'lost to a full disk' });
      log('error', 'not taken', {
        id: event.id,
        location: event.locationId,
        cause: error instanceof SpoolFull ? 'the spool is full' : causeOf(error),
      });
      throw new NotTaken('The event could not be stored.');
    }
  }

  async #drainForever(): Promise<void> {
    const { spool, drainEveryMs, log } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      if (spool.bytes > 0) {
        await this.drain().catch((error: unknown) =>
          log('warning', 'spool waits', { cause: causeOf(error) }),
        );
      }
      await sleep(drainEveryMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Stores what is in the spool. Rejects when the database cannot; the spool then stays as it is. */
  async drain(): Promise<void> {
    const { spool, metrics, log } = this.#options;
    const taken = await spool.drain(MAX_BATCH, async (records) => {
      if (this.#stopped.signal.aborted) throw new Error('The relay is stopping.');
      const events = records.flatMap((record) => Spooled.safeParse(record).data ?? []);
      // In rounds without two events of one key.
      for (let rest = events; rest.length > 0;) {
        const seen = new Set<string>();
        const round = rest.filter((event) => !seen.has(keyOf(event)) && seen.add(keyOf(event)));
        rest = rest.filter((event) => !round.includes(event));
        await this.#storeRound(round);
      }
    });
    if (taken > 0) log('info', 'spool stored', { records: taken });
    metrics.count('spooled_records_total', { outcome: 'stored' }, taken);
  }

  async #storeRound(events: readonly RelayEvent[]): Promise<void> {
    const { store, now, spool, log, metrics } = this.#options;
    try {
      await store(events, now());
    } catch (error) {
      if (!isAboutValues(error)) throw error;
      for (const event of events) {
        try {
          await store([event], now());
        } catch (alone) {
          if (!isAboutValues(alone)) throw alone;
          await spool.setAside(event);
          metrics.count('spooled_records_total', { outcome: 'refused' });
          log('error', 'set aside', { id: event.id, location: event.locationId, cause: causeOf(alone) });
        }
      }
    }
  }

  /** Waits until everything that was taken is stored or spooled. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#draining;
    await this.#storing;
    await this.#options.spool.close();
  }
}

function keyOf({ locationId, source, key }: RelayEvent): string {
  return `${locationId}\n${source}\n${key}`;
}
