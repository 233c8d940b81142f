import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

/** The records returned in all stories, by operation (`creates.create_task`). */
export const gave = new Map<string, Item[]>();
/** The error messages for bad input, by operation. */
export const refused = new Map<string, string[]>();

/** The setting of a story: a sandbox, and the Zaps of a user in New York. */
export interface Day {
  readonly sandbox: Sandbox;
  readonly zapier: Zapier;
  /** The choices in a field's dropdown, label to id. */
  choices: (operation: string, field: string, inputData?: Item) => Promise<Map<string, string>>;
  /** The id of a label in a field's dropdown. */
  pick: (operation: string, field: string, label: string, inputData?: Item) => Promise<string>;
  /** The error message for an invalid input; fails if the operation accepts it or sends a request. */
  refusal: (operation: string, inputData: Item, delivery?: string) => Promise<string>;
}

/** Zapier, recording what each operation returns. */
class WitnessedZapier extends Zapier {
  override async call(...given: Parameters<Zapier['call']>): Promise<unknown> {
    const result = await super.call(...given);
    const operation = /^(.+)\.operation\.perform$/.exec(given[0])?.[1];
    // To fill the dedupe table, a trigger returns only the primary fields of a record.
    if (operation && !given[2]?.isPopulatingDedupe) {
      const records = (Array.isArray(result) ? result : [result]).filter((one): one is Item => isObject(one));
      gave.set(operation, [...(gave.get(operation) ?? []), ...records]);
    }
    return result;
  }
}

/** A new setting for each test of a file. */
export function aDay(): Day {
  let sandbox: Sandbox;
  let zapier: Zapier;
  beforeEach(async () => {
    const clock = { now: Date.now() };
    // No two events have the same time.
    const onRequest = () => (clock.now += 1_000);
    sandbox = await startSandbox({ now: () => clock.now, onRequest, rateLimit: false });
    zapier = new WitnessedZapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    return sandbox.close();
  });

  const choices: Day['choices'] = async (operation, field, inputData = {}) => {
    const path = `${operation}.operation.inputFields`;
    const index = list(await zapier.call(path)).findIndex(({ key }) => key === field);
    const offered = await zapier.call(`${path}.${index}.choices.perform`, inputData);
    const results = isObject(offered) ? list(offered.results) : [];
    return new Map(results.map(({ id, label }) => [String(label), String(id)]));
  };
  return {
    get sandbox() {
      return sandbox;
    },
    get zapier() {
      return zapier;
    },
    choices,
    async pick(operation, field, label, inputData) {
      // A contact's label has its email after the name.
      const offered = [...(await choices(operation, field, inputData))];
      const id = offered.find(([shown]) => shown === label || shown.startsWith(`${label} (`))?.[1];
      if (id === undefined) throw new Error(`${field} of ${operation} does not offer ${label}`);
      return id;
    },
    async refusal(operation, inputData, delivery) {
      const before = sandbox.log.length;
      const running =
        delivery === undefined
          ? zapier.call(`${operation}.operation.perform`, inputData)
          : zapier.deliver(operation.replace('triggers.', ''), delivery, inputData);
      const sentence = await toldBy(running);
      if (sandbox.log.length > before) throw new Error(`${operation} sent something`);
      refused.set(operation, [...(refused.get(operation) ?? []), sentence]);
      return sentence;
    },
  };
}

/** The error message of a failed run, without HighLevel's trace id, which differs for each response. */
export async function toldBy(running: Promise<unknown>): Promise<string> {
  return (await failed(running)).message.replace(/ \(trace [\da-f-]{36}\)/, '');
}

/** The records in a list. */
export function list(value: unknown): Item[] {
  return Array.isArray(value) ? value.filter((one): one is Item => isObject(one)) : [];
}
