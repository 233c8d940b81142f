import * as z from 'zod';
import { DAY } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** A record that HighLevel has, and that a creation could have made: its content is the same. */
export interface LikeRecord<R> {
  id: string;
  /** ISO time, null where the list does not tell, or where age does not matter: the content alone then counts. */
  dateAdded: string | null;
  record: R;
}

/** A write that must not happen twice. */
export type Creation<R> = {
  /** What is written, in a word, such as `note`. Part of the key under which an unknown outcome is remembered. */
  kind: string;
  /** What makes two writes the same one: usually the path and body. Nothing that changes at a replay, such as the time of day. */
  identity: unknown;
  send: () => Promise<R>;
} & (
  | {
      /** Reads the records with the same content, at least those added at or after `since` (epoch ms). Throws where it cannot tell. */
      findLike: (since: number) => Promise<LikeRecord<R>[]>;
    }
  | {
      /** Nothing tells whether it happened: what that is, to follow "whether", and how to do it on purpose, as a sentence. */
      findLike?: never;
      outcome: string;
      onPurpose: string;
    }
);

/** A write whose outcome nobody knows. Times in epoch ms by HighLevel's clock. */
const Marker = z.object({
  firstSent: z.number(),
  /** When it was sent last: a replay may have sent it again. */
  lastSent: z.number(),
  /** The records with the same content that were there already. */
  olderIds: z.array(z.string()),
});
type Marker = z.output<typeof Marker>;

/** What is under a key of ours and is no marker is one of another version: anything may have been sent at any time. */
const StoredMarker = Marker.nullish().catch({ firstSent: 0, lastSent: 0, olderIds: [] });

/** After this long a record that was made shows in HighLevel's lists, or was never made. */
const SETTLED_AFTER_MS = 60_000;
/** How far HighLevel's `dateAdded` may lie before the time of its own Date header, which counts whole seconds. */
const CLOCK_SLACK_MS = 5_000;
const CHECK_SECONDS = 60;

const REPLAY =
  'Replay this step in a few minutes: it looks in HighLevel first, so nothing is written a second time.';

/**
 * Sends a write that makes a record, and never a second time while nobody knows whether the first one happened: Zapier runs a
 * failed step again by itself (Autoreplay), each time from the start. An outcome that stays unknown leaves a marker for a day.
 * The run that meets the unknown outcome, and each later run that finds the marker, looks for the record: found, it is the
 * result. A later run writes again only when HighLevel does not have the record a minute after the last try. What cannot be
 * looked up is not sent again while the marker lives. Without a working cache any run may be a later one: it looks first, and
 * does not send what cannot be looked up. Throws ApiError `uncertain` while the outcome is unknown.
 */
export async function createOnce<R>(highlevel: HighLevel, creation: Creation<R>): Promise<R> {
  const { cache } = highlevel;
  const key = `unconfirmed:${creation.kind}:${digest(JSON.stringify(creation.identity))}`;
  const [stored] = await Promise.all([
    cache.get(key, StoredMarker),
    // A cache that takes nothing would forget an unknown outcome, and that must be known before anything is sent.
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
    if (highlevel.now() - earlier.lastSent < SETTLED_AFTER_MS) throw notThereYet(creation.kind);
    // Before it is sent: another replay at the same moment must not send it too.
    if (marker) await keep({ ...marker, lastSent: highlevel.now() });
  }

  const startedAt = Date.now();
  try {
    const made = await creation.send();
    if (marker) await cache.delete(key);
    return made;
  } catch (error) {
    if (!(error instanceof ApiError && error.kind === 'uncertain')) throw error;
    // Only now: an answer has told HighLevel's clock.
    const lastSent = highlevel.now() - (Date.now() - startedAt);
    const tries = { firstSent: lastSent, olderIds: [], ...marker, lastSent };
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

/** A record as one that could have been made, by its own date. */
export function likeRecord<R extends { id: string; dateAdded: string | null }>(record: R): LikeRecord<R> {
  return { id: record.id, dateAdded: record.dateAdded, record };
}

function earliest({ firstSent }: Marker): number {
  return firstSent - CLOCK_SLACK_MS;
}

/** The record that one of the tries made, if it is among those with the same content. */
function madeSince<R>(tries: Marker, like: LikeRecord<R>[]): LikeRecord<R> | undefined {
  return like.find(
    ({ id, dateAdded }) => !tries.olderIds.includes(id) && !(Date.parse(dateAdded ?? '') < earliest(tries)),
  );
}

async function lookFirst<R>(
  { kind, findLike }: Extract<Creation<R>, { findLike: unknown }>,
  tries: Marker,
  isKnown: boolean,
): Promise<LikeRecord<R>[]> {
  try {
    return await findLike(earliest(tries));
  } catch (error) {
    // These are Zapier's to handle: the next run gets further.
    if (!(error instanceof ApiError) || error.kind === 'throttled' || error.kind === 'unauthenticated')
      throw error;
    const why = isKnown
      ? `HighLevel did not confirm an earlier try to save the ${kind}.`
      : "Zapier's cache did not respond, so an earlier try of this step may be unknown.";
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
      : `Whether the ${creation.kind} was saved could not be looked up. ${REPLAY}`;
  const unremembered =
    "It may or may not have happened, and Zapier's cache did not respond to remember this try. Check HighLevel before you replay this step.";
  return uncertain(`${error.reason} ${isRemembered ? said : unremembered}`, error.reason, error);
}

function notThereYet(kind: string): ApiError {
  const reason = `HighLevel did not confirm an earlier try to save the ${kind}, and does not show the ${kind} yet.`;
  return uncertain(`${reason} Nothing more was written. ${REPLAY}`, reason);
}

function notSentAgain(creation: { outcome: string; onPurpose: string }): ApiError {
  const reason = 'An earlier try of this step was not confirmed.';
  return uncertain(`${reason} ${cannotTell(creation)}`, reason);
}

function cannotTell({ outcome, onPurpose }: { outcome: string; onPurpose: string }): string {
  return `There is no way to look up whether ${outcome}, so this step does not try again for 24 hours. ${onPurpose}`;
}

function notSentWithoutCache(): ApiError {
  const reason =
    "Zapier's cache did not respond, so this step cannot tell whether an earlier try was sent. Nothing was sent now.";
  return new ApiError('unavailable', `${reason} Please try again in a few minutes.`, { reason });
}

function uncertain(message: string, reason: string, cause?: ApiError): ApiError {
  return new ApiError('uncertain', message, { reason, system: cause?.system, status: cause?.status });
}
