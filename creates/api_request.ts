import { InputError } from '../lib/base/errors.ts';
import { choice, integer, longText, maybe, optional, raw, text } from '../lib/schema/fields.ts';
import { apiPath } from '../lib/resources/api_path.ts';
import { createOnce } from '../lib/resources/create_once.ts';
import { create } from '../lib/zapier/operation.ts';

const METHODS = {
  GET: 'GET (read)',
  POST: 'POST (create or search)',
  PUT: 'PUT (update)',
  PATCH: 'PATCH (update)',
  DELETE: 'DELETE (delete)',
};
/** The published versions of HighLevel's API. */
const VERSIONS = {
  '2021-07-28': '2021-07-28',
  '2021-04-15': '2021-04-15',
  '2023-02-21': '2023-02-21',
  v3: 'v3',
};

export default create({
  key: 'api_request',
  noun: 'API Request',
  display: {
    label: 'Make an API Request',
    description: 'Sends any request that the connection may make. For what the other actions do not cover.',
  },
  input: {
    method: choice('Method', METHODS, 'GET').describe(
      'Choose the method of the endpoint. POST and PATCH are never sent twice.',
    ),
    path: text('Path', '/locations/{locationId}/customValues').describe(
      "Enter the path of the endpoint without the host, such as `/locations/{locationId}/customValues`. `{locationId}` becomes the sub-account's ID.",
    ),
    query: optional(
      text('Query', 'limit=20').meta({ editor: { type: 'string', dict: true } }),
      'Enter the query parameters of the endpoint, such as `limit` and `20`.',
    ),
    body: optional(
      longText('Body', '{"name": "Opening Hours", "value": "9 to 5"}'),
      'Enter the body as JSON. Leave blank for GET.',
    ),
    version: choice('API Version', VERSIONS, '2021-07-28')
      .default('2021-07-28')
      .describe("Choose the version that HighLevel's documentation of the endpoint names."),
  },
  output: {
    status: integer('Status', 200),
    body: raw('Body', { customValues: [] }),
    text: maybe.longText('Text', 'OK'),
  },

  async perform(highlevel, { method, path: typed, query = '', body: json, version }) {
    const withLocation = (given: string) => given.replaceAll('{locationId}', highlevel.locationId);
    const { path, query: more } = apiPath(withLocation(typed));
    if (json !== undefined && method === 'GET')
      throw new InputError('"Body" can\'t be sent with GET. Leave it blank, or choose another method.');
    const body = json === undefined ? undefined : bodyOf(withLocation(json));
    const request = {
      name: `${method} ${path}`,
      version,
      query: Object.fromEntries(
        [...new URLSearchParams(more), ...new URLSearchParams(query)].map(([name, value]) => [
          name,
          withLocation(value),
        ]),
      ),
      ...(body && { body }),
    };
    const send = () => highlevel.freeRequest(request);
    const {
      status,
      data,
      text: content,
    } = method === 'POST' || method === 'PATCH'
      ? await createOnce(highlevel, {
          kind: 'request',
          identity: request,
          outcome: 'HighLevel carried out the request',
          onPurpose:
            'Check HighLevel. To send the request anyway, change it, or replay this step after 24 hours.',
          send,
        })
      : await send();
    const isJson = typeof data === 'object' && data !== null;
    return { status, body: isJson ? data : null, text: isJson || content === '' ? null : content };
  },
});

function bodyOf(json: string): object {
  try {
    const body: unknown = JSON.parse(json);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // The error below says it.
  }
  throw new InputError(
    '"Body" isn\'t a JSON object or list. Enter it as in HighLevel\'s documentation of the endpoint.',
  );
}
