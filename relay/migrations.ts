import * as z from 'zod';
import type { Database } from './database.ts';
import type { DeliveryQueue } from './queue.ts';

/** Each runs once, in this order. Add to the end; never change one that has been released. */
const MIGRATIONS = [
  `
  CREATE TABLE relay.events (
    id text PRIMARY KEY,
    source text NOT NULL,
    location_id text NOT NULL,
    type text NOT NULL,
    contact_id text,
    chat_id text,
    visitor text,
    signature text,
    body text NOT NULL,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    hidden boolean NOT NULL DEFAULT false
  );
  CREATE INDEX events_latest ON relay.events (location_id, source, received_at DESC);
  CREATE INDEX events_chat ON relay.events (location_id, chat_id) WHERE chat_id IS NOT NULL;
  CREATE INDEX events_expired ON relay.events (expires_at);
  CREATE TABLE relay.latest (
    source text NOT NULL,
    location_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    event_id text NOT NULL,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (location_id, source, key)
  );
  CREATE INDEX latest_expired ON relay.latest (expires_at);
  CREATE TABLE relay.subscriptions (
    id text PRIMARY KEY,
    source text NOT NULL,
    location_id text NOT NULL,
    types text[] NOT NULL,
    target_url text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    UNIQUE (location_id, source, target_url)
  );
  CREATE TABLE relay.cards (
    location_id text NOT NULL,
    contact_id text NOT NULL,
    crm_link text NOT NULL,
    lines jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (location_id, contact_id)
  );
  CREATE INDEX cards_updated ON relay.cards (updated_at);
  CREATE TABLE relay.card_keys (
    location_id text NOT NULL,
    key text NOT NULL,
    contact_id text NOT NULL,
    PRIMARY KEY (location_id, key),
    FOREIGN KEY (location_id, contact_id) REFERENCES relay.cards ON DELETE CASCADE
  );
  CREATE INDEX card_keys_contact ON relay.card_keys (location_id, contact_id);
  CREATE TABLE relay.generations (location_id text PRIMARY KEY, lowest integer NOT NULL);
  CREATE TABLE relay.nonces (nonce text PRIMARY KEY, expires_at timestamptz NOT NULL);
  CREATE INDEX nonces_expired ON relay.nonces (expires_at);
  `,
] as const;

/** Relays that start at the same time take turns. Any number serves, if nothing else in the database uses it. */
const LOCK = 720_119_403;

/**
 * Brings the tables of the relay and of its queue up to date, and starts the queue. Safe for relays that start side by side:
 * the others wait, and find nothing to do.
 */
export async function prepare(database: Database, queue: DeliveryQueue): Promise<void> {
  await migrate(database);
  // PGlite has one process and one connection: a transaction would keep the queue waiting for ever.
  if (database.kind === 'pglite') return queue.start();
  await database.transaction(async (sql) => {
    await sql.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await queue.start();
  });
}

async function migrate(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await sql.query('CREATE SCHEMA IF NOT EXISTS relay');
    await sql.query('CREATE TABLE IF NOT EXISTS relay.migrations (number integer PRIMARY KEY)');
    const [row] = await sql.query('SELECT coalesce(max(number), 0) AS done FROM relay.migrations');
    const { done } = z.object({ done: z.number() }).parse(row);
    for (const [index, text] of MIGRATIONS.entries()) {
      if (index < done) continue;
      for (const statement of text.split(';')) if (statement.trim() !== '') await sql.query(statement);
      await sql.query('INSERT INTO relay.migrations (number) VALUES ($1)', [index + 1]);
    }
  });
}
