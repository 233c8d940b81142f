import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../lib/base/signed_request.ts';
import { addressOf } from '../relay/address.ts';
import { postgresFolder, startPostgres } from '../test/relay/support/postgres.ts';
import { relayProcess, type RelayProcess } from '../test/relay/support/relay_process.ts';
import { ADDRESS_KEY, REQUEST_KEY } from '../test/relay/support/relay.ts';
import type { HookReport } from './relay_hooks.ts';

/** What the relay did under load, and its bounds. */
export interface RelayReport {
  database: string;
  seconds: number;
  /** Events a second that were sent, and were acknowledged within the time. */
  wanted: number;
  sustained: number;
  deliveries: number;
  missing: number;
  repeated: number;
  /** Of the answers at the sustained rate, and at 100 a second. */
  p50: number;
  p99: number;
  p99At100: number;
  /** From the acknowledgement to the delivery. */
  lagP50: number;
  lagP99: number;
  megabytes: number;
  /** CPU seconds of the relay's process for each 1,000 events. */
  cpuPer1000: number;
  wrong: string[];
}

export const WANTED_PER_SECOND = 300;
export const MAX_P99_MS = 100;
const WARM_UP_SECONDS = 3;
const SUBSCRIBERS = 3;
const LOCATIONS = 20;

/** Puts load on a relay process, on PGlite and on PostgreSQL where it is installed. */
export async function relayLoad(seconds: number, told: (what: string) => void): Promise<RelayReport[]> {
  const reports = [await onPglite(seconds, told)];
  const folder = postgresFolder();
  if (folder === undefined)
    told('PostgreSQL is skipped, because no postgres is on the PATH or in /usr/lib/postgresql.');
  else {
    const postgres = await startPostgres(folder, { sync: true });
    try {
      reports.push(await measured('PostgreSQL', seconds, { DATABASE_URL: postgres.url }, told));
    } finally {
      await postgres.stop();
    }
  }
  return reports;
}

function onPglite(seconds: number, told: (what: string) => void): Promise<RelayReport> {
  return measured('PGlite', seconds, {}, told);
}

async function measured(
  database: string,
  seconds: number,
  environment: Record<string, string>,
  told: (what: string) => void,
): Promise<RelayReport> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-bench-'));
  const hooks = await startHookProcess();
  const relay = await relayProcess(folder, environment);
  try {
    await relay.ready;
    const locations = Array.from({ length: LOCATIONS }, () => `loc${randomBytes(8).toString('hex')}`);
    for (const location of locations)
      for (let zap = 0; zap < SUBSCRIBERS; zap++)
        await subscribe(relay, location, `${hooks.url}/${location}/${zap}`);

    told(`${database}: 100 events a second`);
    // Not measured: the first events find nothing compiled.
    const warm = await send(relay, locations, 100, WARM_UP_SECONDS, 2_000_000);
    const calm = await send(relay, locations, 100, Math.min(seconds, 10), 0);
    told(`${database}: ${WANTED_PER_SECOND} events a second for ${seconds} s`);
    const cpuBefore = cpuSecondsOf(relay.pid);
    const load = await send(relay, locations, WANTED_PER_SECOND, seconds, 1_000_000);
    const expected = (warm.acknowledged + calm.acknowledged + load.acknowledged) * SUBSCRIBERS;
    let report = await hooks.report();
    for (
      const end = Date.now() + 60_000;
      report.distinct < expected && Date.now() < end;
      report = await hooks.report()
    )
      await sleep(250);
    const cpu = cpuSecondsOf(relay.pid) - cpuBefore;
    const result = {
      database,
      seconds,
      wanted: WANTED_PER_SECOND,
      sustained: load.acknowledged / load.seconds,
      deliveries: report.distinct,
      missing: expected - report.distinct,
      repeated: report.total - report.distinct,
      p50: percentile(load.times, 50),
      p99: percentile(load.times, 99),
      p99At100: percentile(calm.times, 99),
      lagP50: percentile(report.lags, 50),
      lagP99: percentile(report.lags, 99),
      megabytes: peakMegabytesOf(relay.pid),
      cpuPer1000: (1000 * cpu) / load.acknowledged,
    };
    return {
      ...result,
      wrong: broken(
        result,
        [warm, calm, load].flatMap(({ failures }) => failures),
      ),
    };
  } finally {
    await relay.kill();
    hooks.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function broken(report: Omit<RelayReport, 'wrong'>, failures: readonly number[]): string[] {
  const { database, sustained, missing, p99At100 } = report;
  return [
    ...(sustained < 0.99 * WANTED_PER_SECOND
      ? [`${database}: ${Math.round(sustained)} events a second, not ${WANTED_PER_SECOND}`]
      : []),
    ...(failures.length > 0
      ? [
          `${database}: ${failures.length} events were not acknowledged (status ${[...new Set(failures)].join(', ')})`,
        ]
      : []),
    ...(missing > 0 ? [`${database}: ${missing} deliveries are missing`] : []),
    // PGlite computes in the relay's own thread, so that its answers wait for each other.
    ...(database === 'PostgreSQL' && p99At100 > MAX_P99_MS
      ? [
          `${database}: the 99th percentile of the answers at 100 a second is ${Math.round(p99At100)} ms, more than ${MAX_P99_MS}`,
        ]
      : []),
  ];
}

async function subscribe(relay: RelayProcess, locationId: string, targetUrl: string): Promise<void> {
  const body = JSON.stringify({ source: 'jivochat', locationId, types: [], targetUrl });
  const signature = sign(REQUEST_KEY, { method: 'POST', path: '/subscriptions', body });
  const headers = { 'X-Relay-Signature': signature };
  const response = await fetch(`${relay.url}/subscriptions`, { method: 'POST', headers, body });
  if (response.status !== 201) throw new Error(`Subscribing gave ${response.status}`);
}

interface Sent {
  acknowledged: number;
  /** The statuses of other answers; 0 for none. */
  failures: number[];
  seconds: number;
  /** The time of each answer, in ms. */
  times: number[];
}

const TICK_MS = 10;

/** Sends events at a steady rate, whether or not the earlier ones have been answered. */
async function send(
  relay: RelayProcess,
  locations: readonly string[],
  perSecond: number,
  seconds: number,
  firstId: number,
): Promise<Sent> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  const paths = locations.map(
    (locationId) => `/jivochat/${addressOf(ADDRESS_KEY, { locationId, generation: 1 })}`,
  );
  const times: number[] = [];
  const failures: number[] = [];
  const answers: Promise<void>[] = [];
  const sendOne = async (path: string, body: string) => {
    const { status, ms } = await posted(relay.url + path, body, agent);
    if (status === 200) times.push(ms);
    else failures.push(status);
  };
  const start = performance.now();
  for (let count = 0; count < perSecond * seconds;) {
    const due = Math.min(((performance.now() - start) / 1000) * perSecond, perSecond * seconds);
    for (; count < due; count++)
      answers.push(sendOne(paths[count % paths.length] ?? '', eventOf(firstId + count)));
    await sleep(TICK_MS);
  }
  await Promise.all(answers);
  const took = (performance.now() - start) / 1000;
  agent.destroy();
  return { acknowledged: times.length, failures, seconds: took, times };
}

/** A finished chat of usual size, about 2 kB. */
function eventOf(chatId: number): string {
  return JSON.stringify({
    event_name: 'chat_finished',
    widget_id: '3948',
    chat_id: chatId,
    sent_at: Date.now(),
    visitor: { name: 'John Smith', email: 'john.smith@example.com', phone: '+14155550132', number: '2198' },
    session: { geoip: { country: 'United States', country_code: 'US' }, utm_json: { source: 'google' } },
    page: { url: 'https://example.com/pricing', title: 'Pricing' },
    agents: [{ id: '1', name: 'Maria Keller', email: 'maria.keller@example.com' }],
    chat: {
      messages: Array.from({ length: 12 }, (_, index) => ({
        message: `Message ${index} of a chat of usual length, which says something about two seats.`,
        timestamp: 1_769_594_400 + index,
        type: index % 2 ? 'agent' : 'visitor',
      })),
    },
  });
}

function posted(url: string, body: string, agent: http.Agent): Promise<{ status: number; ms: number }> {
  const start = performance.now();
  return new Promise((resolve) => {
    const request = http.request(url, { method: 'POST', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - start }));
    });
    request.on('error', () => resolve({ status: 0, ms: performance.now() - start }));
    request.end(body);
  });
}

/** Zapier's hooks, in a process of their own, so that they take no time from what sends the load. */
async function startHookProcess(): Promise<{
  url: string;
  report: () => Promise<HookReport>;
  close: () => void;
}> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'relay_hooks.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const next = <T>() =>
    new Promise<T>((resolve) => {
      child.once('message', (message: T) => resolve(message));
    });
  const port = await next<number>();
  return {
    url: `http://127.0.0.1:${port}`,
    report: () => {
      const answer = next<HookReport>();
      child.send('report');
      return answer;
    },
    close: () => child.kill(),
  };
}

/** The CPU time of a process, user and system. Linux only; elsewhere 0. */
function cpuSecondsOf(pid: number): number {
  const fields = procFile(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

function peakMegabytesOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(procFile(pid, 'status'))?.[1] ?? 0) / 1000;
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))] ?? 0;
}
