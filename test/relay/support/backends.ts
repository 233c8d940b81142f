import { openPglite, openPostgres, type Database } from '../../../relay/database.ts';
import { postgresFolder, startPostgres } from './postgres.ts';

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

  const folder = postgresFolder();
  if (folder === undefined) {
    test.skip('on PostgreSQL: skipped, because no postgres is on the PATH or in /usr/lib/postgresql', () => {});
    return;
  }
  describe('on PostgreSQL', () => {
    let close: () => Promise<void> = async () => {};
    let database: Database;
    beforeAll(async () => {
      const postgres = await startPostgres(folder);
      database = openPostgres(postgres.url, () => {});
      close = async () => {
        await database.close();
        await postgres.stop();
      };
    });
    afterAll(() => close());
    tests(() => database);
  });
}
