import { randomUUID } from 'node:crypto';
import { isObject } from '../../../lib/base/json.ts';
import { partFields } from '../../../lib/highlevel/scopes.ts';
import type { Sandbox, TokenOptions } from '../../sandbox/sandbox.ts';
import { Zapier, type Connection } from './zapier.ts';

const REDIRECT_URI = 'https://zapier.example.com/dashboard/auth/oauth/return/App1CLIAPI/';

/** The yes/no fields of a connection, all set to yes. */
export const everyPart = Object.fromEntries(partFields.map((field) => [field, 'true']));

/** Where the app runs. */
type Setting = Pick<Connection, 'environment' | 'logsTo'>;

/** The environment of an app that uses the sandbox instead of HighLevel. */
export function environmentOf(sandbox: Sandbox): Record<string, string> {
  return {
    HIGHLEVEL_API_URL: sandbox.url,
    CLIENT_ID: sandbox.clientId,
    CLIENT_SECRET: sandbox.clientSecret,
  };
}

/** The data of a connection to the sandbox, without a sign-in. A Private Integration Token has fewer fields. */
export function accountOf(sandbox: Sandbox, wanted: TokenOptions = {}): Connection {
  const { accessToken, scope, userType } = sandbox.token(wanted);
  const { locationId, companyId } = sandbox;
  return {
    authData: {
      access_token: accessToken,
      locationId,
      ...(wanted.kind !== 'pit' && { companyId, userType, scope, ...everyPart }),
      ...(wanted.refreshToken !== undefined && { refresh_token: wanted.refreshToken }),
      jivoChatChannelSecret: sandbox.jivoChannelUrl,
    },
    environment: environmentOf(sandbox),
  };
}

/** A connection's data as environment variables for `zapier-platform invoke`. */
export function asSettings(authData: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(authData).map(([key, value]) => [`authData_${key}`, value]));
}

/** An account just connected in the Zap editor, and the label of its connection. */
export interface Connected {
  zapier: Zapier;
  label: string;
}

/**
 * Connects an account like a user: fills in the fields, approves the app on HighLevel's page, and returns with a code. Then
 * Zapier runs the connection test. Throws the error that the user would see.
 */
export async function connect(
  app: object,
  setting: Setting,
  fields: Record<string, string> = {},
): Promise<Connected> {
  const before = new Zapier(app, { ...setting, authData: {} });
  const state = randomUUID();
  const page = await before.call('authentication.oauth2Config.authorizeUrl', {
    ...fields,
    state,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
  });
  const allowed = await fetch(String(page), { redirect: 'manual' });
  const location = allowed.headers.get('location') ?? '';
  if (!location.startsWith(REDIRECT_URI)) throw new Error('The sign-in page did not lead back');
  const back = new URL(location);
  // Zapier accepts a code only with the state that it sent.
  if (back.searchParams.get('state') !== state) throw new Error('The state was not passed through');
  const token = await before.call('authentication.oauth2Config.getAccessToken', {
    ...fields,
    code: back.searchParams.get('code'),
    redirect_uri: REDIRECT_URI,
  });
  if (!isObject(token)) throw new Error('The sign-in gave no connection data');
  return tested(app, setting, { ...fields, ...texts(token) });
}

/** Connects an account by the pasted fields; Zapier runs the connection test. */
export async function tested(
  app: object,
  setting: Setting,
  authData: Record<string, string>,
): Promise<Connected> {
  const zapier = new Zapier(app, { ...setting, authData, timezone: 'America/New_York' });
  const answer = await zapier.call('authentication.test');
  const template: unknown = Reflect.get(app, 'authentication')?.connectionLabel;
  const known = { ...zapier.authData, ...(isObject(answer) && answer) };
  const label = String(template).replace(/\{\{(\w+)\}\}/g, (_, name: string) =>
    String(Reflect.get(known, name)),
  );
  return { zapier, label };
}

/** Only the text values, as Zapier stores them. */
function texts(data: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (typeof value !== 'string') throw new Error(`Zapier does not store ${key}: it is no text`);
      return [key, value];
    }),
  );
}
