import { setTimeout as sleep } from 'node:timers/promises';
import { randomness } from '../../sandbox/random.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { connect, environmentOf } from '../../support/zapier/connect.ts';
import { failureIn, type Failed } from '../../support/zapier/failed.ts';
import { REPLAYED_AFTER, type Item, type SwitchedOn, type Zapier } from '../../support/zapier/zapier.ts';
import { stopTime, type Clock } from '../faults/clock.ts';
import { Oracle } from '../polls/oracle.ts';
import { watches } from '../polls/watches.ts';
import { imbalances, type Ends } from './balance.ts';
import { drawArrivals, type Arrival, type Chat } from './chats.ts';
import { Users } from './users.ts';
import { Failures } from './failures.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-01-28T05:00:00Z');
const HOUR = 60 * MINUTE;
const POLLED_EVERY = 5 * MINUTE;
const BETWEEN_POLLS = 40_000;
/** Some failed steps are replayed by hand first: before HighLevel has done what it did not confirm. */
const SHARE_BY_HAND = 0.4;
const BY_HAND_AFTER = 5_000;
/** The triggers that are polled. */
export const POLLED = ['new_contact', 'updated_contact', 'new_task', 'completed_task', 'new_note'];
const EVENTS = ['chat_finished', 'offline_message', 'chat_accepted'];
/** No text for a user holds these. */
const UNREADABLE = /\[object|\bundefined\b|ZodError|\n\s+at |sandbox-(?:access|refresh)|^$/;

const DAY: Size = { hours: 24, chats: 200 };

const NOTHING = {
  captured: 0,
  halted: 0,
  failed: 0,
  throttled: 0,
  replayed: 0,
  refreshes: 0,
  polls: 0,
  failedPolls: 0,
};

/** What a day came to. */
export interface Report {
  /** Everything that is wrong at the end. */
  wrong: string[];
  /** What happened, so that a test can tell that the day was not a quiet one. `faults` counts requests, the rest runs. */
  counts: typeof NOTHING & { edits: number; faults: Failures['counts']; fired: Record<string, number> };
  /** The misses that the triggers' descriptions name, by reason. */
  known: Record<string, number>;
  /** The messages of failed runs, by how often they came. */
  messages: Record<string, number>;
}

/** How long the day is, and how many chats it has. */
export interface Size {
  hours: number;
  chats: number;
}

/**
 * Plays a day of a Zap that captures leads and of five polling triggers, on a mock clock, while people work in HighLevel and
 * HighLevel fails in all ways. Then Zapier replays until nothing is left to be run, and the books must balance. The same seed
 * plays the same day.
 */
export async function soak(app: object, seed: number, { hours, chats }: Size = DAY): Promise<Report> {
  const random = randomness(seed * 7919 + 29);
  let sandbox: Sandbox | undefined;
  const clock = stopTime(START, () => sandbox?.log ?? []);
  let onRequest: ((method: string, path: string) => void) | undefined;
  try {
    sandbox = await startSandbox({
      contacts: 15,
      tasks: 5,
      seed,
      indexLagMs: 3_000,
      now: clock.now,
      onRequest: (method, path) => onRequest?.(method, path),
    });
    const day = new Day(app, sandbox, clock, seed, hours);
    onRequest = (method, path) => day.onRequest(method, path);
    return await day.play(drawArrivals(random, { chats, start: START, hours, regular: day.regular }));
  } finally {
    clock.restore();
    await sandbox?.close();
  }
}

class Day {
  readonly regular: string;
  readonly #app: object;
  readonly #sandbox: Sandbox;
  readonly #clock: Clock;
  readonly #hours: number;
  readonly #random;
  readonly #users: Users;
  readonly #failures: Failures;
  readonly #contactId: string;
  readonly #chats = new Map<Chat, Ends>();
  readonly #counts = { ...NOTHING };
  /** The latest run of each chat: Zapier runs those of one chat one after the other. */
  readonly #locks = new Map<Ends, Promise<void>>();
  readonly #messages: Record<string, number> = {};
  readonly #zaps: { on: SwitchedOn; oracle: Oracle }[] = [];
  /** What is to be done, by when (epoch ms). Work of the same time is done at once. */
  #agenda: { at: number; work: () => Promise<void> | void }[] = [];
  #zapier: Zapier | undefined;
  #polling: Oracle | undefined;
  #fails = false;

  constructor(app: object, sandbox: Sandbox, clock: Clock, seed: number, hours: number) {
    this.#hours = hours;
    this.#app = app;
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.#random = randomness(seed * 104_729 + 31);
    this.#users = new Users(sandbox.store, this.#random);
    this.#failures = new Failures(this.#random, START, hours);
    const { id, email } = this.#users.people.addContact();
    this.#contactId = id;
    this.regular = email ?? '';
  }

  onRequest(method: string, path: string): void {
    if (path === '/oauth/token') this.#counts.refreshes++;
    const fault = this.#fails ? this.#failures.faultOf(method, path, this.#clock.now()) : undefined;
    if (fault) this.#sandbox.fail({ ...fault, method, path: `^${path}$` });
    if (this.#fails && this.#random.next() < 0.02) this.#users.meanwhile();
    this.#polling?.glance();
  }

  async play(arrivals: readonly Arrival[]): Promise<Report> {
    await this.#run(async () => {
      this.#zapier = (await connect(this.#app, { environment: environmentOf(this.#sandbox) })).zapier;
      await this.#switchOn();
    });
    this.#counts.refreshes = 0;
    this.#fails = true;
    this.#plan(arrivals);
    const end = START + this.#hours * HOUR;
    for (let next = START + POLLED_EVERY; next < end || this.#agenda.length > 0; next += POLLED_EVERY) {
      await this.#until(next);
      // Zapier goes on to poll while steps wait for their replay; a quiet night needs no more than a poll an hour.
      if (next < end || next % HOUR === 0) await this.#poll();
    }
    this.#fails = false;
    await this.#until(this.#clock.now() + HOUR);
    for (const _ of [1, 2]) {
      await this.#poll();
      await this.#until(this.#clock.now() + POLLED_EVERY);
    }
    return this.#report();
  }

  #plan(arrivals: readonly Arrival[]): void {
    const any = () => START + Math.floor(this.#random.next() * this.#hours * HOUR);
    for (const arrival of arrivals)
      this.#agenda.push({ at: Math.max(arrival.at, START), work: () => this.#arrive(arrival) });
    for (let count = 0; count < arrivals.length * 1.5; count++)
      this.#agenda.push({ at: any(), work: () => this.#users.work() });
    for (let count = 0; count < 5; count++)
      this.#agenda.push({
        at: any(),
        work: () => this.#users.burst(30 + Math.floor(this.#random.next() * 120)),
      });
    // HighLevel may end a token before its day is over.
    for (let hour = 1; hour < this.#hours; hour += 2)
      this.#agenda.push({
        at: START + (hour + this.#random.next()) * HOUR,
        work: () => this.#expire(),
      });
  }

  /** Does what is planned until a time, and moves the clock there. */
  async #until(time: number): Promise<void> {
    for (;;) {
      const at = Math.min(...this.#agenda.map((one) => one.at));
      if (at > time) break;
      await this.#wait(at);
      const due = this.#agenda.filter((one) => one.at <= at);
      this.#agenda = this.#agenda.filter((one) => one.at > at);
      await this.#run(async () => {
        await Promise.all(due.map(async ({ work }) => work()));
      });
    }
    await this.#wait(time);
  }

  async #wait(until: number): Promise<void> {
    const ms = until - this.#clock.now();
    if (ms > 0) await this.#clock.watch(() => sleep(ms));
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.#sandbox.log.length = 0;
    const ended = await this.#clock.watch(work);
    if ('threw' in ended) throw ended.threw;
  }

  async #switchOn(): Promise<void> {
    const { store } = this.#sandbox;
    const none = {
      userId: '',
      businessId: '',
      calendarId: '',
      tag: '',
      formId: '',
      surveyId: '',
      pipelineId: '',
      pipelineStageId: '',
    };
    const chosen = { contactId: this.#contactId, ...none };
    for (const watch of watches(chosen)) {
      if (watch.filtered || !POLLED.includes(watch.key)) continue;
      const on = await this.#connected().switchOn(watch.key, watch.input);
      this.#zaps.push({ on, oracle: new Oracle(watch, store) });
    }
  }

  #connected(): Zapier {
    if (!this.#zapier) throw new Error('The account is not connected yet');
    return this.#zapier;
  }

  async #poll(): Promise<void> {
    for (const { on, oracle } of this.#zaps) {
      this.#counts.polls++;
      // Not within HighLevel's 30 seconds of grace, in which one poll's refresh would save that of the one before.
      await this.#until(this.#clock.now() + BETWEEN_POLLS);
      oracle.look();
      this.#polling = oracle;
      let fired: Item[] | undefined;
      await this.#run(async () => {
        try {
          fired = await on.poll();
        } catch (error) {
          this.#hear(failureIn(error));
        }
      });
      this.#polling = undefined;
      // A failed poll triggers nothing: the next one must make up for it.
      if (fired) oracle.judge(fired);
      else this.#counts.failedPolls++;
    }
  }

  #expire(): void {
    const token = this.#sandbox.store.tokens.get(this.#connected().authData.access_token ?? '');
    if (token) token.expiresAt = this.#clock.now();
    const fault = this.#failures.refreshFault();
    if (fault) this.#sandbox.fail({ ...fault, path: '^/oauth/token$' });
  }

  async #arrive({ chat, event, words, rating }: Arrival): Promise<void> {
    const ends = this.#chats.get(chat) ?? { captured: 0, halted: [], givenUp: [] };
    this.#chats.set(chat, ends);
    for (const word of words) chat.words.add(word);
    chat.rating ??= rating;
    const leads = await this.#connected().deliver('jivochat_event', JSON.stringify(event), {
      events: EVENTS,
    });
    if (leads.length !== 1) throw new Error(`The event of chat ${chat.id} triggered ${leads.length} times`);
    for (const { payload, chatId } of leads)
      await this.#capture({ payload, chatId, createTask: words.length > 0 ? 'always' : 'never' }, ends, 0);
  }

  #capture(input: Item, ends: Ends, replays: number): Promise<void> {
    const before = this.#locks.get(ends) ?? Promise.resolve();
    const run = before.then(() => this.#runStep(input, ends, replays));
    this.#locks.set(ends, run);
    return run;
  }

  async #runStep(input: Item, ends: Ends, replays: number, isByHand = false): Promise<void> {
    try {
      await this.#connected().create('capture_jivochat_lead', input);
      ends.captured++;
      this.#counts.captured++;
      if (replays > 0 || isByHand) this.#counts.replayed++;
    } catch (error) {
      const failure = failureIn(error);
      const { kind, message, delay } = failure;
      const again = (ms: number, count: number) =>
        void this.#agenda.push({ at: this.#clock.now() + ms, work: () => this.#capture(input, ends, count) });
      if (kind === 'HaltedError') {
        this.#counts.halted++;
        ends.halted.push(message);
        return;
      }
      this.#hear(failure);
      if (kind === 'ThrottledError') {
        this.#counts.throttled++;
        again(Number(delay) * 1000, replays);
        return;
      }
      this.#counts.failed++;
      if (!isByHand && this.#random.next() < SHARE_BY_HAND) {
        await sleep(BY_HAND_AFTER);
        await this.#runStep(input, ends, replays, true);
        return;
      }
      const after = REPLAYED_AFTER[replays];
      if (after === undefined) ends.givenUp.push(message);
      else again(after, replays + 1);
    }
  }

  #hear({ kind, message: said, status }: Failed): void {
    // A refresh that HighLevel did not answer is left to Zapier, which has a text of its own.
    const message = kind === 'ResponseError' ? `Refresh: status ${String(status)}` : said;
    this.#messages[message] = (this.#messages[message] ?? 0) + 1;
  }

  #report(): Report {
    const wrong = imbalances(this.#sandbox.store, this.#chats, this.#users);
    if (this.#connected().expired) wrong.push('The connection is expired');
    for (const message of Object.keys(this.#messages))
      if (UNREADABLE.test(message)) wrong.push(`An error reads: ${message}`);
    const fired: Record<string, number> = {};
    const known: Record<string, number> = {};
    for (const { oracle } of this.#zaps) {
      const tally = oracle.end();
      for (const kind of ['missed', 'doubled', 'uncalled'] as const)
        wrong.push(...tally[kind].map((item) => `${kind}: ${item}`));
      Object.assign(fired, tally.delivered);
      for (const [reason, count] of Object.entries(tally.known)) known[reason] = (known[reason] ?? 0) + count;
    }
    const edits = this.#users.words.length;
    return {
      wrong,
      counts: { ...this.#counts, faults: this.#failures.counts, edits, fired },
      known,
      messages: this.#messages,
    };
  }
}
