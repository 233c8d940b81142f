import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { noteBody } from '../../../lib/capture/note.ts';
import { eventOf } from '../../../lib/capture/lead.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';

const root = join(__dirname, '../../..');

/** A finished chat with this many messages and agents, as JivoChat sends it. */
const chat = (messages: number, agents = 1) =>
  JSON.stringify({
    event_name: 'chat_finished',
    chat_id: 7607,
    visitor: { email: 'jane@example.com' },
    agents: Array.from({ length: agents }, (_, id) => ({ id, name: `Agent ${id}` })),
    chat: {
      messages: Array.from({ length: messages }, (_, index) => ({
        message: `Привет ${index}`,
        timestamp: 1_764_000_000 + index * 900,
        type: index % 2 ? 'agent' : 'visitor',
        agent_id: index % agents,
      })),
    },
  });

/** The CPU time of capturing a payload in ms, the best of five. */
function cost(payload: string): number {
  const once = () => {
    const before = process.cpuUsage();
    const lead = leadFrom(eventOf({ payload }).event, { timezone: 'America/New_York' });
    noteBody(lead, traceOf(lead));
    return process.cpuUsage(before).user / 1_000;
  };
  return Math.min(once(), once(), once(), once(), once());
}

test.each([
  ['messages', chat(6_000), chat(12_000)],
  ['messages and agents', chat(3_000, 3_000), chat(6_000, 6_000)],
])('twice the %s take at most two and a half times as long', (_, payload, twice) => {
  cost(payload);
  expect(cost(twice)).toBeLessThanOrEqual(2.5 * cost(payload));
});

test('55,000 messages fit into 256 MB', () => {
  const script = `
    const { eventOf } = await import('./lib/capture/lead.ts');
    const { leadFrom } = await import('./lib/jivochat/lead.ts');
    let payload = '';
    process.stdin.setEncoding('utf8');
    for await (const part of process.stdin) payload += part;
    const { messageCount, transcript } = leadFrom(eventOf({ payload }).event, { timezone: 'America/New_York' });
    console.log(JSON.stringify([messageCount, transcript.includes('characters left out')]));`;
  const flags = ['--max-old-space-size=256', '--input-type=module', '--eval', script];
  const said = execFileSync(process.execPath, flags, { cwd: root, input: chat(55_000), encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual([55_000, true]);
});
