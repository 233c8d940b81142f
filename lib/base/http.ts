/** Whether an address is https, or http on a loopback host. */
export function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Whether a host name means this machine. */
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
  // Else the app's request template would come into it, and with it HighLevel's token.
  merge: false,
  redirect: 'manual',
  skipThrowForStatus: true,
  // False means that we see the 429, with the headers that say how long to wait.
  throwForThrottlingEarly: false,
} as const;
