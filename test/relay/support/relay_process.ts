import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ADDRESS_KEY, REQUEST_KEY } from './relay.ts';

/** A relay in a process of its own, as `npm run relay` starts it. */
export interface RelayProcess {
  url: string;
  /** Everything it wrote. */
  output: string[];
  /** Resolves when the database is there. */
  ready: Promise<void>;
  /** Ends it as `kill -9` does. */
  kill: () => Promise<void>;
  /** Ends it with SIGTERM, and returns its exit code. */
  terminate: () => Promise<number | null>;
}

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
        output.push(line);
        const { event, port: number } = line.startsWith('{') ? JSON.parse(line) : { event: '', port: 0 };
        if (event === 'listening') resolve(Number(number));
        if (event === 'ready') isReady();
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
    output,
    ready,
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
  };
}
