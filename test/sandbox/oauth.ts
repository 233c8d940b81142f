import { Hono } from 'hono';
import { refuse } from './answers.ts';
import { checkToken, checkVersion, scope, type Env } from './gate.ts';
import type { Grant, Store } from './store.ts';

const DAY = 86_400;
/** Within this time, the same refresh token returns the same new one. Source: HighLevel's changelog. */
const GRACE_MS = 30_000;
/** The lifetime of an unused refresh token. Source: HighLevel's OAuth documentation. */
const REFRESH_MS = 365 * DAY * 1000;

export const CLIENT = { id: '66f0c0ffee0000000000beef-m1abcdef', secret: 'sandbox-client-secret' };

/** HighLevel's sign-in page and token endpoints. */
export function oauth(store: Store): Hono<Env> {
  const codes = new Map<string, Grant>();

  const issue = (grant: Grant, kind: 'new' | 'refreshed') => {
    const access = `sandbox-access-${store.random.id()}`;
    const refresh = `sandbox-refresh-${store.random.id()}`;
    store.tokens.set(access, {
      kind: 'oauth',
      userType: grant.userType,
      ...(grant.locationId && { locationId: grant.locationId }),
      scopes: grant.scopes,
      expiresAt: store.now() + DAY * 1000,
    });
    store.refreshTokens.set(refresh, { ...grant, issuedAt: store.now() });
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: DAY - 1,
      refresh_token: refresh,
      scope: grant.scopes.join(' '),
      userType: grant.userType,
      companyId: store.companyId,
      ...(grant.locationId && { locationId: grant.locationId }),
      ...(grant.userType === 'Company' && { approvedLocations: store.agencySignIn ?? [store.locationId] }),
      userId: store.users[0]?.id ?? '',
      ...(kind === 'new' && { isBulkInstallation: false }),
    };
  };

  const app = new Hono<Env>();

  for (const path of ['/v2/oauth/chooselocation', '/oauth/chooselocation']) {
    app.get(path, (c) => {
      const { redirect_uri, state, scope: scopes = '', client_id } = c.req.query();
      if (client_id !== CLIENT.id || !redirect_uri) return c.text('error.noClient', 400);
      const code = store.random.id();
      const agency = store.agencySignIn !== undefined;
      const asked = scopes.split(/\s+/).filter(Boolean);
      // One permission that the marketplace app lacks breaks the sign-in. Reported by integrators.
      if (asked.some((one) => !store.appScopes.includes(one))) return c.text('error.invalidScope', 400);
      const wanted = store.signInGrants?.(asked) ?? asked;
      codes.set(code, {
        scopes: agency ? [...wanted, 'oauth.readonly', 'oauth.write'] : wanted,
        userType: agency ? 'Company' : 'Location',
        locationId: agency ? undefined : store.locationId,
      });
      const back = new URL(redirect_uri);
      back.searchParams.set('code', code);
      if (state) back.searchParams.set('state', state);
      return c.redirect(back.href);
    });
  }

  app.post('/oauth/token', async (c) => {
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded'))
      refuse(400, 'Unsupported content type');
    const form = new URLSearchParams(await c.req.text());
    const unauthorized = (error_description: string) =>
      c.json({ error: 'UnAuthorized!', error_description }, 401);
    if (form.get('grant_type') === 'authorization_code') {
      const grant = codes.get(form.get('code') ?? '');
      if (!grant) return unauthorized('Authorization code not found');
      if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret)
        return unauthorized('Invalid client');
      codes.delete(form.get('code') ?? '');
      return c.json(issue(grant, 'new'));
    }
    if (form.get('grant_type') !== 'refresh_token') refuse(400, 'Invalid parameter: grant_type');
    if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret)
      return unauthorized('Invalid client');
    if (!store.location.active) refuse(400, 'Location is not active');
    const known = store.refreshTokens.get(form.get('refresh_token') ?? '');
    const spent = known?.usedAt !== undefined && store.now() - known.usedAt > GRACE_MS;
    const old = known && store.now() - known.issuedAt > REFRESH_MS;
    if (!known || spent || old) refuse(400, 'Invalid grant: refresh token is invalid');
    known.usedAt ??= store.now();
    known.answer ??= issue(
      { scopes: known.scopes, userType: known.userType, locationId: known.locationId },
      'refreshed',
    );
    return c.json(known.answer);
  });

  app.post('/oauth/locationToken', checkVersion, checkToken(store), scope('oauth.write'), async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const locationId = form.get('locationId') ?? '';
    if (form.get('companyId') !== store.companyId || locationId !== store.locationId)
      refuse(400, 'Location not found');
    const { scopes } = c.get('token');
    const token = issue({ scopes, userType: 'Location', locationId }, 'new');
    const { access_token, token_type, expires_in, userId } = token;
    return c.json({ access_token, token_type, expires_in, scope: token.scope, locationId, userId }, 201);
  });

  app.get('/oauth/installedLocations', checkVersion, checkToken(store), scope('oauth.readonly'), (c) =>
    c.json({
      locations: [
        { _id: store.locationId, name: store.location.name, address: '12 Main Street', isInstalled: true },
      ],
      count: 1,
      installToFutureLocations: false,
    }),
  );

  return app;
}
