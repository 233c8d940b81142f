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

/** How each of our requests passes through Zapier's core: sent as it is, its answer given as it comes. */
export const untouched = {
  // Else the app's request template would come into it, and with it HighLevel's token.
  merge: false,
  redirect: 'manual',
  skipThrowForStatus: true,
  // False means that we see the 429, with the headers that say how long to wait.
  throwForThrottlingEarly: false,
} as const;
