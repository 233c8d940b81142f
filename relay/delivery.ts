import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import {
  deliveredEvent,
  EVENT_HEADER,
  sign,
  SIGNATURE_HEADER,
  SUBSCRIPTION_HEADER,
} from '../lib/base/signed_request.ts';
import { queueDbOf, type Database } from './database.ts';
import { causeOf, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { post, type Answer } from './post.ts';
import type { DeliveryQueue, Job, Settled } from './queue.ts';

export interface DeliveryOptions {
  database: Database;
  queue: DeliveryQueue;
  keys: readonly string[];
  log: Log;
  metrics: Metrics;
  now?: () => number;
  /** How long an attempt may take. */
  timeoutMs?: number;
  /** The first delay after a failure; each later one is twice as long. */
  firstDelaySeconds?: number;
  /** How often the queue is asked when nothing woke the relay: for jobs of other relays, and for repeats. */
  pollMs?: number;
}

/** How long a delivery is tried. */
export const GIVE_UP_SECONDS = 2 * 86_400;
/** Other refusals than 429, such as 404, are not expected to end; they are tried this many times. */
const REFUSED_ATTEMPTS = 8;
const MAX_DELAY_SECONDS = 900;
const MAX_RETRY_AFTER_SECONDS = 3_600;
const MAX_IN_FLIGHT = 256;
/** One Zap that hangs must not hold up the others. */
const MAX_IN_FLIGHT_EACH = 48;
const MAX_BATCH = 200;
/** A batch never reads more bodies from the database than fit into memory. */
const MAX_BODY_CHARACTERS = 20_000_000;
const SETTLE_EVERY_MS = 15;
/** A timer that is late by this much shows that the process has more to do than it can. */
const BUSY_MS = 40;
const MAX_PAUSE_MS = 100;

const Rows = z.array(
  z.object({
    id: z.string(),
    source: z.string(),
    location_id: z.string(),
    body: z.string(),
    signature: z.string().nullable(),
    received_ms: z.number(),
  }),
);
type StoredEvent = z.output<typeof Rows>[number];
const Targets = z.array(z.object({ id: z.string(), location_id: z.string(), target_url: z.string() }));

interface Health {
  inFlight: number;
  failures: number;
  pausedUntil: number;
}

/** Delivers events to Zaps, at least once. */
export class Deliveries {
  readonly #options: Required<DeliveryOptions>;
  readonly #health = new Map<string, Health>();
  #inFlight = 0;
  #settled: { one: Settled; ended: string | undefined }[] = [];
  #settling: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;
  #wake: () => void = () => {};

  constructor(options: DeliveryOptions) {
    this.#options = { now: Date.now, timeoutMs: 15_000, firstDelaySeconds: 5, pollMs: 500, ...options };
  }

  start(): void {
    this.#options.queue.onJobs(() => this.#wake());
    this.#running ??= this.#run();
  }

  /** Takes no more deliveries, and waits for those that are under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
    while (this.#inFlight > 0 || this.#settling) await sleep(10);
  }

  async #run(): Promise<void> {
    const { queue, log, pollMs } = this.#options;
    while (!this.#stopping) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const room = Math.min(MAX_IN_FLIGHT - this.#inFlight, MAX_BATCH);
      let taken = 0;
      if (room > 0) {
        try {
          await this.#letOthersFirst();
          const jobs = await queue.take(room);
          taken = jobs.length;
          await this.#deliver(jobs);
        } catch (error) {
          log('warning', 'queue cannot be read', { cause: causeOf(error) });
          await sleep(pollMs);
        }
      }
      if (taken < room || room === 0) await Promise.race([woken, sleep(pollMs)]);
    }
  }

  /** Deliveries can wait; who sends an event cannot. When the process is busy, it answers first. */
  async #letOthersFirst(): Promise<void> {
    const start = performance.now();
    await sleep(1);
    const lagMs = performance.now() - start - 1;
    if (lagMs > BUSY_MS) await sleep(Math.min(2 * lagMs, MAX_PAUSE_MS));
  }

  async #deliver(jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    // Counted before anything can fail: a job that was taken and is not settled comes back when it expires.
    const { database, now } = this.#options;
    const eventIds = [...new Set(jobs.map(({ delivery }) => delivery.event))];
    const events = Rows.parse(
      await database.query(
        `SELECT id, source, location_id, signature, extract(epoch FROM received_at)::float8 * 1000 AS received_ms,
           CASE WHEN sum(length(body)) OVER (ORDER BY received_at, id) <= ${MAX_BODY_CHARACTERS}
                  OR row_number() OVER (ORDER BY received_at, id) = 1 THEN body ELSE '' END AS body
         FROM relay.events WHERE id = ANY($1::text[])`,
        [eventIds],
      ),
    );
    const targets = Targets.parse(
      await database.query(
        'SELECT id, location_id, target_url FROM relay.subscriptions WHERE id = ANY($1::text[])',
        [[...new Set(jobs.map(({ delivery }) => delivery.subscription))]],
      ),
    );
    for (const job of jobs) {
      const event = events.find(({ id }) => id === job.delivery.event);
      const target = targets.find(({ id }) => id === job.delivery.subscription);
      // The event has reached its age, or the Zap was turned off.
      if (!event || !target || target.location_id !== event.location_id)
        this.#settle({ job, outcome: 'done' });
      else if (event.body === '') this.#putOff(job, 1);
      else {
        const health = this.#healthOf(target.id);
        const wait = (health.pausedUntil - now()) / 1000;
        if (wait > 0) this.#putOff(job, wait + Math.random() * 2);
        else if (health.inFlight >= MAX_IN_FLIGHT_EACH) this.#putOff(job, 1 + Math.random() * 2);
        else void this.#attempt(job, event, target.target_url, health);
      }
    }
  }

  #healthOf(subscription: string): Health {
    const known = this.#health.get(subscription);
    if (known) return known;
    if (this.#health.size > 10_000) this.#health.clear();
    const fresh = { inFlight: 0, failures: 0, pausedUntil: 0 };
    this.#health.set(subscription, fresh);
    return fresh;
  }

  #putOff(job: Job, seconds: number): void {
    this.#options.metrics.count('deliveries_total', { outcome: 'put off' });
    this.#settle({ job, outcome: 'again', seconds: Math.max(1, seconds), delivery: job.delivery });
  }

  async #attempt(job: Job, event: StoredEvent, url: string, health: Health): Promise<void> {
    const { metrics, log, now, timeoutMs, keys } = this.#options;
    this.#inFlight += 1;
    health.inFlight += 1;
    const { subscription } = job.delivery;
    const about = deliveredEvent({
      eventId: event.id,
      subscriptionId: subscription,
      locationId: event.location_id,
      body: event.body,
    });
    const answer = await post(url, {
      body: event.body,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        [EVENT_HEADER]: event.id,
        [SUBSCRIPTION_HEADER]: subscription,
        [SIGNATURE_HEADER]: sign(keys[0] ?? '', about, { at: Math.floor(now() / 1000) }),
        ...(event.signature !== null && { 'X-GHL-Signature': event.signature }),
      },
      timeoutMs,
    });
    health.inFlight -= 1;
    this.#inFlight -= 1;
    const outcome = outcomeOf(answer);
    metrics.count('deliveries_total', { outcome });
    if (outcome === 'delivered') {
      health.failures = 0;
      metrics.observe('delivery_lag_seconds', Math.max(0, now() - event.received_ms) / 1000);
    }
    log(outcome === 'delivered' ? 'info' : 'warning', 'delivery', {
      event: event.id,
      subscription,
      location: event.location_id,
      attempt: job.delivery.attempt + 1,
      outcome,
      status: answer.status,
    });
    if (outcome === 'delivered') this.#settle({ job, outcome: 'done' });
    else if (outcome === 'ended') this.#settle({ job, outcome: 'done' }, subscription);
    else this.#afterFailure(job, answer, outcome, health);
  }

  #afterFailure(job: Job, answer: Answer, outcome: Outcome, health: Health): void {
    const { now, firstDelaySeconds, log } = this.#options;
    const attempt = job.delivery.attempt + 1;
    const delay = Math.min(firstDelaySeconds * 2 ** Math.min(attempt - 1, 20), MAX_DELAY_SECONDS);
    const asked = Math.min(answer.retryAfterSeconds ?? 0, MAX_RETRY_AFTER_SECONDS);
    const seconds = Math.max(delay * (0.75 + Math.random() / 2), asked);
    health.failures += 1;
    // What is throttled, or fails again and again, is left alone: the events that wait would only make it worse.
    if (outcome === 'throttled' || health.failures >= 3)
      health.pausedUntil = Math.max(
        health.pausedUntil,
        now() + Math.min(seconds, 60) * 1000,
        now() + asked * 1000,
      );
    const age = now() / 1000 - job.delivery.since;
    const cause = answer.status > 0 ? `status ${answer.status}` : answer.failure;
    if (age + seconds > GIVE_UP_SECONDS || (outcome === 'refused' && attempt >= REFUSED_ATTEMPTS)) {
      log('error', 'given up', { event: job.delivery.event, subscription: job.delivery.subscription, cause });
      this.#settle({ job, outcome: 'dead', cause });
    } else {
      this.#settle({ job, outcome: 'again', seconds, delivery: { ...job.delivery, attempt } });
    }
  }

  #settle(one: Settled, ended?: string): void {
    this.#settled.push({ one, ended });
    this.#inFlight += 1;
    this.#settling ??= this.#settleAll();
  }

  /** Writes the outcomes down, several at a time. While the database is away they wait, and so do new deliveries. */
  async #settleAll(): Promise<void> {
    const { database, queue, log, pollMs } = this.#options;
    while (this.#settled.length > 0) {
      await sleep(SETTLE_EVERY_MS);
      const part = this.#settled.slice(0, 2 * MAX_BATCH);
      try {
        await database.transaction(async (sql) => {
          const ended = part.flatMap(({ ended: id }) => id ?? []);
          if (ended.length > 0)
            await sql.query('DELETE FROM relay.subscriptions WHERE id = ANY($1::text[])', [ended]);
          await queue.settle(
            queueDbOf(sql),
            part.map(({ one }) => one),
          );
        });
        this.#settled.splice(0, part.length);
        this.#inFlight -= part.length;
        this.#wake();
      } catch (error) {
        log('warning', 'outcomes wait', { outcomes: this.#settled.length, cause: causeOf(error) });
        // Those that were not written are delivered once more by whoever finds them expired.
        if (this.#stopping) {
          this.#inFlight -= this.#settled.length;
          this.#settled = [];
        }
        await sleep(pollMs);
      }
    }
    // In the same turn as the last look: an outcome that comes later starts the writing again.
    this.#settling = undefined;
  }
}

type Outcome = 'delivered' | 'ended' | 'throttled' | 'failed' | 'refused';

function outcomeOf({ status }: Answer): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  // Zapier answers 410 when the Zap was turned off or deleted.
  if (status === 410) return 'ended';
  if (status === 429) return 'throttled';
  return status === 0 || status === 408 || status >= 500 ? 'failed' : 'refused';
}
