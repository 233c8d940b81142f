import whole from '../../index.ts';
import { accessLevels } from '../../lib/highlevel/scopes.ts';
import { missed } from '../demo/events.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf, connect, environmentOf } from '../support/zapier/connect.ts';
import { failed } from '../support/zapier/failed.ts';
import { Zapier } from '../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

// Core copies the whole definition at each call; with only these operations the tests take half the time.
const app = {
  ...whole,
  triggers: only(whole.triggers, ['new_contact', 'new_task', 'new_appointment']),
  creates: only(whole.creates, ['create_note', 'create_task', 'capture_jivochat_lead', 'cancel_appointment']),
  searches: only(whole.searches, ['find_contact', 'find_notes', 'find_user']),
  searchOrCreates: {},
};

function only(operations: object | undefined, keys: string[]): object {
  return Object.fromEntries(Object.entries(operations ?? {}).filter(([key]) => keys.includes(key)));
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

/** The sandbox's clock, and a hook that runs at each request. */
let clock: number;
let meanwhile: () => void;
let sandbox: Sandbox;
let environment: Record<string, string>;

beforeEach(async () => {
  clock = Date.parse('2026-03-02T09:00:00Z');
  meanwhile = () => undefined;
  sandbox = await startSandbox({ now: () => clock, onRequest: () => meanwhile() });
  environment = environmentOf(sandbox);
});
afterEach(() => sandbox.close());

/** Connects an account, and clears the request log. */
async function connected(fields: Record<string, string> = {}): Promise<Zapier> {
  const { zapier } = await connect(app, { environment }, fields);
  sandbox.reset();
  return zapier;
}

const contact = () => [...sandbox.store.contacts.values()][0];
const contactId = () => contact()?.id ?? '';
const findContact = (zapier: Zapier) => zapier.search('find_contact', { email: contact()?.email });
const createNote = (zapier: Zapier, body = 'Wants a quote') =>
  zapier.create('create_note', { contactId: contactId(), body });
const notes = () => [...sandbox.store.notes.values()].filter(({ body }) => body === 'Wants a quote');
const asked = () => sandbox.log.map(({ method, path, status }) => `${method} ${path} ${status}`);
const refreshes = () => sandbox.log.filter(({ path }) => path === '/oauth/token').length;

/** The error that the user reads when a run fails. */
const told = async (running: Promise<unknown>) => (await failed(running)).message;

describe('OAuth sign-in', () => {
  test('stores HighLevel’s response and the user’s choices, and names the connection after the sub-account', async () => {
    const { zapier, label } = await connect(app, { environment }, { access: 'read' });
    const { access_token, refresh_token, scope, ...rest } = zapier.authData;
    expect(label).toBe('Bright Smile Dental');
    expect(rest).toEqual({
      access: 'read',
      userType: 'Location',
      locationId: sandbox.locationId,
      companyId: sandbox.companyId,
      userId: sandbox.store.users[0]?.id,
    });
    expect(sandbox.store.tokens.get(access_token ?? '')?.scopes.join(' ')).toBe(scope);
    expect(refresh_token).toMatch(/^sandbox-refresh-/);
    expect(asked()).toEqual([
      'GET /v2/oauth/chooselocation 302',
      'POST /oauth/token 200',
      `GET /locations/${sandbox.locationId} 200`,
    ]);
  });

  test('without a chosen access level allows reading and writing', async () => {
    const zapier = await connected();
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
  });

  test('with a wrong client secret is an error that says so', async () => {
    environment.CLIENT_SECRET = 'not the secret';
    expect(await told(connect(app, { environment }))).toBe(
      'HighLevel did not accept the connection. Please connect again.',
    );
  });

  test('of a paused sub-account is an error that says so', async () => {
    sandbox.fail({ path: '/oauth/token', status: 400, body: { message: 'Location is not active' } });
    expect(await told(connect(app, { environment }))).toBe(
      'The HighLevel sub-account is not active. Check in HighLevel whether it is paused or unpaid; the connection works again once it is active.',
    );
  });

  test('with the LeadConnector domain links contacts to that domain', async () => {
    const zapier = await connected({ signInDomain: 'leadconnector' });
    const [found] = await findContact(zapier);
    expect(found?.url).toMatch(/^https:\/\/app\.leadconnectorhq\.com\/v2\/location\//);
  });

  test('without the permission to read the sub-account works, and names the connection by its ID', async () => {
    sandbox.store.signInGrants = (scopes) => scopes.filter((scope) => scope !== 'locations.readonly');
    const { zapier, label } = await connect(app, { environment });
    expect(label).toBe(sandbox.locationId);
    expect(await findContact(zapier)).toHaveLength(1);
  });
});

describe('Access levels', () => {
  const CREATE = '"Read and Write"';
  const READ = '"Read Only"';
  test.each([
    ['read', 'create_note', 'contacts.write', CREATE],
    ['read', 'capture_jivochat_lead', 'contacts.write', CREATE],
    ['read', 'cancel_appointment', 'calendars/events.write', CREATE],
    ['contacts', 'create_note', 'contacts.write', CREATE],
    ['contacts', 'find_user', 'users.readonly', READ],
    ['contacts', 'new_task', 'locations/tasks.readonly', READ],
    ['contacts', 'new_appointment', 'calendars.readonly', READ],
  ])('"%s" does not include %s, which needs %s: nothing is sent', async (access, key, scope, choose) => {
    const zapier = await connected({ access });
    const runs: Record<string, () => Promise<unknown>> = {
      create_note: () => createNote(zapier),
      capture_jivochat_lead: () => zapier.create(key, { payload: JSON.stringify(missed) }),
      cancel_appointment: () => zapier.create(key, { appointmentId: 'appointment1' }),
      find_user: () => zapier.search(key, { email: 'maria@example.com' }),
      new_task: () => zapier.switchOn(key),
      new_appointment: () => zapier.switchOn(key),
    };
    const run = runs[key];
    if (!run) throw new Error(`Nobody knows how to run ${key}`);
    const before = asked();
    const message = await told(run());
    expect(message).toContain(`this connection doesn't have the "${scope}" permission, which is needed to `);
    expect(message).toContain(`To allow it, reconnect the account with at least the access ${choose}.`);
    expect(
      asked()
        .slice(before.length)
        .filter((line) => !line.startsWith('GET /locations/')),
    ).toEqual([]);
    expect(refreshes()).toBe(0);
    expect(zapier.expired).toBe(false);
  });

  test.each(['full', 'read', 'contacts'])(
    '"%s" includes finding contacts and triggering on them',
    async (access) => {
      const zapier = await connected({ access });
      expect(await findContact(zapier)).toMatchObject([{ id: contactId() }]);
      const trigger = await zapier.switchOn('new_contact');
      expect(await trigger.poll()).toEqual([]);
    },
  );

  test('a scope that HighLevel did not grant is named in the error', async () => {
    sandbox.store.signInGrants = (scopes) => scopes.filter((scope) => scope !== 'contacts.write');
    const zapier = await connected({ access: 'full' });
    expect(await told(createNote(zapier))).toContain(
      'this connection doesn\'t have the "contacts.write" permission',
    );
    expect(asked()).toEqual([]);
  });

  test('"read" stays read-only when HighLevel grants more scopes than requested', async () => {
    sandbox.store.signInGrants = (scopes) => [...scopes, 'contacts.write'];
    const zapier = await connected({ access: 'read' });
    expect(zapier.authData.scope).toContain('contacts.write');
    expect(await told(createNote(zapier))).toContain(
      'this connection doesn\'t have the "contacts.write" permission',
    );
    expect(asked()).toEqual([]);
  });
});

describe('Parts of HighLevel that need a choice', () => {
  test('without a choice connect with a marketplace app that lacks their permissions', async () => {
    sandbox.store.appScopes = accessLevels.full.scopes;
    const zapier = await connected();
    expect(await findContact(zapier)).toHaveLength(1);
    await expect(connect(app, { environment }, { allowForms: 'true' })).rejects.toThrow(
      'The sign-in page did not lead back',
    );
  });

  test('are granted after the user chose them', async () => {
    const zapier = await connected({ access: 'read', allowOpportunities: 'true' });
    expect(zapier.authData.scope).toContain('opportunities.readonly');
    expect(zapier.authData.scope).not.toContain('opportunities.write');
    expect(zapier.authData.scope).not.toContain('forms.readonly');
  });
});

describe('OAuth sign-in of an agency', () => {
  test('connects the one sub-account that it approved', async () => {
    sandbox.store.agencySignIn = [sandbox.locationId];
    const { zapier, label } = await connect(app, { environment });
    expect(label).toBe('Bright Smile Dental');
    expect(zapier.authData).toMatchObject({ userType: 'Company', locationId: sandbox.locationId });
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
  });

  test('with several sub-accounts asks the user to pick one', async () => {
    sandbox.store.agencySignIn = [sandbox.locationId, sandbox.otherLocationId];
    expect(await told(connect(app, { environment }))).toBe(
      'Please connect again and pick one sub-account, not the agency.',
    );
  });

  test('refreshes the agency’s token day after day, for the same sub-account', async () => {
    sandbox.store.agencySignIn = [sandbox.locationId];
    const zapier = await connected();
    sandbox.store.agencySignIn = [sandbox.otherLocationId, sandbox.locationId];
    for (const _ of [1, 2, 3]) {
      clock += DAY;
      await createNote(zapier);
    }
    expect(notes()).toHaveLength(3);
    expect(zapier.authData).toMatchObject({ userType: 'Company', locationId: sandbox.locationId });
    expect(asked().filter((line) => line.startsWith('POST /oauth/'))).toEqual(
      [1, 2, 3].flatMap(() => ['POST /oauth/token 200', 'POST /oauth/locationToken 201']),
    );
  });

  test('keeps the connection when the location token request of a refresh fails', async () => {
    sandbox.store.agencySignIn = [sandbox.locationId];
    const zapier = await connected();
    clock += DAY;
    sandbox.fail({ path: '/oauth/locationToken', status: 503, times: 2 });
    await expect(createNote(zapier)).rejects.toMatchObject({ name: 'RefreshAuthError' });
    clock += 60 * SECOND;
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
    expect(zapier.expired).toBe(false);
  });
});

describe('OAuth refresh', () => {
  test('of an expired token lets the step finish, once', async () => {
    const zapier = await connected();
    const before = { ...zapier.authData };
    clock += DAY;
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
    expect(refreshes()).toBe(1);
    expect(zapier.authData.access_token).not.toBe(before.access_token);
    expect(zapier.authData.refresh_token).not.toBe(before.refresh_token);
    expect(zapier.authData).toMatchObject({ scope: before.scope, locationId: before.locationId });
  });

  test('of an expired token lets a trigger return what was added overnight', async () => {
    const zapier = await connected();
    const trigger = await zapier.switchOn('new_task');
    clock += DAY;
    const other = new Zapier(app, accountOf(sandbox));
    const input = { contactId: contactId(), title: 'Call back', dueDate: '2026-04-01' };
    const { id } = await other.create('create_task', input);
    expect(await trigger.poll()).toMatchObject([{ id }]);
  });

  test('uses each day’s refresh token once, for a week', async () => {
    const zapier = await connected();
    const used = new Set<string | undefined>();
    for (let day = 0; day < 7; day++) {
      clock += DAY;
      await findContact(zapier);
      used.add(zapier.authData.refresh_token);
    }
    expect(used.size).toBe(7);
    expect(refreshes()).toBe(7);
    expect(zapier.expired).toBe(false);
  });

  test('works for two steps at once', async () => {
    const zapier = await connected();
    clock += DAY;
    await Promise.all([createNote(zapier), createNote(zapier)]);
    expect(notes()).toHaveLength(2);
    expect(refreshes()).toBe(2);
    clock += DAY;
    await createNote(zapier);
    expect(zapier.expired).toBe(false);
  });

  test('whose response was lost is repeated within 30 seconds, and gets the same tokens', async () => {
    const zapier = await connected();
    clock += DAY;
    sandbox.fail({ path: '/oauth/token', kind: 'reset', when: 'after' });
    await createNote(zapier);
    expect(refreshes()).toBe(2);
    expect(notes()).toHaveLength(1);
    clock += DAY;
    // Twice lost: the run fails, and the next one within the 30 seconds gets the tokens.
    sandbox.fail({ path: '/oauth/token', kind: 'reset', when: 'after', times: 2 });
    expect(await told(createNote(zapier))).toBe(
      'HighLevel did not renew this connection. Please try again in a few minutes.',
    );
    expect(zapier.expired).toBe(false);
    clock += 20 * SECOND;
    await createNote(zapier);
    expect(notes()).toHaveLength(2);
  });

  test('in the middle of a lead captures it once, with its note and task', async () => {
    const zapier = await connected();
    const count = () =>
      [sandbox.store.contacts, sandbox.store.notes, sandbox.store.tasks].map(({ size }) => size);
    const before = count();
    meanwhile = () => {
      if (sandbox.store.contacts.size > (before[0] ?? 0)) {
        clock += DAY;
        meanwhile = () => undefined;
      }
    };
    const captured = await zapier.create('capture_jivochat_lead', {
      payload: JSON.stringify(missed),
      createTask: 'always',
    });
    expect(count()).toEqual(before.map((size) => size + 1));
    expect(captured).toMatchObject({ contact: { email: missed.visitor.email }, warnings: [] });
    expect(refreshes()).toBe(1);
  });
});

describe('Expired connection', () => {
  test('after a year without use asks the user to reconnect, and then works again', async () => {
    const zapier = await connected();
    clock += 366 * DAY;
    await expect(createNote(zapier)).rejects.toThrow('Invalid grant: refresh token is invalid');
    expect(zapier.expired).toBe(true);
    await createNote(await connected());
    expect(notes()).toHaveLength(1);
  });

  test('after its refresh token was used elsewhere, more than 30 seconds ago', async () => {
    const zapier = await connected();
    const copy = new Zapier(app, { authData: zapier.authData, environment });
    clock += DAY;
    await findContact(copy);
    clock += 31 * SECOND;
    await expect(findContact(zapier)).rejects.toThrow('Invalid grant: refresh token is invalid');
    expect([zapier.expired, copy.expired]).toEqual([true, false]);
  });

  test('after HighLevel removed the app says what to do', async () => {
    const zapier = await connected();
    clock += DAY;
    environment.CLIENT_SECRET = 'a new one that Zapier was not told';
    expect(await told(findContact(zapier))).toBe(
      'HighLevel no longer accepts this connection. Reconnect the account.',
    );
    expect(zapier.expired).toBe(true);
  });
});

describe('Paused sub-account', () => {
  const PAUSED =
    'The HighLevel sub-account is not active. Check in HighLevel whether it is paused or unpaid; the connection works again once it is active.';

  test.each([
    ['while the token is fresh', 0],
    ['while the token runs out', DAY],
  ])('%s stops its Zaps with the reason, until it is active again', async (_, later) => {
    const zapier = await connected();
    clock += later;
    sandbox.store.location.active = false;
    expect(await told(createNote(zapier))).toBe(PAUSED);
    expect(zapier.expired).toBe(false);
    clock += 7 * DAY;
    sandbox.store.location.active = true;
    await createNote(zapier);
    expect(notes()).toHaveLength(1);
  });
});

describe('No refresh and no expired connection', () => {
  let zapier: Zapier;
  beforeEach(async () => {
    zapier = await connected();
  });
  const harm = () => ({ refreshes: refreshes(), expired: zapier.expired });
  const NONE = { refreshes: 0, expired: false };

  test('after a 401 for a timeout: a read is retried', async () => {
    sandbox.fail({ method: 'GET', status: 401, body: { statusCode: 401, message: 'Command timed out' } });
    expect(await findContact(zapier)).toHaveLength(1);
    expect(harm()).toEqual(NONE);
  });

  test('after a 401 for a timeout: the app checks whether the write took place', async () => {
    const body = { statusCode: 401, message: 'Command timed out' };
    sandbox.fail({ method: 'POST', path: '/notes$', status: 401, body, when: 'after' });
    expect(await createNote(zapier)).toMatchObject({ id: notes()[0]?.id });
    expect(notes()).toHaveLength(1);
    sandbox.fail({ method: 'POST', path: '/notes$', status: 401, body, when: 'before' });
    expect(await told(createNote(zapier, 'Another'))).toContain(
      'The note is not in HighLevel yet, but may still appear there.',
    );
    expect(notes()).toHaveLength(1);
    expect(harm()).toEqual(NONE);
  });

  test('after a permission was removed in HighLevel', async () => {
    const token = sandbox.store.tokens.get(zapier.authData.access_token ?? '');
    token?.scopes.splice(0, token.scopes.length, 'locations.readonly');
    expect(await told(zapier.search('find_notes', { contactId: contactId() }))).toContain(
      'HighLevel refused a valid connection.',
    );
    expect(harm()).toEqual(NONE);
  });

  test('after a 5xx', async () => {
    sandbox.fail({ status: 503, times: 10 });
    expect(await told(findContact(zapier))).toContain('Please try again in a few minutes.');
    expect(harm()).toEqual(NONE);
  });

  test('after the ID of another sub-account', async () => {
    zapier.authData.locationId = sandbox.otherLocationId;
    const message = await told(zapier.call('authentication.test'));
    expect(message).toContain('this connection is not for that sub-account.');
    expect(message).toContain('Reconnect the account and pick the right sub-account.');
    expect(harm()).toEqual(NONE);
  });

  test('after a missing sub-account', async () => {
    delete zapier.authData.locationId;
    expect(await told(zapier.call('authentication.test'))).toBe(
      'This connection belongs to no sub-account. Reconnect the account and pick a sub-account, not the agency.',
    );
    expect(asked()).toEqual([]);
    expect(harm()).toEqual(NONE);
  });
});
