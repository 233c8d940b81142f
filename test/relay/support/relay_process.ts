import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ADDRESS_KEY, REQUEST_KEY } from './relay.ts';

/** A relay in a process of its own, as `npm run relay` starts it. */
export interface RelayProcess {
  url: string;
  pid: number;
  /** Everything it wrote. */
  output: string[];
  /** Resolves when the database is there. */
  ready: Promise<void>;
  /** Ends it as `kill -9` does. */
  kill: () => Promise<void>;
  /** Ends it with SIGTERM, and returns its exit code. */
  terminate: () => Promise<number | null>;
}

/** Of the log of a relay under load, only the beginning is kept. */
const MAX_LINES = 1_000;

/** Starts a relay on a folder; resolves when it listens. */
export async function relayProcess(
  folder: string,
  environment: Record<string, string> = {},
): Promise<RelayProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'relay/main.ts'],
    {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        RELAY_DATA: folder,
        RELAY_KEY: REQUEST_KEY,
        RELAY_ADDRESS_KEY: ADDRESS_KEY,
        RELAY_LOOPBACK_TARGETS: 'yes',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'exit');
  const output: string[] = [];
  child.stderr?.on('data', (chunk) => output.push(String(chunk)));
  let isReady = () => {};
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const port = await new Promise<number>((resolve, reject) => {
    if (child.stdout) {
      createInterface(child.stdout).on('line', (line) => {
        if (output.length < MAX_LINES) output.push(line);
        const found = /"event":"listening","port":(\d+)/.exec(line)?.[1];
        if (found !== undefined) resolve(Number(found));
        if (line.includes('"event":"ready"')) isReady();
      });
    }
    child.once('exit', () => reject(new Error(`The relay did not start:\n${output.join('\n')}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    output,
    ready,
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
  };
}
