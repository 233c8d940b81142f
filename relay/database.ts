import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { fromPglite, type Db } from 'pg-boss';

/** Something that runs SQL: the database, or a transaction in it. */
export interface Sql {
  query: (text: string, values?: unknown[]) => Promise<unknown[]>;
}

/** The relay's database: PostgreSQL, or PGlite in a folder. The same SQL runs on both. */
export interface Database extends Sql {
  readonly kind: 'postgres' | 'pglite';
  /** Runs work in one transaction; rolls back when it throws. */
  transaction: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;
  /** For pg-boss. */
  readonly queueDb: Db;
  close: () => Promise<void>;
}

/** No statement of the relay takes longer, except migrations. */
const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;
const POOL_SIZE = 8;

/** Opens PostgreSQL. Connects at the first statement. `onError` gets what happens to idle connections. */
export function openPostgres(connectionString: string, onError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A connection that a firewall has dropped without a word.
    query_timeout: 2 * STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'relay',
  });
  pool.on('error', onError);
  // Without a listener of its own, a connection that breaks while it is in use would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  return {
    kind: 'postgres',
    query: async (text, values) => (await pool.query<Record<string, unknown>>(text, values)).rows,
    async transaction(work) {
      const client = await pool.connect();
      let failure: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work({
          query: async (text, values) => (await client.query<Record<string, unknown>>(text, values)).rows,
        });
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((lost: Error) => {
          failure = lost;
        });
        throw error;
      } finally {
        // A connection whose transaction may still be open is not used again.
        client.release(failure);
      }
    },
    queueDb: { executeSql: (text, values) => pool.query(text, values) },
    close: () => pool.end(),
  };
}

/** Opens PGlite in a folder, or in memory without one. Only one process may do so at a time (relay/lock.ts). */
export async function openPglite(folder: string | undefined): Promise<Database> {
  const lite = await PGlite.create(folder);
  return {
    kind: 'pglite',
    query: async (text, values) => (await lite.query<Record<string, unknown>>(text, values)).rows,
    transaction: (work) =>
      lite.transaction((tx) =>
        work({ query: async (text, values) => (await tx.query<Record<string, unknown>>(text, values)).rows }),
      ),
    queueDb: fromPglite(lite),
    close: () => lite.close(),
  };
}

/** A transaction as pg-boss takes it. */
export function queueDbOf(sql: Sql): Db {
  return { executeSql: async (text, values) => ({ rows: await sql.query(text, values) }) };
}

/** Whether a statement failed because of its values (SQLSTATE 22, 23 and 54), so that a repeat fails as well. */
export function isAboutValues(error: unknown): boolean {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && /^(?:22|23|54)/.test(code) && code.length === 5;
}
