import { Halt } from '../base/errors.ts';
import {
  deliveredEvent,
  EVENT_HEADER,
  SIGNATURE_HEADER,
  SUBSCRIPTION_HEADER,
  verifySignature,
} from '../base/signed_request.ts';
import { relayKeys } from './client.ts';

/** How long a delivered event is remembered, in seconds. The relay repeats a delivery for two days. */
export const REMEMBERED_SECONDS = 7 * 86_400;

/**
 * The key under which a delivery of the relay is remembered, because the relay delivers at least once; undefined for what
 * was sent to a pasted URL. Throws Halt when the relay's signature is missing or wrong: `isSubscribed` says whether the Zap
 * gets its events from the relay. The age is not checked: Zapier may run a Zap late, and the event ID is used once.
 */
export function deliveryKey(
  { raw, header }: { raw: string | undefined; header: (name: string) => string | undefined },
  { locationId, isSubscribed }: { locationId: string; isSubscribed: boolean },
): string | undefined {
  const eventId = header(EVENT_HEADER);
  if (eventId === undefined && !isSubscribed) return undefined;
  const subscriptionId = header(SUBSCRIPTION_HEADER) ?? '';
  const covered = deliveredEvent({ eventId: eventId ?? '', subscriptionId, locationId, body: raw ?? '' });
  if (!verifySignature(relayKeys(), header(SIGNATURE_HEADER), covered))
    throw new Halt("The webhook isn't signed by the relay for this sub-account, so it was ignored.");
  return `relay:${eventId}:${subscriptionId}`;
}
