import { builtApp } from '../test/support/zapier/built.ts';
import { Zapier, type SwitchedOn } from '../test/support/zapier/zapier.ts';
import type { Asked, Told } from './remote_app.ts';

/**
 * Runs the built app and the mock of Zapier in a separate process, so that its CPU time is that of a poll. Started by
 * remote_app.ts.
 */
const app = await builtApp();
const triggers: SwitchedOn[] = [];
let zapier: Zapier | undefined;

process.on('message', (asked: Asked) => void answer(asked).then(tell, fail));
process.send?.({ fired: [], cpuMs: 0 } satisfies Told);

async function answer(asked: Asked): Promise<Told> {
  if ('connection' in asked) {
    zapier = new Zapier(app, asked.connection);
    triggers.length = 0;
    return { fired: [], cpuMs: 0 };
  }
  const before = process.cpuUsage();
  const fired = 'poll' in asked ? await triggers[asked.poll]?.poll() : await switchOn(asked);
  const { user, system } = process.cpuUsage(before);
  return { fired: fired ?? [], cpuMs: (user + system) / 1000 };
}

async function switchOn({ trigger, input }: { trigger: string; input: Record<string, unknown> }) {
  if (zapier) triggers.push(await zapier.switchOn(trigger, input));
  return [];
}

function tell(told: Told): void {
  process.send?.(told);
}

function fail(error: unknown): void {
  process.send?.({ error: String(error) } satisfies Told);
}
