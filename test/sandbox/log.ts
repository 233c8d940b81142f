/** One request that reached the sandbox. */
export interface LoggedRequest {
  method: string;
  path: string;
  search: string;
  headers: Record<string, string>;
  body: unknown;
  status: number;
  /** When it came, ms by HighLevel's clock, and how long it took. */
  at: number;
  ms: number;
}

/** The headers of a request, its token cut to the last four characters. */
export function loggedHeaders(headers: Headers): Record<string, string> {
  const { authorization, ...rest } = Object.fromEntries(headers.entries());
  return { ...rest, ...(authorization && { authorization: `…${authorization.slice(-4)}` }) };
}

/** The body of a request: what its JSON says, else its text; null when there is none. */
export function loggedBody(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
