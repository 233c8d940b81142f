import { once } from 'node:events';
import { createServer } from 'node:http';
import app from '../../index.ts';
import { apiUrl } from '../../lib/highlevel/base_url.ts';
import { isLiveAddress } from './connection.ts';
import { runSignIn } from './sign_in.ts';

const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, HIGHLEVEL_API_URL: given } = process.env;
const redirectUri = process.env.HIGHLEVEL_LIVE_REDIRECT ?? 'http://localhost:9000';
process.exitCode = 1;
if (!clientId || !clientSecret) {
  console.log('Not run: set CLIENT_ID and CLIENT_SECRET to those of your marketplace app (docs/live.md).');
} else if (given && !isLiveAddress(given)) {
  console.log('Not run: HIGHLEVEL_API_URL must be HighLevel or an address of this machine.');
} else {
  const good = await runSignIn(
    app,
    { url: apiUrl(), clientId, clientSecret, redirectUri },
    { print: (line) => console.log(line), visit },
  );
  process.exitCode = good ? 0 : 1;
}

/** Asks a person to sign in, and waits on port 9000 until HighLevel leads back. */
async function visit(page: string): Promise<URL> {
  const server = createServer();
  server.listen(9000, '127.0.0.1');
  await once(server, 'listening');
  console.log(`Open this page, sign in, and select one sub-account of your own:\n\n${page}\n`);
  try {
    for (;;) {
      const [request, response] = await once(server, 'request');
      const back = new URL(String(request.url), redirectUri);
      response.end('Close this page, and return to the terminal.');
      // Not the browser's request for an icon.
      if (back.searchParams.has('code') || back.searchParams.has('error')) return back;
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
