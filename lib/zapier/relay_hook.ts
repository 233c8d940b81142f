import * as z from 'zod';
import type { Bundle, PlainInputField, ZObject } from 'zapier-platform-core';
import { relayUrl } from '../base/edition.ts';
import { ApiError } from '../base/errors.ts';
import { allows } from '../highlevel/scopes.ts';
import { endpoints, type EndpointName } from '../highlevel/endpoints.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { relayClient, type EventSource, type Relay } from '../relay/client.ts';
import { deliveryKey, REMEMBERED_SECONDS } from '../relay/delivered.ts';
import type { Delivery } from '../webhooks/delivery.ts';
import { nameOf } from './connection_test.ts';

/** How an instant trigger gets its events from the relay. */
export interface RelayedTrigger<Input> {
  source: EventSource;
  /** The types of events to subscribe to: those that the step asks for, if the connection may read what they are about. */
  types: (input: Input, isAllowed: (endpoint: EndpointName) => boolean) => string[];
  /** Shows the URL to paste into JivoChat. */
  showsUrl?: boolean;
}

/** The relay, for a connection whose token HighLevel has just accepted for its sub-account: it signs for no other. */
async function relayOf(highlevel: HighLevel, zapier: ZObject): Promise<Relay> {
  await nameOf(highlevel);
  return relayWithoutTest(highlevel, zapier);
}

function relayWithoutTest({ locationId, timeLeft }: HighLevel, zapier: ZObject): Relay {
  const relay = relayClient(zapier, locationId, timeLeft);
  if (!relay)
    throw new ApiError('refused', 'This edition of the integration has no relay.', { system: 'relay' });
  return relay;
}

/** Subscribes the Zap's URL. What it returns is the Zap's `subscribeData`; Zapier subscribes again at `expiration_date`. */
export async function subscribeZap<Input>(
  highlevel: HighLevel,
  bundle: Pick<Bundle, 'authData' | 'targetUrl'>,
  zapier: ZObject,
  { source, types }: RelayedTrigger<Input>,
  input: Input,
): Promise<{ id: string; expiration_date: string }> {
  const wanted = types(input, (endpoint) => allows(bundle.authData, endpoints[endpoint].scope));
  if (wanted.length === 0) {
    throw new ApiError(
      'not permitted',
      'This connection may not read the records of the chosen events. Choose other events, or reconnect the account with more access.',
    );
  }
  const relay = await relayOf(highlevel, zapier);
  return relay.subscribe({ source, types: wanted, targetUrl: bundle.targetUrl ?? '' });
}

/** Ends the Zap's subscription. Works with a token that is not valid any more, so that a Zap can always be turned off. */
export async function unsubscribeZap(
  highlevel: HighLevel,
  { subscribeData }: Pick<Bundle, 'subscribeData'>,
  zapier: ZObject,
): Promise<object> {
  const { data } = z.object({ id: z.string() }).safeParse(subscribeData);
  // A Zap that was turned on with a pasted URL has none.
  if (data) await relayWithoutTest(highlevel, zapier).unsubscribe(data.id);
  return {};
}

const SAMPLES = 3;
/** More than are shown, because the step may not ask for all of them. */
const MAX_READ = 15;

/** The latest events as samples: the records that `perform` makes of them. Those it cannot read are left out. */
export async function sampleEvents<Item>(
  highlevel: HighLevel,
  zapier: ZObject,
  source: EventSource,
  perform: (delivery: Delivery) => Promise<Item[]>,
): Promise<Item[]> {
  const relay = await relayOf(highlevel, zapier);
  const { events } = await relay.events(source, MAX_READ);
  const items: Item[] = [];
  for (const { body, signature } of events) {
    if (items.length >= SAMPLES) break;
    const header = (name: string) =>
      name.toLowerCase() === 'x-ghl-signature' ? (signature ?? undefined) : undefined;
    items.push(...(await perform({ raw: body, body, header }).catch(() => [])));
  }
  return items.slice(0, SAMPLES);
}

/**
 * Runs an instant trigger for a delivery at most once for each event of a subscription. A delivery counts as used only when
 * it has succeeded: after a failure the next one is used.
 */
export async function onceForEvent<Item>(
  highlevel: HighLevel,
  { subscribeData }: Pick<Bundle, 'subscribeData'>,
  delivery: Delivery,
  perform: () => Promise<Item[]>,
): Promise<Item[]> {
  if (relayUrl() === undefined) return perform();
  const isSubscribed = z.object({ id: z.string() }).safeParse(subscribeData).success;
  const key = deliveryKey(delivery, { locationId: highlevel.locationId, isSubscribed });
  if (key === undefined) return perform();
  if (await highlevel.cache.get(key, z.literal(true))) return [];
  const items = await perform();
  await highlevel.cache.set(key, true, REMEMBERED_SECONDS);
  return items;
}

/** The field of the editor that shows the URL to paste into JivoChat. It says so if the relay does not respond. */
export async function urlField(highlevel: HighLevel, zapier: ZObject): Promise<PlainInputField[]> {
  const relay = await relayOf(highlevel, zapier);
  const { pasteUrl } = await relay.events('jivochat', 0).catch(() => ({ pasteUrl: undefined }));
  const helpText =
    pasteUrl === undefined
      ? "The URL for JivoChat can't be shown because the relay didn't respond. Try again later."
      : `In JivoChat, open **Manage > Channels**, click **Settings** for your channel, and turn on webhooks under **Integration settings for developers**. Webhooks need a paid plan. Paste this URL into **Webhooks Endpoint URL**, once for all your Zaps: \`${pasteUrl}\``;
  return [{ key: 'jivoChatWebhookUrl', label: 'URL for JivoChat', type: 'copy', helpText }];
}
