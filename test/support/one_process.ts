import { createRequire } from 'node:module';

/**
 * Lets the process go on. Core exits after 250 calls with more than 450 MB, because Lambda starts a new process; here the
 * sandbox, all Zaps and all tests of a worker share one.
 */
export function stayAlive(): void {
  const constants: object = createRequire(import.meta.url)('zapier-platform-core/src/constants');
  Reflect.set(constants, 'KILL_MAX_LIMIT', Infinity);
}
