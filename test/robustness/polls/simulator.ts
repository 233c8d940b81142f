import { randomness } from '../../sandbox/random.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { Zapier, type Item, type SwitchedOn } from '../../support/zapier/zapier.ts';
import { Oracle, type Tally } from './oracle.ts';
import { People } from './people.ts';
import { startProxy, type Distortion } from './proxy.ts';
import { Script } from './script.ts';
import { watches, type Watch } from './watches.ts';

const MINUTE = 60_000;
/** The most that HighLevel's clock differs from the app's. */
const SKEW = 10 * MINUTE;
const REQUEST_MS = 300;
const ZAPS = 4;
const POLLS = 4;

/** Time zones far from UTC, on both sides, and near it. */
const DAYS = ['UTC', 'Pacific/Kiritimati', 'America/New_York', 'Pacific/Pago_Pago'];

/** Polls until nothing is returned: with capped pages, a burst exceeds one poll. */
const MAX_POLLS_IN_A_ROW = 60;

/** The result of a script. */
export interface Report extends Tally {
  polls: number;
  requests: number;
}

/**
 * Plays one seeded script: people work in HighLevel while Zapier polls Zaps, on a mock clock that advances with each
 * request. `only` selects the Zaps of these triggers, otherwise a few are chosen at random. `distortion` degrades
 * HighLevel's lists; Zapier then polls until nothing is returned, since one poll may return a part.
 */
export async function simulate(
  app: object,
  seed: number,
  only?: (watch: Watch) => boolean,
  distortion?: Distortion,
): Promise<Report> {
  const random = randomness(seed * 7919 + 17);
  const draw = (most: number) => Math.floor(random.next() * most);
  const clock = { now: Date.now() - SKEW + draw(2 * SKEW) };
  let script: Script | undefined;
  let polling: Oracle | undefined;
  const sandbox = await startSandbox({
    contacts: 30 + draw(random.next() < 0.2 ? 400 : 60),
    tasks: draw(30),
    seed,
    indexLagMs: random.pick([0, 0, 1_000, 5_000, 20_000]),
    rateLimit: false,
    now: () => clock.now,
    onRequest: () => {
      clock.now += REQUEST_MS;
      script?.meanwhile();
      polling?.glance();
    },
  });
  const proxy = distortion && (await startProxy(sandbox.url, distortion));
  try {
    const { store } = sandbox;
    // HighLevel does not document whose days it means.
    store.submissionDays = DAYS[seed % DAYS.length] ?? 'UTC';
    store.rowsTellBusiness = random.next() < 0.5;
    const account = accountOf(sandbox, { expiresIn: 30 * 86_400 });
    if (proxy) account.environment.HIGHLEVEL_API_URL = proxy.url;
    const zapier = new Zapier(app, account);
    script = new Script(new People(store, random));
    const every = watches(script.chosen);
    const drawn = only
      ? every.filter(only)
      : Array.from({ length: ZAPS }, () => every[draw(every.length)]).filter((one) => one !== undefined);
    const zaps: { on: SwitchedOn; oracle: Oracle }[] = [];
    for (const watch of new Set(drawn)) {
      const on = await zapier.switchOn(watch.key, watch.input);
      zaps.push({ on, oracle: new Oracle(watch, store) });
    }

    sandbox.log.length = 0;
    const every1to15 = (1 + draw(15)) * MINUTE;
    const gapAt = random.next() < 0.3 ? draw(POLLS) : -1;
    for (let round = 0; round <= POLLS; round++) {
      const quiet = round === POLLS;
      const pause = round === gapAt ? 6 * 60 * MINUTE : every1to15;
      if (quiet) clock.now += pause;
      else script.work(pause, (ms) => (clock.now += ms), { storm: seed % 50 === 7 && round === 1 });
      for (const { on, oracle } of zaps) {
        script.disturb(quiet ? 0 : draw(3));
        oracle.look();
        polling = oracle;
        const fired = await on.poll();
        if (distortion) fired.push(...(await untilQuiet(on, fired)));
        polling = undefined;
        oracle.judge(fired);
      }
      script.disturb(0);
    }
    const reports = zaps.map(({ oracle }) => ({ ...oracle.end(), polls: POLLS + 1, requests: 0 }));
    return { ...sum(reports), requests: sandbox.log.length };
  } finally {
    await proxy?.close();
    await sandbox.close();
  }
}

/** Polls until nothing fires any more. */
async function untilQuiet(on: SwitchedOn, first: readonly Item[]): Promise<Item[]> {
  const fired: Item[] = [];
  let last = first;
  for (let count = 1; last.length > 0 && count < MAX_POLLS_IN_A_ROW; count++) {
    last = await on.poll();
    fired.push(...last);
  }
  return fired;
}

/** Several reports in one. */
export function sum(reports: readonly Report[]): Report {
  return {
    delivered: added(reports.map(({ delivered }) => delivered)),
    missed: reports.flatMap(({ missed }) => missed),
    doubled: reports.flatMap(({ doubled }) => doubled),
    uncalled: reports.flatMap(({ uncalled }) => uncalled),
    known: added(reports.map(({ known }) => known)),
    polls: reports.reduce((total, { polls }) => total + polls, 0),
    requests: reports.reduce((total, { requests }) => total + requests, 0),
  };
}

function added(counts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one)))
    total[name] = (total[name] ?? 0) + count;
  return total;
}
