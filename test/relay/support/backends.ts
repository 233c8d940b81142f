import { openPglite, openPostgres, type Database } from '../../../relay/database.ts';
import { postgresFolder, startPostgres, type Postgres } from './postgres.ts';

/** Runs tests on PGlite, and on a PostgreSQL of their own where it is installed. */
export function onEachBackend(tests: (database: () => Database) => void): void {
  describe('on PGlite', () => {
    let database: Database;
    beforeAll(async () => {
      database = await openPglite(undefined);
    });
    afterAll(() => database.close());
    tests(() => database);
  });

  withPostgres((postgres) => {
    let database: Database;
    beforeAll(() => {
      database = openPostgres(postgres().url, () => {});
    });
    afterAll(() => database.close());
    tests(() => database);
  });
}

/** Runs tests on a PostgreSQL server of their own, where it is installed. */
export function withPostgres(tests: (postgres: () => Postgres) => void): void {
  const folder = postgresFolder();
  if (folder === undefined) {
    test.skip('on PostgreSQL: skipped, because no postgres is on the PATH or in /usr/lib/postgresql', () => {});
    return;
  }
  describe('on PostgreSQL', () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await startPostgres(folder);
    });
    afterAll(() => postgres.stop());
    tests(() => postgres);
  });
}
