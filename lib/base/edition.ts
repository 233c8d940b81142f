/**
 * Whether this edition asks for a Private Integration Token instead of a sign-in: Zapier allows one way per integration. Set
 * at build time (scripts/bundle.ts), because Zapier sets its environment after the app is loaded.
 */
export const asksForToken = (): boolean => process.env.HIGHLEVEL_AUTH === 'token';

/** The URL of the relay, without a slash at its end; undefined in an edition without one. Set at build time as well. */
export function relayUrl(): string | undefined {
  return process.env.RELAY_URL?.replace(/\/+$/, '') || undefined;
}
