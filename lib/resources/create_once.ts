import * as z from 'zod';
import { DAY } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** A record that HighLevel has, and that a creation could have made: its content is the same. */
export interface LikeRecord<R> {
  id: string;
  /** ISO time, null where the list does not tell: the content alone then counts. */
  dateAdded: string | null;
  record: R;
}

/** A write that must not happen twice. */
export interface Creation<R> {
  /** Names what is written, such as `note`. */
  kind: string;
  /** What makes two writes the same one: usually the path and body. A replay of a step has the same. */
  identity: unknown;
  send: () => Promise<R>;
  /** Reads the records with the same content. Left out where HighLevel has no list that tells. */
  findLike?: () => Promise<LikeRecord<R>[]>;
}

/** A write whose outcome nobody knows: when it was first sent, by HighLevel's clock in epoch ms, and the like records it did not make. */
const Marker = z.object({ firstSent: z.number(), olderIds: z.array(z.string()) });
type Marker = z.output<typeof Marker>;

/** After this long a record that was made shows in HighLevel's lists, or was never made. */
const SETTLED_AFTER_MS = 60_000;
/** How far HighLevel's `dateAdded` may lie before the time of its own Date header, which counts whole seconds. */
const CLOCK_SLACK_MS = 5_000;

const REPLAY =
  'Replay this step in a few minutes: it looks in HighLevel first and does not repeat what is already there.';
const ON_PURPOSE =
  'This step does not send it again for a day. Check HighLevel; to send it anyway, change a field of the step, or wait a day.';

/**
 * Sends a write that makes a record, and never a second time while nobody knows whether the first one happened: Zapier runs a
 * failed step again by itself (Autoreplay), each time from the start. An outcome that stays unknown leaves a marker for a day.
 * The run that meets the unknown outcome, and each later run that finds the marker, looks for the record: found, it is the
 * result. A later run writes again only when HighLevel's list does not have the record a minute after the first try. What
 * cannot be looked up is not sent again while the marker lives. Where Zapier's cache does not work, the run looks before it
 * writes. Throws ApiError `uncertain` while the outcome is unknown.
 */
export async function createOnce<R>(highlevel: HighLevel, creation: Creation<R>): Promise<R> {
  const { cache } = highlevel;
  const key = `unconfirmed:${creation.kind}:${digest(JSON.stringify(creation.identity))}`;
  const marker = await cache.get(key, Marker);
  const known =
    marker ?? (cache.isWorking() ? undefined : { firstSent: highlevel.now() - DAY, olderIds: [] });

  if (known && creation.findLike) {
    const found = madeSince(known, await lookAgain(creation.kind, creation.findLike));
    if (found) {
      if (marker) await cache.delete(key);
      return found.record;
    }
    if (marker && highlevel.now() - marker.firstSent < SETTLED_AFTER_MS) throw notConfirmedYet(creation.kind);
  } else if (marker) throw notSentAgain(creation.kind);
  if (marker) await cache.delete(key);

  const sentAt = Date.now();
  try {
    return await creation.send();
  } catch (error) {
    if (!(error instanceof ApiError && error.kind === 'uncertain')) throw error;
    const like = creation.findLike ? await creation.findLike().catch(() => undefined) : undefined;
    // Only now: an answer has told HighLevel's clock.
    const firstSent = highlevel.now() - (Date.now() - sentAt);
    const found = like && madeSince({ firstSent, olderIds: [] }, like);
    if (found) return found.record;
    const olderIds = (like ?? []).map(({ id }) => id);
    await cache.set(key, { firstSent, olderIds } satisfies Marker, DAY / 1000);
    const advice = creation.findLike ? REPLAY : ON_PURPOSE;
    throw uncertain(`${error.reason} It may or may not have been saved. ${advice}`, error.reason, error);
  }
}

/** The record that the first try made, if it is among those with the same content. */
function madeSince<R>({ firstSent, olderIds }: Marker, like: LikeRecord<R>[]): LikeRecord<R> | undefined {
  return like.find(
    ({ id, dateAdded }) =>
      !olderIds.includes(id) && !(Date.parse(dateAdded ?? '') < firstSent - CLOCK_SLACK_MS),
  );
}

async function lookAgain<T>(kind: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    // A rate limit and a stale token are Zapier's to handle: the next run gets further.
    if (!(error instanceof ApiError) || error.kind === 'throttled') throw error;
    const reason = `An earlier try to save the ${kind} was not confirmed, and looking for it failed: ${error.reason}`;
    throw uncertain(`${reason} Nothing more was written. ${REPLAY}`, reason, error);
  }
}

function notConfirmedYet(kind: string): ApiError {
  const reason = `HighLevel did not confirm an earlier try to save the ${kind}, and does not show it yet.`;
  return uncertain(`${reason} Nothing more was written. ${REPLAY}`, reason);
}

function notSentAgain(kind: string): ApiError {
  const reason = `An earlier try of this step was not confirmed, and nobody can look up whether the ${kind} happened.`;
  return uncertain(`${reason} ${ON_PURPOSE}`, reason);
}

function uncertain(message: string, reason: string, cause?: ApiError): ApiError {
  return new ApiError('uncertain', message, { reason, system: cause?.system, status: cause?.status });
}
