import { ConfigError, configFrom, type Config } from './config.ts';
import { run, USAGE } from './commands.ts';
import { openPglite, openPostgres } from './database.ts';
import { askRelayIn } from './lock.ts';
import { logToOutput } from './log.ts';
import { prepare } from './migrations.ts';
import { DeliveryQueue } from './queue.ts';
import { startRelay } from './relay.ts';
import { join } from 'node:path';

const print = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const command = process.argv.slice(2);
  if (command.includes('--help')) {
    print(USAGE);
    return;
  }
  const config = configFrom(process.env);
  if (command.length > 0) {
    // The relay that runs has the embedded database to itself.
    print((await askRelayIn(config.folder, command)) ?? (await runHere(command, config)));
    return;
  }
  guide(config);
  const relay = await startRelay({ config, log: logToOutput });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      relay.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/** Says where to paste what, before anything takes time. */
function guide({ url, port, folder, databaseUrl, requestKeys }: Config): void {
  print(
    `The relay is starting on port ${port}, with ${databaseUrl === undefined ? `its database in ${folder}` : 'PostgreSQL'}.`,
  );
  if (process.env.NODE_ENV === 'production') return;
  const isPrivate = url.startsWith('http:');
  print(
    [
      ...(isPrivate
        ? [`Zapier and JivoChat must reach it: set RELAY_URL to its public https URL. For now it is ${url}.`]
        : []),
      'Build the app with it:            RELAY_URL=' + url + ' npm run build',
      'Set its key at Zapier:            npx zapier-platform env:set VERSION RELAY_KEY=' +
        (databaseUrl !== undefined
          ? 'the RELAY_KEY of the relays'
          : process.stdout.isTTY
            ? requestKeys[0]
            : `the requestKey in ${join(folder, 'keys.json')}`),
      "Paste into JivoChat's channel:    the URL that the trigger New JivoChat Event shows, or npm run relay -- address LOCATION",
      `Paste into the HighLevel app:     ${url}/highlevel, as its webhook URL`,
      'Everything else:                  docs/relay.md',
    ].join('\n'),
  );
}

/** Runs a command on the database, when no relay uses the folder. */
async function runHere(command: readonly string[], config: Config): Promise<string> {
  const log = () => {};
  const database =
    config.databaseUrl === undefined
      ? await openPglite(join(config.folder, 'database'))
      : openPostgres(config.databaseUrl, log);
  try {
    const queue = new DeliveryQueue(database, log);
    await prepare(database, queue);
    try {
      return await run(command, { config, database, queue, onRotate: async () => {} });
    } finally {
      await queue.stop();
    }
  } finally {
    await database.close();
  }
}

try {
  await main();
} catch (error) {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else if (code === 'EADDRINUSE')
    process.stderr.write('The port is in use. Set PORT to another one, or stop what uses it.\n');
  else throw error;
  process.exitCode = 1;
}
