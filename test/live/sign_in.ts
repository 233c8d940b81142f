import { randomUUID } from 'node:crypto';
import { isObject } from '../../lib/base/json.ts';
import { failureIn } from '../support/zapier/failed.ts';
import { Zapier } from '../support/zapier/zapier.ts';

/** A marketplace app, and the address to which HighLevel's sign-in leads back. */
export interface MarketplaceApp {
  url: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

/** How a sign-in is played. */
export interface SignInOptions {
  print: (line: string) => void;
  /** Opens HighLevel's sign-in page for a person, and returns the address to which it led back. */
  visit: (page: string) => Promise<URL>;
}

/**
 * Signs in to HighLevel with the OAuth edition, tests the connection, refreshes it twice and tests it again, and says whether
 * the refresh token rotates. Writes nothing in the account. Returns whether everything passed.
 */
export async function runSignIn(
  app: object,
  market: MarketplaceApp,
  options: SignInOptions,
): Promise<boolean> {
  const { url, clientId, clientSecret, redirectUri: redirect_uri } = market;
  const environment = { HIGHLEVEL_API_URL: url, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
  const secrets = [clientSecret];
  const print = (line: string) =>
    options.print(secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line));
  const connected = (authData: Record<string, string>) => new Zapier(app, { environment, authData });
  const oauth = 'authentication.oauth2Config';
  /** What a call returned as a connection's data, whose tokens are then kept out of the report. */
  const connection = (data: unknown): Record<string, string> => {
    const texts = isObject(data) ? Object.entries(data).map(([key, value]) => [key, String(value)]) : [];
    const authData: Record<string, string> = Object.fromEntries(texts);
    for (const key of ['access_token', 'refresh_token']) {
      const token = authData[key];
      if (!token) throw new Error(`HighLevel returned no ${key}.`);
      secrets.push(token);
    }
    return authData;
  };

  let authData: Record<string, string> = {};
  const steps: [string, () => Promise<void>][] = [
    [
      'Signing in returns a connection to one sub-account',
      async () => {
        const state = randomUUID();
        const page = await connected({}).call(`${oauth}.authorizeUrl`, {
          state,
          redirect_uri,
          response_type: 'code',
        });
        const back = await options.visit(String(page));
        if (back.searchParams.get('state') !== state) throw new Error('The state was not passed through.');
        const code = back.searchParams.get('code');
        if (!code) throw new Error(`HighLevel returned no code: ${back.searchParams.get('error') ?? ''}`);
        authData = connection(await connected({}).call(`${oauth}.getAccessToken`, { code, redirect_uri }));
      },
    ],
    ['The connection test passes', async () => void (await connected(authData).call('authentication.test'))],
    [
      'Refreshing returns new tokens, and the connection test passes with them',
      async () => {
        const before = authData;
        const refreshed = connection(await connected(before).call(`${oauth}.refreshAccessToken`));
        authData = { ...before, ...refreshed };
        if (authData.access_token === before.access_token)
          throw new Error('The access token is the same as before.');
        await connected(authData).call('authentication.test');
        const rotates = authData.refresh_token !== before.refresh_token;
        print(`settled: Does the refresh token rotate? ${rotates ? 'yes' : 'no, it is the same'}`);
        const again = await connected(before)
          .call(`${oauth}.refreshAccessToken`)
          .then(
            (data) =>
              connection(data).refresh_token === authData.refresh_token
                ? 'yes, with the same new tokens'
                : 'yes, with other tokens',
            (error: unknown) => `no: ${failureIn(error).message}`,
          );
        print(`settled: Is a refresh token accepted a second time at once? ${again}`);
      },
    ],
    [
      'The new refresh token works too',
      async () => {
        authData = {
          ...authData,
          ...connection(await connected(authData).call(`${oauth}.refreshAccessToken`)),
        };
        await connected(authData).call('authentication.test');
      },
    ],
  ];
  for (const [name, run] of steps) {
    try {
      await run();
    } catch (error) {
      print(`FAILED   ${name}\n         ${failureIn(error).message || String(error)}`);
      return false;
    }
    print(`passed   ${name}`);
  }
  return true;
}
