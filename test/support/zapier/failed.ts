import { isObject } from '../../../lib/base/json.ts';

/** What Zapier and the Zap's owner are told when a run fails. */
export interface Failed {
  /** The platform's name for it: AppError, HaltedError, ThrottledError, RefreshAuthError, ExpiredAuthError. */
  kind: string;
  message: string;
  code?: unknown;
  status?: unknown;
  /** Seconds after which Zapier tries again. */
  delay?: unknown;
}

/** What a run fails with. Throws when it does not fail. */
export async function failed(running: Promise<unknown>): Promise<Failed> {
  const thrown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  return failureIn(thrown);
}

/** What an error of the platform's tells, which may be packed into its message as JSON. Throws for what is no error. */
export function failureIn(thrown: unknown): Failed {
  if (!(thrown instanceof Error)) throw new Error('The run did not fail');
  const { name, message } = thrown;
  const packed: unknown = message.startsWith('{') ? JSON.parse(message) : { message };
  const told = isObject(packed) ? packed : {};
  return { kind: name, ...told, message: typeof told.message === 'string' ? told.message : '' };
}
