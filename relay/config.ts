import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { isSafe } from '../lib/base/http.ts';
import { keysIn } from '../lib/base/signed_request.ts';

/** What a relay is started with. */
export interface Config {
  port: number;
  /** The folder of the spool, the lock and, without a database URL, the database and the keys. */
  folder: string;
  /** PostgreSQL; undefined for the embedded PGlite. */
  databaseUrl: string | undefined;
  /** The URL under which JivoChat and Zapier reach the relay, without a slash at its end. */
  url: string;
  /** Keys that sign requests of the app and deliveries to Zaps, the newest first. */
  requestKeys: string[];
  /** Keys of the addresses for JivoChat, the newest first. */
  addressKeys: string[];
  /** The HighLevel app whose events are taken; all apps' without it. */
  highlevelAppId: string | undefined;
  /** Whether a Zap's URL may be on this machine, for tests and the demo. */
  loopbackTargets: boolean;
}

const DEFAULT_PORT = 8787;
const MIN_KEY_LENGTH = 32;

/** A setting that the relay cannot start with. The message says which and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads the settings from the environment. Without `DATABASE_URL` everything has a default: keys are made at the first start
 * and kept in the folder. Throws ConfigError.
 */
export function configFrom(environment: NodeJS.ProcessEnv): Config {
  const folder = resolve(environment.RELAY_DATA || '.relay');
  const databaseUrl = environment.DATABASE_URL || undefined;
  const port = Number(environment.PORT || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError('PORT must be a number from 0 to 65535.');
  const url = (environment.RELAY_URL || `http://localhost:${port}`).replace(/\/+$/, '');
  if (!isSafe(url)) throw new ConfigError('RELAY_URL must begin with https://, or be on this machine.');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = databaseUrl === undefined ? keptKeys(folder) : undefined;
  return {
    port,
    folder,
    databaseUrl,
    url,
    requestKeys: keys(environment, 'RELAY_KEY', kept?.requestKey),
    addressKeys: keys(environment, 'RELAY_ADDRESS_KEY', kept?.addressKey),
    highlevelAppId: environment.HIGHLEVEL_APP_ID || undefined,
    loopbackTargets: environment.RELAY_LOOPBACK_TARGETS === 'yes',
  };
}

function keys(environment: NodeJS.ProcessEnv, name: string, kept: string | undefined): string[] {
  const given = keysIn(environment[name]);
  if (given.some((key) => key.length < MIN_KEY_LENGTH))
    throw new ConfigError(`${name} must have at least ${MIN_KEY_LENGTH} characters: openssl rand -hex 32`);
  if (given.length > 0) return given;
  if (kept !== undefined) return [kept];
  throw new ConfigError(`With DATABASE_URL, set ${name} too, the same for all relays: openssl rand -hex 32`);
}

const Kept = z.object({ requestKey: z.string(), addressKey: z.string() });

/** The keys of an embedded relay, made at its first start. */
function keptKeys(folder: string): z.output<typeof Kept> {
  const file = join(folder, 'keys.json');
  if (existsSync(file)) return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  const made = { requestKey: randomBytes(32).toString('hex'), addressKey: randomBytes(32).toString('hex') };
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return made;
}
