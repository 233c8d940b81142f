import type {
  Bundle,
  LockObject,
  PlainInputField,
  PlainOutputField,
  ThrottleObject,
  ZObject,
} from 'zapier-platform-core';
import {
  customInputFields,
  customOutputFields,
  customValues,
  type CustomFieldValue,
} from '../resources/custom_fields.ts';
import { customPaths, inputFields, outputFields, sample } from '../schema/zapier_fields.ts';
import { Halt, ApiError, InputError } from '../base/errors.ts';
import { keepOnly } from '../base/keep_only.ts';
import { isLoopback } from '../base/http.ts';
import { apiUrl } from '../highlevel/base_url.ts';
import { dropdowns } from './dropdowns.ts';
import { toZapierError } from './errors.ts';
import type { CustomModel, Fields, Output } from '../schema/fields.ts';
import { createClient, type HighLevel } from '../highlevel/client.ts';
import { channelUrl, deliver, type ChannelMessage } from '../jivochat/channel.ts';
import { parseInput, type Lookups } from '../schema/parse_input.ts';
import { deliveryOf, type Delivery } from '../webhooks/delivery.ts';
import { country, ifAllowed, timeZone } from '../resources/location.ts';
import { withQuotedTags } from '../resources/tags.ts';
import { relayUrl } from '../base/edition.ts';
import { relayClient, type Relay } from '../relay/client.ts';
import {
  onceForEvent,
  sampleEvents,
  subscribeZap,
  unsubscribeZap,
  urlField,
  type RelayedTrigger,
} from './relay_hook.ts';
import { addNames, addNamesToNews } from '../resources/names.ts';
import { userIdOf } from '../resources/users.ts';
import type { PollMode } from '../polling/window.ts';

/** The properties that every operation declares. */
interface Definition<I extends Fields, O extends Fields> {
  key: string;
  noun: string;
  display: { label: string; description: string };
  input: I;
  output: O;
}

/** A group of fields in the Zap editor. The first group is open; a group that is not `emphasized` can be collapsed. */
export interface FieldGroup {
  key: string;
  label: string;
  /** The keys of its fields. */
  fields: readonly string[];
  /** Whether the custom fields of the sub-account belong to it. */
  hasCustomFields?: true;
  emphasize?: boolean;
}

/** What an action can use in addition to its input. */
export interface CreateContext {
  /** The step's custom field values; empty unless the action has `customFields`. */
  customFields: CustomFieldValue[];
  /** Whether the action runs as part of a search-or-create, whose search found nothing. */
  afterSearch: boolean;
  /** Sends to the connection's JivoChat channel. Throws InputError when there is none. */
  jivochat: () => (message: ChannelMessage) => Promise<void>;
  /** The relay; undefined in an edition without one. */
  relay: Relay | undefined;
}

/** Builds Zapier's object for an action. `perform` gets parsed input; its errors are converted to Zapier's. */
export function create<I extends Fields, O extends Fields>({
  perform,
  customFields,
  groups,
  lock,
  throttle,
  ...definition
}: Definition<I, O> & {
  perform: (highlevel: HighLevel, input: Output<I>, context: CreateContext) => Promise<Output<O>>;
  /** Adds an input for each of the sub-account's custom fields of this kind, and passes the values to `perform`. */
  customFields?: CustomModel;
  /** The groups of the form; every field is in one. */
  groups?: readonly FieldGroup[];
  lock?: LockObject;
  throttle?: ThrottleObject;
}) {
  return {
    ...displayOf(definition),
    operation: {
      ...fields(definition, { customFields, groups }),
      ...(lock && { lock }),
      ...(throttle && { throttle }),
      perform: withClient(async (highlevel, bundle, zapier) => {
        const input = await inputOf(highlevel, definition.input, bundle);
        const output = await perform(highlevel, input, {
          customFields: customFields
            ? await customValues(highlevel, customFields, bundle.inputData, lookups(highlevel))
            : [],
          afterSearch: Boolean(bundle.meta?.withSearch),
          jivochat: () => {
            const besideSandbox = isLoopback(new URL(apiUrl()).hostname);
            const url = channelUrl(bundle.authData.jivoChatChannelSecret, { besideSandbox });
            return (message) => deliver(zapier, url, message, highlevel.timeLeft);
          },
          relay: relayClient(zapier, highlevel.locationId, highlevel.timeLeft),
        });
        await addNames(highlevel, output);
        return output;
      }),
    },
  };
}

/** Builds Zapier's object for a search. `perform` returns the matches, best first. "Not found" becomes an empty list. */
export function search<I extends Fields, O extends Fields>({
  perform,
  ...definition
}: Definition<I, O> & { perform: (highlevel: HighLevel, input: Output<I>) => Promise<Output<O>[]> }) {
  return {
    ...displayOf(definition),
    operation: {
      ...fields(definition),
      perform: withClient(async (highlevel, bundle) => {
        const input = await inputOf(highlevel, definition.input, bundle);
        try {
          const found = await perform(highlevel, input);
          // The user knows a contact that the step names.
          const { contactId }: { contactId?: unknown } = input;
          await addNames(highlevel, found, { readContacts: !contactId });
          return found;
        } catch (error) {
          if (error instanceof ApiError && error.kind === 'not found') return [];
          throw error;
        }
      }),
    },
  };
}

/**
 * Builds Zapier's object for a polling trigger. `perform` returns records, newest first. Zapier triggers on each new
 * combination of the `primary` fields.
 */
export function trigger<I extends Fields, O extends Fields>({
  perform,
  primary,
  ...definition
}: Definition<I, O> & {
  primary: readonly (keyof Output<O> & string)[];
  perform: (highlevel: HighLevel, input: Output<I>, mode: PollMode) => Promise<Output<O>[]>;
}) {
  return {
    ...displayOf(definition),
    operation: {
      type: 'polling' as const,
      ...fields(definition, { primary, isTrigger: true }),
      perform: withClient(async (highlevel, bundle) => {
        const input = await inputOf(highlevel, definition.input, bundle);
        const { isLoadingSample, isPopulatingDedupe } = bundle.meta ?? {};
        const mode = isPopulatingDedupe ? 'fill' : isLoadingSample ? 'sample' : 'poll';
        const records = await perform(highlevel, input, mode);
        // 10,000 complete contacts would exceed Zapier's size limit.
        if (mode === 'fill') return records.map((record) => keepOnly(record, primary));
        if (mode === 'sample') await addNames(highlevel, records, { readContacts: true });
        else await addNamesToNews(highlevel, { key: definition.key, filters: input }, records);
        return records;
      }),
    },
  };
}

/**
 * Builds Zapier's object for an instant trigger. `perform` turns a delivery into records; none when it is not for this Zap.
 * An invalid delivery halts the run instead of failing it. Without a relay, the user pastes the Zap's URL into the other
 * system, as `directions` say; with one, the Zap subscribes there.
 */
export function hook<I extends Fields, O extends Fields>({
  perform,
  relay,
  ...definition
}: Definition<I, O> & {
  display: { directions: string };
  perform: (highlevel: HighLevel, input: Output<I>, delivery: Delivery) => Promise<Output<O>[]>;
  relay: RelayedTrigger<Output<I>>;
}) {
  const own = fields(definition, { isTrigger: true });
  const operation = {
    type: 'hook' as const,
    ...own,
    perform: withClient(async (highlevel, bundle) => {
      const input = await inputOf(highlevel, definition.input, bundle);
      const delivery = deliveryOf(bundle);
      try {
        return await onceForEvent(highlevel, bundle, delivery, async () => {
          const records = await perform(highlevel, input, delivery);
          await addNames(highlevel, records, { readContacts: true });
          return records;
        });
      } catch (error) {
        // Zapier turns a Zap off after many errors, and its owner cannot control what others send to the URL.
        throw error instanceof InputError ? new Halt(error.message) : error;
      }
    }),
  };
  if (relayUrl() === undefined) return { ...displayOf(definition), operation };
  const { directions: _pasted, ...display } = definition.display;
  return {
    ...displayOf({ ...definition, display }),
    operation: {
      ...operation,
      inputFields: [
        ...(relay.showsUrl ? [inEditor((highlevel, _bundle, zapier) => urlField(highlevel, zapier))] : []),
        ...own.inputFields,
      ],
      performSubscribe: withClient(async (highlevel, bundle, zapier) => {
        const input = await inputOf(highlevel, definition.input, bundle);
        return subscribeZap(highlevel, bundle, zapier, relay, input);
      }),
      performUnsubscribe: withClient(unsubscribeZap),
      performList: withClient(async (highlevel, bundle, zapier) => {
        const input = await inputOf(highlevel, definition.input, bundle);
        const samples = await sampleEvents(highlevel, zapier, relay.source, (delivery) =>
          perform(highlevel, input, delivery),
        );
        await addNames(highlevel, samples, { readContacts: true });
        return samples;
      }),
    },
  };
}

/** The step's input, parsed. */
async function inputOf<I extends Fields>(
  highlevel: HighLevel,
  declared: I,
  { inputData }: Pick<Bundle, 'inputData'>,
): Promise<Output<I>> {
  const input = await withQuotedTags(highlevel, declared, inputData ?? {});
  return parseInput(declared, input, lookups(highlevel));
}

/** Lookups for parsing an input, from the cached records of the sub-account. */
function lookups(highlevel: HighLevel): Lookups {
  return {
    zone: () => timeZone(highlevel),
    country: () => country(highlevel),
    userId: (given, label) => userIdOf(highlevel, given, label),
  };
}

function displayOf({ key, noun, display }: Pick<Definition<Fields, Fields>, 'key' | 'noun' | 'display'>) {
  return { key, noun, display };
}

function fields(
  { input, output }: { input: Fields; output: Fields },
  {
    customFields,
    primary = [],
    isTrigger = false,
    groups = [],
  }: {
    customFields?: CustomModel | undefined;
    primary?: readonly string[];
    isTrigger?: boolean;
    groups?: readonly FieldGroup[] | undefined;
  } = {},
) {
  const customInputs: ((zapier: ZObject, bundle: Bundle) => Promise<PlainInputField[]>)[] = customFields
    ? [
        inEditor(async (highlevel) => {
          const group = groups.find(({ hasCustomFields }) => hasCustomFields)?.key;
          const found = await ifAllowed(customInputFields(highlevel, customFields), []);
          return group ? found.map((field) => ({ ...field, group })) : found;
        }),
      ]
    : [];
  // Zapier needs the fields that identify a record before it calls anything. All others are made when the editor asks for
  // them: they are half of the definition, which Zapier copies at every start.
  const fixed = new Set(['id', ...primary]);
  const outputs: (PlainOutputField | OutputFieldsFunction)[] = [
    ...outputFields(output, { only: fixed, primary }),
    () => Promise.resolve(outputFields(output).filter(({ key }) => !fixed.has(key))),
    inEditor((highlevel) => ifAllowed(customOutputFields(highlevel, customPaths(output)), [])),
  ];
  return {
    // A trigger is the first step of a Zap, so no search step can stand before it.
    ...(groups.length > 0 && {
      inputFieldGroups: groups.map(({ key, label, emphasize = true }) => ({ key, label, emphasize })),
    }),
    inputFields: [
      ...inputFields(input, dropdowns, { searchSteps: !isTrigger }).map((field) => {
        const group = groups.find(({ fields: keys }) => keys.includes(field.key))?.key;
        return group ? { ...field, group } : field;
      }),
      ...customInputs,
    ],
    outputFields: outputs,
    sample: sample(output),
  };
}

/** Makes output fields when the editor asks for them. One without parameters sends no request. */
type OutputFieldsFunction = (zapier: ZObject, bundle: Bundle) => Promise<PlainOutputField[]>;

/** Creates the client for a run, and converts every error to Zapier's. */
function withClient<T>(
  work: (highlevel: HighLevel, bundle: Bundle, zapier: ZObject) => Promise<T>,
  options?: { bypassCache: boolean },
) {
  return async (zapier: ZObject, bundle: Bundle): Promise<T> => {
    try {
      return await work(createClient(zapier, bundle, options), bundle, zapier);
    } catch (error) {
      throw toZapierError(error);
    }
  };
}

function inEditor<T>(work: (highlevel: HighLevel, bundle: Bundle, zapier: ZObject) => Promise<T>) {
  return withClient(work, { bypassCache: true });
}
