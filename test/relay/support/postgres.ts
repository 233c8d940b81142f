import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL server of its own, in a temporary folder and on a free port. */
export interface Postgres {
  url: string;
  /** Ends the server at once, as a crash does. */
  kill: () => Promise<void>;
  /** Starts it again after `kill`. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Where Debian keeps the programs of PostgreSQL, apart from the PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder of `postgres` and `initdb`; undefined when PostgreSQL is not installed. */
export function postgresFolder(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(':');
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  return [...onPath, ...debian].find((folder) =>
    ['postgres', 'initdb'].every((name) => existsSync(join(folder, name))),
  );
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    const found = spawnSync('id', ['-u', user], { encoding: 'utf8' });
    const group = spawnSync('id', ['-g', user], { encoding: 'utf8' });
    if (found.status === 0 && group.status === 0)
      return { uid: Number(found.stdout), gid: Number(group.stdout) };
  }
  throw new Error('PostgreSQL needs a user other than root: neither postgres nor nobody exists.');
}

/** Starts a server. Without `sync` it doesn't wait for the disk, because its data are thrown away. */
export async function startPostgres(folder: string, { sync = false } = {}): Promise<Postgres> {
  const data = mkdtempSync(join(tmpdir(), 'relay-postgres-'));
  const user = unprivileged();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(data, user.uid, user.gid);
  const settings = {
    ...user,
    cwd: data,
    env: { PATH: `${folder}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8', HOME: data },
  };
  execFileSync(
    join(folder, 'initdb'),
    ['-D', data, '-U', 'relay', '-A', 'trust', '--no-sync', '-E', 'UTF8'],
    {
      ...settings,
      stdio: 'ignore',
    },
  );
  const port = await freePort();
  const url = `postgres://relay@127.0.0.1:${port}/postgres`;
  let server: ReturnType<typeof spawn> | undefined;
  let ended: Promise<void> = Promise.resolve();

  async function start(): Promise<void> {
    const options = [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      data,
      '-c',
      `fsync=${sync ? 'on' : 'off'}`,
    ];
    const child = spawn(join(folder, 'postgres'), options, { ...settings, stdio: 'ignore' });
    server = child;
    ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
    });
    for (let tries = 0; tries < 400; tries++) {
      if (await accepts(url)) return;
      await sleep(50);
    }
    await end('SIGQUIT');
    throw new Error('PostgreSQL did not start.');
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    server?.kill(signal);
    await ended;
  }
  await start();
  return {
    url,
    start,
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGQUIT');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
