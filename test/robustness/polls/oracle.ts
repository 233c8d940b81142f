import type { Item } from '../../support/zapier/zapier.ts';
import type { Store } from '../../sandbox/store.ts';
import type { Happening, View, Watch } from './watches.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OVERLAP = 600_000;

/** What a Zap returned, compared with what it should have returned. */
export interface Tally {
  /** How many items each trigger returned correctly. */
  delivered: Record<string, number>;
  /** Descriptions of the items that were missed. */
  missed: string[];
  /** Items that were returned twice. */
  doubled: string[];
  /** Items that did not happen, or not while the Zap was on. */
  uncalled: string[];
  /** Items that the design says it cannot see, by reason. */
  known: Record<string, number>;
}

/**
 * Knows what a Zap must return, from HighLevel's state before, during and after each poll: records that existed during the
 * whole poll, but not when the Zap was turned on, must have been returned once.
 */
export class Oracle {
  readonly tally: Tally = { delivered: {}, missed: [], doubled: [], uncalled: [], known: {} };
  readonly #watch: Watch;
  readonly #store: Store;
  readonly #since: number;
  readonly #learned: View;
  readonly #fired = new Set<string>();
  readonly #known = new Map<string, string>();
  readonly #away = new Set<string>();
  #previous: number;
  #before: View = new Map();
  #steady: View = new Map();

  /** Create it when the Zap is turned on. */
  constructor(watch: Watch, store: Store) {
    this.#watch = watch;
    this.#store = store;
    this.#since = store.now();
    this.#previous = this.#since;
    this.#learned = (watch.before ?? watch.view)(store);
  }

  /** Call it right before a poll. */
  look(): void {
    this.#before = this.#watch.view(this.#store);
    this.#steady = new Map(this.#before);
    for (const id of this.#learned.keys()) this.#watchLeaving(id);
    for (const name of this.#fired) this.#watchLeaving(name.slice(0, name.indexOf(' ')));
  }

  /** Call it at each request of the poll, which may miss records that were deleted or changed before. */
  glance(): void {
    const now = this.#watch.view(this.#store);
    for (const [id, { version, hidden }] of this.#steady) {
      const happening = now.get(id);
      if (happening?.version !== version || happening.hidden !== hidden) this.#steady.delete(id);
    }
  }

  /** Call it right after a poll, with the items that Zapier would trigger on. */
  judge(items: readonly Item[]): void {
    const after = this.#watch.view(this.#store);
    const began = this.#previous;
    this.#previous = this.#store.now();
    for (const item of items) this.#judgeItem(String(item.id), this.#watch.versionOf(item), after);
    const back = Math.min(Math.max(HOUR, this.#previous - began + OVERLAP), DAY);
    this.glance();
    for (const [id, happening] of this.#steady) {
      const name = `${id} ${happening.version}`;
      if (this.#fired.has(name) || this.#learned.get(id)?.version === happening.version) continue;
      const excuse = this.#excuse(happening, this.#previous - back);
      if (excuse) this.#known.set(name, excuse);
      else this.#miss(name, happening);
    }
  }

  /** The final report. */
  end(): Tally {
    for (const reason of this.#known.values()) this.#count(reason);
    return this.tally;
  }

  #judgeItem(id: string, version: string, after: View): void {
    const name = `${id} ${version}`;
    const shown = [this.#before.get(id), after.get(id)].find((one) => one?.version === version);
    if (this.#fired.has(name)) {
      this.tally.doubled.push(this.#say(name, shown));
      return;
    }
    this.#fired.add(name);
    this.#known.delete(name);
    const young = shown?.at === undefined || shown.at > this.#since - HOUR;
    const learned = this.#learned.get(id);
    if (learned?.version === version && learned.hidden && young)
      this.#count(`${learned.hidden}, now in view`);
    else if (learned?.version === version || this.#tooOld(shown))
      this.tally.uncalled.push(this.#say(name, shown));
    else this.tally.delivered[this.#watch.key] = (this.tally.delivered[this.#watch.key] ?? 0) + 1;
  }

  // A record older than a day and older than the Zap is not new, even if it starts to match a filter.
  #tooOld(shown: Happening | undefined): boolean {
    const isNew = this.#watch.key.startsWith('new_');
    return isNew && shown?.at !== undefined && shown.at < Math.min(this.#since, this.#store.now() - DAY);
  }

  #excuse({ hidden, at }: Happening, from: number): string | undefined {
    if (hidden) return hidden;
    if (this.#watch.filtered && at !== undefined && at < from + 1000)
      return 'came to match long after it was new';
    return undefined;
  }

  #watchLeaving(id: string): void {
    if (!this.#before.has(id)) this.#away.add(id);
    else if (this.#away.delete(id) && !this.#watch.key.startsWith('updated_'))
      this.#count('left and came back');
  }

  #miss(name: string, happening: Happening): void {
    this.#fired.add(name);
    this.tally.missed.push(this.#say(name, happening));
  }

  #count(reason: string): void {
    this.tally.known[reason] = (this.tally.known[reason] ?? 0) + 1;
  }

  #say(name: string, happening: Happening | undefined): string {
    const when = happening?.at === undefined ? '' : ` of ${new Date(happening.at).toISOString()}`;
    return `${this.#watch.key} ${JSON.stringify(this.#watch.input)}: ${name}${when}, at ${this.#store.moment()}`;
  }
}
