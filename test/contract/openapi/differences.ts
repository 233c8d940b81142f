/** A place where HighLevel is known to do something else than its OpenAPI files say. */
export interface Difference {
  /** File and JSON pointer; `*` stands for every name there. */
  at: string;
  /** Where `*` is too much: only what has these values. */
  where?: Record<string, unknown>;
  /** What HighLevel does, merged into what stands there; null takes away. */
  is: Record<string, unknown>;
  /** How that is known. */
  reason: string;
}

const text = { type: 'string' };
const textOrNull = { type: 'string', nullable: true };
const number = { type: 'number' };
const flag = { type: 'boolean' };
const object = { type: 'object' };
const objectOrNull = { type: 'object', nullable: true };
const list = (items: object) => ({ type: 'array', items });
const record = (properties: object, required: string[] = []) => ({ ...object, properties, required });
const answer = (schema: object) => ({ description: '', content: { 'application/json': { schema } } });
const schemaOf = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const common = (name: string) => ({ $ref: `../common/common-schemas.json#/components/schemas/${name}` });
/** Each row of a search carries its cursor: what it was sorted by, and its id. */
const cursor = list({ anyOf: [number, textOrNull] });

const operation = (file: string, path: string, method: string) =>
  `${file}.json#/paths/${path.replaceAll('/', '~1')}/${method}`;
const schema = (file: string, name: string) => `${file}.json#/components/schemas/${name}`;
const badRequest = 'common-schemas.json#/components/schemas/BadRequestDTO/properties';

/**
 * Where HighLevel differs from its OpenAPI files, one by one. The contract reads the files with these corrections, so that
 * what is known to be otherwise is checked as strictly as the rest. A correction that corrects nothing any more is stale.
 */
export const differences: Difference[] = [
  // What is true of many operations.
  ...['2021-07-28', '2021-04-15'].map((version) => ({
    at: '*#/paths/*/*/parameters/*',
    where: { name: 'Version', schema: { type: 'string', enum: [version] } },
    is: { schema: { enum: [version, '2023-02-21'] } },
    reason: `Beside ${version} HighLevel takes 2023-02-21, which its own SDK sends everywhere. Seen in the SDK; measured by integrators.`,
  })),
  {
    at: '*#/paths/*/*/responses',
    is: { 403: answer(record({ statusCode: number, message: text, error: text }, ['message'])) },
    reason:
      'The wrong sub-account is refused with 403. Measured by integrators; a DTO for it stands in the files of v3.',
  },
  {
    at: '*#/paths/*/*/responses',
    is: { 404: answer(record({ statusCode: number, message: text, error: text }, ['message'])) },
    reason:
      'What is not there, or is switched off, may answer 404. Measured; a DTO for it stands in the files of v3.',
  },
  {
    at: '*#/paths/*/*/responses',
    is: { 429: answer(record({ statusCode: number, message: text }, ['message'])) },
    reason:
      'One request too many. The limit is described in docs/oauth/Authorization.md; the shape of its body is inferred.',
  },
  {
    at: badRequest,
    is: { error: text },
    reason: 'The 400 names its kind in `error`, as 401 and 422 do. Measured by integrators.',
  },
  {
    at: badRequest,
    is: { traceId: text },
    reason: 'A trace id comes with every answer. Source: docs/oauth/Overview.md.',
  },
  {
    at: badRequest,
    is: { meta: record({ contactId: text, contactName: textOrNull, matchingField: text }, ['contactId']) },
    reason: 'The 400 of a duplicate names the contact that is there. Recorded by several public clients.',
  },

  // Contacts.
  {
    at: schema('contacts', 'SearchBodyV2DTO'),
    is: record(
      {
        locationId: text,
        pageLimit: { type: 'number', minimum: 1, maximum: 500 },
        page: { type: 'number', minimum: 1 },
        searchAfter: cursor,
        filters: list(object),
        sort: list(record({ field: text, direction: { enum: ['asc', 'desc'] } }, ['field', 'direction'])),
        query: { type: 'string', maxLength: 75 },
      },
      ['locationId', 'pageLimit'],
    ),
    reason:
      "The files leave the search's body empty; it is described in a document of its own, which mirrors keep.",
  },
  {
    at: `${operation('contacts', '/contacts/search', 'post')}/responses/200`,
    is: answer(
      record(
        {
          contacts: list(
            record(
              {
                id: text,
                locationId: text,
                contactName: textOrNull,
                firstName: textOrNull,
                lastName: textOrNull,
                firstNameLowerCase: textOrNull,
                lastNameLowerCase: textOrNull,
                email: textOrNull,
                phone: textOrNull,
                phoneLabel: textOrNull,
                companyName: textOrNull,
                businessName: textOrNull,
                businessId: textOrNull,
                address: textOrNull,
                city: textOrNull,
                state: textOrNull,
                postalCode: textOrNull,
                country: textOrNull,
                source: textOrNull,
                type: text,
                dnd: flag,
                dateOfBirth: textOrNull,
                assignedTo: textOrNull,
                followers: list(text),
                tags: list(text),
                customFields: list(record({ id: text, value: {} }, ['id'])),
                additionalEmails: list({}),
                additionalPhones: list({}),
                validEmail: { type: 'boolean', nullable: true },
                dateAdded: text,
                dateUpdated: text,
                searchAfter: cursor,
              },
              ['id', 'locationId', 'tags', 'dateAdded', 'searchAfter'],
            ),
          ),
          total: number,
          traceId: text,
        },
        ['contacts', 'total'],
      ),
    ),
    reason:
      "The files have no schema for the search's answer. Rows as an older published schema and public clients have them.",
  },
  {
    at: `${operation('contacts', '/contacts/search/duplicate', 'get')}/responses/200`,
    is: answer(
      record({ contact: { anyOf: [schemaOf('GetContectByIdSchema'), { type: 'null' }] }, traceId: text }),
    ),
    reason:
      'The files have no schema for this answer. Public clients read `contact` and take null or nothing for no match.',
  },
  {
    at: `${schema('contacts', 'ContactsByIdSuccessfulResponseDto')}/properties`,
    is: { traceId: text },
    reason: 'A trace id comes with every answer. Source: docs/oauth/Overview.md.',
  },
  {
    at: schema('contacts', 'AttributionSource'),
    is: { properties: { sessionSource: text }, required: null },
    reason:
      'A contact made by hand has sessionSource and no url. A recorded answer in an issue of the documentation.',
  },
  {
    at: `${schema('contacts', 'CustomFieldSchema')}/properties`,
    is: { value: { type: null } },
    reason:
      'A custom field is a text, a number, a list or an object. Source: docs/webhook events/ContactCreate.md.',
  },
  ...['NumericField', 'MonetoryField'].map((name) => ({
    at: `${schema('contacts', name)}/properties/field_value`,
    is: { type: 'number' },
    reason:
      'Declared as an object, with a number as its example; an object is refused. Measured by integrators.',
  })),
  ...['CreateContactDto', 'UpdateContactDto', 'UpsertContactDto'].map((name) => ({
    at: `${schema('contacts', name)}/properties/dateOfBirth`,
    is: { type: 'string' },
    reason: 'Declared as an object; its description lists the formats of a text.',
  })),
  ...['CreateAddTagSuccessfulResponseDto', 'CreateDeleteTagSuccessfulResponseDto'].map((name) => ({
    at: `${schema('contacts', name)}/properties`,
    is: { traceId: text },
    reason: 'A trace id comes with every answer. Source: docs/oauth/Overview.md.',
  })),
  {
    at: `${schema('contacts', 'UpdateTagsResponseDTO')}/properties/responses`,
    is: {
      items: record(
        {
          contactId: text,
          type: { enum: ['success', 'error'] },
          message: text,
          oldTags: list(text),
          tagsAdded: list(text),
          tagsRemoved: list(text),
        },
        ['contactId', 'type', 'message'],
      ),
    },
    reason: 'Declared as texts; their own example has objects.',
  },
  {
    at: `${schema('contacts', 'ContactsSearchSchema')}/properties`,
    is: {
      firstName: text,
      lastName: text,
      firstNameLowerCase: text,
      lastNameLowerCase: text,
      fullNameLowerCase: text,
      emailLowerCase: text,
      phone: text,
      companyName: text,
      address1: text,
      city: text,
      state: text,
      postalCode: text,
      website: text,
      type: text,
      assignedTo: text,
      dateUpdated: text,
      attributionSource: schemaOf('AttributionSource'),
    },
    reason: 'The rows of a business and of the old list are richer than declared. Seen in public clients.',
  },
  {
    at: `${operation('contacts', '/contacts/', 'get')}/responses/200`,
    is: answer({
      ...record({
        contacts: list(schemaOf('ContactsSearchSchema')),
        count: number,
        meta: record({ total: number, startAfter: number, startAfterId: text }),
      }),
      $ref: null,
    }),
    reason:
      'The old list has its cursor in `meta`. Measured; the files hold a schema for it that nothing refers to.',
  },
  {
    at: `${operation('contacts', '/contacts/{contactId}/workflow/{workflowId}', 'post')}/responses`,
    is: { 201: answer(schemaOf('ContactsWorkflowSuccessfulResponseDto')) },
    reason: 'Documented as 200, measured as 201.',
  },

  // Tasks of the sub-account.
  {
    at: `${schema('locations', 'TaskSearchParamsDto')}/properties`,
    is: { searchAfter: cursor },
    reason: "The last row's cursor, sent back, gives the next page. Measured by integrators.",
  },
  {
    at: `${operation('locations', '/locations/{locationId}/tasks/search', 'post')}/responses`,
    is: {
      200: null,
      201: answer(
        record(
          {
            tasks: list(
              record(
                {
                  _id: text,
                  title: text,
                  body: text,
                  contactId: text,
                  locationId: text,
                  assignedTo: text,
                  dueDate: text,
                  completed: flag,
                  status: { enum: ['to_do', 'completed'] },
                  statusGroup: { enum: ['to_do', 'completed'] },
                  deleted: flag,
                  dateAdded: text,
                  dateUpdated: text,
                  updatedAt: text,
                  contactDetails: record({ firstName: textOrNull, lastName: textOrNull }),
                  assignedToUserDetails: objectOrNull,
                  searchAfter: cursor,
                },
                ['_id', 'title', 'contactId', 'dueDate', 'completed', 'dateAdded', 'searchAfter'],
              ),
            ),
          },
          ['tasks'],
        ),
      ),
    },
    reason:
      'Documented as 200 with a list of lists; measured as 201 with rows whose id is `_id`, and no total.',
  },
  {
    at: `${operation('locations', '/locations/{locationId}/timezones', 'get')}/responses/200`,
    is: answer(record({ timeZones: list(text) }, ['timeZones'])),
    reason: 'The files have no schema for this answer. Seen in public clients.',
  },

  // Calendars.
  ...['startTime', 'endTime', 'dateAdded', 'dateUpdated'].map((name) => ({
    at: `${schema('calendars', 'CalendarEventDTO')}/properties/${name}`,
    is: { type: 'string' },
    reason: 'Declared as an object; its own example is a text.',
  })),
  {
    at: `${operation('calendars', '/calendars/{calendarId}/free-slots', 'get')}/responses/200/content/application~1json/schema`,
    is: { properties: { traceId: text } },
    reason: 'A trace id comes with every answer. Source: docs/oauth/Overview.md.',
  },
  {
    at: `${operation('contacts', '/contacts/bulk/business', 'post')}/responses`,
    is: { 400: answer(common('BadRequestDTO')) },
    reason: 'A business that is not there is refused as everywhere else; the files name no answer to it.',
  },
  ...['/contacts/bulk/business', '/contacts/bulk/tags/update/{type}'].map((path) => ({
    at: `${operation('contacts', path, 'post')}/responses`,
    is: { 401: answer(common('UnauthorizedDTO')) },
    reason:
      'The files name no permission for the bulk calls, and so no refusal; a dead token is refused as everywhere.',
  })),

  // Signing in.
  {
    at: 'oauth.json#/paths',
    is: Object.fromEntries(
      ['/oauth/chooselocation', '/v2/oauth/chooselocation'].map((path) => [
        path,
        {
          get: {
            parameters: [
              ...['response_type', 'client_id', 'redirect_uri', 'scope'].map((name) => ({
                name,
                in: 'query',
                required: true,
                schema: text,
              })),
              { name: 'state', in: 'query', schema: text },
              { name: 'version_id', in: 'query', schema: text },
            ],
            responses: { 302: {} },
          },
        },
      ]),
    ),
    reason:
      "The page where people sign in is described in docs/oauth/Authorization.md; the SDK uses its older path. A draft app's wants the app's id as version_id too: measured by integrators.",
  },
  {
    at: `${operation('oauth', '/oauth/token', 'post')}/responses/401`,
    is: answer({
      anyOf: [common('UnauthorizedDTO'), record({ error: text, error_description: text })],
      $ref: null,
    }),
    reason: 'A wrong code or client is refused in the words of OAuth 2. Measured by integrators.',
  },
  {
    at: `${operation('oauth', '/oauth/locationToken', 'post')}/responses`,
    is: { 201: answer(schemaOf('GetLocationAccessTokenSuccessfulResponseDto')) },
    reason: 'Documented as 200, measured as 201.',
  },
];
