import * as z from 'zod';
import { errors, type ZObject } from 'zapier-platform-core';
import { relayUrl } from '../base/edition.ts';
import { ApiError, InputError, quoted } from '../base/errors.ts';
import { isSafe, untouched } from '../base/http.ts';
import { isObject } from '../base/json.ts';
import { keysIn, sign, SIGNATURE_HEADER } from '../base/signed_request.ts';
import { ID } from '../schema/fields.ts';

/** Whose events a Zap subscribes to. */
export type EventSource = 'jivochat' | 'highlevel';

/** The card of a contact: what JivoChat shows to an agent who accepts a chat of it. */
export interface Card {
  contactId: string;
  /** The link that opens the contact in HighLevel. */
  crmLink: string;
  /** Replace the lines with the same keys. A line without content is removed. */
  lines: { key: string; title: string; content: string | null }[];
  visitors?: { widgetId: string; number: string }[];
  chatIds?: string[];
  userTokens?: string[];
  emails?: string[];
  phones?: string[];
}

const Subscription = z.object({ id: z.string(), expiration_date: z.string() });
const Events = z.object({
  events: z.array(z.object({ id: z.string(), body: z.string(), signature: z.string().nullable() })),
  address: z.string().optional(),
});

/** The relay as the operations use it. Every method throws ApiError when the relay fails or refuses. */
export interface Relay {
  /** Subscribes a Zap's URL to a location's events. Made again, it renews the subscription. */
  subscribe: (wanted: {
    source: EventSource;
    types: readonly string[];
    targetUrl: string;
  }) => Promise<z.output<typeof Subscription>>;
  unsubscribe: (id: string) => Promise<void>;
  /** The latest events of the location, newest first; for JivoChat also the URL to paste into a channel. */
  events: (
    source: EventSource,
    limit: number,
  ) => Promise<{ events: z.output<typeof Events>['events']; pasteUrl: string | undefined }>;
  /** Puts a contact's card. `withinMs` is the time limit. */
  putCard: (card: Card, more?: { withinMs: number }) => Promise<void>;
}

const TIMEOUT_MS = 8_000;

/**
 * The relay for one location; undefined in an edition without one. `timeLeft` is the time that the run has for requests, in
 * ms. What it signs is valid for this location only, so the caller must know that the connection's token belongs to it.
 */
export function relayClient(zapier: ZObject, locationId: string, timeLeft: () => number): Relay | undefined {
  const url = relayUrl();
  if (url === undefined) return undefined;
  const query = (more: Record<string, string> = {}) =>
    new URLSearchParams({ locationId, ...more }).toString();
  const call = (method: Method, path: string, body?: object, withinMs = Infinity) =>
    request(
      zapier,
      url,
      { method, path, body: body === undefined ? '' : JSON.stringify(body) },
      Math.min(timeLeft(), withinMs),
    );
  return {
    subscribe: async (wanted) =>
      read(Subscription, await call('POST', '/subscriptions', { ...wanted, locationId })),
    unsubscribe: async (id) => {
      if (!ID.test(id))
        throw new InputError('The subscription of this Zap has no valid ID. Turn the Zap off and on.');
      await call('DELETE', `/subscriptions/${id}?${query()}`);
    },
    events: async (source, limit) => {
      const answer = await call('GET', `/events?${query({ source, limit: String(limit) })}`);
      const { events, address } = read(Events, answer);
      return { events, pasteUrl: address === undefined ? undefined : `${url}/jivochat/${address}` };
    },
    putCard: async (card, { withinMs } = { withinMs: Infinity }) => {
      await call('PUT', '/cards', { ...card, locationId }, withinMs);
    },
  };
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The keys that this app shares with the relay, the newest first. */
export const relayKeys = (): string[] => keysIn(process.env.RELAY_KEY);

async function request(
  zapier: ZObject,
  url: string,
  parts: { method: Method; path: string; body: string },
  timeLeft: number,
): Promise<unknown> {
  const [key] = relayKeys();
  if (key === undefined || !isSafe(url))
    throw new ApiError(
      'refused',
      'This version of the integration has no key for its relay. Ask the people who maintain the integration to set RELAY_KEY.',
      { system: 'relay' },
    );
  const options = {
    url: url + parts.path,
    method: parts.method,
    headers: {
      'User-Agent': 'Zapier',
      [SIGNATURE_HEADER]: sign(key, parts),
      ...(parts.body !== '' && { 'Content-Type': 'application/json' }),
    },
    ...(parts.body !== '' && { body: parts.body }),
    ...untouched,
    signal: AbortSignal.timeout(Math.floor(Math.max(Math.min(TIMEOUT_MS, timeLeft), 0))),
  };
  const { status, text } = await sent(zapier, options);
  if (status >= 200 && status < 300) return text === '' ? undefined : parsed(text);
  const answer = parsed(text);
  const reason = isObject(answer) && typeof answer.error === 'string' ? answer.error : '';
  if (status === 401)
    throw new ApiError(
      'refused',
      "The relay didn't accept this integration's key. Ask the people who maintain the integration to check RELAY_KEY, and the clock of the relay.",
      { system: 'relay', status },
    );
  if (status === 400)
    throw new ApiError('refused', `The relay didn't accept the request: ${quoted(reason, 200)}.`, {
      system: 'relay',
      status,
    });
  throw unavailable(status);
}

async function sent(
  zapier: ZObject,
  options: Parameters<ZObject['request']>[0] & object,
): Promise<{ status: number; text: string }> {
  try {
    const response = await zapier.request(options);
    return { status: response.status, text: response.content ?? '' };
  } catch (error) {
    // Core turns every 401 into a RefreshAuthError, but this one is not about HighLevel's token.
    return { status: error instanceof errors.RefreshAuthError ? 401 : 0, text: '' };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read<T>(shape: z.ZodType<T>, answer: unknown): T {
  const { data } = shape.safeParse(answer);
  if (data === undefined) throw unavailable(200);
  return data;
}

function unavailable(status: number): ApiError {
  return new ApiError(
    'unavailable',
    "The relay didn't respond. Try again later. If it happens again, tell the people who maintain the integration.",
    { system: 'relay', ...(status > 0 && { status }) },
  );
}
