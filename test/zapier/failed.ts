/** How a run failed: Zapier's kind of error, and what the Zap's owner reads. */
export interface Failed {
  kind: string;
  message: string;
}

/** What a run fails with. Throws when it does not fail. */
export async function failed(running: Promise<unknown>): Promise<Failed> {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('The run did not fail');
  const message = error.message.startsWith('{') ? JSON.parse(error.message).message : error.message;
  return { kind: error.name, message };
}
