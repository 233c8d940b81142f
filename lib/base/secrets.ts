/** What stands in a text where a secret was. */
const MASK = '***';
/** Nothing shorter is taken for a part of a secret address: `wh` and the like are words of every text. */
const MIN_PART_LENGTH = 6;
/** A part of an address as long as this is no word that a person may have written. */
const MIN_UNIQUE_LENGTH = 16;

/** The secrets of one connection, the longest first. */
export interface Secrets {
  /** Every secret, with the parts of the JivoChat channel's address. */
  all: string[];
  /** Those among them that are no word of anybody's. */
  unique: string[];
}

/** What a connection keeps secret: its tokens, the app's client secret, and the address of its JivoChat channel. */
export function secretsOf(authData: Record<string, string | undefined>): Secrets {
  const { access_token, refresh_token, jivoChatChannelSecret } = authData;
  const tokens = [access_token, refresh_token, process.env.CLIENT_SECRET, jivoChatChannelSecret]
    .map((secret) => secret?.trim() ?? '')
    .filter((secret) => secret.length >= MIN_PART_LENGTH);
  const address = jivoChatChannelSecret && URL.canParse(jivoChatChannelSecret) ? jivoChatChannelSecret : null;
  const parts = (address ? new URL(address).pathname : '')
    .split('/')
    .filter((part) => part.length >= MIN_PART_LENGTH);
  const longestFirst = (texts: string[]) => [...new Set(texts)].toSorted((a, b) => b.length - a.length);
  return {
    all: longestFirst([...tokens, ...parts]),
    unique: longestFirst([...tokens, ...parts.filter((part) => part.length >= MIN_UNIQUE_LENGTH)]),
  };
}

/** A text without these secrets: whoever answers may repeat what it was sent. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, MASK), text);
}

/** A JSON value without these secrets in any of its texts. `source` is the text it was parsed from: most hold none. */
export function maskValue(value: unknown, source: string, secrets: readonly string[]): unknown {
  return secrets.some((secret) => source.includes(secret)) ? masked(value, secrets) : value;
}

function masked(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return maskText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [maskText(key, secrets), masked(item, secrets)]),
  );
}
