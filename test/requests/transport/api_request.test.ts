import fc from 'fast-check';
import { apiPath } from '../../../lib/resources/api_path.ts';
import { API, connection, failure, highLevel, LOCATION, run, TOKEN } from '../../support/app.ts';

const highlevel = highLevel({ anyPath: true });
const values = `/locations/${LOCATION}/customValues`;
const call = (input: Record<string, unknown>) => run('creates', 'api_request', input);

describe('Make an API Request', () => {
  test('sends the method, path, query, body and version, with the sub-account’s ID', async () => {
    highlevel.answers(`POST ${values}`, 201, { customValue: { id: 'cv1' } });
    const input = {
      method: 'post',
      path: ' /locations/{locationId}/customValues?a=1 ',
      query: { limit: 20, blank: '', at: '{locationId}' },
      body: '{"name": "Hours", "of": "{locationId}", "list": [1]}',
      version: 'v3',
    };
    expect(await call(input)).toEqual({ status: 201, body: { customValue: { id: 'cv1' } }, text: null });
    expect(highlevel.sent).toEqual([
      {
        request: `POST ${values}`,
        query: { a: '1', limit: '20', at: LOCATION },
        body: { name: 'Hours', of: LOCATION, list: [1] },
      },
    ]);
    expect(highlevel.headers[0]).toMatchObject({ version: 'v3', authorization: `Bearer ${TOKEN}` });
  });

  test.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1\n b=2', { a: '1', b: '2' }],
    ['{"a": 1, "b": true}', { a: '1', b: 'true' }],
  ])('reads the query %j', async (query, sent) => {
    highlevel.answers('GET /medias/files', 200, []);
    expect(await call({ method: 'GET', path: '/medias/files', query })).toEqual({
      status: 200,
      body: [],
      text: null,
    });
    expect(highlevel.sent).toEqual([{ request: 'GET /medias/files', query: sent }]);
    expect(highlevel.headers[0]).toMatchObject({ version: '2021-07-28' });
  });

  test.each([
    ['plain text', 'Deleted', { status: 200, body: null, text: 'Deleted' }],
    ['nothing', '', { status: 200, body: null, text: null }],
    ['a secret', `{"token":"${TOKEN}"}`, { status: 200, body: { token: '***' }, text: null }],
    ['a secret in text', `token ${TOKEN}`, { status: 200, body: null, text: 'token ***' }],
  ])('returns %s', async (_, answer, output) => {
    highlevel.answers('DELETE /links/l1', 200, answer);
    expect(await call({ method: 'DELETE', path: '/links/l1' })).toEqual(output);
  });

  test.each(['GET', 'PUT', 'DELETE'])('repeats %s after an error', async (method) => {
    highlevel.answers(`${method} /links/l1`, 502);
    highlevel.answers(`${method} /links/l1`, 200, {});
    expect(await call({ method, path: '/links/l1' })).toMatchObject({ status: 200 });
  });

  test.each(['POST', 'PATCH'])('never repeats %s: not in the run, and not in a replay', async (method) => {
    const zap = connection();
    const input = { method, path: '/links/', body: '{"name":"x"}' };
    highlevel.answers(`${method} /links/`, 502);
    const { code, message } = await failure(zap.run('creates', 'api_request', input));
    expect(code).toBe('Uncertain');
    expect(message).toMatch(
      /^HighLevel did not confirm the request to make the API request: HighLevel had an internal error \(502\)\. There is no way to look up whether HighLevel carried out the request/,
    );
    expect((await failure(zap.run('creates', 'api_request', input))).code).toBe('Uncertain');
    expect(highlevel.sent).toHaveLength(1);
    highlevel.answers(`${method} /links/`, 201, {});
    await zap.run('creates', 'api_request', { ...input, body: '{"name":"y"}' });
  });

  test.each([
    [
      404,
      { message: 'Not found' },
      /because it can't find a record used in this step\. .* "Not found"\. Check the fields of this step\.$/,
    ],
    [
      422,
      { message: ['name must be a string'] },
      /^HighLevel did not make the API request\. HighLevel says: "name must be a string"/,
    ],
  ])('explains a %s', async (status, answer, sentence) => {
    highlevel.answers('GET /links/l1', status, answer);
    expect((await failure(call({ method: 'GET', path: '/links/l1' }))).message).toMatch(sentence);
  });

  test('says that a permission may be missing, though it cannot say which', async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      highlevel.answers('GET /links/l1', 401, { message: 'The token is not authorized for this scope.' });
      highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION } });
    }
    expect((await failure(call({ method: 'GET', path: '/links/l1' }))).message).toMatch(
      /^HighLevel did not make the API request: this connection may not have the permission that it needs\./,
    );
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ path: 'https://evil.example.com/' }, /^"Path" can't contain a host/],
    [{ path: '//evil.example.com/' }, /^"Path" can't contain a host/],
    [{ path: 'contacts/' }, /^"Path" must begin with a slash/],
    ...['/../x', '/a/./b', '/a/..', '/a/...'].map((path): [Record<string, string>, RegExp] => [
      { path },
      /^"Path" can't contain "\." or "\.\."/,
    ]),
    ...[
      '/a//b',
      '/a\\b',
      '/a@b',
      '/a#b',
      '/a b',
      '/a;b',
      '/a\nb',
      '/%2e%2e/x',
      '/a%2fb',
      '/a%5cb',
      '/%252e',
      '/%',
      '/a%00',
      '/é',
      '/{x}',
      '/a?b#c',
    ].map((path): [Record<string, string>, RegExp] => [{ path }, /^"Path" has characters/]),
    ...['/oauth/token', '/OAuth/token', '/oauth', '/%6fauth/token', '/x/oauth/token'].map(
      (path): [Record<string, string>, RegExp] => [{ path }, /^"Path" can't be under \/oauth\//],
    ),
    [{ path: '/links/', body: '{"a":1}' }, /^"Body" can't be sent with GET/],
    [{ method: 'POST', path: '/links/', body: 'a=1' }, /^"Body" isn't a JSON object or list/],
    [{ method: 'POST', path: '/links/', body: '5' }, /^"Body" isn't a JSON object or list/],
    [{ method: 'HEAD', path: '/links/' }, /^"Method" can't be "HEAD"\. Use GET \(read\)/],
    [{ path: '/links/', version: '2020-01-01' }, /^"API Version" can't be "2020-01-01"\. Use 2021-07-28/],
    [{ path: '/links/', query: '{"a":' }, /^"Query" isn't a list of names and values/],
    [{ path: ' ' }, /^Please fill in "Path"/],
  ])('rejects %j before any request', async (input, sentence) => {
    expect((await failure(call({ method: 'GET', ...input }))).message).toMatch(sentence);
    expect(highlevel.sent).toEqual([]);
  });

  test('whatever is typed, an accepted path stays under the API’s host and outside /oauth', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '..',
        '.',
        '%2e',
        '%2F',
        '%5c',
        '\\',
        '@',
        '#',
        '?',
        'oauth',
        'OAUTH',
        '%6F',
        'token',
        ':',
        ';',
        '\t',
        '\u2025',
        'http:',
        '[',
        '%',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const typed = `/${pieces.join('')}`;
        let path: string;
        try {
          ({ path } = apiPath(typed));
        } catch {
          return;
        }
        const url = new URL(API + path);
        expect(url.origin).toBe(API);
        expect(url.pathname).toBe(path);
        expect(decodeURIComponent(url.pathname).toLowerCase()).not.toMatch(/\/oauth|\/\.+(?:\/|$)|\\|\/\//);
      }),
      { numRuns: 5_000 },
    );
  });
});
