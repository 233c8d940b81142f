import * as z from 'zod';
import { epochOf, newestBy } from '../base/dates.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  channelOf,
  isMessage,
  type Channel,
  type MessagePage,
  type MessageResponse,
} from '../highlevel/records/message.ts';
import { mayPass, startAllowance, startPace, type Allowance, type Pace } from './progress.ts';
import { KEPT_SECONDS, openWindow, type LookbackWindow, type PollMode } from './window.ts';

/** The messages on the first page of a poll and on further ones. HighLevel refuses fewer than 10 and more than 500. */
export const FIRST_PAGE = 100;
export const PAGE_SIZE = 500;
/** The most further pages of one poll. */
export const MAX_PAGES = 20;
const SAMPLE = 3;
/** Messages may show in HighLevel's list this much later than they were added, in ms. */
const LATE_MS = 600_000;
/** The end of a stretch has whole seconds, in case HighLevel ignores fractions. */
const SECOND = 1_000;
/** The number of consecutive polls that may return a part when a later page fails; the next one throws the error. */
const MAX_FAILURES = 3;
/** More stretches than this are merged into one. */
const MAX_STRETCHES = 10;

/** A poll of a message trigger: the trigger's `key` and its filters. */
export interface MessagePoll {
  key: string;
  direction: 'inbound' | 'outbound' | 'both';
  channels?: Channel[];
  contactId?: string;
}

/** A part of a list to read: from `end` (epoch ms), else from the newest message, back to `until`. */
const Stretch = z.object({ end: z.number().optional(), until: z.number() });
type Stretch = z.output<typeof Stretch>;

/**
 * What polls have left unread of one list since the one that started at `began` (epoch ms). The last poll read everything
 * between `top` and its stretches.
 */
const Unread = z.object({
  began: z.number(),
  top: z.number(),
  stretches: z.array(Stretch),
  failures: z.number(),
});
type Unread = z.output<typeof Unread>;

/**
 * The messages that a trigger should see, newest first. HighLevel lists emails separately from all other messages, and
 * cannot filter by direction: 1 request for emails and 1 for the others, and 1 more per 500 messages in the lookback window,
 * of any direction. Events and comments in the list are skipped. What one poll cannot read or return is left for the next,
 * by its time: the cursors of the list expire after two minutes.
 */
export async function pollMessages(
  highlevel: HighLevel,
  poll: MessagePoll,
  mode: PollMode,
): Promise<MessageResponse[]> {
  const read = reader(highlevel, poll);
  if (mode === 'sample') {
    const found: MessageResponse[] = [];
    for (const list of listsOf(poll)) {
      if (found.length > 0) break;
      const { messages } = await read(list, { limit: FIRST_PAGE });
      found.push(...messages.filter((row) => fits(row, poll)));
    }
    return found.slice(0, SAMPLE);
  }
  const run = { pace: startPace(highlevel), allowance: startAllowance(), read };
  const found: MessageResponse[] = [];
  const began: number[] = [];
  let window: LookbackWindow | undefined;
  let isWhole = true;
  for (const list of listsOf(poll)) {
    const first = await run.pace.read(() => read(list, { limit: FIRST_PAGE }));
    window ??= await openWindow(highlevel, poll.key, filtersOf(poll));
    const walk = new Walk(highlevel, poll, list, { ...run, window });
    const outcome = mode === 'fill' ? await walk.fill(first) : await walk.poll(first);
    found.push(...walk.given);
    isWhole &&= outcome.isWhole;
    if (outcome.began !== undefined) began.push(outcome.began);
  }
  // Otherwise the next poll must look back as far as this one.
  if (isWhole) await window?.close(began.length > 0 ? Math.min(...began) : undefined);
  return found.toSorted(newestBy(({ dateAdded }) => dateAdded));
}

type List = string | undefined;
interface PageRequest {
  limit: number;
  cursor?: string | undefined;
  endDate?: string | undefined;
}

function reader(highlevel: HighLevel, { contactId }: MessagePoll) {
  return (channel: List, page: PageRequest): Promise<MessagePage> =>
    highlevel.request('GET /conversations/messages/export', {
      query: {
        locationId: highlevel.locationId,
        sortBy: 'createdAt',
        sortOrder: 'desc',
        ...(contactId && { contactId }),
        ...(channel && { channel }),
        ...page,
      },
    });
}

/**
 * The lists to read, by HighLevel's filter: undefined is the list of everything but emails. No other filter is used: it is
 * not documented in which list messages of campaigns and custom providers are.
 */
function listsOf({ channels = [] }: MessagePoll): List[] {
  const isWithoutEmails = channels.length > 0 && !channels.includes('Email');
  return isWithoutEmails ? [undefined] : [undefined, 'Email'];
}

function filtersOf({ direction, channels, contactId }: MessagePoll) {
  return [direction, channels?.toSorted(), contactId];
}

function fits(row: MessageResponse, { direction, channels = [], contactId }: MessagePoll): boolean {
  if (!isMessage(row) || (contactId && row.contactId !== contactId)) return false;
  if (direction !== 'both' && row.direction !== null && row.direction !== direction) return false;
  const channel = channelOf(row);
  return channels.length === 0 || (channel !== undefined && channels.includes(channel));
}

/** Reads one list for one poll, newest first, as far as time and Zapier's size limit allow. */
class Walk {
  readonly given: MessageResponse[] = [];
  readonly #highlevel: HighLevel;
  readonly #poll: MessagePoll;
  readonly #list: List;
  readonly #pace: Pace;
  readonly #allowance: Allowance;
  readonly #read: ReturnType<typeof reader>;
  readonly #window: LookbackWindow;
  readonly #key: string;
  readonly #ids = new Set<string>();
  #failure: unknown;
  #pages = 0;
  #isFull = false;

  constructor(
    highlevel: HighLevel,
    poll: MessagePoll,
    list: List,
    run: { pace: Pace; allowance: Allowance; read: ReturnType<typeof reader>; window: LookbackWindow },
  ) {
    this.#highlevel = highlevel;
    this.#poll = poll;
    this.#list = list;
    this.#pace = run.pace;
    this.#allowance = run.allowance;
    this.#read = run.read;
    this.#window = run.window;
    this.#key = `unread:${poll.key}:${JSON.stringify([...filtersOf(poll), list])}`;
  }

  /** Reads what Zapier should take for known: no later poll looks back further. */
  async fill(first: MessagePage): Promise<{ isWhole: boolean; began?: number }> {
    await this.#along({ until: this.#window.start }, first);
    await this.#highlevel.cache.set(this.#key, null, KEPT_SECONDS);
    return { isWhole: true };
  }

  /** Reads what is due. `began` is when the first of the polls started that read what one poll could not. */
  async poll(first: MessagePage): Promise<{ isWhole: boolean; began?: number | undefined }> {
    const { cache } = this.#highlevel;
    const unread = (await cache.get(this.#key, Unread.nullable())) ?? undefined;
    const { openedAt, start } = this.#window;
    const until = unread ? Math.max(unread.top - LATE_MS, openedAt - KEPT_SECONDS * SECOND) : start;
    const rest = await this.#along({ until }, first);
    for (const stretch of unread?.stretches ?? []) rest.push(...(await this.#along(stretch)));
    if (rest.length === 0) {
      if (unread) await cache.set(this.#key, null, KEPT_SECONDS);
      return { isWhole: true, began: unread?.began };
    }
    const failures = this.#failure ? (unread?.failures ?? 0) + 1 : 0;
    if (unread && this.#failure && failures > MAX_FAILURES) {
      await cache.set(this.#key, { ...unread, failures: 0 }, KEPT_SECONDS);
      throw this.#failure;
    }
    const began = unread?.began ?? openedAt;
    const top = epochOf(first.messages[0]?.dateAdded ?? null) || start;
    const left: Unread = { began, top, stretches: joined(rest), failures };
    await cache.set(this.#key, left, KEPT_SECONDS);
    return { isWhole: false, began };
  }

  /** Reads a stretch. Returns what is left of it: nothing or one stretch. */
  async #along({ end, until }: Stretch, first?: MessagePage): Promise<Stretch[]> {
    const seen = new Set<string>();
    let last = end;
    let cursor: string | undefined;
    for (let page = first; ; page = undefined) {
      // A cursor goes on in the list of the same filters.
      page ??= await this.#next({ limit: PAGE_SIZE, cursor, ...endOf(end) });
      if (!page) return [{ ...(last !== undefined && { end: last }), until }];
      const fresh = page.messages.filter(({ id }) => !seen.has(id));
      for (const row of fresh) {
        seen.add(row.id);
        const at = epochOf(row.dateAdded);
        if (!Number.isNaN(at)) last = at;
        // An older row came up only because newer ones were deleted.
        if (at < until || this.#give(row)) continue;
        return [{ end: last ?? this.#window.openedAt, until }];
      }
      if (last !== undefined && last < until) return [];
      // Without a cursor this is the end of the list; a page of known rows would be read forever.
      if (!page.nextCursor || page.nextCursor === cursor || fresh.length === 0) return [];
      cursor = page.nextCursor;
    }
  }

  async #next(page: PageRequest): Promise<MessagePage | undefined> {
    if (this.#isFull || this.#pages >= MAX_PAGES || !this.#pace.hasTime()) return undefined;
    this.#pages++;
    try {
      return await this.#pace.read(() => this.#read(this.#list, page));
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.#failure = error;
      this.#isFull = true;
      return undefined;
    }
  }

  /** Adds a row to the result, if it is a message of the trigger. False if there is no room for it. */
  #give(row: MessageResponse): boolean {
    if (!fits(row, this.#poll) || this.#ids.has(row.id)) return true;
    if (!this.#allowance.take(row)) {
      this.#isFull = true;
      return false;
    }
    this.#ids.add(row.id);
    this.given.push(row);
    return true;
  }
}

function endOf(end: number | undefined): { endDate?: string } {
  if (end === undefined) return {};
  return { endDate: new Date((Math.floor(end / SECOND) + 1) * SECOND).toISOString() };
}

function joined(stretches: Stretch[]): Stretch[] {
  if (stretches.length <= MAX_STRETCHES) return stretches;
  const [first] = stretches;
  return [{ ...first, until: Math.min(...stretches.map(({ until }) => until)) }];
}
