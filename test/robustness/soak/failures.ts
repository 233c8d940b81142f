import type { FaultRule } from '../../sandbox/faults.ts';
import type { Random } from '../../sandbox/random.ts';

const MINUTE = 60_000;

/** What happens to a write. */
const OF_WRITES: [FaultRule, ...FaultRule[]] = [
  { status: 503 },
  { status: 500, when: 'after' },
  { kind: 'reset', when: 'after' },
  { kind: 'reset', when: 'late' },
  { kind: 'timeout', when: 'after' },
  { kind: 'timeout', when: 'late' },
  { kind: 'truncate', when: 'after' },
  { status: 503, when: 'late' },
  { fault: 'request timeout', when: 'late' },
  { status: 429 },
];
const OF_READS: [FaultRule, ...FaultRule[]] = [
  { status: 502 },
  { kind: 'reset' },
  { kind: 'html' },
  { status: 429 },
];
/** A refresh whose two answers are both lost ends the connection, and no app can help it: that is not among them. */
const OF_REFRESHES: (FaultRule | undefined)[] = [
  { kind: 'reset', when: 'after' },
  { status: 429, times: 2 },
  undefined,
  { status: 503, times: 2 },
  { kind: 'truncate', when: 'after' },
  { kind: 'timeout', times: 2 },
  { status: 500, when: 'after' },
  { status: 429 },
];

/** What fails during an outage: everything, or the answers to what is written. */
const OUTAGES: [Outage, ...Outage[]] = [
  { every: { status: 503 } },
  { every: { kind: 'timeout' } },
  { every: { status: 429 } },
  { writes: { kind: 'reset', when: 'after' } },
  { writes: { status: 503, when: 'late' } },
  { writes: { kind: 'timeout', when: 'late' } },
];
type Outage = { every: FaultRule; writes?: never } | { every?: never; writes: FaultRule };

/** An outage begins in each two hours. */
const EVERY_HOURS = 2;
const SHARE_OF_WRITES = 0.07;
const SHARE_OF_READS = 0.01;

/** The failures of a day: outages of minutes, and requests that fail on their own. */
export class Failures {
  /** How many requests failed, by what was done with them. */
  readonly counts = { failed: 0, lost: 0, late: 0 };
  readonly #random: Random;
  readonly #outages: { from: number; to: number; outage: Outage }[] = [];
  #refreshes = 0;

  constructor(random: Random, start: number, hours: number) {
    this.#random = random;
    const every = EVERY_HOURS * 60 * MINUTE;
    for (let index = 0; index < hours / EVERY_HOURS; index++) {
      const from = start + index * every + random.next() * every * 0.7;
      const outage = OUTAGES[index % OUTAGES.length];
      if (outage) this.#outages.push({ from, to: from + (2 + random.next() * 12) * MINUTE, outage });
    }
  }

  /** The fault that hits a request which comes now (epoch ms), if any. */
  faultOf(method: string, path: string, now: number): FaultRule | undefined {
    const fault = this.#draw(method, path, now);
    if (!fault) return undefined;
    this.counts[fault.when === 'late' ? 'late' : fault.when === 'after' ? 'lost' : 'failed']++;
    return fault;
  }

  /** The next refresh of the token, if HighLevel is up then, fails in the next way. */
  refreshFault(): FaultRule | undefined {
    return OF_REFRESHES[this.#refreshes++ % OF_REFRESHES.length];
  }

  #draw(method: string, path: string, now: number): FaultRule | undefined {
    if (path === '/oauth/token') return undefined;
    const isWrite = method !== 'GET' && !path.includes('search');
    const outage = this.#outages.find(({ from, to }) => from <= now && now < to)?.outage;
    if (outage?.every) return outage.every;
    if (outage?.writes && isWrite) return outage.writes;
    // During an outage the app may not be able to look after what it has written.
    if (outage?.writes && this.#random.next() < 0.3) return { status: 503 };
    if (this.#random.next() >= (isWrite ? SHARE_OF_WRITES : SHARE_OF_READS)) return undefined;
    return this.#random.pick(isWrite ? OF_WRITES : OF_READS);
  }
}
