import * as z from 'zod';
import { countryCode } from '../lib/base/countries.ts';
import { isSafe } from '../lib/base/http.ts';
import { cleanLine, cleanText, truncate } from '../lib/base/text.ts';
import type { JivoChatEvent } from '../lib/jivochat/event.ts';
import { leadFrom } from '../lib/jivochat/lead.ts';
import { tokenKey, typedKey, visitorKey } from './card_keys.ts';
import type { Database, Sql } from './database.ts';
import { chatKey } from './event.ts';

/** JivoChat shows at most this many fields. Source: its documentation of setCustomData. */
export const MAX_LINES = 10;
const MAX_TITLE = 100;
const MAX_CONTENT = 500;
const MAX_KEYS = 20;

const Line = z.object({
  /** The same key replaces the line; another one is added. */
  key: z.string().min(1).max(40),
  title: z.string().transform((text) => truncate(cleanLine(text), MAX_TITLE)),
  /** Null removes the line. */
  content: z
    .string()
    .transform((text) => truncate(cleanText(text), MAX_CONTENT))
    .nullable(),
});
type Line = z.output<typeof Line>;

const text = z.string().min(1).max(500);

/** What the app puts for a contact: the link, lines by their keys, and what its visitor is known by. */
export const Card = z.object({
  locationId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  contactId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  crmLink: z.string().max(1_000).refine(isSafe, 'must begin with https'),
  lines: z.array(Line).max(MAX_LINES),
  visitors: z
    .array(z.object({ widgetId: text, number: text }))
    .max(MAX_KEYS)
    .default([]),
  /** Chats whose visitor is looked up among the events of the last days. */
  chatIds: z.array(text).max(MAX_KEYS).default([]),
  userTokens: z.array(text).max(MAX_KEYS).default([]),
  emails: z.array(text).max(MAX_KEYS).default([]),
  phones: z.array(text).max(MAX_KEYS).default([]),
});
export type Card = z.output<typeof Card>;

const Lines = z.array(z.object({ key: z.string(), title: z.string(), content: z.string() }));

/** Puts a card: lines replace those with their keys, and what the visitor is known by is added. */
export async function putCard(database: Database, card: Card): Promise<void> {
  const { locationId, contactId, crmLink } = card;
  await database.transaction(async (sql) => {
    await sql.query(
      `INSERT INTO relay.cards (location_id, contact_id, crm_link, lines) VALUES ($1, $2, $3, '[]')
       ON CONFLICT (location_id, contact_id) DO UPDATE SET crm_link = excluded.crm_link, updated_at = now()`,
      [locationId, contactId, crmLink],
    );
    // The row is locked by now, so that two cards put at once don't lose each other's lines.
    const [row] = await sql.query(
      'SELECT lines FROM relay.cards WHERE location_id = $1 AND contact_id = $2',
      [locationId, contactId],
    );
    const { lines } = z.object({ lines: Lines }).parse(row);
    await sql.query('UPDATE relay.cards SET lines = $3 WHERE location_id = $1 AND contact_id = $2', [
      locationId,
      contactId,
      JSON.stringify(merged(lines, card.lines)),
    ]);
    const chats = z
      .array(z.object({ visitor: z.string() }))
      .parse(
        await sql.query(
          'SELECT DISTINCT visitor FROM relay.events WHERE location_id = $1 AND chat_id = ANY($2::text[]) AND visitor IS NOT NULL',
          [locationId, card.chatIds.map(chatKey)],
        ),
      );
    const keys = [
      ...chats.map(({ visitor }) => visitor),
      ...card.visitors.map(({ widgetId, number }) => visitorKey(widgetId, number)),
      ...card.userTokens.map(tokenKey),
      ...card.emails.map((email) => typedKey('email', email)),
      ...card.phones.map((phone) => typedKey('phone', phone)),
    ].flatMap((key) => key ?? []);
    // In one order, so that two transactions never wait for each other.
    const sorted = [...new Set(keys)].toSorted();
    if (sorted.length > 0)
      await sql.query(
        `INSERT INTO relay.card_keys (location_id, key, contact_id) SELECT $1, key, $2 FROM unnest($3::text[]) AS t (key)
         ON CONFLICT (location_id, key) DO UPDATE SET contact_id = excluded.contact_id`,
        [locationId, contactId, sorted],
      );
  });
}

function merged(lines: readonly z.output<typeof Lines>[number][], changes: readonly Line[]) {
  const all = new Map(lines.map((line) => [line.key, line]));
  for (const { key, title, content } of changes) {
    if (content === null || content === '') all.delete(key);
    else all.set(key, { key, title, content });
  }
  // The latest ones, if there are too many.
  return [...all.values()].slice(-MAX_LINES);
}

/** Removes a contact's card. */
export async function deleteCard(sql: Sql, locationId: string, contactId: string): Promise<void> {
  await sql.query('DELETE FROM relay.cards WHERE location_id = $1 AND contact_id = $2', [
    locationId,
    contactId,
  ]);
}

/** What JivoChat shows to the agent. Source: JivoChat's documentation of the response to chat_accepted and chat_updated. */
export interface ShownCard {
  crm_link: string;
  enable_assign: boolean;
  custom_data: { title: string; content: string }[];
}

/** Events whose response JivoChat shows. */
export function showsCard({ event_name: name }: JivoChatEvent): boolean {
  return name === 'chat_accepted' || name === 'chat_updated';
}

const Found = z.array(
  z.object({ key: z.string(), contact_id: z.string(), crm_link: z.string(), lines: Lines }),
);

/**
 * The card for the visitor of an event. Found by JivoChat's visitor number or a user token it shows everything. An email or
 * a phone number may be typed by anybody, so it only gives the link.
 */
export async function cardFor(
  sql: Sql,
  locationId: string,
  event: JivoChatEvent,
): Promise<{ card: ShownCard; isVerified: boolean } | undefined> {
  const { country_code: code, country } = event.session.geoip;
  const lead = leadFrom(event, { defaultCountry: code ?? countryCode(country ?? '') });
  const verified = [
    tokenKey(event.user_token),
    visitorKey(event.widget_id, event.visitor.number ?? event.client_id),
  ].flatMap((key) => key ?? []);
  const typed = [typedKey('email', lead.email), typedKey('phone', lead.phone)].flatMap((key) => key ?? []);
  const keys = [...verified, ...typed];
  if (keys.length === 0) return undefined;
  const found = Found.parse(
    await sql.query(
      `SELECT card_keys.key, contact_id, crm_link, lines FROM relay.card_keys JOIN relay.cards USING (location_id, contact_id)
       WHERE location_id = $1 AND card_keys.key = ANY($2::text[])`,
      [locationId, keys],
    ),
  );
  const best = found.toSorted((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key))[0];
  if (!best) return undefined;
  const isVerified = verified.includes(best.key);
  const custom_data = isVerified
    ? best.lines.map(({ title, content }) => ({ title, content }))
    : [{ title: 'HighLevel', content: 'Possible match, not verified' }];
  return { card: { crm_link: best.crm_link, enable_assign: true, custom_data }, isVerified };
}

/** At most so many look-ups for each address, in any minute. */
const MAX_LOOKUPS = 30;
const WINDOW_MS = 60_000;

/** Counts the look-ups of each location, so that nobody who has an address can try out emails. */
export class LookupLimit {
  readonly #times = new Map<string, number[]>();

  /** Whether a look-up is allowed now; counts it if it is. */
  allows(locationId: string, now: number): boolean {
    const recent = (this.#times.get(locationId) ?? []).filter((time) => time > now - WINDOW_MS);
    if (recent.length >= MAX_LOOKUPS) return false;
    if (this.#times.size > 10_000) this.#times.clear();
    this.#times.set(locationId, [...recent, now]);
    return true;
  }
}
