import { isIPv4 } from 'node:net';

/** Whether a URL is https, or http on a loopback host, without credentials in it. */
export function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Whether a host name refers to this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (hostname.startsWith('127.') && isIPv4(hostname))
  );
}

/**
 * Whether a status leaves it unknown whether the request was carried out: 5xx, 408, and a proxy's 499 (client closed the
 * connection). Also 425: it should mean that nothing was done, but neither HighLevel nor JivoChat documents it, and a check
 * is cheaper than a duplicate.
 */
export function leavesOutcomeOpen(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 499;
}

/** Options that make Zapier's core pass our requests and their responses through unchanged. */
export const untouched = {
  // Otherwise core merges in the app's request template, and with it HighLevel's token.
  merge: false,
  redirect: 'manual',
  skipThrowForStatus: true,
  // False lets us see a 429 and its headers, which say how long to wait.
  throwForThrottlingEarly: false,
} as const;
