import { InputError, quoted } from '../base/errors.ts';

/** What a typed path must look like, for messages. */
const EXAMPLE = 'Enter the path of an endpoint such as /links/, as in the documentation of the API.';

/**
 * Checks the path of an API request that a user typed, and returns it with its query. Throws InputError unless it is a plain
 * path under HighLevel's API: the request carries the connection's token, so it may go nowhere else, nor to the endpoints
 * that issue tokens. Characters that servers decode or resolve differently are refused.
 */
export function apiPath(typed: string): { path: string; query: string } {
  const [path, query] = splitAt(typed.trim(), '?');
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//'))
    throw new InputError(`"Path" can't contain a host: ${quoted(typed)}. ${EXAMPLE}`);
  if (!path.startsWith('/'))
    throw new InputError(`"Path" must begin with a slash: ${quoted(typed)}. ${EXAMPLE}`);
  const decoded = decodedOf(path);
  if (decoded === undefined || isUnsafe(path) || isUnsafe(decoded) || /[#\s]/.test(query))
    throw new InputError(
      `"Path" has characters that a path of HighLevel's API can't contain: ${quoted(typed)}. ${EXAMPLE}`,
    );
  const segments = decoded.toLowerCase().split('/');
  if (segments.some((segment) => /^\.+$/.test(segment)))
    throw new InputError(`"Path" can't contain "." or "..": ${quoted(typed)}. ${EXAMPLE}`);
  if (segments.some((segment) => segment.startsWith('oauth')))
    throw new InputError(
      '"Path" can\'t be under /oauth/, because these requests issue tokens. Reconnect the account instead.',
    );
  return { path, query };
}

/** Letters, digits and what paths of APIs have; percent signs only before two digits. */
function isUnsafe(path: string): boolean {
  return (
    !/^(?:[\w\-.~!$&'()*+,=:/]|%[\da-f]{2})*$/i.test(path) ||
    path.includes('//') ||
    /%(?:2e|2f|5c|25|0|1|7f)/i.test(path)
  );
}

function decodedOf(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
