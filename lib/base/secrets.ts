/** The replacement for a secret. */
const MASK = '***';
/** Shorter parts of a secret URL, such as `wh`, are not masked: they occur in ordinary text. */
const MIN_PART_LENGTH = 6;
/** Parts of a URL of this length do not occur in ordinary text. */
const MIN_UNIQUE_LENGTH = 16;

/** The secrets of one connection, longest first. */
export interface Secrets {
  /** Every secret, including the parts of the JivoChat channel's URL. */
  all: string[];
  /** Those that cannot occur in ordinary text. */
  unique: string[];
}

/** What a connection keeps secret: its tokens, the app's client secret, and the URL of its JivoChat channel. */
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

/** Masks these secrets in a text, because a response may repeat what it was sent. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, MASK), text);
}

/**
 * Masks these secrets in all texts and keys of a JSON value. `source` is the text it was parsed from, to skip values without
 * secrets quickly.
 */
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
