import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../../lib/base/json.ts';

/** The sample events of JivoChat's documentation; `_2017` marks those of an older edition. */
export const sampleNames = readdirSync(__dirname)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

/** An official sample with changed values by path, such as `'visitor.name': null`; undefined removes the key. */
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

/** A finished chat with these messages, because the official sample has no message texts. */
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
