import app from '../../index.ts';
import { isObject } from '../../lib/base/json.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

/** What the stories ran, all of them together: each operation (`creates.create_task`) with the records it gave. */
export const gave = new Map<string, Item[]>();
/** Each operation with the sentences it refused bad input by. */
export const refused = new Map<string, string[]>();

/** A day at work: HighLevel, and the Zaps of a person in New York. */
export interface Day {
  readonly sandbox: Sandbox;
  readonly zapier: Zapier;
  /** What a person sees in a field's dropdown, label to id. */
  choices: (operation: string, field: string, inputData?: Item) => Promise<Map<string, string>>;
  /** The id behind a label in a field's dropdown. */
  pick: (operation: string, field: string, label: string, inputData?: Item) => Promise<string>;
  /** The sentence by which an operation refuses an input; fails when it was taken, or when anything was sent. */
  refusal: (operation: string, inputData: Item, delivery?: string) => Promise<string>;
}

/** Zapier, which keeps for the record what each operation gave. */
class WitnessedZapier extends Zapier {
  override async call(...given: Parameters<Zapier['call']>): Promise<unknown> {
    const result = await super.call(...given);
    const operation = /^(.+)\.operation\.perform$/.exec(given[0])?.[1];
    // What a trigger learns when it is switched on is no record: only what tells it from others.
    if (operation && !given[2]?.isPopulatingDedupe) {
      const records = (Array.isArray(result) ? result : [result]).filter((one): one is Item => isObject(one));
      gave.set(operation, [...(gave.get(operation) ?? []), ...records]);
    }
    return result;
  }
}

/** A new day for each test of a file. */
export function aDay(): Day {
  let sandbox: Sandbox;
  let zapier: Zapier;
  beforeEach(async () => {
    const clock = { now: Date.now() };
    // No two things happen in the same moment.
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
      // A contact's address stands behind its name.
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

/** What the user is told by a run that fails, without the id of HighLevel's trace, which is another for each answer. */
export async function toldBy(running: Promise<unknown>): Promise<string> {
  return (await failed(running)).message.replace(/ \(trace [\da-f-]{36}\)/, '');
}

/** The records in a list. */
export function list(value: unknown): Item[] {
  return Array.isArray(value) ? value.filter((one): one is Item => isObject(one)) : [];
}
