import { isObject } from '../../../lib/base/json.ts';

/** A failed run, as Zapier and the user see it. */
export interface Failed {
  /** The platform's error name: AppError, HaltedError, ThrottledError, RefreshAuthError or ExpiredAuthError. */
  kind: string;
  message: string;
  code?: unknown;
  status?: unknown;
  /** Seconds until Zapier tries again. */
  delay?: unknown;
}

/** The failure of a run. Throws when it succeeds. */
export async function failed(running: Promise<unknown>): Promise<Failed> {
  const thrown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  return failureIn(thrown);
}

/** Parses an error of the platform, which may have JSON as its message. Throws for anything that is not an error. */
export function failureIn(thrown: unknown): Failed {
  if (!(thrown instanceof Error)) throw new Error('The run did not fail');
  const { name, message } = thrown;
  const packed: unknown = message.startsWith('{') ? JSON.parse(message) : { message };
  const told = isObject(packed) ? packed : {};
  return { kind: name, ...told, message: typeof told.message === 'string' ? told.message : '' };
}
