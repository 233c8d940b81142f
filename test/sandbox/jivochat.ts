import { Hono } from 'hono';
import type { Env } from './gate.ts';
import { isObject } from '../../lib/base/json.ts';
import type { Store } from './store.ts';

/** The channel's secret part of the address. */
export const CHANNEL = 'sAnDbOxChAnNeL';

const TYPES = [
  'text',
  'photo',
  'sticker',
  'video',
  'audio',
  'document',
  'location',
  'rate',
  'seen',
  'keyboard',
  'typein',
  'start',
  'stop',
];

/** JivoChat's Chat API: a channel whose URL is its only secret. */
export function jivochat(store: Store): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/jivo/:channel/status', (c) => c.text(c.req.param('channel') === CHANNEL ? '1' : '0'));

  app.post('/jivo/:channel', (c) => {
    if (c.req.param('channel') !== CHANNEL) return c.text('Channel not found', 404);
    const body: unknown = c.get('body');
    const { sender, message }: { sender?: unknown; message?: unknown } =
      typeof body === 'object' && body !== null ? body : {};
    const from: Record<string, unknown> = typeof sender === 'object' && sender !== null ? { ...sender } : {};
    const said: Record<string, unknown> =
      typeof message === 'object' && message !== null ? { ...message } : {};
    if (typeof from.id !== 'string' || from.id === '' || from.id.length > 255)
      return c.text('sender.id is required', 400);
    if (typeof said.type !== 'string' || !TYPES.includes(said.type))
      return c.text('message.type is required', 400);
    if (said.type === 'text' && typeof said.text !== 'string') return c.text('message.text is required', 400);
    store.jivoMessages.push({ sender: from, message: said });
    return c.text('', 200);
  });

  return app;
}

/** An agent accepts a chat: JivoChat posts the event to the channel's webhook URL and shows the response to the agent. */
export async function acceptChat(
  store: Store,
  webhookUrl: string,
  event: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...event, event_name: 'chat_accepted' }),
  });
  const answer: unknown = await response.json();
  // Anything else than "ok" is not shown. Source: JivoChat's documentation of the response.
  const card = isObject(answer) && answer.result === 'ok' ? answer : {};
  const visitor = isObject(event.visitor) ? String(event.visitor.name ?? event.visitor.number) : '';
  store.jivoCards.push({ visitor, card });
  return card;
}
