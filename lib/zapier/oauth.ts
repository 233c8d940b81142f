import { errors, type Bundle, type HttpResponse, type ZObject } from 'zapier-platform-core';
import { apiUrl } from '../highlevel/base_url.ts';
import { ApiError } from '../base/errors.ts';
import { toZapierError } from './errors.ts';
import { isObject } from '../base/json.ts';
import { isFirewall, isOutcomeUnknown, meaningOf401, messageIn } from '../highlevel/error_responses.ts';
import { requestedScopes } from '../highlevel/scopes.ts';
import { untouched } from '../base/http.ts';
import { maskText, secretsOf } from '../base/secrets.ts';

/** The sign-in hosts: HighLevel's, and the one for white-label agencies. */
const SIGN_IN_HOSTS = {
  highlevel: 'https://marketplace.gohighlevel.com',
  leadconnector: 'https://marketplace.leadconnectorhq.com',
};

/** The time limit for a sign-in or a refresh: Zapier stops a run after 30 seconds. */
const TIMEOUT_MS = 25_000;
/** The timeout of a request that may be repeated: leaves time for the repeat, within HighLevel's 30 seconds of grace. */
const FIRST_TIMEOUT_MS = 10_000;

/** The data of a connection, as flat as Zapier stores it. */
type ConnectionData = Record<string, string>;

/**
 * The URL of the page where the user signs in and approves the connection. It requests what the user chose. Access level and
 * sign-in domain default to read and write at HighLevel (the command line asks for neither). With HIGHLEVEL_API_URL set, the sandbox's page.
 */
export function authorizeUrl(bundle: Bundle): string {
  const { signInDomain, state, redirect_uri } = bundle.inputData;
  const host = signInDomain === 'leadconnector' ? SIGN_IN_HOSTS.leadconnector : SIGN_IN_HOSTS.highlevel;
  const { client_id } = client();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    // Draft apps need the app's id too: the client id up to its last dash. Source: another integrator's measurement.
    version_id: client_id.replace(/-[^-]*$/, ''),
    redirect_uri: textIn(redirect_uri),
    state: textIn(state),
    scope: requestedScopes(bundle.inputData).join(' '),
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
  return isAgency(token) ? forLocation(post, token) : connectionData(token);
}

/**
 * Refreshes the access token. HighLevel's refresh tokens are valid for one use: the response has a new one, which must be
 * stored. If the response is lost or inconclusive, the request is repeated once at once: within 30 seconds HighLevel returns
 * the same response for the same refresh token. A refused refresh is left to Zapier, which marks the connection as expired,
 * unless the sub-account is only paused.
 */
export async function refresh(zapier: ZObject, bundle: Bundle): Promise<ConnectionData> {
  const { refresh_token = '', userType = 'Location', locationId } = bundle.authData;
  const post = poster(zapier);
  const form = { ...client(), grant_type: 'refresh_token', refresh_token, user_type: userType };
  const answers = [await post('/oauth/token', form, { first: true })];
  if (answers.every(isLost)) answers.push(await post('/oauth/token', form));
  const token = answers.map(tokenIn).find(Boolean);
  if (!token) throw notRefreshed(answers, bundle.authData);
  const renewed = { ...token, userType: token.userType || userType };
  return isAgency(renewed)
    ? forLocation(post, renewed, bundle.authData)
    : connectionData({ ...renewed, locationId: token.locationId || locationId });
}

/** The fields of a token response, each in HighLevel's two spellings: newer versions of its API use the second. */
const TOKEN_FIELDS = {
  access_token: ['access_token', 'accessToken'],
  refresh_token: ['refresh_token', 'refreshToken'],
  scope: ['scope'],
  userType: ['userType', 'user_type'],
  locationId: ['locationId', 'location_id'],
  companyId: ['companyId', 'company_id'],
  userId: ['userId', 'user_id'],
} as const;

type TokenField = keyof typeof TOKEN_FIELDS;

/** A token response. Only the access token is required; other fields are dropped if blank or invalid. */
type TokenResponse = { [K in Exclude<TokenField, 'access_token'>]?: string | undefined } & {
  access_token: string;
  approvedLocations: string[];
};

function isAgency({ userType, locationId, approvedLocations }: TokenResponse): boolean {
  return userType ? userType.toLowerCase() === 'company' : !locationId && approvedLocations.length > 0;
}

/**
 * Exchanges an agency's token for a sub-account's, at sign-in and at each refresh: an agency's token cannot read a
 * sub-account. The agency's refresh token is kept. `connected` is the connection that is being refreshed.
 */
async function forLocation(
  post: Post,
  agency: TokenResponse,
  connected?: Bundle['authData'],
): Promise<ConnectionData> {
  const { approvedLocations: approved, refresh_token } = agency;
  const locationId =
    connected?.locationId || agency.locationId || (approved.length === 1 ? approved[0] : undefined);
  const companyId = agency.companyId || connected?.companyId;
  if (!locationId || (!companyId && !connected)) throw pickSubAccount();
  const exchange = (first: boolean) =>
    companyId
      ? post('/oauth/locationToken', { companyId, locationId }, { bearer: agency.access_token, first })
      : { status: 0 };
  let answer = await exchange(true);
  if (isLost(answer)) answer = await exchange(false);
  const location = tokenIn(answer);
  if (location) {
    const data = connectionData({
      ...agency,
      ...known(location),
      companyId,
      locationId,
      userType: 'Company',
    });
    return { ...data, ...(refresh_token && { refresh_token }) };
  }
  // The refresh token was used up, so the new one must be stored or the connection is lost. Stored with the old access
  // token, the next step refreshes again.
  if (connected && refresh_token && (saysNothing(answer) || isInactive(answer)))
    return { access_token: connected.access_token ?? '', refresh_token };
  if (isInactive(answer)) throw inactive();
  if (!saysNothing(answer) || answer.status === 401) throw pickSubAccount();
  throw connected ? notRefreshed([answer], connected) : notSignedIn(answer);
}

function connectionData(answer: TokenResponse): ConnectionData {
  const { approvedLocations: _approved, ...data } = answer;
  if (!data.locationId) throw pickSubAccount();
  return known(data);
}

/** The fields that have a text. */
function known(fields: object): ConnectionData {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}

/** A response of a token endpoint. Status 0 means that there was no response; a 401 has no body. */
interface Answer {
  status: number;
  response?: HttpResponse;
}

/** Sends a form. `first`: it may be repeated, so it gets a shorter timeout. */
type Post = (
  path: string,
  form: Record<string, string>,
  more?: { bearer?: string; first?: boolean },
) => Promise<Answer>;

/** A function that posts forms to HighLevel's token endpoints; all calls share one time limit. */
function poster(zapier: ZObject): Post {
  const deadline = Date.now() + TIMEOUT_MS;
  return async (path, form, { bearer, first = false } = {}) => {
    const left = Math.max(deadline - Date.now(), 0);
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
      signal: AbortSignal.timeout(first ? Math.min(left, FIRST_TIMEOUT_MS) : left),
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
  const data: unknown = response?.data;
  if (status < 200 || status > 299 || !isObject(data)) return undefined;
  const field = (name: TokenField) =>
    TOKEN_FIELDS[name].map((key) => textIn(data[key]).trim()).find((text) => text !== '');
  const access_token = field('access_token');
  if (access_token === undefined) return undefined;
  const approved = data.approvedLocations ?? data.approved_locations;
  return {
    access_token,
    refresh_token: field('refresh_token'),
    scope: field('scope'),
    userType: field('userType'),
    locationId: field('locationId'),
    companyId: field('companyId'),
    userId: field('userId'),
    approvedLocations: (Array.isArray(approved) ? approved : []).flatMap(
      (id: unknown) => textIn(id).trim() || [],
    ),
  };
}

/** Whether a repeat may succeed: a redirect would be repeated, other failures may be temporary. */
function isLost(answer: Answer): boolean {
  return saysNothing(answer) && (answer.status < 300 || answer.status >= 400);
}

/** Whether a response has no token and no statement from HighLevel about the connection. */
function saysNothing(answer: Answer): boolean {
  const { status, response } = answer;
  if (tokenIn(answer)) return false;
  if (status < 400 || status === 401 || status === 429) return true;
  // A response that is not JSON comes from a proxy.
  return (
    isOutcomeUnknown(status, response?.data) ||
    isFirewall(status, response?.data) ||
    !isObject(response?.data)
  );
}

function isInactive({ response }: Answer): boolean {
  return meaningOf401(messageIn(response?.data)) === 'inactive location';
}

function notSignedIn(answer: Answer): Error {
  const { status } = answer;
  if (isInactive(answer)) return inactive();
  if (status >= 200 && status < 400) {
    return new errors.Error('HighLevel did not send a usable token. Please connect again.', 'Unreadable');
  }
  if (status === 0 || status === 429 || status >= 500) {
    return new errors.Error(
      'HighLevel did not respond while you connected. Please connect again in a few minutes.',
      'Unavailable',
    );
  }
  return new errors.Error('HighLevel did not accept the connection. Please connect again.', 'SignInRefused');
}

/** The error for a refresh without a token. The connection ends only if HighLevel itself refused every attempt. */
function notRefreshed(answers: Answer[], authData: Bundle['authData']): Error {
  const last = answers.at(-1);
  if (last && isInactive(last)) return inactive();
  if (answers.every(({ status }) => status === 401)) {
    return toZapierError(
      new ApiError('unauthenticated', 'HighLevel no longer accepts this connection. Reconnect the account.'),
    );
  }
  // Left to Zapier, which marks the connection as expired on a 4xx and tries again on a 5xx.
  if (last && (!saysNothing(last) || last.status >= 500 || last.status === 429)) {
    try {
      last.response?.throwForStatus();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return Object.assign(error, { message: maskText(error.message, secretsOf(authData).all) });
    }
  }
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
