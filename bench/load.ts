import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../lib/base/json.ts';
import { randomness } from '../test/sandbox/random.ts';
import { startSandbox, type Sandbox } from '../test/sandbox/sandbox.ts';
import { stopTime, type Clock } from '../test/robustness/faults/clock.ts';
import { accountOf } from '../test/support/zapier/connect.ts';
import { Zapier } from '../test/support/zapier/zapier.ts';

const WINDOW_MS = 10_000;
const REQUESTS_PER_WINDOW = 100;
/** Without repetition. Duplicates are allowed here, so it is the maximum. */
const REQUESTS_PER_LEAD = 4;
const TICK_MS = 250;
/** The maximum time, relative to the minimum that the rate limit allows beside other Zaps. */
const BOUND = 1.25;

/** The results of the leads. */
export interface LoadReport {
  leads: number;
  /** The share of the rate limit that other Zaps took. */
  others: number;
  requests: number;
  refused: number;
  handedToZapier: number;
  seconds: number;
  leastSeconds: number;
  ratio: number;
  bound: number;
  wrong: string[];
}

/**
 * Captures many leads at once into one sub-account, like Zapier: every lead is an isolated run, started by the action's
 * throttle; a throttled step runs again after its delay. Time is virtual and moves only when everything is waiting, so it
 * depends only on the rate limit. `app` is the built app; `others` is the share of the rate limit (0 to 1) that other Zaps of
 * the sub-account take all the time.
 */
export async function load(app: object, leads: number, others: number): Promise<LoadReport> {
  const clock = stopTime(Date.now(), () => sandbox?.log ?? []);
  let sandbox: Sandbox | undefined;
  try {
    // Waits differ by chance, as they do in use.
    const random = randomness(1);
    Math.random = () => random.next();
    sandbox = await startSandbox({
      contacts: 50,
      tasks: 0,
      allowDuplicateContact: true,
      rateLimit: { max: REQUESTS_PER_WINDOW, intervalMs: WINDOW_MS, others: others * REQUESTS_PER_WINDOW },
      now: clock.now,
    });
    return await measure(app, sandbox, clock, { leads, others });
  } finally {
    clock.restore();
    await sandbox?.close();
  }
}

async function measure(
  app: object,
  sandbox: Sandbox,
  clock: Clock,
  { leads, others }: { leads: number; others: number },
): Promise<LoadReport> {
  const zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'UTC' });
  const before = counts(sandbox);
  // Records that rarely change are already cached, as in an account in use.
  await clock.watch(() => zapier.create('capture_jivochat_lead', lead(-1)));
  sandbox.reset();

  const begin = clock.now();
  let handedToZapier = 0;
  let done = 0;
  const failures: string[] = [];
  const waiting = Array.from({ length: leads }, (_, index) => ({ index, at: begin }));

  const run = async (index: number) => {
    try {
      await zapier.create('capture_jivochat_lead', lead(index));
      done++;
    } catch (error) {
      const delay = throttledFor(error);
      if (delay === undefined) failures.push(String(error));
      else {
        handedToZapier++;
        waiting.push({ index, at: clock.now() + delay });
      }
    }
  };

  const { window, limit } = throttleOf(app);
  await clock.watch(async () => {
    let windowStart = begin;
    let started = 0;
    while (done + failures.length < leads) {
      const instant = clock.now();
      if (instant - windowStart >= window * 1000) [windowStart, started] = [instant, 0];
      while (started < limit) {
        const next = waiting.findIndex(({ at }) => at <= instant);
        const [ready] = next < 0 ? [] : waiting.splice(next, 1);
        if (!ready) break;
        started++;
        void run(ready.index);
      }
      await sleep(TICK_MS);
    }
  });
  const seconds = (clock.now() - begin) / 1000;

  const requests = sandbox.log.filter(({ status }) => status !== 429).length;
  const after = counts(sandbox);
  const windows = Math.ceil((leads * REQUESTS_PER_LEAD) / (REQUESTS_PER_WINDOW * (1 - others)));
  const leastSeconds = ((windows - 1) * WINDOW_MS || WINDOW_MS) / 1000;
  const ratio = seconds / leastSeconds;
  const wrong = [
    ...failures.slice(0, 3),
    ...(['contacts', 'notes', 'tasks'] as const).flatMap((kind) => {
      const came = after[kind] - before[kind] - 1; // one came to warm up
      return came === leads ? [] : [`${came} ${kind} came from ${leads} leads`];
    }),
    ...(ratio <= BOUND ? [] : [`it took ${ratio.toFixed(2)} times the least time`]),
  ];
  const refused = sandbox.log.length - requests;
  return {
    leads,
    others,
    requests,
    refused,
    handedToZapier,
    seconds,
    leastSeconds,
    ratio,
    bound: BOUND,
    wrong,
  };
}

function lead(index: number): Record<string, unknown> {
  const email = `lead${index}@example.com`;
  const event = {
    event_name: 'chat_finished',
    widget_id: '3948',
    chat_id: 10_000 + index,
    visitor: { name: `Lead Number${index}`, email },
    agents: [],
    chat: { messages: [{ message: 'Hello?', timestamp: 1769594400, type: 'visitor' }] },
  };
  return { payload: JSON.stringify(event), chatId: String(event.chat_id), createTask: 'always' };
}

function counts({ store }: Sandbox): { contacts: number; notes: number; tasks: number } {
  return { contacts: store.contacts.size, notes: store.notes.size, tasks: store.tasks.size };
}

/** The delay in ms that a ThrottledError asks for; undefined for any other error. */
function throttledFor(error: unknown): number | undefined {
  if (!(error instanceof Error) || error.name !== 'ThrottledError') return undefined;
  const told: unknown = JSON.parse(error.message);
  return isObject(told) && typeof told.delay === 'number' ? told.delay * 1000 : WINDOW_MS;
}

/** The throttle that the action itself declares. */
function throttleOf(app: object): { window: number; limit: number } {
  const throttle: unknown = Reflect.get(app, 'creates')?.capture_jivochat_lead?.operation?.throttle;
  if (!isObject(throttle)) throw new Error('Capture JivoChat Lead declares no throttle');
  return { window: Number(throttle.window), limit: Number(throttle.limit) };
}
