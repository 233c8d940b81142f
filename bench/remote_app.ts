import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Connection, Item } from '../test/support/zapier/zapier.ts';

/** What the app's process is asked to do. `poll` is the place of a trigger in the order in which they were switched on. */
export type Asked =
  { connection: Connection } | { trigger: string; input: Record<string, unknown> } | { poll: number };

/** What it answers: what Zapier would fire for, and the CPU time (user and system) that the work took. */
export type Told = { fired: Item[]; cpuMs: number } | { error: string };

/** The built app in a process of its own. */
export interface RemoteApp {
  /** Does one thing after another. Throws what the app threw. */
  ask: (asked: Asked) => Promise<{ fired: Item[]; cpuMs: number }>;
  close: () => void;
}

/** Starts the built app in a process of its own, so that its work is measured apart from the sandbox's. */
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
