import * as z from 'zod';
import { errors, type Bundle, type ZObject } from 'zapier-platform-core';
import { apiUrl } from './api_url.ts';
import { HighLevelError, toZapierError } from './errors.ts';
import { isObject } from './json.ts';
import { messageIn } from './refusals.ts';
import { accessLevels } from './scopes.ts';

/** Where people sign in: HighLevel's own address, and the one agencies with a brand of their own use. */
const SIGN_IN_HOSTS = {
  highlevel: 'https://marketplace.gohighlevel.com',
  leadconnector: 'https://marketplace.leadconnectorhq.com',
};

/** An agency's token takes two requests, and Zapier stops a run after 30 seconds. */
const TIMEOUT_MS = 12_000;

/** What is kept of a connection: flat texts, as Zapier stores them. */
type ConnectionData = Record<string, string>;

/**
 * The page where a person allows the connection. The access level and the sign-in domain were chosen before; absent (the
 * command line asks for neither) means read and write, at HighLevel. With HIGHLEVEL_API_URL set, the sandbox's page.
 */
export function authorizeUrl(bundle: Bundle): string {
  const { access, signInDomain, state, redirect_uri } = bundle.inputData;
  const level = access === 'read' || access === 'contacts' ? access : 'full';
  const host = signInDomain === 'leadconnector' ? SIGN_IN_HOSTS.leadconnector : SIGN_IN_HOSTS.highlevel;
  const clientId = process.env.CLIENT_ID ?? '';
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    // A draft app's sign-in page wants the app's id too: the client id up to its last dash. Measured by another team.
    version_id: clientId.replace(/-[^-]*$/, ''),
    redirect_uri: textIn(redirect_uri),
    state: textIn(state),
    scope: accessLevels[level].scopes.join(' '),
  });
  return `${process.env.HIGHLEVEL_API_URL ? apiUrl() : host}/v2/oauth/chooselocation?${query.toString()}`;
}

/** Exchanges the code that the redirect brought for the connection's data. Throws when no single sub-account was picked. */
export async function signIn(zapier: ZObject, bundle: Bundle): Promise<ConnectionData> {
  const { code, redirect_uri } = bundle.inputData;
  return token(zapier, {
    grant_type: 'authorization_code',
    code: textIn(code),
    redirect_uri: textIn(redirect_uri),
    user_type: 'Location',
  });
}

/**
 * A fresh access token. HighLevel's refresh tokens are good for one use: the new one comes along and must be kept. A
 * refused refresh is Zapier's to understand (the connection is expired), except for a sub-account that is only paused.
 */
export async function refresh(zapier: ZObject, bundle: Bundle): Promise<ConnectionData> {
  const { refresh_token = '', userType = 'Location', locationId = '' } = bundle.authData;
  return token(zapier, { grant_type: 'refresh_token', refresh_token, user_type: userType }, locationId);
}

const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
  userType: z.string().optional(),
  locationId: z.string().nullish(),
  companyId: z.string().nullish(),
  userId: z.string().nullish(),
  approvedLocations: z.array(z.string()).nullish().catch(null),
});
type TokenAnswer = z.output<typeof TokenAnswer>;

async function token(
  zapier: ZObject,
  grant: Record<string, string>,
  locationId = '',
): Promise<ConnectionData> {
  const answer = await post(zapier, '/oauth/token', {
    client_id: process.env.CLIENT_ID ?? '',
    client_secret: process.env.CLIENT_SECRET ?? '',
    ...grant,
  });
  return answer.userType === 'Company' ? forLocation(zapier, answer, locationId) : connectionData(answer);
}

/**
 * An agency's token cannot read a sub-account: it is exchanged for the sub-account's, at every refresh again. The agency's
 * refresh token is the one that is kept.
 */
async function forLocation(zapier: ZObject, agency: TokenAnswer, known: string): Promise<ConnectionData> {
  const approved = agency.approvedLocations ?? [];
  const locationId = known || agency.locationId || (approved.length === 1 ? approved[0] : undefined);
  if (!locationId || !agency.companyId) throw pickSubAccount();
  const location = await post(
    zapier,
    '/oauth/locationToken',
    { companyId: agency.companyId, locationId },
    agency.access_token,
  );
  return {
    ...connectionData({ ...agency, ...location, locationId, userType: 'Company' }),
    ...(agency.refresh_token && { refresh_token: agency.refresh_token }),
  };
}

function connectionData(answer: TokenAnswer): ConnectionData {
  const { approvedLocations: _approved, ...data } = answer;
  if (!data.locationId) throw pickSubAccount();
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

async function post(
  zapier: ZObject,
  path: string,
  form: Record<string, string>,
  bearer?: string,
): Promise<TokenAnswer> {
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
    merge: false,
    redirect: 'manual' as const,
    skipThrowForStatus: true,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const response = await zapier.request(options).catch((error: unknown) => {
    // HighLevel answers 401 to whatever is wrong here, and core takes each for a stale token: a refresh inside a refresh.
    throw error instanceof errors.RefreshAuthError
      ? refused(form, bearer)
      : new errors.Error('HighLevel did not answer. Please try again in a few minutes.', 'Unavailable');
  });
  const said = messageIn(response.data);
  if (/location is not active/i.test(said)) {
    throw new errors.Error(
      'The HighLevel sub-account is not active. Check in HighLevel whether it is paused or unpaid; the connection works again once it is active.',
      'InactiveLocation',
    );
  }
  if (bearer && response.status >= 400 && response.status < 500) throw pickSubAccount();
  // Left to Zapier, which marks the connection as expired on a 4xx and tries again on a 5xx.
  response.throwForStatus();
  const answer = TokenAnswer.safeParse(isObject(response.data) ? response.data : undefined);
  if (!answer.success)
    throw new errors.Error('HighLevel sent no usable token. Please try to connect again.', 'Unreadable');
  return answer.data;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function refused(form: Record<string, string>, bearer?: string): Error {
  if (bearer) return pickSubAccount();
  return form.grant_type === 'refresh_token'
    ? toZapierError(
        new HighLevelError(
          'signed out',
          'HighLevel does not accept this connection any more. Reconnect the account.',
        ),
      )
    : new errors.Error('HighLevel did not accept the sign-in. Please try to connect again.', 'SignInRefused');
}

function pickSubAccount(): Error {
  return new errors.Error('Please connect again and pick one sub-account, not the agency.', 'PickSubAccount');
}
