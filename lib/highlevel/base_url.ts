import { InputError } from '../base/errors.ts';
import { isSafe } from '../base/http.ts';

const HIGHLEVEL = 'https://services.leadconnectorhq.com';

/**
 * Where the API answers, without a slash at the end: HighLevel, or what HIGHLEVEL_API_URL names (the sandbox). Read on
 * each call, because Zapier sets the environment after the app is loaded. Throws InputError for anything but https, or
 * http on this machine: a token must not travel in the clear.
 */
export function apiUrl(): string {
  const given = process.env.HIGHLEVEL_API_URL;
  if (!given) return HIGHLEVEL;
  if (!isSafe(given) || /[?#]/.test(given)) {
    throw new InputError(
      'The environment variable HIGHLEVEL_API_URL must be an https address, or http on 127.0.0.1 or localhost, with nothing after its path.',
    );
  }
  return given.replace(/(?<!\/)\/+$/, '');
}
