// Editions are baked in when building, because Zapier sets its environment after the app is loaded.

/**
 * Whether this is the edition for all of Zapier's users. It leaves out the instant triggers: Zapier allows addresses to paste
 * in private integrations only.
 */
export const isPublic = process.env.HIGHLEVEL_EDITION === 'public';

/** Whether people connect with a Private Integration Token, and not by signing in: Zapier allows one way per integration. */
export const asksForToken = (): boolean => process.env.HIGHLEVEL_AUTH === 'token';
