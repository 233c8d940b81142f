/** Whether a URL is https, or http on a loopback host, without credentials in it. */
export function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Whether a host name refers to this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Whether a status leaves open what became of the request: 5xx, 408, and 499 of a proxy whose client went away. 425 too: it should
 * mean that nothing was done, but neither HighLevel nor JivoChat documents it, and to look once is cheaper than to write twice.
 */
export function leavesOutcomeOpen(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 499;
}

/** How each of our requests passes through Zapier's core: sent as it is, its answer given as it comes. */
export const untouched = {
  // Otherwise core merges in the app's request template, and with it HighLevel's token.
  merge: false,
  redirect: 'manual',
  skipThrowForStatus: true,
  // False lets us see a 429 and its headers, which say how long to wait.
  throwForThrottlingEarly: false,
} as const;
