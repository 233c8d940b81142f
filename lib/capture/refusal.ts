import type { ApiError } from '../base/errors.ts';

/** HighLevel's message quoted in an error; the whole error message if it quotes none. */
export function wordsOf(error: ApiError): string {
  return /HighLevel says: "(.*)"/s.exec(error.message)?.[1] ?? error.message;
}
