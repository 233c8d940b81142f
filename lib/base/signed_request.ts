import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** The header with the signature of a request between the app and the relay, in either direction. */
export const SIGNATURE_HEADER = 'X-Relay-Signature';
/** The headers of an event that the relay delivers; the signature covers both. */
export const EVENT_HEADER = 'X-Relay-Event-Id';
export const SUBSCRIPTION_HEADER = 'X-Relay-Subscription-Id';

/** What a signature covers. */
export interface SignedRequest {
  method: string;
  /** The path with the query. */
  path: string;
  body: string;
}

/** The time in epoch seconds and the number, used once, in a signature that is valid. */
export interface Signed {
  at: number;
  nonce: string;
}

/** A key of the environment: several are separated by commas while one replaces another, the newest first. */
export function keysIn(setting: string | undefined): string[] {
  return (setting ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

/** Signs a request: the value of the signature header. */
export function sign(
  key: string,
  request: SignedRequest,
  { at = Math.floor(Date.now() / 1000), nonce = randomUUID() }: Partial<Signed> = {},
): string {
  return `t=${at},n=${nonce},v1=${mac(key, request, { at, nonce }).toString('hex')}`;
}

/** The time and the nonce of a signature made with one of the keys; undefined if none of them made it. Never throws. */
export function verifySignature(
  keys: readonly string[],
  header: string | undefined,
  request: SignedRequest,
): Signed | undefined {
  const [, time, nonce, given] = /^t=(\d{1,12}),n=([\w-]{8,64}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (time === undefined || nonce === undefined || given === undefined) return undefined;
  const signed = { at: Number(time), nonce };
  const sent = Buffer.from(given, 'hex');
  return keys.some((key) => timingSafeEqual(mac(key, request, signed), sent)) ? signed : undefined;
}

/** What the signature of a delivered event covers: no URL, which Zapier doesn't pass on, but whose and which event it is. */
export function deliveredEvent(parts: {
  eventId: string;
  subscriptionId: string;
  locationId: string;
  body: string;
}): SignedRequest {
  const { eventId, subscriptionId, locationId, body } = parts;
  const query = new URLSearchParams({ subscriptionId, locationId });
  return { method: 'EVENT', path: `/events/${encodeURIComponent(eventId)}?${query.toString()}`, body };
}

function mac(key: string, { method, path, body }: SignedRequest, { at, nonce }: Signed): Buffer {
  const hash = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', key).update([at, nonce, method.toUpperCase(), path, hash].join('\n')).digest();
}
