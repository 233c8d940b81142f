import { readOptions, refuse } from '../test/support/command_line.ts';
import { builtApp } from '../test/support/zapier/built.ts';
import { details, MIN_SHARE } from './details.ts';
import { load } from './load.ts';
import { aDay, polls, type PollCost } from './polls.ts';
import { progress } from '../test/support/progress.ts';
import { MAX_P99_MS, relayLoad } from './relay.ts';
import { scripts } from './scripts.ts';
import { weight } from './weight.ts';

const values = readOptions(
  `npm run bench -- [options]: measures the built app on this machine; exit code 1 when a bound is broken.

  --short        a minute's work instead of ten
  --only PART    polls, scripts, load, details or package alone
  --relay        the relay alone: under load, on PGlite and on PostgreSQL`,
  {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    relay: { type: 'boolean', default: false },
  },
);

const app = await builtApp();

const sizes = values.short ? [1_000] : [1_000, 10_000, 167_623];
const changes = values.short ? [0, 3, 100, 1_000] : [0, 3, 100, 5_000];
const seeds = values.short ? 30 : 1_000;
const leads = values.short ? 400 : 1_000;
const rounds = values.short ? 15 : 25;

const parts = {
  /** The cost of a poll of each trigger. */
  async polls(): Promise<string[]> {
    const told = progress('Polls', sizes.length * changes.length);
    const costs = await polls(sizes, changes, told);
    console.log(
      `What one poll costs, with K changes in the last hour: requests / the most they may be, bytes received, milliseconds of the app's own CPU time. There are as many tasks as contacts, at most 20,000. The last column: requests a day, polled each minute with nothing new.\n`,
    );
    const columns = changes.map((changed) => `K = ${changed}`.padEnd(24)).join('');
    console.log(`${'Trigger'.padEnd(58)}${'Contacts'.padStart(9)}  ${columns}${'A day'.padStart(8)}`);
    for (const rows of Object.values(Object.groupBy(costs, rowName))) {
      const [first, ...more] = rows ?? [];
      if (!first) continue;
      const cells = [first, ...more].map((row) => cell(row).padEnd(24)).join('');
      console.log(
        `${rowName(first).split('\n')[0]?.padEnd(58)}${count(first.contacts).padStart(9)}  ${cells}${count(aDay(first)).padStart(8)}`,
      );
    }
    return costs.flatMap((row) => [
      ...(row.requests > row.bound
        ? [`${rowName(row)}: ${row.requests} requests with ${row.changes} changes, more than ${row.bound}`]
        : []),
      ...row.wrong.slice(0, 2),
    ]);
  },

  /** Whether polls lose or duplicate anything. */
  async scripts(): Promise<string[]> {
    const report = await scripts(app, seeds, progress('Scripts', seeds));
    console.log(
      `${count(seeds)} random scripts of what people do in HighLevel, ${count(report.polls)} polls of ${Object.keys(report.delivered).length} triggers, ${count(report.requests)} requests:\n`,
    );
    for (const [trigger, fired] of Object.entries(report.delivered))
      console.log(`  ${trigger.padEnd(24)}${count(fired).padStart(9)} delivered`);
    console.log(
      `\n  ${report.missed.length} missed, ${report.doubled.length} doubled, ${report.uncalled.length} fired for nothing new. Known, as the catalog says:`,
    );
    for (const [reason, times] of Object.entries(report.known))
      console.log(`  ${count(times).padStart(9)}  ${reason}`);
    return [...report.missed, ...report.doubled, ...report.uncalled].slice(0, 5);
  },

  /** Many leads at once under the rate limit. */
  async load(): Promise<string[]> {
    const wrong: string[] = [];
    for (const others of [0, 0.5]) {
      const beside = others > 0 ? `, while other Zaps take ${100 * others} % of the rate limit` : '';
      process.stderr.write(`Load: ${leads} leads at once${beside}\n`);
      const report = await load(app, leads, others);
      console.log(
        `${count(report.leads)} leads at once${beside}, 100 requests per 10 seconds: ${count(report.requests)} requests (${report.refused} refused, ${report.handedToZapier} waits handed to Zapier) in ${report.seconds} s of a virtual clock, ${report.ratio.toFixed(3)} of the least the rate limit allows (${report.leastSeconds} s; may be ${report.bound}).`,
      );
      wrong.push(...report.wrong);
    }
    return wrong;
  },

  /** Whether contact details are parsed as people meant them. */
  async details(): Promise<string[]> {
    const { right, total, misses } = details();
    const share = right / total;
    console.log(
      `Contact details parsed as intended: ${right} of ${total}, ${(100 * share).toFixed(1)} % (at least ${100 * MIN_SHARE} %).`,
    );
    return share < MIN_SHARE ? misses.slice(0, 5) : [];
  },

  /** The package's load time, call time and memory. */
  async package(): Promise<string[]> {
    const rows = await weight(rounds, progress('Package', rounds));
    console.log('What the package costs Zapier: the value, what it may be, and what it comes from.\n');
    for (const { name, value, bound, from } of rows)
      console.log(
        `  ${name.padEnd(58)}${value.toFixed(3).padStart(7)} ${bound === undefined ? '      ' : `/ ${bound.toFixed(2)}`}   ${from}`,
      );
    return rows.flatMap(({ name, value, bound = Infinity }) =>
      value > bound ? [`${name}: ${value.toFixed(3)} is more than ${bound}`] : [],
    );
  },
};

/** The relay under load, which has nothing to do with the app. */
async function relay(): Promise<string[]> {
  const reports = await relayLoad(values.short ? 10 : 60, (what) => process.stderr.write(`${what}\n`));
  for (const report of reports) {
    const { database, sustained, wanted, seconds, deliveries, missing, repeated } = report;
    console.log(`The relay on ${database}, with 3 Zaps for each location:\n`);
    for (const [name, value] of [
      ['Events a second taken', `${Math.round(sustained)} of ${wanted}, for ${seconds} s`],
      ['Deliveries', `${count(deliveries)}, ${missing} missing, ${repeated} repeated`],
      ['Answers, median and 99 %', `${report.p50.toFixed(1)} ms, ${report.p99.toFixed(1)} ms`],
      ['Answers at 100 a second, 99 %', `${report.p99At100.toFixed(1)} ms / ${MAX_P99_MS} ms`],
      ['From sending to delivery, median and 99 %', `${report.lagP50} ms, ${report.lagP99} ms`],
      ['Memory at the most', `${Math.round(report.megabytes)} MB`],
      ['CPU for 1,000 events', `${report.cpuPer1000.toFixed(2)} s`],
    ])
      console.log(`  ${name?.padEnd(46)}${value}`);
    console.log();
  }
  return reports.flatMap(({ wrong: broken }) => broken);
}

if (values.only !== undefined && !Object.hasOwn(parts, values.only)) {
  refuse(`--only must be one of ${Object.keys(parts).join(', ')}, not "${values.only}".`);
}

const wrong: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (values.relay || (values.only !== undefined && values.only !== name)) continue;
  wrong.push(...(await part()));
  console.log();
}
if (values.relay) wrong.push(...(await relay()));
if (wrong.length > 0) console.log(`Broken:\n  ${wrong.join('\n  ')}`);
else console.log('Every bound holds.');
process.exitCode = wrong.length > 0 ? 1 : 0;

function rowName({ trigger, input, contacts }: PollCost): string {
  const filters = Object.keys(input).map((key) =>
    key === 'completed' ? `completed: ${String(input[key])}` : key,
  );
  return `${trigger}${filters.length > 0 ? ` (${filters.join(', ')})` : ''}\n${contacts}`;
}

function cell({ requests, bound, bytes, cpuMs }: PollCost): string {
  return `${requests}/${bound}  ${kilobytes(bytes)}  ${Math.round(cpuMs)} ms`;
}

function kilobytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
