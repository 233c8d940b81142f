import type { ApiError } from '../base/errors.ts';

/** HighLevel's own words in an error; the whole message where it quotes none. */
export function wordsOf(error: ApiError): string {
  return /HighLevel says: "(.*)"/s.exec(error.message)?.[1] ?? error.message;
}
