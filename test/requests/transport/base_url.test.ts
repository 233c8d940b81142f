import { createServer, type Server } from 'node:http';
import app from '../../../index.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { accountOf, connect, environmentOf } from '../../support/zapier/connect.ts';
import { failed } from '../../support/zapier/failed.ts';
import { Zapier } from '../../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

let sandbox: Sandbox;
/** A server that must not receive any request, and those it received. */
let elsewhere: Server;
let visits: string[];
let elsewhereUrl: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  visits = [];
  elsewhere = createServer((request, response) => {
    visits.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'no token'}`);
    response.end('{"notes":[],"note":{"id":"n1"},"access_token":"of another","locationId":"l1"}');
  });
  await new Promise<void>((resolve) => {
    elsewhere.listen(0, '127.0.0.1', resolve);
  });
  const address = elsewhere.address();
  elsewhereUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(async () => {
  await sandbox.close();
  await new Promise((resolve) => {
    elsewhere.close(resolve);
  });
});

function zapWith(more: Record<string, string> = {}, apiUrl = sandbox.url): Zapier {
  const { authData, environment } = accountOf(sandbox);
  return new Zapier(app, {
    authData: { ...authData, refresh_token: 'of the sandbox', ...more },
    environment: { ...environment, HIGHLEVEL_API_URL: apiUrl },
  });
}
const contactId = () => [...sandbox.store.contacts.keys()][0];
/** Redirects the next request for a path to that server. */
const redirect = (path: string, status: number) =>
  sandbox.fail({ path, status, headers: { Location: `${elsewhereUrl}/taken` } });

describe.each([300, 301, 302, 303, 305, 307, 308])('Redirect (%i)', (status) => {
  test('of a read or write is not followed, so no other host gets the token', async () => {
    redirect('/notes$', status);
    expect((await failed(zapWith().search('find_notes', { contactId: contactId() }))).message).toBe(
      "HighLevel could not read the contact's notes: HighLevel redirected the request, which this integration doesn't follow.",
    );
    redirect('/notes$', status);
    const note = { contactId: contactId(), body: 'Hi' };
    expect((await failed(zapWith().create('create_note', note))).message).toBe(
      "HighLevel could not create the note: HighLevel redirected the request, which this integration doesn't follow.",
    );
    expect(visits).toEqual([]);
    expect(sandbox.log).toHaveLength(2);
  });

  test('of a sign-in or refresh is not followed, so no other host gets the client secret', async () => {
    redirect('/oauth/token', status);
    expect((await failed(connect(app, { environment: environmentOf(sandbox) }))).message).toBe(
      'HighLevel did not send a usable token. Please connect again.',
    );
    redirect('/oauth/token', status);
    const stale = zapWith({ access_token: 'stale' });
    expect((await failed(stale.search('find_notes', { contactId: contactId() }))).message).toBe(
      'HighLevel did not renew this connection. Please try again in a few minutes.',
    );
    expect(stale.expired).toBe(false);
    expect(visits).toEqual([]);
  });

  test('of an update to JivoChat is not followed', async () => {
    redirect('/jivo/', status);
    const zapier = zapWith({ jivoChatChannelSecret: sandbox.jivoChannelUrl });
    expect((await failed(zapier.create('send_jivochat_update', { text: 'Hello' }))).message).toContain(
      'JivoChat did not accept the update',
    );
    expect(visits).toEqual([]);
  });
});

describe('HIGHLEVEL_API_URL', () => {
  const port = () => new URL(elsewhereUrl).port;

  test.each([
    ['http on another host', () => `http://highlevel.example.com:${port()}`],
    ['a host that starts like a loopback host', () => `http://127.0.0.1.example.com:${port()}`],
    ['a host that ends like a loopback host', () => `http://example.com.localhost.example:${port()}`],
    ['0.0.0.0', () => `http://0.0.0.0:${port()}`],
    ['a user name', () => `http://services.leadconnectorhq.com@127.0.0.1:${port()}`],
    ['a user name with a password', () => 'https://user:password@services.leadconnectorhq.com'],
    ['a query', () => `${elsewhereUrl}/?to=`],
    ['a fragment', () => `${elsewhereUrl}/#`],
    ['another protocol', () => `ftp://127.0.0.1:${port()}`],
    ['no protocol', () => 'services.leadconnectorhq.com'],
  ])('rejects %s before any request', async (_, address) => {
    const zapier = zapWith({}, address());
    const words = /^The environment variable HIGHLEVEL_API_URL must be an https URL, or http on 127\.0\.0\.1/;
    const { message } = await failed(zapier.create('create_note', { contactId: contactId(), body: 'Hi' }));
    expect(message).toMatch(words);
    const refresh = zapier.call('authentication.oauth2Config.refreshAccessToken');
    expect((await failed(refresh)).message).toMatch(words);
    expect(visits).toEqual([]);
    expect(sandbox.log).toEqual([]);
  });

  test.each(['http://127.0.0.1:', 'http://localhost:', 'HTTP://127.0.0.1:', 'http://127.1:'])(
    'accepts a loopback host: %s',
    async (host) => {
      const zapier = zapWith({}, host + new URL(sandbox.url).port);
      expect(await zapier.search('find_notes', { contactId: contactId() })).toBeInstanceOf(Array);
    },
  );
});

describe('JivoChat channel URL', () => {
  test('accepts a loopback host only with the sandbox', async () => {
    const zapier = zapWith(
      { jivoChatChannelSecret: `${elsewhereUrl}/inside` },
      'https://highlevel.example.com',
    );
    expect((await failed(zapier.create('send_jivochat_update', { text: 'Hello' }))).message).toContain(
      'must begin with https, and its host must end in .jivosite.com',
    );
    expect(visits).toEqual([]);
  });

  test('never receives HighLevel’s token', async () => {
    await zapWith({ jivoChatChannelSecret: `${elsewhereUrl}/channel` }).create('send_jivochat_update', {
      text: 'Hello',
    });
    expect(visits).toEqual(['POST /channel no token']);
  });
});
