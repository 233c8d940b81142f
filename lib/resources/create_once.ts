import * as z from 'zod';
import { DAY } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** A record in HighLevel with the same content, which the write may have created. */
export interface LikeRecord<R> {
  id: string;
  /** ISO time; null if the list has no dates, or if the age does not matter: then only the content counts. */
  dateAdded: string | null;
  record: R;
}

/** A write that must not take place twice. */
export type Creation<R> = {
  /** The noun for messages, such as `note`; also part of the cache key. */
  kind: string;
  /** What the write does, for messages; `save` by default. */
  verb?: 'save' | 'send';
  /** Equal for a write and its replay: usually the path and body, without anything that changes at a replay, such as the current time. */
  identity: unknown;
  send: () => Promise<R>;
} & (
  | {
      /** Reads the records with the same content, at least those added since `since` (epoch ms). Throws if it can't tell. */
      findLike: (since: number) => Promise<LikeRecord<R>[]>;
    }
  | {
      /** Left out if no list shows the result. */
      findLike?: never;
      /** The result, as a clause after "whether": `the contact was added to the workflow`. */
      outcome: string;
      /** Sentences that say how to repeat the write on purpose. */
      onPurpose: string;
    }
);

/** The cache entry of a write with an unknown outcome. Times are epoch ms by HighLevel's clock. */
const Marker = z.object({
  firstSent: z.number(),
  /** Later than `firstSent` if a replay sent it again. */
  lastSent: z.number(),
  /** The IDs of records with the same content that existed before. */
  olderIds: z.array(z.string()),
});
type Marker = z.output<typeof Marker>;

/** An entry in another format was stored by another version of the app: its write may have been sent at any time. */
const StoredMarker = Marker.nullish().catch({ firstSent: 0, lastSent: 0, olderIds: [] });

/** A record that is not in HighLevel's lists after this time was not created. */
const SETTLED_AFTER_MS = 60_000;
/** The most by which a record's `dateAdded` may precede the time of the Date header, which has no milliseconds. */
const CLOCK_SLACK_MS = 5_000;
const CHECK_SECONDS = 60;
/** Longer than a replay needs to store its marker. */
const TURN_SECONDS = 30;

const REPLAY =
  'Replay this step in a few minutes: it looks in HighLevel first, so nothing is written a second time.';

/**
 * Sends a write that is not idempotent, at most once while its outcome is unknown: Zapier's Autoreplay runs a failed step
 * again, each time from the beginning. An unknown outcome leaves a marker in the cache for a day. The run itself, and each
 * later run that finds the marker, looks for the record and returns it. A later run writes again only if HighLevel does not
 * have the record a minute after the last attempt. A write that cannot be looked up is not sent again while the marker
 * exists. Without a working cache every run may be a replay: it looks first, and does not send a write that cannot be looked
 * up. Throws ApiError `uncertain` while the outcome is unknown.
 */
export async function createOnce<R>(highlevel: HighLevel, creation: Creation<R>): Promise<R> {
  const { cache } = highlevel;
  const hash = digest(JSON.stringify(creation.identity));
  const key = `unconfirmed:${creation.kind}:${hash}`;
  const turn = `sending:${creation.kind}:${hash}`;
  const [stored] = await Promise.all([
    cache.get(key, StoredMarker),
    // A cache that stores nothing would forget an unknown outcome, so check that before sending anything.
    cache.set('check', true, CHECK_SECONDS),
  ]);
  const marker = stored ?? undefined;
  const keep = (tries: Marker) => cache.set(key, tries, DAY / 1000);

  if (marker || !cache.isWorking()) {
    const earlier = marker ?? { firstSent: highlevel.now() - DAY, lastSent: 0, olderIds: [] };
    if (!creation.findLike) throw marker ? notSentAgain(creation) : notSentWithoutCache();
    const like = await lookFirst(creation, earlier, marker !== undefined);
    const found = madeSince(earlier, like);
    if (found) {
      if (marker) await cache.delete(key);
      return found.record;
    }
    if (highlevel.now() - earlier.lastSent < SETTLED_AFTER_MS) throw notThereYet(creation);
    if (marker) {
      // Of several replays at the same time, only one sends it.
      if (!(await cache.claim(turn, TURN_SECONDS))) throw notThereYet(creation);
      const current = await cache.get(key, StoredMarker);
      if (cache.isWorking() && current?.lastSent !== marker.lastSent) {
        await cache.release(turn);
        throw notThereYet(creation);
      }
      await keep({ ...marker, lastSent: highlevel.now() });
      await cache.release(turn);
    }
  }

  const startedAt = Date.now();
  try {
    const made = await creation.send();
    if (marker) await cache.delete(key);
    return made;
  } catch (error) {
    if (!(error instanceof ApiError && error.kind === 'uncertain')) throw error;
    // Only now, because a response has told HighLevel's clock.
    const lastSent = highlevel.now();
    const firstSent = lastSent - (Date.now() - startedAt);
    const tries = { firstSent, olderIds: [], ...marker, lastSent };
    const like = await creation.findLike?.(earliest(tries)).catch(() => undefined);
    const found = like && madeSince(tries, like);
    if (found) {
      if (marker) await cache.delete(key);
      return found.record;
    }
    const olderIds = [...new Set([...tries.olderIds, ...(like ?? []).map(({ id }) => id)])];
    await keep({ ...tries, olderIds });
    throw unconfirmed(creation, error, like !== undefined, cache.isWorking());
  }
}

/** A record with its own date, as `findLike` returns it. */
export function likeRecord<R extends { id: string; dateAdded: string | null }>(record: R): LikeRecord<R> {
  return { id: record.id, dateAdded: record.dateAdded, record };
}

function earliest({ firstSent }: Marker): number {
  return firstSent - CLOCK_SLACK_MS;
}

/** The record that one of the attempts created, if it is among those with the same content. */
function madeSince<R>(tries: Marker, like: LikeRecord<R>[]): LikeRecord<R> | undefined {
  return like.find(
    ({ id, dateAdded }) => !tries.olderIds.includes(id) && !(Date.parse(dateAdded ?? '') < earliest(tries)),
  );
}

async function lookFirst<R>(
  { kind, verb = 'save', findLike }: Extract<Creation<R>, { findLike: unknown }>,
  tries: Marker,
  isKnown: boolean,
): Promise<LikeRecord<R>[]> {
  try {
    return await findLike(earliest(tries));
  } catch (error) {
    // Zapier handles these, and runs the step again.
    if (!(error instanceof ApiError) || error.kind === 'throttled' || error.kind === 'unauthenticated')
      throw error;
    const why = isKnown
      ? `HighLevel did not confirm an earlier attempt to ${verb} the ${kind}.`
      : "Zapier's cache did not respond, so an earlier attempt of this step may be unknown.";
    const context = `${why} Before this step writes, it must check that the ${kind} is not there yet, and that failed. Nothing more was written.`;
    throw uncertain(`${context} ${error.message}`, `${context} ${error.reason}`, error);
  }
}

function unconfirmed<R>(
  creation: Creation<R>,
  error: ApiError,
  hasLooked: boolean,
  isRemembered: boolean,
): ApiError {
  const said = !creation.findLike
    ? cannotTell(creation)
    : hasLooked
      ? `The ${creation.kind} is not in HighLevel yet, but may still appear there. ${REPLAY}`
      : `Whether the ${creation.kind} was ${creation.verb === 'send' ? 'sent' : 'saved'} could not be looked up. ${REPLAY}`;
  const unremembered = `It may or may not have been saved, and Zapier's cache did not respond, so this attempt can't be remembered. Check ${error.system} before you replay this step.`;
  return uncertain(`${error.reason} ${isRemembered ? said : unremembered}`, error.reason, error);
}

function notThereYet({ kind, verb = 'save' }: { kind: string; verb?: 'save' | 'send' }): ApiError {
  const reason = `HighLevel did not confirm an earlier attempt to ${verb} the ${kind}, and does not show the ${kind} yet.`;
  return uncertain(`${reason} Nothing more was written. ${REPLAY}`, reason);
}

function notSentAgain(creation: { outcome: string; onPurpose: string }): ApiError {
  const reason = 'An earlier attempt of this step was not confirmed.';
  return uncertain(`${reason} ${cannotTell(creation)}`, reason);
}

function cannotTell({ outcome, onPurpose }: { outcome: string; onPurpose: string }): string {
  return `There is no way to look up whether ${outcome}, so this step does not try again for 24 hours. ${onPurpose}`;
}

function notSentWithoutCache(): ApiError {
  const reason =
    "Zapier's cache did not respond, so this step cannot tell whether an earlier attempt was sent. Nothing was sent now.";
  return new ApiError('unavailable', `${reason} Please try again in a few minutes.`, { reason });
}

function uncertain(message: string, reason: string, cause?: ApiError): ApiError {
  return new ApiError('uncertain', message, { reason, system: cause?.system, status: cause?.status });
}
