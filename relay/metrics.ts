/** What the relay counts; `help` is the text of Prometheus's format. */
const COUNTERS = {
  events_total: 'Events received, by source and outcome.',
  deliveries_total: 'Attempts to deliver an event to a Zap, by outcome.',
  answers_total: 'Requests answered, by route and status.',
  cards_total: 'Cards looked up for a chat, by outcome.',
  spooled_records_total: 'Events taken from the spool, by outcome.',
} as const;

type Counter = keyof typeof COUNTERS;
type Labels = Record<string, string>;

/** Upper bounds in seconds of the histograms' buckets. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];
const HISTOGRAMS = {
  answer_seconds: 'Time to answer an event.',
  delivery_lag_seconds: 'Time from the receipt of an event to its delivery.',
} as const;

type Histogram = keyof typeof HISTOGRAMS;

/** Counters of this process. No label names a location, an address or a person. */
export class Metrics {
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<Histogram, { buckets: number[]; sum: number; count: number }>();

  count(name: Counter, labels: Labels, by = 1): void {
    const key = `${name}${written(labels)}`;
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  observe(name: Histogram, seconds: number): void {
    const found = this.#histograms.get(name) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 };
    for (const [index, bound] of BUCKETS.entries()) {
      if (seconds <= bound) found.buckets[index] = (found.buckets[index] ?? 0) + 1;
    }
    found.sum += seconds;
    found.count += 1;
    this.#histograms.set(name, found);
  }

  /** The value of a counter with exactly these labels. */
  valueOf(name: Counter, labels: Labels): number {
    return this.#counters.get(`${name}${written(labels)}`) ?? 0;
  }

  /** Everything in Prometheus's text format, with gauges that are measured when asked. */
  text(gauges: Record<string, { help: string; value: number }>): string {
    const lines: string[] = [];
    for (const [name, help] of Object.entries(COUNTERS)) {
      lines.push(`# HELP relay_${name} ${help}`, `# TYPE relay_${name} counter`);
      for (const [key, value] of this.#counters)
        if (key.startsWith(`${name}{`)) lines.push(`relay_${key} ${value}`);
    }
    for (const [name, help] of Object.entries(HISTOGRAMS)) {
      lines.push(`# HELP relay_${name} ${help}`, `# TYPE relay_${name} histogram`);
      for (const [known, { buckets, sum, count }] of this.#histograms) {
        if (known !== name) continue;
        for (const [index, bound] of BUCKETS.entries())
          lines.push(`relay_${name}_bucket{le="${bound}"} ${buckets[index]}`);
        lines.push(`relay_${name}_bucket{le="+Inf"} ${count}`);
        lines.push(`relay_${name}_sum ${sum}`, `relay_${name}_count ${count}`);
      }
    }
    for (const [name, { help, value }] of Object.entries(gauges))
      lines.push(`# HELP relay_${name} ${help}`, `# TYPE relay_${name} gauge`, `relay_${name} ${value}`);
    return `${lines.join('\n')}\n`;
  }
}

function written(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;
}
