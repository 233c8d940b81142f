import * as z from 'zod';
import { normalizedName } from '../lib/base/event_name.ts';
import { queueDbOf, type Database, type Sql } from './database.ts';
import type { RelayEvent, Source } from './event.ts';
import type { DeliveryQueue } from './queue.ts';

export const EVENT_DAYS = 7;
export const CARD_DAYS = 90;
/** How long a deleted contact's events stay, for deliveries that still wait. */
export const DELETED_CONTACT_DAYS = 2;

/** What became of an event. */
export type Stored = 'stored' | 'repeat' | 'dropped';

const Accepted = z.array(z.object({ event_id: z.string() }));
const Ids = z.array(z.object({ id: z.string() }));
const Subscriptions = z.array(
  z.object({ id: z.string(), source: z.string(), location_id: z.string(), types: z.array(z.string()) }),
);

/**
 * Stores events and, in the same transaction, one job for each subscription that wants them. No two of the events may have
 * the same location, source and key: the statement cannot touch a row twice. Returns what became of each, by its id.
 * An event that is stored already, under the same id, is left alone.
 */
export async function storeEvents(
  database: Database,
  queue: DeliveryQueue,
  events: readonly RelayEvent[],
  now: number,
): Promise<Map<string, Stored>> {
  const outcomes = new Map<string, Stored>(events.map(({ id }) => [id, 'repeat']));
  const jobs = await database.transaction(async (sql) => {
    const accepted = new Set(Accepted.parse(await acceptNew(sql, events, now)).map(({ event_id: id }) => id));
    const fresh = events.filter(({ id }) => accepted.has(id));
    if (fresh.length === 0) return 0;
    const subscriptions = await subscriptionsFor(sql, fresh);
    const wanted = fresh.map((event) => ({
      event,
      subscribers: subscriptions.filter((one) => wants(one, event)).map(({ id }) => id),
    }));
    // JivoChat's events are samples for the editor, before there is a Zap. HighLevel sends those of every sub-account.
    const kept = wanted.filter(
      ({ event, subscribers }) => event.source === 'jivochat' || subscribers.length > 0,
    );
    for (const { event } of wanted) outcomes.set(event.id, 'dropped');
    const stored = new Set(
      Ids.parse(
        await insertEvents(
          sql,
          kept.map(({ event }) => event),
          now,
        ),
      ).map(({ id }) => id),
    );
    for (const { event } of kept) outcomes.set(event.id, stored.has(event.id) ? 'stored' : 'repeat');
    const deliveries = kept.flatMap(({ event, subscribers }) =>
      stored.has(event.id)
        ? subscribers.map((subscription) => ({
            event: event.id,
            subscription,
            location: event.locationId,
            since: Math.round(event.receivedAt / 1000),
            attempt: 0,
          }))
        : [],
    );
    await queue.add(deliveries, queueDbOf(sql));
    for (const event of fresh) {
      if (event.removes === 'contact' && event.contactId !== null)
        await forgetContact(sql, event.locationId, event.contactId);
      if (event.removes === 'location') await forgetLocation(sql, event.locationId);
    }
    return deliveries.length;
  });
  if (jobs > 0) queue.wake();
  return outcomes;
}

/**
 * Of events with the same key, the latest is remembered. An event that has its bytes within the time is a repeat; what
 * differs, or comes back after something else, is new. The age is by the clock of the relay that took the event, the time
 * by the database's, so that relays whose clocks differ agree.
 */
function acceptNew(sql: Sql, events: readonly RelayEvent[], now: number): Promise<unknown[]> {
  // Relays lock the rows in the same order.
  const sorted = events.toSorted((a, b) => (rowOf(a) < rowOf(b) ? -1 : 1));
  return sql.query(
    `INSERT INTO relay.latest AS known (source, location_id, key, fingerprint, event_id, received_at, expires_at)
     SELECT source, location_id, key, fingerprint, event_id, now() - age * interval '1 millisecond',
            now() + (repeat_ms - age) * interval '1 millisecond'
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[])
          AS t (source, location_id, key, fingerprint, event_id, age, repeat_ms)
     ON CONFLICT (location_id, source, key) DO UPDATE
     SET fingerprint = excluded.fingerprint, event_id = excluded.event_id,
         received_at = excluded.received_at, expires_at = excluded.expires_at
     WHERE known.event_id <> excluded.event_id
       AND (known.fingerprint <> excluded.fingerprint
            OR excluded.received_at > known.expires_at)
     RETURNING event_id`,
    [
      sorted.map(({ source }) => source),
      sorted.map(({ locationId }) => locationId),
      sorted.map(({ key }) => key),
      sorted.map(({ fingerprint }) => fingerprint),
      sorted.map(({ id }) => id),
      sorted.map(({ receivedAt }) => Math.max(0, now - receivedAt)),
      sorted.map(({ repeatMs }) => repeatMs),
    ],
  );
}

function rowOf({ locationId, source, key }: RelayEvent): string {
  return `${locationId}\n${source}\n${key}`;
}

function insertEvents(sql: Sql, events: readonly RelayEvent[], now: number): Promise<unknown[]> {
  return sql.query(
    `INSERT INTO relay.events
       (id, source, location_id, type, contact_id, chat_id, visitor, signature, body, received_at, expires_at)
     SELECT id, source, location_id, type, contact_id, chat_id, visitor, signature, body,
            now() - age * interval '1 millisecond', now() + interval '${EVENT_DAYS} days'
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                 $9::text[], $10::float8[])
          AS t (id, source, location_id, type, contact_id, chat_id, visitor, signature, body, age)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [
      events.map(({ id }) => id),
      events.map(({ source }) => source),
      events.map(({ locationId }) => locationId),
      events.map(({ type }) => type),
      events.map(({ contactId }) => contactId),
      events.map(({ chatId }) => chatId),
      events.map(({ visitor }) => visitor),
      events.map(({ signature }) => signature),
      events.map(({ body }) => body),
      events.map(({ receivedAt }) => Math.max(0, now - receivedAt)),
    ],
  );
}

async function subscriptionsFor(
  sql: Sql,
  events: readonly RelayEvent[],
): Promise<z.output<typeof Subscriptions>> {
  const locations = [...new Set(events.map(({ locationId }) => locationId))];
  const rows = await sql.query(
    `SELECT id, source, location_id, types FROM relay.subscriptions
     WHERE location_id = ANY($1::text[]) AND expires_at > now()`,
    [locations],
  );
  return Subscriptions.parse(rows);
}

function wants(
  { source, location_id: locationId, types }: z.output<typeof Subscriptions>[number],
  event: RelayEvent,
): boolean {
  if (source !== event.source || locationId !== event.locationId) return false;
  return types.length === 0 || types.includes(normalizedName(event.type));
}

/** How long a subscription lasts after the date given to Zapier, so that nothing is missed while Zapier renews it. */
const GRACE_DAYS = 1;
export const SUBSCRIPTION_DAYS = 7;
export const MAX_SUBSCRIPTIONS = 500;

export interface NewSubscription {
  id: string;
  source: Source;
  locationId: string;
  types: readonly string[];
  targetUrl: string;
}

/**
 * Adds a subscription, or renews the one with the same target. Undefined when the location has too many. Expired ones of
 * the location are removed.
 */
export async function subscribe(
  database: Database,
  { id, source, locationId, types, targetUrl }: NewSubscription,
): Promise<{ id: string; expiresAt: Date } | undefined> {
  return database.transaction(async (sql) => {
    await sql.query('DELETE FROM relay.subscriptions WHERE location_id = $1 AND expires_at < now()', [
      locationId,
    ]);
    const [row] = await sql.query(
      `INSERT INTO relay.subscriptions AS known (id, source, location_id, types, target_url, expires_at)
       SELECT $1, $2, $3, $4::text[], $5, now() + interval '${SUBSCRIPTION_DAYS + GRACE_DAYS} days'
       WHERE (SELECT count(*) FROM relay.subscriptions WHERE location_id = $3 AND target_url <> $5) < ${MAX_SUBSCRIPTIONS}
       ON CONFLICT (location_id, source, target_url) DO UPDATE
       SET types = excluded.types, expires_at = excluded.expires_at
       RETURNING id, expires_at - interval '${GRACE_DAYS} days' AS renew_at`,
      [id, source, locationId, types.map(normalizedName), targetUrl],
    );
    if (row === undefined) return undefined;
    const made = z.object({ id: z.string(), renew_at: z.date() }).parse(row);
    return { id: made.id, expiresAt: made.renew_at };
  });
}

/** Ends a subscription of the location. */
export async function unsubscribe(sql: Sql, locationId: string, id: string): Promise<void> {
  await sql.query('DELETE FROM relay.subscriptions WHERE location_id = $1 AND id = $2', [locationId, id]);
}

/** The most characters of all bodies in one answer. */
const MAX_SAMPLE_CHARACTERS = 2_000_000;

const Samples = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    body: z.string(),
    signature: z.string().nullable(),
    received_at: z.date(),
  }),
);

/** The latest events of a location, newest first. */
export async function latestEvents(
  sql: Sql,
  { source, locationId, limit }: { source: Source; locationId: string; limit: number },
): Promise<z.output<typeof Samples>> {
  const rows = await sql.query(
    `SELECT id, type, body, signature, received_at FROM (
       SELECT *, sum(length(body)) OVER (ORDER BY received_at DESC, id) AS size FROM (
         SELECT * FROM relay.events WHERE location_id = $1 AND source = $2 AND NOT hidden
         ORDER BY received_at DESC, id LIMIT $3
       ) AS newest
     ) AS sized WHERE size <= ${MAX_SAMPLE_CHARACTERS} ORDER BY received_at DESC, id`,
    [locationId, source, limit],
  );
  return Samples.parse(rows);
}

/** Removes what belongs to a contact. Its undelivered events go when their deliveries have ended. */
async function forgetContact(sql: Sql, locationId: string, contactId: string): Promise<void> {
  await sql.query(
    `UPDATE relay.events SET hidden = true,
       expires_at = least(expires_at, now() + interval '${DELETED_CONTACT_DAYS} days')
     WHERE location_id = $1 AND (contact_id = $2 OR visitor IN
       (SELECT key FROM relay.card_keys WHERE location_id = $1 AND contact_id = $2))`,
    [locationId, contactId],
  );
  await sql.query('DELETE FROM relay.cards WHERE location_id = $1 AND contact_id = $2', [
    locationId,
    contactId,
  ]);
}

/** Removes everything of a location but the generation of its address: an old URL stays invalid. */
export async function forgetLocation(sql: Sql, locationId: string): Promise<void> {
  for (const table of ['events', 'latest', 'subscriptions', 'cards'])
    await sql.query(`DELETE FROM relay.${table} WHERE location_id = $1`, [locationId]);
}

/** Deletes what has reached its age, a part at a time. */
export async function deleteExpired(sql: Sql): Promise<void> {
  for (const [table, column] of [
    ['events', 'id'],
    ['nonces', 'nonce'],
    ['subscriptions', 'id'],
  ])
    await inParts(
      sql,
      `DELETE FROM relay.${table} WHERE ${column} IN (SELECT ${column} FROM relay.${table} WHERE expires_at < now() LIMIT 5000) RETURNING 1`,
    );
  await inParts(
    sql,
    `DELETE FROM relay.latest WHERE (location_id, source, key) IN
       (SELECT location_id, source, key FROM relay.latest WHERE expires_at < now() LIMIT 5000) RETURNING 1`,
  );
  await inParts(
    sql,
    `DELETE FROM relay.cards WHERE (location_id, contact_id) IN
       (SELECT location_id, contact_id FROM relay.cards WHERE updated_at < now() - interval '${CARD_DAYS} days' LIMIT 5000)
     RETURNING 1`,
  );
}

async function inParts(sql: Sql, statement: string): Promise<void> {
  while ((await sql.query(statement)).length > 0);
}

const Generations = z.array(z.object({ location_id: z.string(), lowest: z.number() }));

/** The lowest valid generation of each location whose address was rotated. */
export async function generations(sql: Sql): Promise<Map<string, number>> {
  const rows = Generations.parse(await sql.query('SELECT location_id, lowest FROM relay.generations'));
  return new Map(rows.map(({ location_id: location, lowest }) => [location, lowest]));
}

/** Makes a location's address invalid and returns the generation of its new one. */
export async function rotate(sql: Sql, locationId: string): Promise<number> {
  const [row] = await sql.query(
    `INSERT INTO relay.generations (location_id, lowest) VALUES ($1, 2)
     ON CONFLICT (location_id) DO UPDATE SET lowest = relay.generations.lowest + 1 RETURNING lowest`,
    [locationId],
  );
  return z.object({ lowest: z.number() }).parse(row).lowest;
}

/** Uses up a nonce. False when it was used before. */
export async function useNonce(sql: Sql, nonce: string, forSeconds: number): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO relay.nonces (nonce, expires_at) VALUES ($1, now() + $2 * interval '1 second')
     ON CONFLICT (nonce) DO NOTHING RETURNING 1`,
    [nonce, forSeconds],
  );
  return rows.length === 1;
}
