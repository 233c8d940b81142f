import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpoints, type EndpointName } from '../../../lib/highlevel/endpoints.ts';
import { isObject } from '../../../lib/base/json.ts';
import { contract } from './contract.ts';
import { openApiFolder } from './exchanges.ts';
import { examplesOf } from './files.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';

const names = Object.keys(endpoints).filter((name): name is EndpointName => Object.hasOwn(endpoints, name));

describe('The contract with OpenAPI files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    for (const part of ['apps', 'common']) mkdirSync(join(folder, part));
    // Ignores other files in the folder.
    writeFileSync(join(folder, 'notes.txt'), 'not for us');
    writeFileSync(join(folder, 'common/list.json'), '[1]');
    const text = { type: 'string' };
    const body = (schema: object) => ({ content: { 'application/json': { schema } } });
    const Task = {
      type: 'object',
      properties: { title: text, done: { type: 'boolean' } },
      required: ['title'],
    };
    const operation = {
      parameters: [
        { name: 'Version', in: 'header', required: true, schema: { ...text, enum: ['2021-07-28'] } },
        { name: 'id', in: 'path', required: true, schema: text },
        { name: 'limit', in: 'query', schema: { type: 'number' } },
      ],
      requestBody: { required: true, ...body({ $ref: '#/components/schemas/Task' }) },
      responses: { 201: body({ type: 'object', properties: { tasks: { type: 'array', items: Task } } }) },
    };
    const file = {
      paths: { '/people/{id}/tasks': { post: operation } },
      components: { schemas: { Task } },
    };
    writeFileSync(join(folder, 'apps/people.json'), JSON.stringify(file));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const violations = (
    exchange: { path?: string; query?: string; version?: string; body?: object } = {},
    answer?: { status: number; body: string },
  ) => {
    const { path = '/people/a/tasks', query = 'limit=5', version = '2021-07-28' } = exchange;
    return contract(folder).violations({
      method: 'POST',
      path,
      query: new URLSearchParams(query),
      headers: new Headers({ 'content-type': 'application/json', version }),
      body: JSON.stringify(exchange.body ?? { title: 'Call' }),
      ...(answer && { answer }),
    });
  };
  const answered = (status: number, body: unknown) => violations({}, { status, body: JSON.stringify(body) });

  test('accepts documented requests and responses', () => {
    expect(answered(201, { tasks: [{ title: 'Call', done: true }] })).toEqual([]);
  });

  test.each([
    ['an unknown property', { body: { title: 'Call', color: 'red' } }, 'request /color: is not known'],
    ['an absent property', { body: {} }, "request /title: must have required property 'title'"],
    ['a wrong type', { body: { title: 'Call', done: 1 } }, 'request /done: must be boolean'],
    ['an unknown query', { query: 'page=2' }, 'query /page: is not known'],
    ['a wrong query', { query: 'limit=five' }, 'query /limit: must be number'],
    ['another version', { version: 'v9' }, 'header /Version: must be equal to one of the allowed values'],
  ])('names the operation, the place and the rule: %s', (_what, exchange, said) => {
    expect(violations(exchange)).toEqual([expect.stringContaining(`POST /people/{id}/tasks, ${said} (`)]);
  });

  test('reports an unknown path, unless the sandbox rejects it too', () => {
    expect(violations({ path: '/people' })).toEqual(['POST /people, path : is no operation (paths)']);
    expect(violations({ path: '/people' }, { status: 404, body: '{}' })).toEqual([]);
  });

  test.each([
    [200, {}, '200: is no documented status'],
    [201, { tasks: [{}] }, "201/tasks/*/title: must have required property 'title'"],
    [201, { tasks: [{ title: 'Call', id: 'x' }] }, '201/tasks/*/id: is not known'],
  ])('checks the sandbox’s responses against the files: %s %j', (status, body, said) => {
    expect(answered(status, body)).toEqual([
      expect.stringContaining(`POST /people/{id}/tasks, answer ${said} (`),
    ]);
  });

  test('ignores requests that the sandbox refused', () => {
    const refused = { status: 422, body: '{}' };
    expect(violations({ body: {} }, refused)).toEqual([
      'POST /people/{id}/tasks, answer 422: is no documented status (responses)',
    ]);
  });
});

if (openApiFolder) againstTheFiles(openApiFolder);
else
  test("HighLevel's OpenAPI files are missing: set OPENAPI_DIR to check against them", () => {
    expect(openApiFolder).toBeUndefined();
  });

function againstTheFiles(folder: string): void {
  const files = contract(folder);
  const operation = (name: string) => files.operations.find((known) => known.name === name);

  describe("HighLevel's OpenAPI files", () => {
    // The two bulk operations declare no permission at all.
    const undeclared = ['POST /contacts/bulk/tags/update/{type}', 'POST /contacts/bulk/business'];

    test.each(names)('%s is documented, with the permission that the app uses', (name) => {
      const { security, responses } = operation(name) ?? { security: [], responses: {} };
      const scopes = new Set(security.flatMap((scheme) => Object.values(scheme).flat()));
      expect([...scopes]).toEqual(undeclared.includes(name) ? [] : [endpoints[name].scope]);
      expect(Object.keys(responses).filter((status) => status.startsWith('2'))).not.toEqual([]);
    });

    test('every operation of the Contacts API is in the catalog, except the deprecated list', () => {
      const catalog = readFileSync(join(__dirname, '../../../docs/catalog.md'), 'utf8');
      const missing = files.operations
        .filter(({ at }) => at.file === 'contacts.json')
        .filter(({ name }) => !names.some((known) => known === name) || !catalog.includes(`\`${name}\``));
      expect(missing.map(({ name, deprecated }) => ({ name, deprecated }))).toEqual([
        { name: 'GET /contacts/', deprecated: true },
      ]);
    });

    test('fail a test that sends an undocumented request to the sandbox', async () => {
      const sandbox = await startSandbox();
      const { accessToken } = sandbox.token();
      const headers = { Authorization: `Bearer ${accessToken}`, Version: '2021-07-28' };
      const sent = await fetch(`${sandbox.url}/campaigns/?locationId=${sandbox.locationId}&page=2`, {
        headers,
      });
      expect(sent.status).toBe(200);
      await expect(sandbox.close()).rejects.toThrow('GET /campaigns/, query /page: is not known');
    });

    test('every known difference still exists', () => {
      expect(files.stale).toEqual([]);
    });

    test.each(names.filter((name) => examplesOf(files, name).length > 0))(
      'the app parses the examples of %s without loss',
      (name) => {
        for (const example of examplesOf(files, name))
          expect(harmed(example, endpoints[name].response().parse(example))).toEqual([]);
      },
    );
  });
}

/** What of a HighLevel record the app reads, under the same name, as something else. */
function harmed(there: unknown, read: unknown, place = ''): string[] {
  if (Array.isArray(there) && Array.isArray(read))
    return there.flatMap((item, index) => harmed(item, read[index], `${place}/${index}`));
  if (isObject(there) && isObject(read))
    return Object.keys(read).flatMap((key) =>
      key in there ? harmed(there[key], read[key], `${place}/${key}`) : [],
    );
  // An option that HighLevel sends as text is parsed as an option whose label is its value.
  if (isObject(read) && read.value === there && read.label === there) return [];
  return there === read ? [] : [`${place}: ${JSON.stringify(there)} became ${JSON.stringify(read)}`];
}
