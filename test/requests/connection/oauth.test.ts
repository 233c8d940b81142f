import { connection, failure, fullAccess, highLevel, LOCATION } from '../../support/app.ts';
import { authentication } from '../../../authentication.ts';

const highlevel = highLevel();

const TOKEN_PATH = 'POST /oauth/token';
const AGENCY = '5DP4iH6HLkQsiKESj6rh';
const { test: testConnection, oauth2Config } = authentication;
const zap = (authData: Record<string, string> = fullAccess) => connection(authData);

beforeEach(() => {
  process.env.CLIENT_ID = '6630abcdef-lw9xyz';
  process.env.CLIENT_SECRET = 'secret of the app';
});
afterEach(() => {
  delete process.env.CLIENT_ID;
  delete process.env.CLIENT_SECRET;
  delete process.env.HIGHLEVEL_API_URL;
});

/** The parsed URL of the sign-in page. */
async function signInPage(chosen: Record<string, unknown>) {
  const address = await zap().call(oauth2Config?.authorizeUrl, {
    state: 'a state',
    redirect_uri: 'https://zapier.com/dashboard/auth/oauth/return/App1CLIAPI/',
    ...chosen,
  });
  const { origin, pathname, searchParams } = new URL(String(address));
  return { page: origin + pathname, query: Object.fromEntries(searchParams) };
}

/** The parsed form of a token request. */
const form = (index = 0) => Object.fromEntries(new URLSearchParams(String(highlevel.sent[index]?.body)));

const READ = [
  'contacts.readonly',
  'locations.readonly',
  'locations/tags.readonly',
  'locations/tasks.readonly',
  'locations/customFields.readonly',
  'users.readonly',
  'businesses.readonly',
  'campaigns.readonly',
  'workflows.readonly',
  'calendars.readonly',
  'calendars/events.readonly',
];
const WRITE = ['contacts.write', 'calendars/events.write'];

describe('Authorize URL', () => {
  test.each([
    ['full', [...READ, ...WRITE]],
    ['read', READ],
    ['contacts', ['contacts.readonly', 'locations.readonly']],
    ['', [...READ, ...WRITE]],
    ['everything', [...READ, ...WRITE]],
  ])('with access "%s" requests exactly these scopes', async (access, scopes) => {
    const { query } = await signInPage({ access });
    expect(query.scope?.split(' ').toSorted()).toEqual(scopes.toSorted());
  });

  const OPPORTUNITIES = ['opportunities.readonly', 'opportunities.write'];
  test.each([
    ['allowOpportunities', 'full', 'true', OPPORTUNITIES],
    ['allowOpportunities', 'read', 'true', ['opportunities.readonly']],
    ['allowOpportunities', 'contacts', 'true', ['opportunities.readonly']],
    ['allowOpportunities', '', true, OPPORTUNITIES],
    ['allowOpportunities', 'full', 'false', []],
    ['allowOpportunities', 'full', '', []],
    [
      'allowConversations',
      'full',
      'true',
      ['conversations.readonly', 'conversations/message.readonly', 'conversations/message.write'],
    ],
    ['allowConversations', 'read', 'true', ['conversations.readonly', 'conversations/message.readonly']],
    ['allowForms', 'full', 'true', ['forms.readonly', 'surveys.readonly']],
    ['allowForms', 'read', 'true', ['forms.readonly', 'surveys.readonly']],
    ['allowCompanies', 'full', 'true', ['businesses.write']],
    ['allowCompanies', 'read', 'true', []],
  ])('with %s and access "%s" set to %s requests more', async (field, access, value, more) => {
    const usual = {
      full: [...READ, ...WRITE],
      read: READ,
      contacts: ['contacts.readonly', 'locations.readonly'],
    };
    const { query } = await signInPage({ access, [field]: value });
    const expected = access === 'read' || access === 'contacts' ? usual[access] : usual.full;
    expect(query.scope?.split(' ').toSorted()).toEqual([...expected, ...more].toSorted());
  });

  test.each([
    ['highlevel', 'https://marketplace.gohighlevel.com'],
    ['leadconnector', 'https://marketplace.leadconnectorhq.com'],
    ['', 'https://marketplace.gohighlevel.com'],
    ['https://evil.example.com', 'https://marketplace.gohighlevel.com'],
  ])('with the sign-in domain "%s" is at %s', async (signInDomain, origin) => {
    expect((await signInPage({ signInDomain })).page).toBe(`${origin}/v2/oauth/chooselocation`);
  });

  test('has the client id, redirect URI and state', async () => {
    const { query } = await signInPage({ access: 'contacts' });
    expect(query).toEqual({
      response_type: 'code',
      client_id: '6630abcdef-lw9xyz',
      version_id: '6630abcdef',
      redirect_uri: 'https://zapier.com/dashboard/auth/oauth/return/App1CLIAPI/',
      state: 'a state',
      scope: 'contacts.readonly locations.readonly',
    });
  });

  test('is the sandbox’s when HIGHLEVEL_API_URL is set', async () => {
    process.env.HIGHLEVEL_API_URL = 'http://127.0.0.1:4100';
    expect((await signInPage({})).page).toBe('http://127.0.0.1:4100/v2/oauth/chooselocation');
  });
});

const answer = {
  access_token: 'new access',
  token_type: 'Bearer',
  expires_in: 86_399,
  refresh_token: 'new refresh',
  scope: 'contacts.readonly locations.readonly',
  userType: 'Location',
  locationId: LOCATION,
  companyId: AGENCY,
  userId: 'user1',
};
const kept = {
  access_token: 'new access',
  refresh_token: 'new refresh',
  scope: 'contacts.readonly locations.readonly',
  userType: 'Location',
  locationId: LOCATION,
  companyId: AGENCY,
  userId: 'user1',
};

const signIn = () =>
  zap().call(oauth2Config?.getAccessToken, { code: 'a code', redirect_uri: 'https://zapier.com/return/' });
const refresh = (authData: Record<string, string> = fullAccess) =>
  zap(authData).call(oauth2Config?.refreshAccessToken, {});

describe('OAuth sign-in', () => {
  test('exchanges the code and returns the connection’s data', async () => {
    highlevel.answers(TOKEN_PATH, 200, answer);
    expect(await signIn()).toEqual(kept);
    expect(form()).toEqual({
      client_id: '6630abcdef-lw9xyz',
      client_secret: 'secret of the app',
      grant_type: 'authorization_code',
      code: 'a code',
      redirect_uri: 'https://zapier.com/return/',
      user_type: 'Location',
    });
    expect(highlevel.headers).toMatchObject([{ 'content-type': 'application/x-www-form-urlencoded' }]);
    expect(highlevel.headers[0]).not.toHaveProperty('authorization');
  });

  test.each([
    ['nothing', ''],
    ['a web page', '<html></html>'],
    ['no token', { userType: 'Location' }],
  ])('rejects %s', async (_, body) => {
    highlevel.answers(TOKEN_PATH, 200, body);
    expect((await failure(signIn())).message).toBe(
      'HighLevel did not send a usable token. Please connect again.',
    );
  });

  test.each([
    [400, 'HighLevel did not accept the connection. Please connect again.'],
    [429, 'HighLevel did not respond while you connected. Please connect again in a few minutes.'],
    [503, 'HighLevel did not respond while you connected. Please connect again in a few minutes.'],
  ])('explains a %i', async (status, words) => {
    highlevel.answers(TOKEN_PATH, status, { message: 'No' });
    expect((await failure(signIn())).message).toBe(words);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('explains a lost connection', async () => {
    highlevel.breaks(TOKEN_PATH);
    expect((await failure(signIn())).message).toBe(
      'HighLevel did not respond while you connected. Please connect again in a few minutes.',
    );
  });

  test('explains an unknown code', async () => {
    const body = { error: 'UnAuthorized!', error_description: 'Authorization code not found' };
    highlevel.answers(TOKEN_PATH, 401, body);
    expect((await failure(signIn())).message).toBe(
      'HighLevel did not accept the connection. Please connect again.',
    );
  });

  test('of an agency with one approved sub-account gets that sub-account’s token', async () => {
    highlevel.answers(TOKEN_PATH, 200, {
      ...answer,
      userType: 'Company',
      locationId: undefined,
      approvedLocations: [LOCATION],
    });
    highlevel.answers('POST /oauth/locationToken', 201, {
      access_token: 'access of the sub-account',
      expires_in: 86_399,
      scope: 'contacts.readonly',
      locationId: LOCATION,
      userId: 'user1',
    });
    expect(await signIn()).toEqual({
      ...kept,
      access_token: 'access of the sub-account',
      scope: 'contacts.readonly',
      userType: 'Company',
    });
    expect(form(1)).toEqual({ companyId: AGENCY, locationId: LOCATION });
    expect(highlevel.headers[1]).toMatchObject({
      authorization: 'Bearer new access',
      version: '2021-07-28',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test.each([
    ['several', ['one', 'two']],
    ['no', []],
    ['untold', undefined],
  ])('of an agency with %s approved sub-accounts asks the user to pick one', async (_, approvedLocations) => {
    const agency = { ...answer, userType: 'Company', locationId: undefined, approvedLocations };
    highlevel.answers(TOKEN_PATH, 200, agency);
    expect((await failure(signIn())).message).toBe(
      'Please connect again and pick one sub-account, not the agency.',
    );
    expect(highlevel.sent).toHaveLength(1);
  });

  test.each([
    [401, 'perhaps a timeout in disguise, so it is asked twice', 2],
    [403, 'once', 1],
  ])(
    'of an agency fails when HighLevel gives no token for the sub-account (%i, %s)',
    async (status, _, times) => {
      highlevel.answers(TOKEN_PATH, 200, { ...answer, userType: 'Company', approvedLocations: [LOCATION] });
      for (let time = 0; time < times; time++)
        highlevel.answers('POST /oauth/locationToken', status, { message: 'No' });
      expect((await failure(signIn())).message).toContain('pick one sub-account, not the agency');
    },
  );
});

describe('OAuth refresh', () => {
  test('sends the refresh token once and returns the next one', async () => {
    highlevel.answers(TOKEN_PATH, 200, answer);
    expect(await refresh()).toEqual(kept);
    expect(form()).toEqual({
      client_id: '6630abcdef-lw9xyz',
      client_secret: 'secret of the app',
      grant_type: 'refresh_token',
      refresh_token: fullAccess.refresh_token,
      user_type: 'Location',
    });
    expect(highlevel.headers[0]).not.toHaveProperty('authorization');
    expect(highlevel.sent).toHaveLength(1);
  });

  test('of an agency exchanges the token for the chosen sub-account’s, and keeps the agency’s refresh token', async () => {
    highlevel.answers(TOKEN_PATH, 200, {
      ...answer,
      userType: 'Company',
      locationId: undefined,
      approvedLocations: ['one', 'two'],
    });
    const location = {
      access_token: 'access of the sub-account',
      refresh_token: 'not this',
      locationId: LOCATION,
    };
    highlevel.answers('POST /oauth/locationToken', 201, location);
    expect(await refresh({ ...fullAccess, userType: 'Company' })).toEqual({
      ...kept,
      access_token: 'access of the sub-account',
      userType: 'Company',
    });
    expect(form(0)).toMatchObject({ user_type: 'Company' });
    expect(form(1)).toEqual({ companyId: AGENCY, locationId: LOCATION });
  });

  test.each([
    ['is refused without a word', 401, {}],
    ['breaks down', 502, 'Bad Gateway'],
    ['takes no more requests', 429, {}],
    ['times out', 408, {}],
    ['times out in a 400', 400, { message: 'Request Timeout after 30000ms' }],
    ['gives a page', 200, '<html></html>'],
    ['gives no token', 200, { locationId: LOCATION }],
    ['gives a blank token', 201, { access_token: ' ' }],
    ['meets a firewall', 403, '<html>Blocked</html>'],
    ['meets a firewall that answers in JSON', 403, { message: 'error code: 1010' }],
  ])(
    'of an agency keeps the new refresh token when the location token request %s',
    async (_, status, body) => {
      highlevel.answers(TOKEN_PATH, 200, { ...answer, userType: 'Company', locationId: undefined });
      for (let attempt = 0; attempt < 2; attempt++)
        highlevel.answers('POST /oauth/locationToken', status, body);
      expect(await refresh({ ...fullAccess, userType: 'Company' })).toEqual({
        access_token: fullAccess.access_token,
        refresh_token: 'new refresh',
      });
    },
  );

  test('of an agency’s connection keeps the new refresh token if the second request fails', async () => {
    highlevel.answers(TOKEN_PATH, 200, { access_token: 'new access', refreshToken: 'new refresh' });
    for (const _ of [1, 2]) highlevel.breaks('POST /oauth/locationToken');
    expect(await refresh({ ...fullAccess, userType: 'Company' })).toEqual({
      access_token: fullAccess.access_token,
      refresh_token: 'new refresh',
    });
    expect(form(1)).toEqual({ companyId: AGENCY, locationId: LOCATION });
  });

  test('of an agency’s connection without access to the sub-account explains it', async () => {
    highlevel.answers(TOKEN_PATH, 200, { ...answer, userType: 'Company', locationId: undefined });
    highlevel.answers('POST /oauth/locationToken', 400, { message: 'Location not found' });
    expect((await failure(refresh({ ...fullAccess, userType: 'Company' }))).message).toBe(
      'Please connect again and pick one sub-account, not the agency.',
    );
  });

  test('keeps the location id when the response has none', async () => {
    highlevel.answers(TOKEN_PATH, 200, { ...answer, locationId: undefined });
    expect(await refresh()).toEqual(kept);
  });

  test('that fails twice has a readable error', async () => {
    for (const _ of [1, 2]) highlevel.breaks(TOKEN_PATH);
    expect(await failure(refresh())).toEqual({
      kind: 'AppError',
      code: 'Unavailable',
      message: 'HighLevel did not renew this connection. Please try again in a few minutes.',
    });
  });

  test('of a paused sub-account is an ordinary error, so the connection is kept', async () => {
    highlevel.answers(TOKEN_PATH, 400, { statusCode: 400, message: 'Location is not active' });
    expect(await failure(refresh())).toEqual({
      kind: 'AppError',
      code: 'InactiveLocation',
      message:
        'The HighLevel sub-account is not active. Check in HighLevel whether it is paused or unpaid; the connection works again once it is active.',
    });
  });

  test('with a used refresh token is passed on to Zapier', async () => {
    const body = { error: 'invalid_grant', error_description: 'Invalid grant: refresh token is invalid' };
    highlevel.answers(TOKEN_PATH, 400, body);
    expect(await failure(refresh())).toMatchObject({ kind: 'ResponseError', status: 400 });
    expect(highlevel.sent).toHaveLength(1);
  });

  test('that gets a 401 twice ends the connection', async () => {
    for (const _ of [1, 2]) highlevel.answers(TOKEN_PATH, 401, { error: 'UnAuthorized!' });
    expect(await failure(refresh())).toEqual({
      kind: 'ExpiredAuthError',
      message: 'HighLevel no longer accepts this connection. Reconnect the account.',
    });
  });

  test('that gets a 401 and then an outage does not end the connection', async () => {
    highlevel.answers(TOKEN_PATH, 401, { error: 'UnAuthorized!' });
    highlevel.breaks(TOKEN_PATH);
    expect(await failure(refresh())).toMatchObject({ kind: 'AppError', code: 'Unavailable' });
  });

  test('that is redirected is not repeated, because it would be redirected again', async () => {
    highlevel.answers(TOKEN_PATH, 302, '', { Location: 'https://elsewhere.example' });
    expect(await failure(refresh())).toMatchObject({ kind: 'AppError', code: 'Unavailable' });
    expect(highlevel.sent).toHaveLength(1);
  });

  test('that gets a 401 once is retried', async () => {
    highlevel.answers(TOKEN_PATH, 401, { message: 'Command timed out' });
    highlevel.answers(TOKEN_PATH, 200, answer);
    expect(await refresh()).toEqual(kept);
    expect(form(1)).toEqual(form(0));
  });

  describe('with a lost response is repeated once at once, because HighLevel returns the same response for 30 seconds', () => {
    const lost: [string, () => void][] = [
      ['a broken connection', () => highlevel.breaks(TOKEN_PATH)],
      ...[429, 500, 502, 503, 504, 408, 425, 499].map((status): [string, () => void] => [
        `a ${status}`,
        () => highlevel.answers(TOKEN_PATH, status, { message: 'Not now' }),
      ]),
      ['a page', () => highlevel.answers(TOKEN_PATH, 200, '<html></html>')],
      ['an empty answer', () => highlevel.answers(TOKEN_PATH, 200, '')],
      ['a cut answer', () => highlevel.answers(TOKEN_PATH, 200, '{"access_token":"new access","ref')],
      ['no token', () => highlevel.answers(TOKEN_PATH, 200, { userType: 'Location' })],
      ['a blank token', () => highlevel.answers(TOKEN_PATH, 200, { ...answer, access_token: '  ' })],
      ['a page of a firewall', () => highlevel.answers(TOKEN_PATH, 403, '<html>Blocked</html>')],
      [
        'a 400 of a timeout',
        () => highlevel.answers(TOKEN_PATH, 400, { message: 'Request Timeout after 30000ms' }),
      ],
    ];

    test.each(lost)('%s', async (_, lose) => {
      lose();
      highlevel.answers(TOKEN_PATH, 200, answer);
      expect(await refresh()).toEqual(kept);
      expect(form(1)).toEqual(form(0));
      expect(highlevel.waits).toEqual([]);
    });

    test.each(lost)(
      '%s, and a second inconclusive response does not expire the connection',
      async (_, lose) => {
        for (const _attempt of [1, 2]) lose();
        const { kind, status } = await failure(refresh());
        // Zapier ends a connection on any 4xx but these.
        expect([undefined, 408, 425, 429, 500, 502, 503, 504]).toContain(status);
        expect(['AppError', 'ResponseError']).toContain(kind);
        expect(highlevel.sent).toHaveLength(2);
      },
    );

    test('a response that never arrives, with time left for the repeat', async () => {
      const asked: number[] = [];
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
        asked.push(ms);
        return timeout(asked.length === 1 ? 50 : 10_000);
      });
      highlevel.hangs(TOKEN_PATH);
      highlevel.answers(TOKEN_PATH, 200, answer);
      expect(await refresh()).toEqual(kept);
      expect(asked[0]).toBeLessThanOrEqual(12_000);
    });
  });

  test('needs only the access token: other stored values are kept', async () => {
    highlevel.answers(TOKEN_PATH, 200, { access_token: 'new access' });
    expect(await refresh()).toEqual({
      access_token: 'new access',
      userType: 'Location',
      locationId: LOCATION,
    });
  });

  test('accepts the spelling of newer versions', async () => {
    highlevel.answers(TOKEN_PATH, 200, {
      accessToken: 'new access',
      refreshToken: 'new refresh',
      scope: 'contacts.readonly locations.readonly',
      userType: 'Location',
      location_id: LOCATION,
      company_id: AGENCY,
      user_id: 'user1',
    });
    expect(await refresh()).toEqual(kept);
  });

  test.each([null, 7, '', '  ', ['x'], { x: 1 }, true])('drops invalid values: %j', async (odd) => {
    highlevel.answers(TOKEN_PATH, 200, {
      access_token: 'new access',
      refresh_token: odd,
      scope: odd,
      userType: odd,
      locationId: odd,
      companyId: odd,
      userId: odd,
      approvedLocations: odd,
    });
    expect(await refresh()).toEqual({
      access_token: 'new access',
      userType: 'Location',
      locationId: LOCATION,
    });
  });

  test('that HighLevel refuses does not reveal the tokens that its response repeats', async () => {
    const message = `Invalid grant: ${fullAccess.refresh_token} of secret of the app is invalid`;
    highlevel.answers(TOKEN_PATH, 400, { error: 'invalid_grant', message });
    const told = await failure(refresh());
    expect(told).toMatchObject({ kind: 'ResponseError', status: 400 });
    expect(JSON.stringify(told)).not.toContain('secret of the app');
  });
});

test.each([
  [
    'a sign-in',
    signIn,
    'HighLevel did not respond while you connected. Please connect again in a few minutes.',
    1,
  ],
  ['a refresh', refresh, 'HighLevel did not renew this connection. Please try again in a few minutes.', 2],
])('%s without a response has a readable error', async (_, go, message, times) => {
  for (let time = 0; time < times; time++) highlevel.breaks(TOKEN_PATH);
  expect(await failure(go())).toEqual({ kind: 'AppError', code: 'Unavailable', message });
  expect(highlevel.sent).toHaveLength(times);
});

describe('Connection test', () => {
  test('reads the sub-account’s name', async () => {
    highlevel.answers(`GET /locations/${LOCATION}`, 200, {
      location: { id: LOCATION, name: 'Bright Smile Dental' },
    });
    const label = await zap().call(testConnection, {});
    expect(label).toEqual({ id: LOCATION, name: 'Bright Smile Dental' });
    expect(authentication.connectionLabel).toBe('{{name}}');
    expect(highlevel.sent).toEqual([{ request: `GET /locations/${LOCATION}` }]);
  });

  test.each(['   ', '', null, undefined])('labels a sub-account called %j by its id', async (name) => {
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION, name } });
    expect(await zap().call(testConnection, {})).toEqual({ id: LOCATION, name: LOCATION });
  });

  test('searches one contact without the permission to read the sub-account, and returns its id', async () => {
    highlevel.answers('POST /contacts/search', 200, { contacts: [], total: 0 });
    const zapOfReader = zap({ ...fullAccess, scope: 'contacts.readonly' });
    expect(await zapOfReader.call(testConnection, {})).toEqual({ id: LOCATION, name: LOCATION });
    expect(highlevel.sent).toEqual([
      { request: 'POST /contacts/search', body: { locationId: LOCATION, pageLimit: 1 } },
    ]);
  });

  test('with a stale token makes Zapier refresh it', async () => {
    for (const _ of [1, 2]) highlevel.answers(`GET /locations/${LOCATION}`, 401, {});
    highlevel.answers('POST /contacts/search', 401, {});
    expect((await failure(zap().call(testConnection, {}))).kind).toBe('RefreshAuthError');
  });

  test.each([
    [403, 'The token does not have access'],
    [404, 'Location not found'],
    [400, 'Location not found'],
  ])('explains a wrong sub-account (%i, %s)', async (status, message) => {
    highlevel.answers(`GET /locations/${LOCATION}`, status, { message });
    expect((await failure(zap().call(testConnection, {}))).message).toContain(
      'HighLevel did not read the sub-account: this connection is not for that sub-account.',
    );
  });
});

test('computed fields are not shown to the user', () => {
  const computed = (authentication.fields ?? []).filter((field) => 'computed' in field && field.computed);
  expect(computed.map(({ key }) => key)).toEqual(['locationId', 'companyId', 'userId', 'userType', 'scope']);
  expect((authentication.fields ?? []).some(({ required }) => required)).toBe(false);
});
