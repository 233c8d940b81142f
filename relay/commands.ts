import { addressOf } from './address.ts';
import type { Config } from './config.ts';
import { queueDbOf, type Database } from './database.ts';
import type { DeliveryQueue } from './queue.ts';
import { forgetLocation, generations, rotate } from './store.ts';

/** What a command works with. */
export interface CommandParts {
  config: Config;
  database: Database;
  queue: DeliveryQueue;
  /** Called after an address was rotated, so that the old one is refused at once. */
  onRotate: () => Promise<void>;
}

export const USAGE = `npm run relay                      starts the relay
npm run relay -- address LOCATION  prints the URL for JivoChat of a sub-account
npm run relay -- rotate LOCATION   replaces that URL: the old one stops working
npm run relay -- dead [LOCATION]   lists deliveries that were given up
npm run relay -- redrive ID        delivers one of them again; redrive all, all of them
npm run relay -- forget LOCATION   deletes everything about a sub-account`;

/** Runs a command and returns what to print. */
export async function run(command: readonly string[], parts: CommandParts): Promise<string> {
  const [name, argument] = command;
  const { config, database, queue } = parts;
  if (name === 'dead') return listed(await queue.dead(argument));
  if (argument !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(argument)) {
    switch (name) {
      case 'address': {
        const generation = (await generations(database)).get(argument) ?? 1;
        return urlOf(config, argument, generation);
      }
      case 'rotate': {
        const generation = await rotate(database, argument);
        await parts.onRotate();
        return `${urlOf(config, argument, generation)}\nPaste this URL into JivoChat. The old one no longer works.`;
      }
      case 'forget': {
        const letters = await queue.dead(argument);
        await database.transaction(async (sql) => {
          await forgetLocation(sql, argument);
          await queue.bury(letters, queueDbOf(sql));
        });
        return `Everything about ${argument} is deleted. Its Zaps receive events again after they are turned off and on.`;
      }
      case 'redrive': {
        const letters = (await queue.dead()).filter(({ id }) => argument === 'all' || id === argument);
        await database.transaction((sql) => queue.redrive(letters, queueDbOf(sql)));
        queue.wake();
        return letters.length === 1
          ? '1 delivery is being sent again.'
          : `${letters.length} deliveries are being sent again.`;
      }
    }
  }
  return USAGE;
}

function urlOf({ url, addressKeys }: Config, locationId: string, generation: number): string {
  return `${url}/jivochat/${addressOf(addressKeys[0] ?? '', { locationId, generation })}`;
}

function listed(letters: Awaited<ReturnType<DeliveryQueue['dead']>>): string {
  if (letters.length === 0) return 'No delivery was given up.';
  return letters
    .map(({ id, died, location, event, subscription, attempt, cause }) =>
      [
        id,
        died,
        `location ${location}`,
        `event ${event}`,
        `subscription ${subscription}`,
        `${attempt + 1} attempts`,
        cause,
      ].join('  '),
    )
    .join('\n');
}
