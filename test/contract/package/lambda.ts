import { pathToFileURL } from 'node:url';

/**
 * A mock of AWS Lambda: a Node process in the folder of the unzipped package. Loads its wrapper and passes it one event after
 * another.
 */
const { handler } = await import(pathToFileURL('zapierwrapper.js').href);

process.on('message', (message: { id: number; event: object }) => void answer(message));
process.send?.({ node: process.version });

async function answer({ id, event }: { id: number; event: object }): Promise<void> {
  try {
    const { results } = await handler(event, {});
    process.send?.({ id, results });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}
