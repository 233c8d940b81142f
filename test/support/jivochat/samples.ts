import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../../lib/base/json.ts';

/** The events that JivoChat's documentation shows, each in full; `_2017` is the form of its older edition. */
export const sampleNames = readdirSync(__dirname)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

/** An official sample, with other values at some paths: `'visitor.name': null`; undefined takes the key out. */
export function sample(name: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const event: unknown = JSON.parse(readFileSync(join(__dirname, `${name}.json`), 'utf8'));
  if (!isObject(event)) throw new Error(`${name} is no event`);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let part = event;
    for (const key of keys) {
      const inner = part[key];
      part = part[key] = isObject(inner) ? inner : {};
    }
    part[last] = value;
  }
  const written: unknown = JSON.parse(JSON.stringify(event));
  return isObject(written) ? written : {};
}

/** A chat that has come to its end, with what was said: the official sample holds no texts. */
export function finished(
  messages: [type: string, message: unknown][],
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return sample('chat_finished', {
    'chat.messages': messages.map(([type, message], index) => ({
      message,
      timestamp: 1_665_396_476 + 60 * index,
      type,
      ...(type === 'agent' && { agent_id: 1 }),
    })),
    ...changes,
  });
}
