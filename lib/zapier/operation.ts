import type * as z from 'zod';
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
import { inputFields, outputFields, contactPaths, sample } from '../schema/zapier_fields.ts';
import { Halt, ApiError, InputError } from '../base/errors.ts';
import { keepOnly } from '../base/keep_only.ts';
import { isLoopback } from '../base/http.ts';
import { apiUrl } from '../highlevel/base_url.ts';
import { dropdowns } from './dropdowns.ts';
import { toZapierError } from './errors.ts';
import { createClient, type HighLevel } from '../highlevel/client.ts';
import { channelUrl, deliver, type ChannelMessage } from '../jivochat/channel.ts';
import { parseInput } from '../schema/parse_input.ts';
import { deliveryOf, type Delivery } from '../webhooks/delivery.ts';
import { ifAllowed, timeZone } from '../resources/location.ts';
import type { PollMode } from '../polling/window.ts';

/** What every operation says of itself, in reading order. */
interface Definition<I extends z.ZodObject, O extends z.ZodObject> {
  key: string;
  noun: string;
  display: { label: string; description: string };
  input: I;
  output: O;
}

/** What an action may want to know beside its input. */
export interface CreateContext {
  /** The custom field values of the step; none where the action does not ask for them. */
  customFields: CustomFieldValue[];
  /** The action is the second half of a search-or-create: the search has just found nothing. */
  afterSearch: boolean;
  /** The JivoChat channel of the connection, to deliver into. Throws InputError when there is none. */
  jivochat: () => (message: ChannelMessage) => Promise<void>;
}

/** An action: a definition in, Zapier's own object out. Input is read and checked before `perform` sees it. */
export function create<I extends z.ZodObject, O extends z.ZodObject>({
  perform,
  customFields = false,
  lock,
  throttle,
  ...definition
}: Definition<I, O> & {
  perform: (highlevel: HighLevel, input: z.output<I>, more: CreateContext) => Promise<z.output<O>>;
  /** Asks for the sub-account's custom fields too, and hands their values to `perform`. */
  customFields?: boolean;
  lock?: LockObject;
  throttle?: ThrottleObject;
}) {
  return {
    ...shown(definition),
    operation: {
      ...fields(definition, { customFields }),
      ...(lock && { lock }),
      ...(throttle && { throttle }),
      perform: onHighLevel(async (highlevel, bundle, zapier) => {
        const input = await parseInput(definition.input, bundle.inputData, () => timeZone(highlevel));
        return perform(highlevel, input, {
          customFields: customFields ? await customValues(highlevel, bundle.inputData) : [],
          afterSearch: Boolean(bundle.meta?.withSearch),
          jivochat: () => {
            const besideSandbox = isLoopback(new URL(apiUrl()).hostname);
            const url = channelUrl(bundle.authData.jivoChatChannelSecret, { besideSandbox });
            return (message) => deliver(zapier, url, message, highlevel.timeLeft);
          },
        });
      }),
    },
  };
}

/** A search: what `perform` finds, best match first. A record that is not there is no error but an empty list. */
export function search<I extends z.ZodObject, O extends z.ZodObject>({
  perform,
  ...definition
}: Definition<I, O> & { perform: (highlevel: HighLevel, input: z.output<I>) => Promise<z.output<O>[]> }) {
  return {
    ...shown(definition),
    operation: {
      ...fields(definition),
      perform: onHighLevel(async (highlevel, bundle) => {
        const input = await parseInput(definition.input, bundle.inputData, () => timeZone(highlevel));
        try {
          return await perform(highlevel, input);
        } catch (error) {
          if (error instanceof ApiError && error.kind === 'not found') return [];
          throw error;
        }
      }),
    },
  };
}

/**
 * A polling trigger: `perform` gives records newest first; Zapier fires for those whose `primary` fields it has not seen
 * together before.
 */
export function trigger<I extends z.ZodObject, O extends z.ZodObject>({
  perform,
  primary,
  ...definition
}: Definition<I, O> & {
  primary: readonly (keyof z.output<O> & string)[];
  perform: (highlevel: HighLevel, input: z.output<I>, mode: PollMode) => Promise<z.output<O>[]>;
}) {
  return {
    ...shown(definition),
    operation: {
      type: 'polling' as const,
      ...fields(definition, { primary }),
      perform: onHighLevel(async (highlevel, bundle) => {
        const input = await parseInput(definition.input, bundle.inputData, () => timeZone(highlevel));
        const { isLoadingSample, isPopulatingDedupe } = bundle.meta ?? {};
        const mode = isPopulatingDedupe ? 'fill' : isLoadingSample ? 'sample' : 'poll';
        const records = await perform(highlevel, input, mode);
        // 10,000 whole contacts would be more than Zapier takes from one run.
        return mode === 'fill' ? records.map((record) => keepOnly(record, primary)) : records;
      }),
    },
  };
}

/**
 * An instant trigger of the kind whose address the user pastes into the other system. `perform` turns a delivery into
 * records, none when it is not for this Zap. What is no event of that system ends quietly, with a word in the history.
 */
export function hook<I extends z.ZodObject, O extends z.ZodObject>({
  perform,
  ...definition
}: Definition<I, O> & {
  display: { directions: string };
  perform: (highlevel: HighLevel, input: z.output<I>, delivery: Delivery) => Promise<z.output<O>[]>;
}) {
  return {
    ...shown(definition),
    operation: {
      type: 'hook' as const,
      ...fields(definition),
      perform: onHighLevel(async (highlevel, bundle) => {
        const input = await parseInput(definition.input, bundle.inputData ?? {}, () => timeZone(highlevel));
        try {
          return await perform(highlevel, input, deliveryOf(bundle));
        } catch (error) {
          // Many errors switch a Zap off, and what others send to its address is not its owner's doing.
          throw error instanceof InputError ? new Halt(error.message) : error;
        }
      }),
    },
  };
}

/** Where the editor shows an operation. */
function shown({
  key,
  noun,
  display,
}: Pick<Definition<z.ZodObject, z.ZodObject>, 'key' | 'noun' | 'display'>) {
  return { key, noun, display };
}

function fields(
  { input, output }: { input: z.ZodObject; output: z.ZodObject },
  { customFields = false, primary = [] }: { customFields?: boolean; primary?: readonly string[] } = {},
) {
  const asksCustom: ((zapier: ZObject, bundle: Bundle) => Promise<PlainInputField[]>)[] = customFields
    ? [inEditor(customInputFields)]
    : [];
  const contacts = contactPaths(output);
  const tellsCustom: ((zapier: ZObject, bundle: Bundle) => Promise<PlainOutputField[]>)[] =
    contacts.length > 0
      ? [inEditor((highlevel) => ifAllowed(customOutputFields(highlevel, contacts), []))]
      : [];
  return {
    inputFields: [...inputFields(input, dropdowns), ...asksCustom],
    outputFields: [...outputFields(output, primary), ...tellsCustom],
    sample: sample(output),
  };
}

/** The one place where a run meets HighLevel and where its errors become Zapier's. */
function onHighLevel<T>(
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

function inEditor<T>(work: (highlevel: HighLevel) => Promise<T>) {
  return onHighLevel(work, { bypassCache: true });
}
