/**
 * Whether this edition asks for a Private Integration Token instead of a sign-in: Zapier allows one way per integration. Set
 * at build time (scripts/bundle.ts), because Zapier sets its environment after the app is loaded.
 */
export const asksForToken = (): boolean => process.env.HIGHLEVEL_AUTH === 'token';
