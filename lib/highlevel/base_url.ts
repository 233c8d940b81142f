import { InputError } from '../base/errors.ts';
import { isSafe } from '../base/http.ts';

const HIGHLEVEL = 'https://services.leadconnectorhq.com';

/**
 * The base URL of the API, without a trailing slash: HighLevel's, or that in HIGHLEVEL_API_URL (the sandbox). Read at each
 * call, because Zapier sets the environment after it loads the app. Throws InputError unless it is https, or http on this
 * machine: a token must not be sent unencrypted.
 */
export function apiUrl(): string {
  const url = process.env.HIGHLEVEL_API_URL;
  if (!url) return HIGHLEVEL;
  if (!isSafe(url) || /[?#]/.test(url)) {
    throw new InputError(
      'The environment variable HIGHLEVEL_API_URL must be an https URL, or http on 127.0.0.1 or localhost, with nothing after its path.',
    );
  }
  return url.endsWith('/') ? url.replace(/(?<!\/)\/+$/, '') : url;
}
