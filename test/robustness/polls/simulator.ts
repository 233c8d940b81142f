import { randomness } from '../../sandbox/random.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { Zapier, type SwitchedOn } from '../../support/zapier/zapier.ts';
import { Oracle, type Tally } from './oracle.ts';
import { People } from './people.ts';
import { Script } from './script.ts';
import { watches, type Watch } from './watches.ts';

const MINUTE = 60_000;
/** The most that HighLevel's clock differs from the app's. */
const SKEW = 10 * MINUTE;
const REQUEST_MS = 300;
const ZAPS = 4;
const POLLS = 4;

/** The result of a script. */
export interface Report extends Tally {
  polls: number;
  requests: number;
}

/**
 * Plays one seeded script: users change records in HighLevel while Zapier polls, on a mock clock that advances with each
 * request. `only` selects the Zaps; otherwise a few are picked at random.
 */
export async function simulate(app: object, seed: number, only?: (watch: Watch) => boolean): Promise<Report> {
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
  try {
    const { store } = sandbox;
    store.rowsTellBusiness = random.next() < 0.5;
    const zapier = new Zapier(app, accountOf(sandbox, { expiresIn: 30 * 86_400 }));
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
        polling = undefined;
        oracle.judge(fired);
      }
      script.disturb(0);
    }
    const reports = zaps.map(({ oracle }) => ({ ...oracle.end(), polls: POLLS + 1, requests: 0 }));
    return { ...sum(reports), requests: sandbox.log.length };
  } finally {
    await sandbox.close();
  }
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
