import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Connection, Item } from '../test/support/zapier/zapier.ts';

/** A command for the app's process. `poll` is the index of a trigger, in the order in which they were turned on. */
export type Asked =
  { connection: Connection } | { trigger: string; input: Record<string, unknown> } | { poll: number };

/** Its response: the items that Zapier would trigger on, and the CPU time (user and system) used. */
export type Told = { fired: Item[]; cpuMs: number } | { error: string };

/** The built app in a separate process. */
export interface RemoteApp {
  /** Runs commands one at a time. Throws what the app threw. */
  ask: (asked: Asked) => Promise<{ fired: Item[]; cpuMs: number }>;
  close: () => void;
}

/** Starts the built app in a separate process, so that it is measured without the sandbox. */
export async function startRemoteApp(): Promise<RemoteApp> {
  const child = fork(join(import.meta.dirname, 'app_process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let settle: (told: Told) => void = () => {};
  child.on('message', (told: Told) => settle(told));
  child.on('exit', (code) => settle({ error: `The app's process ended with code ${code}` }));
  const answer = () =>
    new Promise<Told>((resolve) => {
      settle = resolve;
    });
  await answer();
  return {
    async ask(asked) {
      const answered = answer();
      child.send(asked);
      const told = await answered;
      if ('error' in told) throw new Error(told.error);
      return told;
    },
    close: () => void child.kill(),
  };
}
