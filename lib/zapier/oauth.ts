import * as z from 'zod';
import { errors, type Bundle, type HttpResponse, type ZObject } from 'zapier-platform-core';
import { apiUrl } from '../highlevel/base_url.ts';
import { ApiError } from '../base/errors.ts';
import { toZapierError } from './errors.ts';
import { isObject } from '../base/json.ts';
import { meaningOf401, messageIn } from '../highlevel/error_responses.ts';
import { accessLevel, accessLevels } from '../highlevel/scopes.ts';
import { untouched } from '../base/http.ts';

/** The sign-in hosts: HighLevel's, and the one for white-label agencies. */
const SIGN_IN_HOSTS = {
  highlevel: 'https://marketplace.gohighlevel.com',
  leadconnector: 'https://marketplace.leadconnectorhq.com',
};

/** The time limit for all requests of a sign-in or refresh together. Zapier stops a run after 30 s. */
const TIMEOUT_MS = 20_000;

/** The data of a connection, as flat as Zapier stores it. */
type ConnectionData = Record<string, string>;

/**
 * The URL of the page where the user signs in and approves the connection. Access level and sign-in domain default to read
 * and write at HighLevel (the command line asks for neither). With HIGHLEVEL_API_URL set, the sandbox's page.
 */
export function authorizeUrl(bundle: Bundle): string {
  const { access, signInDomain, state, redirect_uri } = bundle.inputData;
  const host = signInDomain === 'leadconnector' ? SIGN_IN_HOSTS.leadconnector : SIGN_IN_HOSTS.highlevel;
  const { client_id } = client();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    // Draft apps need the app's id too: the client id up to its last dash. Source: another integrator's measurement.
    version_id: client_id.replace(/-[^-]*$/, ''),
    redirect_uri: textIn(redirect_uri),
    state: textIn(state),
    scope: accessLevels[accessLevel(access)].scopes.join(' '),
  });
  return `${process.env.HIGHLEVEL_API_URL ? apiUrl() : host}/v2/oauth/chooselocation?${query.toString()}`;
}

/** Exchanges the code of the redirect for the connection's data. Throws when the user did not pick one sub-account. */
export async function signIn(zapier: ZObject, bundle: Bundle): Promise<ConnectionData> {
  const { code, redirect_uri } = bundle.inputData;
  const post = poster(zapier);
  const answer = await post('/oauth/token', {
    ...client(),
    grant_type: 'authorization_code',
    code: textIn(code),
    redirect_uri: textIn(redirect_uri),
    user_type: 'Location',
  });
  const token = tokenIn(answer);
  if (!token) throw notSignedIn(answer);
  return token.userType === 'Company' ? forLocation(post, token) : connectionData(token);
}

/**
 * Refreshes the access token. HighLevel's refresh tokens work once: each response contains the next one, which must be
 * kept. A refused refresh makes Zapier mark the connection as expired, unless the sub-account is only paused.
 */
export async function refresh(zapier: ZObject, bundle: Bundle): Promise<ConnectionData> {
  const { refresh_token = '', userType = 'Location', locationId } = bundle.authData;
  const post = poster(zapier);
  const form = { ...client(), grant_type: 'refresh_token', refresh_token, user_type: userType };
  let answer = await post('/oauth/token', form);
  // The 401 may be a timeout. For 30 seconds HighLevel answers a repeated refresh token with the same new tokens.
  if (answer.status === 401) answer = await post('/oauth/token', form);
  const token = tokenIn(answer);
  if (!token) throw notRefreshed(answer);
  return token.userType === 'Company'
    ? forLocation(post, token, bundle.authData)
    : connectionData({ ...token, locationId: token.locationId || locationId });
}

const TokenResponse = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
  userType: z.string().optional(),
  locationId: z.string().nullish(),
  companyId: z.string().nullish(),
  userId: z.string().nullish(),
  approvedLocations: z.array(z.string()).nullish().catch(null),
});
type TokenResponse = z.output<typeof TokenResponse>;

/**
 * Exchanges an agency's token for a sub-account's, at sign-in and at each refresh: an agency's token cannot read a
 * sub-account. The agency's refresh token is kept. `connected` is the connection that is being refreshed.
 */
async function forLocation(
  post: Post,
  agency: TokenResponse,
  connected?: Bundle['authData'],
): Promise<ConnectionData> {
  const approved = agency.approvedLocations ?? [];
  const locationId =
    connected?.locationId || agency.locationId || (approved.length === 1 ? approved[0] : undefined);
  const companyId = agency.companyId || connected?.companyId;
  if (!locationId || !companyId) throw pickSubAccount();
  const exchange = () => post('/oauth/locationToken', { companyId, locationId }, agency.access_token);
  let answer = await exchange();
  if (mayBeTemporary(answer)) answer = await exchange();
  const location = tokenIn(answer);
  const { refresh_token } = agency;
  if (location) {
    const data = connectionData({ ...agency, ...location, companyId, locationId, userType: 'Company' });
    return { ...data, ...(refresh_token && { refresh_token }) };
  }
  // The old refresh token is used up, so the connection is lost unless the new one is kept. With the old access token beside
  // it, the next step triggers another refresh.
  if (connected && refresh_token && (mayBeTemporary(answer) || isInactive(answer)))
    return { access_token: connected.access_token ?? '', refresh_token };
  const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  throw refused && !isInactive(answer) ? pickSubAccount() : notSignedIn(answer);
}

function connectionData(answer: TokenResponse): ConnectionData {
  const { approvedLocations: _approved, ...data } = answer;
  if (!data.locationId) throw pickSubAccount();
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** A response of a token endpoint. Status 0 means that there was none; a 401 has no body. */
interface Answer {
  status: number;
  response?: HttpResponse;
}

type Post = (path: string, form: Record<string, string>, bearer?: string) => Promise<Answer>;

/** A function that posts forms to HighLevel's token endpoints; all calls share one time limit. */
function poster(zapier: ZObject): Post {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return async (path, form, bearer) => {
    const options = {
      url: apiUrl() + path,
      method: 'POST' as const,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
        'User-Agent': 'Zapier',
        ...(bearer && { Authorization: `Bearer ${bearer}`, Version: '2021-07-28' }),
      },
      body: new URLSearchParams(form).toString(),
      ...untouched,
      signal,
    };
    try {
      const response = await zapier.request(options);
      return { status: response.status, response };
    } catch (error) {
      // Core turns every 401 into a RefreshAuthError, which would start a refresh inside this one.
      return { status: error instanceof errors.RefreshAuthError ? 401 : 0 };
    }
  };
}

/** The token in a response; undefined when the request failed or the body cannot be parsed. */
function tokenIn({ status, response }: Answer): TokenResponse | undefined {
  if (status < 200 || status > 299 || !isObject(response?.data)) return undefined;
  return TokenResponse.safeParse(response.data).data;
}

/** Whether the failure may be temporary: no response, or one that says nothing about the connection. */
function mayBeTemporary(answer: Answer): boolean {
  const { status } = answer;
  return !tokenIn(answer) && (status < 400 || status === 401 || status === 429 || status >= 500);
}

function isInactive({ response }: Answer): boolean {
  return meaningOf401(messageIn(response?.data)) === 'inactive location';
}

function notSignedIn(answer: Answer): Error {
  const { status } = answer;
  if (isInactive(answer)) return inactive();
  if (status >= 200 && status < 400) {
    return new errors.Error('HighLevel sent no usable token. Please try to connect again.', 'Unreadable');
  }
  if (status === 0 || status === 429 || status >= 500) {
    return new errors.Error(
      'HighLevel did not answer the sign-in. Please try to connect again in a few minutes.',
      'Unavailable',
    );
  }
  return new errors.Error(
    'HighLevel did not accept the sign-in. Please try to connect again.',
    'SignInRefused',
  );
}

function notRefreshed(answer: Answer): Error {
  if (isInactive(answer)) return inactive();
  if (answer.status === 401) {
    return toZapierError(
      new ApiError(
        'unauthenticated',
        'HighLevel does not accept this connection any more. Reconnect the account.',
      ),
    );
  }
  // Zapier marks the connection as expired on a 4xx and tries again on a 5xx.
  answer.response?.throwForStatus();
  return new errors.Error(
    'HighLevel did not renew this connection. Please try again in a few minutes.',
    'Unavailable',
  );
}

function pickSubAccount(): Error {
  return new errors.Error('Please connect again and pick one sub-account, not the agency.', 'PickSubAccount');
}

function inactive(): Error {
  return new errors.Error(
    'The HighLevel sub-account is not active. Check in HighLevel whether it is paused or unpaid; the connection works again once it is active.',
    'InactiveLocation',
  );
}

function client(): { client_id: string; client_secret: string } {
  return { client_id: process.env.CLIENT_ID ?? '', client_secret: process.env.CLIENT_SECRET ?? '' };
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
