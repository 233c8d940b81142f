/** Writes a line of the structured log. Only ids, counts and causes: never a body, a URL of a Zap, a key or a contact's data. */
export type Log = (
  level: 'info' | 'warning' | 'error',
  event: string,
  more?: Record<string, unknown>,
) => void;

/** The log of a running relay: one JSON object a line. */
export const logToOutput: Log = (level, event, more = {}) => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...more })}\n`);
};

/** The cause of a failure in one line, without what a statement or a request contained. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.name} ${code}` : `${error.name}: ${error.message.slice(0, 200)}`;
}
