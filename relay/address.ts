import { createHmac, timingSafeEqual } from 'node:crypto';

/** 192 bits: nothing to guess, and short enough for a settings page. */
const MAC_LENGTH = 32;

/** The location and the generation in an address whose MAC is right. */
export interface Address {
  locationId: string;
  generation: number;
}

/** The last part of the URL that a location pastes into JivoChat: `{locationId}.{generation}.{HMAC}`. */
export function addressOf(key: string, { locationId, generation }: Address): string {
  return `${locationId}.${generation}.${mac(key, locationId, generation)}`;
}

/** Reads an address made with one of the keys; undefined if none of them made it. Needs no lookup. */
export function readAddress(keys: readonly string[], text: string): Address | undefined {
  const [, locationId, digits, given] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,9})\.([\w-]{32})$/.exec(text) ?? [];
  if (locationId === undefined || digits === undefined || given === undefined) return undefined;
  const generation = Number(digits);
  const isOurs = keys.some((key) =>
    timingSafeEqual(Buffer.from(mac(key, locationId, generation)), Buffer.from(given)),
  );
  return isOurs && String(generation) === digits ? { locationId, generation } : undefined;
}

function mac(key: string, locationId: string, generation: number): string {
  const text = `jivochat address\n${locationId}\n${generation}`;
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, MAC_LENGTH);
}
