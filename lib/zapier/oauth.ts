import * as z from 'zod';
import { errors, type Bundle, type HttpResponse, type ZObject } from 'zapier-platform-core';
import { apiUrl } from '../highlevel/base_url.ts';
import { ApiError } from '../base/errors.ts';
import { toZapierError } from './errors.ts';
import { isObject } from '../base/json.ts';
import { meaningOf401, messageIn } from '../highlevel/error_responses.ts';
import { accessLevel, accessLevels } from '../highlevel/scopes.ts';
import { untouched } from '../base/http.ts';

/** Where people sign in: HighLevel's own address, and the one agencies with a brand of their own use. */
const SIGN_IN_HOSTS = {
  highlevel: 'https://marketplace.gohighlevel.com',
  leadconnector: 'https://marketplace.leadconnectorhq.com',
};

/** For all requests of a sign-in or a refresh: Zapier stops a run after 30 seconds. */
const TIMEOUT_MS = 20_000;

/** What is kept of a connection: flat texts, as Zapier stores them. */
type ConnectionData = Record<string, string>;

/**
 * The page where a person allows the connection. The access level and the sign-in domain were chosen before; absent (the
 * command line asks for neither) means read and write, at HighLevel. With HIGHLEVEL_API_URL set, the sandbox's page.
 */
export function authorizeUrl(bundle: Bundle): string {
  const { access, signInDomain, state, redirect_uri } = bundle.inputData;
  const host = signInDomain === 'leadconnector' ? SIGN_IN_HOSTS.leadconnector : SIGN_IN_HOSTS.highlevel;
  const { client_id } = client();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    // A draft app's sign-in page wants the app's id too: the client id up to its last dash. Measured by another team.
    version_id: client_id.replace(/-[^-]*$/, ''),
    redirect_uri: textIn(redirect_uri),
    state: textIn(state),
    scope: accessLevels[accessLevel(access)].scopes.join(' '),
  });
  return `${process.env.HIGHLEVEL_API_URL ? apiUrl() : host}/v2/oauth/chooselocation?${query.toString()}`;
}

/** Exchanges the code that the redirect brought for the connection's data. Throws when no single sub-account was picked. */
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
 * A fresh access token. HighLevel's refresh tokens are good for one use: the new one comes along and must be kept. A
 * refused refresh is Zapier's to understand (the connection is expired), except for a sub-account that is only paused.
 */
export async function refresh(zapier: ZObject, bundle: Bundle): Promise<ConnectionData> {
  const { refresh_token = '', userType = 'Location', locationId } = bundle.authData;
  const post = poster(zapier);
  const form = { ...client(), grant_type: 'refresh_token', refresh_token, user_type: userType };
  let answer = await post('/oauth/token', form);
  // Perhaps a timeout in disguise. Within 30 seconds HighLevel gives the same answer to the same refresh token.
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
 * An agency's token cannot read a sub-account: it is exchanged for the sub-account's, at every refresh again. The agency's
 * refresh token is the one that is kept. `connected` is the connection that is refreshed.
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
  if (mayPass(answer)) answer = await exchange();
  const location = tokenIn(answer);
  const { refresh_token } = agency;
  if (location) {
    const data = connectionData({ ...agency, ...location, companyId, locationId, userType: 'Company' });
    return { ...data, ...(refresh_token && { refresh_token }) };
  }
  // The refresh token that was sent is spent, so the new one must be kept or the connection is lost. The old access token
  // beside it makes the next step ask for a refresh again.
  if (connected && refresh_token && (mayPass(answer) || isInactive(answer)))
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

/** What HighLevel answered: status 0 stands for no answer at all, and a 401 comes without words. */
interface Answer {
  status: number;
  response?: HttpResponse;
}

type Post = (path: string, form: Record<string, string>, bearer?: string) => Promise<Answer>;

/** Sends forms to HighLevel's token endpoints, all within one time limit. */
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
      // HighLevel answers 401 to whatever is wrong here, and core takes each for a stale token: a refresh inside a refresh.
      return { status: error instanceof errors.RefreshAuthError ? 401 : 0 };
    }
  };
}

/** The token in a good answer; undefined when it was refused or cannot be read. */
function tokenIn({ status, response }: Answer): TokenResponse | undefined {
  if (status < 200 || status > 299 || !isObject(response?.data)) return undefined;
  return TokenResponse.safeParse(response.data).data;
}

/** Whether it is worth to ask again: no answer, or one that says nothing about the connection. */
function mayPass(answer: Answer): boolean {
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
  // Left to Zapier, which marks the connection as expired on a 4xx and tries again on a 5xx.
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
