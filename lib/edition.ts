/**
 * Whether this is the edition for all of Zapier's users. It leaves out the instant triggers: Zapier allows addresses to paste
 * in private integrations only. Baked in when building, because Zapier sets its environment after the app is loaded.
 */
export const isPublic = process.env.HIGHLEVEL_EDITION === 'public';
