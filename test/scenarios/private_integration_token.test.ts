import type App from '../../index.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { tested } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { Zapier } from '../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

let app: typeof App;
let sandbox: Sandbox;
let environment: Record<string, string>;

beforeAll(async () => {
  // Set at build time, and read when the app is loaded.
  process.env.HIGHLEVEL_AUTH = 'token';
  app = (await import('../../index.ts')).default;
});
afterAll(() => {
  delete process.env.HIGHLEVEL_AUTH;
});
beforeEach(async () => {
  sandbox = await startSandbox();
  environment = { HIGHLEVEL_API_URL: sandbox.url };
});
afterEach(() => sandbox.close());

/** The pasted connection fields: a token with these scopes, and the sub-account's ID. */
const pasted = (scopes?: string[], locationId = sandbox.locationId) => ({
  access_token: sandbox.token({ kind: 'pit', ...(scopes && { scopes }) }).accessToken,
  locationId,
});
type Pasted = ReturnType<typeof pasted>;
const withToken = (authData: Record<string, string>) => new Zapier(app, { authData, environment });

const contact = () => [...sandbox.store.contacts.values()][0];
const findContact = (zapier: Zapier) => zapier.search('find_contact', { email: contact()?.email });
const createNote = (zapier: Zapier) =>
  zapier.create('create_note', { contactId: contact()?.id, body: 'Wants a quote' });
const notes = () => [...sandbox.store.notes.values()].filter(({ body }) => body === 'Wants a quote');
const asked = () => sandbox.log.map(({ method, path, status }) => `${method} ${path} ${status}`);

describe('Connecting with a Private Integration Token', () => {
  test('asks for the token and the Location ID, and for no computed field', () => {
    expect(app.authentication).toMatchObject({ type: 'custom' });
    expect((app.authentication?.fields ?? []).map(({ key, required }) => ({ key, required }))).toEqual([
      { key: 'access_token', required: true },
      { key: 'locationId', required: true },
      { key: 'jivoChatChannelSecret', required: false },
    ]);
    expect(app.authentication).not.toHaveProperty('oauth2Config');
  });

  test('reads the sub-account once, and names the connection after it', async () => {
    const { label } = await tested(app, { environment }, pasted());
    expect(label).toBe('Bright Smile Dental');
    expect(asked()).toEqual([`GET /locations/${sandbox.locationId} 200`]);
  });

  test('works with a token for contacts alone, and names the connection by its ID', async () => {
    const { zapier, label } = await tested(app, { environment }, pasted(['contacts.readonly']));
    expect(label).toBe(sandbox.locationId);
    expect(asked()).toEqual([`GET /locations/${sandbox.locationId} 401`, 'POST /contacts/search 200']);
    expect(await findContact(zapier)).toMatchObject([{ id: contact()?.id }]);
  });

  test('trims the token and the Location ID', async () => {
    const { access_token, locationId } = pasted();
    const { zapier } = await tested(
      app,
      { environment },
      { access_token: ` ${access_token}\n`, locationId: `${locationId} ` },
    );
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
  });

  test.each([
    [
      'each in the other’s field',
      ({ access_token, locationId }: Pasted) => ({ access_token: locationId, locationId: access_token }),
      'The Location ID of this connection is a Private Integration Token. Reconnect the account and paste each into its own field.',
    ],
    [
      'with three dots for its end',
      ({ access_token, locationId }: Pasted) => ({
        access_token: `${access_token.slice(0, 8)}…`,
        locationId,
      }),
      'The token of this connection contains a character that no token has. Reconnect the account and paste the token again.',
    ],
  ])('pasted %s is rejected before any request', async (_, mistake, words) => {
    expect(await failed(tested(app, { environment }, mistake(pasted())))).toEqual({
      kind: 'AppError',
      code: 'InvalidInput',
      status: 400,
      message: words,
    });
    expect(sandbox.log).toEqual([]);
  });

  test('with an unknown token says where to look', async () => {
    expect(
      await failed(tested(app, { environment }, { ...pasted(), access_token: 'pit-nobody-knows' })),
    ).toEqual({
      kind: 'ExpiredAuthError',
      message:
        'HighLevel does not accept the Private Integration Token of this connection. Check in HighLevel under Settings > Private Integrations whether it was deleted or replaced, and reconnect the account with a valid one.',
    });
  });

  test('with another sub-account’s Location ID says so', async () => {
    const { kind, message } = await failed(
      tested(app, { environment }, pasted(undefined, sandbox.otherLocationId)),
    );
    expect(kind).toBe('AppError');
    expect(message.replace(/ \(trace [\da-f-]{36}\)/, '')).toBe(
      'HighLevel did not read the sub-account: this connection is not for that sub-account. HighLevel says: "The token does not have access to this location". Reconnect the account with the Location ID that the token belongs to.',
    );
    expect(sandbox.log).toHaveLength(1);
  });

  test('of a paused sub-account says so', async () => {
    sandbox.store.location.active = false;
    expect((await failed(tested(app, { environment }, pasted()))).message).toContain(
      'the sub-account is not active. Check in HighLevel whether it is paused or unpaid.',
    );
  });
});

describe('Private Integration Token', () => {
  test('runs triggers, searches and actions', async () => {
    const zapier = withToken(pasted());
    await createNote(zapier);
    expect(await findContact(zapier)).toMatchObject([{ id: contact()?.id }]);
    expect(notes()).toHaveLength(1);
    const trigger = await zapier.switchOn('new_task');
    expect(await trigger.poll()).toEqual([]);
  });

  test('without a permission fails until the permission is added, without reconnecting', async () => {
    const authData = pasted(['contacts.readonly', 'locations.readonly']);
    const zapier = withToken(authData);
    expect(await failed(createNote(zapier))).toEqual({
      kind: 'AppError',
      code: 'Forbidden',
      status: 401,
      message:
        'HighLevel did not create the note: this connection doesn\'t have the "contacts.write" permission, which is needed to create and update contacts, tags, tasks and notes. To allow it, add the permission to the token in HighLevel, under Settings > Private Integrations.',
    });
    expect(sandbox.log).toHaveLength(1);
    expect(zapier.expired).toBe(false);
    sandbox.store.tokens.get(authData.access_token)?.scopes.push('contacts.write');
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
  });

  test('that was deleted in HighLevel expires the connection, without a refresh', async () => {
    const authData = pasted();
    const zapier = withToken(authData);
    sandbox.store.tokens.delete(authData.access_token);
    expect((await failed(createNote(zapier))).kind).toBe('ExpiredAuthError');
    expect(zapier.expired).toBe(true);
    expect(asked().filter((line) => line.includes('/oauth/'))).toEqual([]);
    expect(notes()).toEqual([]);
  });

  test('survives a 401 for a timeout', async () => {
    const zapier = withToken(pasted());
    const body = { statusCode: 401, message: 'Command timed out' };
    sandbox.fail({ method: 'GET', status: 401, body });
    expect(await findContact(zapier)).toHaveLength(1);
    sandbox.fail({ method: 'POST', status: 401, body });
    expect((await failed(createNote(zapier))).message).toContain(
      'HighLevel did not respond in time. The note is not in HighLevel yet',
    );
    expect(zapier.expired).toBe(false);
  });

  test('of a paused sub-account works again once it is active', async () => {
    const zapier = withToken(pasted());
    sandbox.store.location.active = false;
    expect((await failed(createNote(zapier))).message).toContain('the sub-account is not active');
    expect(zapier.expired).toBe(false);
    sandbox.store.location.active = true;
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
  });
});
