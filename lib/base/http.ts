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

/** Options of `z.request` that keep Zapier's core from changing the request or acting on the response. */
export const untouched = {
  // Otherwise core merges in the app's request template, and with it HighLevel's token.
  merge: false,
  redirect: 'manual',
  skipThrowForStatus: true,
  // False lets us see a 429 and its headers, which say how long to wait.
  throwForThrottlingEarly: false,
} as const;
