/** A known difference between HighLevel and its OpenAPI files. */
export interface Difference {
  /** File and JSON pointer; `*` stands for every name there. */
  at: string;
  /** Where `*` is too much: only what has these values. */
  where?: Record<string, unknown>;
  /** HighLevel's behavior, merged into the documented schema; null removes a key. */
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
/** How an operation of v3 is asked for. */
const version3 = { name: 'Version', in: 'header', required: true, schema: { type: 'string', enum: ['v3'] } };
/** How an operation of an older version is asked for. */
const versionHeader = {
  name: 'Version',
  in: 'header',
  required: true,
  schema: { type: 'string', enum: ['2021-07-28', '2021-04-15', '2023-02-21', 'v3'] },
};
/** Each row of a search has its cursor: its sort key and its id. */
const cursor = list({ anyOf: [number, textOrNull] });

const operation = (file: string, path: string, method: string) =>
  `${file}.json#/paths/${path.replaceAll('/', '~1')}/${method}`;
const schema = (file: string, name: string) => `${file}.json#/components/schemas/${name}`;
const badRequest = 'common-schemas.json#/components/schemas/BadRequestDTO/properties';

/**
 * The known differences between HighLevel and its OpenAPI files. The contract applies these corrections to the files, so
 * that known differences are checked as strictly as the rest. A correction without effect is stale.
 */
export const differences: Difference[] = [
  // Differences of many operations.
  ...['2021-07-28', '2021-04-15'].map((version) => ({
    at: '*#/paths/*/*/parameters/*',
    where: { name: 'Version', schema: { type: 'string', enum: [version] } },
    is: { schema: { enum: ['2021-07-28', '2021-04-15', '2023-02-21', 'v3'] } },
    reason:
      'Each version serves every path that it knows: contacts and users measured under all four, calendars recorded under 2021-07-28. The SDK sends 2023-02-21 everywhere.',
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
    is: {
      code: text,
      meta: record({ contactId: text, contactName: textOrNull, matchingField: text, existingId: text }),
    },
    reason:
      'The 400 of a duplicate names the contact or the opportunity that is there. Recorded by several public clients.',
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
                website: textOrNull,
                timezone: textOrNull,
                dndSettings: object,
                inboundDndSettings: object,
                attributionSource: object,
                opportunities: list(object),
                lastAttributionSource: object,
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
                dateOfBirth: { type: 'number', nullable: true },
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
        },
        ['contacts', 'total'],
      ),
    ),
    reason:
      "The files have no schema for the search's answer. Rows as recorded; the day of birth in epoch ms as reported live.",
  },
  {
    at: `${operation('contacts', '/contacts/search/duplicate', 'get')}/responses/200`,
    is: answer(
      record({
        contact: { anyOf: [schemaOf('GetContectByIdSchema'), { type: 'null' }] },
        matchingField: text,
      }),
    ),
    reason:
      'The files have no schema for this answer. Public clients read `contact` and take null or nothing for no match.',
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
      contactName: textOrNull,
      firstName: textOrNull,
      lastName: textOrNull,
      firstNameRaw: textOrNull,
      lastNameRaw: textOrNull,
      firstNameLowerCase: text,
      lastNameLowerCase: text,
      fullNameLowerCase: text,
      additionalEmails: list(object),
      additionalPhones: list(object),
      createdBy: object,
      dateOfBirth: text,
      dnd: flag,
      dndSettings: object,
      inboundDndSettings: object,
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
    reason:
      'The rows of a business and of the old list are richer than declared, their names in lower case beside the real ones. Reported live.',
  },
  {
    at: `${operation('contacts', '/contacts/', 'get')}/responses/200`,
    is: answer({
      ...record({
        contacts: list(schemaOf('ContactsSearchSchema')),
        count: number,
        meta: record({
          total: number,
          nextPageUrl: textOrNull,
          startAfter: { type: 'number', nullable: true },
          startAfterId: textOrNull,
          currentPage: number,
          nextPage: { type: 'number', nullable: true },
          prevPage: { type: 'number', nullable: true },
        }),
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

  {
    at: `${schema('contacts', 'GetContectByIdSchema')}/properties`,
    is: {
      createdBy: object,
      additionalEmails: list(object),
      additionalPhones: list(object),
      followers: list(text),
      inboundDndSettings: object,
    },
    reason:
      'Recorded: what made the contact, its further details; its followers in the answers of PUT and upsert.',
  },
  {
    at: `${schema('contacts', 'DndSettingsSchema')}/properties`,
    is: { RCS: schemaOf('DndSettingSchema') },
    reason: 'Reported by users: contacts have settings for RCS, a channel newer than the files.',
  },
  {
    at: `${schema('contacts', 'CreateContactSchema')}/properties`,
    is: {
      createdBy: object,
      lastUpdatedBy: object,
      lastSessionActivityAt: text,
      validEmail: { type: 'boolean', nullable: true },
      validEmailDate: textOrNull,
      dateOfBirth: text,
      inboundDndSettings: object,
    },
    reason: 'Recorded in the answer of a contact that was just made.',
  },
  {
    at: `${schema('contacts', 'CreateContactSchema')}/properties`,
    is: { timezone: textOrNull },
    reason: 'A contact may be made with a time zone, and its single read documents it.',
  },
  ...[
    'UpdateContactsSuccessfulResponseDto',
    'UpsertContactsSuccessfulResponseDto',
    'DeleteContactsSuccessfulResponseDto',
    'DeleteTaskSuccessfulResponseDto',
    'ContactsWorkflowSuccessfulResponseDto',
  ].map((name) => ({
    at: `${schema('contacts', name)}/properties`,
    is: { succeded: flag, succeeded: flag },
    reason: 'Recorded with both spellings.',
  })),
  ...['DeleteNoteSuccessfulResponseDto', 'CreateDeleteCantactsCampaignsSuccessfulResponseDto'].map(
    (name) => ({
      at: `${schema('contacts', name)}/properties`,
      is: { succeeded: flag },
      reason: 'Taken to have both spellings, as those that were recorded have.',
    }),
  ),
  {
    at: `${schema('contacts', 'CreateAddTagSuccessfulResponseDto')}/properties`,
    is: { tagsAdded: list(text) },
    reason: 'Recorded: the tags that the contact did not have.',
  },
  {
    at: `${schema('contacts', 'CreateDeleteTagSuccessfulResponseDto')}/properties`,
    is: { tagsRemoved: list(text) },
    reason: 'Recorded: the tags that the contact had.',
  },
  {
    at: `${schema('contacts', 'GetNoteSchema')}/properties`,
    is: { bodyText: text, relations: list(object), userId: { nullable: true } },
    reason: 'Recorded: the text without HTML, and no user on a note that an app wrote.',
  },
  {
    at: `${schema('contacts', 'UpdateContactDto')}/properties`,
    is: { companyName: textOrNull },
    reason: 'PUT takes companyName: reported from a live account, as a gap of the documentation.',
  },
  {
    at: 'contacts.json#/paths',
    is: {
      '/contacts/lookup': {
        get: {
          parameters: [
            version3,
            { name: 'locationId', in: 'query', required: true, schema: text },
            ...['email', 'phone', 'limit', 'nextCursor'].map((name) => ({ name, in: 'query', schema: text })),
          ],
          responses: {
            200: answer(
              record({ contacts: list(schemaOf('GetContectByIdSchema')), nextCursor: textOrNull }, [
                'contacts',
              ]),
            ),
            400: answer(common('BadRequestDTO')),
            401: answer(common('UnauthorizedDTO')),
            403: answer(common('BadRequestDTO')),
            422: answer(common('UnprocessableDTO')),
          },
          security: [{ bearer: ['contacts.readonly'] }],
        },
      },
      '/notes/search': {
        post: {
          parameters: [version3],
          requestBody: {
            required: true,
            ...answer(
              record(
                {
                  locationId: text,
                  query: text,
                  sources: list(text),
                  createdByUserId: text,
                  limit: number,
                  skip: number,
                  sortBy: text,
                  sortOrder: { enum: ['asc', 'desc'] },
                  count: flag,
                  relations: list({}),
                  includeRelationRecords: flag,
                },
                ['locationId'],
              ),
            ),
          },
          responses: {
            200: answer(record({ notes: list(schemaOf('GetNoteSchema')), count: number }, ['notes'])),
            400: answer(common('BadRequestDTO')),
            401: answer(common('UnauthorizedDTO')),
            403: answer(common('BadRequestDTO')),
            404: { description: '' },
            422: answer(common('UnprocessableDTO')),
          },
          security: [{ bearer: ['contacts.readonly'] }],
        },
      },
    },
    reason:
      "Two operations of v3 that are newer than the files, as HighLevel's site describes them. The permission of the notes' is not known.",
  },

  {
    at: `${schema('contacts', 'GetEventSchema')}/properties`,
    is: { deleted: flag, appoinmentStatus: text },
    reason: "As recorded in a calendar's list; a contact's own was not recorded.",
  },

  // Differences of the sub-account's records.
  {
    at: `${schema('locations', 'GetLocationByIdSchema')}/properties`,
    is: {
      brandId: text,
      automaticMobileAppInvite: flag,
      dateAdded: text,
      currency: text,
      isAgencySubAccount: flag,
      defaultEmailService: text,
      permissions: object,
      snapshotId: text,
    },
    reason: 'Recorded in the sub-account.',
  },
  {
    at: `${schema('locations', 'SettingsSchema')}/properties`,
    is: {
      contactUniqueIdentifiers: list({ enum: ['email', 'phone'] }),
      crmSettings: object,
      saasSettings: object,
    },
    reason: 'Recorded in the sub-account: among them the order in which duplicates are looked for.',
  },
  {
    at: `${schema('locations', 'BusinessSchema')}/properties`,
    is: { email: text },
    reason: 'Recorded in the sub-account.',
  },
  {
    at: `${schema('locations', 'CustomFieldSchema')}/properties`,
    is: { documentType: text, parentId: text, dateAdded: text, standard: flag },
    reason: 'Recorded in the list of custom fields.',
  },
  ...['UserSchema', 'UserSuccessfulResponseDto'].map((name) => ({
    at: `${schema('users', name)}/properties`,
    is: {
      deleted: flag,
      scopes: { type: 'array', items: text, enum: null },
      scopesAssignedToOnly: list(text),
      platformLanguage: { enum: null },
    },
    reason: 'Recorded in a user: lists of permissions, and a language by its short code.',
  })),

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
                  contactId: textOrNull,
                  locationId: text,
                  assignedTo: text,
                  dueDate: text,
                  completed: flag,
                  status: { enum: ['to_do', 'completed'] },
                  statusGroup: { enum: ['to_do', 'completed'] },
                  deleted: flag,
                  dateAdded: text,
                  dateUpdated: text,
                  createdAt: text,
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
  {
    at: schema('calendars', 'CalendarEventDTO'),
    is: {
      properties: {
        appoinmentStatus: text,
        appointmentMeta: object,
        deleted: flag,
        createdBy: { ...record({ userId: textOrNull, source: text }, ['source']), $ref: null, allOf: null },
      },
      required: [
        'id',
        'title',
        'calendarId',
        'locationId',
        'contactId',
        'appointmentStatus',
        'startTime',
        'endTime',
      ],
    },
    reason: 'Recorded: what is empty is left out, and what was deleted is listed on.',
  },
  {
    at: schema('calendars', 'GetCalendarEventSuccessfulResponseDTO'),
    is: { properties: { event: null, appointment: schemaOf('CalendarEventDTO') } },
    reason: 'Recorded as `appointment`.',
  },
  {
    at: `${schema('calendars', 'AppointmentSchemaResponse')}/properties`,
    is: {
      status: text,
      appoinmentStatus: text,
      dateAdded: text,
      dateUpdated: text,
      startTime: null,
      endTime: null,
    },
    reason: 'Recorded: with a status of its own, and without the times.',
  },
  {
    at: `${operation('calendars', '/calendars/events/{eventId}', 'delete')}/responses`,
    is: { 200: answer(schemaOf('DeleteEventSuccessfulResponseDto')) },
    reason: 'Documented as 201, recorded as 200.',
  },
  {
    at: `${schema('calendars', 'CalendarDTO')}/properties`,
    is: { appointmentPerSlot: number, openHours: { type: null, items: null } },
    reason: 'Recorded: spelled right beside the wrong spelling, and no list where there are no hours.',
  },
  ...['startTime', 'endTime', 'dateAdded', 'dateUpdated'].map((name) => ({
    at: `${schema('calendars', 'CalendarEventDTO')}/properties/${name}`,
    is: { type: 'string' },
    reason: 'Declared as an object; its own example is a text.',
  })),
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

  // Conversations, forms and surveys.
  ...['conversations', 'forms', 'surveys'].map((file) => ({
    at: `${file}.json#/paths/*/*/responses`,
    is: { 422: answer(common('UnprocessableDTO')) },
    reason: 'An unknown parameter or property is refused with 422. Measured by integrators.',
  })),
  {
    at: schema('conversations', 'ConversationSchema'),
    is: {
      properties: {
        dateAdded: number,
        dateUpdated: number,
        lastMessageDate: number,
        lastMessageDirection: text,
        followers: list(text),
        mentions: list(text),
        tags: list(text),
        scoring: list({}),
        messageTypes: list(number),
        sort: list(number),
        isLastMessageInternalComment: flag,
        companyName: textOrNull,
        email: textOrNull,
        phone: textOrNull,
        profilePhoto: textOrNull,
        attributed: {},
        lastMessageType: { enum: null },
      },
      required: ['id', 'contactId', 'locationId', 'type'],
    },
    reason: 'The rows of the search, with their dates as numbers. Recorded.',
  },
  {
    at: schema('conversations', 'GetConversationByIdResponse'),
    is: {
      properties: {
        lastMessageType: number,
        lastMessageDate: object,
        messageTypes: list(number),
        isLastMessageInternalComment: flag,
      },
      required: ['id', 'contactId', 'locationId', 'deleted', 'type'],
    },
    reason: 'One conversation, with its date in seconds and nanoseconds. Recorded.',
  },
  {
    at: badRequest,
    is: { canonicalCode: text, conversationId: text },
    reason: 'The 400 of a conversation that is there already names it. Measured.',
  },
  {
    at: schema('conversations', 'GetMessageResponseDto'),
    is: {
      properties: {
        dateUpdated: text,
        from: text,
        to: text,
        activity: object,
        messageType: { enum: null },
      },
      required: ['id', 'type', 'messageType', 'locationId', 'contactId', 'conversationId', 'dateAdded'],
    },
    reason:
      'Messages have a sender and a recipient, and rows of events have no content type. Recorded. There are types of which the list knows nothing.',
  },
  {
    at: schema('conversations', 'ExportMessagesResponseDto'),
    is: { properties: { nextCursor: textOrNull } },
    reason: 'Null on the last page, as its own description says.',
  },
  {
    at: schema('conversations', 'MessageMeta'),
    is: { properties: { email: record({ messageIds: list(text), subject: text }) } },
    reason:
      "The ids are described in the example, one level too deep; an email's subject is seen in public clients.",
  },
  {
    at: schema('conversations', 'SendMessageBodyDto'),
    is: { properties: { subType: { type: null } }, required: ['type', 'contactId'] },
    reason: 'A text in the recording; public clients leave it and the status out.',
  },
  {
    at: schema('conversations', 'SendMessageResponseDto'),
    is: { required: ['conversationId', 'messageId'] },
    reason: 'Without a status in the recording.',
  },
  {
    at: `${operation('conversations', '/conversations/{conversationId}/messages', 'get')}/responses/200`,
    is: answer({
      $ref: null,
      ...record({
        messages: record({
          lastMessageId: textOrNull,
          nextPage: flag,
          messages: list(schemaOf('GetMessageResponseDto')),
        }),
      }),
    }),
    reason: 'Documented flat, recorded inside `messages`.',
  },
  {
    at: `${schema('forms', 'FormsSuccessfulResponseDto')}/properties/total`,
    is: { example: 20 },
    reason: 'The example is a text, the type a number, as for surveys.',
  },
  ...['forms', 'surveys'].map((file) => ({
    at: `${schema(file, 'EventDataSchema')}/properties/contactSessionIds`,
    is: { type: 'object' },
    reason: 'It is nullable, which has no meaning without a type.',
  })),
  ...['forms', 'surveys'].map((file) => ({
    at: schema(file, 'othersSchema'),
    is: { additionalProperties: {} },
    reason:
      'Answers stand under the ids and names of their fields, of which the schema has one example each.',
  })),
  {
    at: 'forms.json#/paths',
    is: {
      '/phone-system/numbers/location/{locationId}': {
        get: {
          parameters: [
            versionHeader,
            ...['page', 'pageSize', 'searchFilter', 'skipNumberPool'].map((name) => ({
              name,
              in: 'query',
              schema: text,
            })),
          ],
          responses: {
            200: answer(
              record({
                status: text,
                data: record({
                  numbers: list(
                    record({ phoneNumber: text, friendlyName: text, sid: text }, ['phoneNumber']),
                  ),
                  total: number,
                  page: number,
                  pageSize: number,
                }),
              }),
            ),
            401: answer(common('UnauthorizedDTO')),
            403: answer(common('BadRequestDTO')),
          },
          security: [{ bearer: ['phonenumbers.read'] }],
        },
      },
    },
    reason: 'The list of phone numbers has a file of its own that is not kept here; clients read it so.',
  },

  // Opportunities.
  {
    at: schema('opportunities', 'OpportunitySearchBodyDTO'),
    is: {
      properties: {
        searchAfter: { items: { type: null, ...cursor.items } },
        filters: list(object),
        sort: list(record({ field: text, direction: text })),
      },
      required: ['locationId', 'limit'],
    },
    reason:
      "Filters and the order are described on the page that the file links to. Public clients leave the others out; a page and a cursor together are refused, as that page says. A row's cursor has a number. Recorded.",
  },
  {
    at: schema('opportunities', 'AdditionalDetailsDTO'),
    is: { required: [] },
    reason: 'Recorded without unread conversations.',
  },
  {
    at: `${operation('opportunities', '/opportunities/search', 'post')}/responses`,
    is: { 201: answer(schemaOf('PostSearchSuccessfulResponseDto')) },
    reason: 'Documented as 200, recorded as 201.',
  },
  {
    at: schema('opportunities', 'SearchOpportunitiesResponseSchema'),
    is: {
      properties: {
        // Rows of the search.
        pipelineStageUId: text,
        assignedTo: textOrNull,
        source: textOrNull,
        lostReasonId: textOrNull,
        forecastProbability: {},
        effectiveProbability: number,
        relations: list(object),
        sort: cursor,
        attributions: list({}),
        followers: list(text),
        // Single reads and responses to writes.
        isAttribute: flag,
        internalSource: object,
      },
    },
    reason:
      'Rows have more keys, and null for what is empty; a single read says where it comes from. Both recorded. Followers are the ids of users.',
  },
  {
    at: schema('opportunities', 'SearchOpportunitiesContactResponseSchema'),
    is: {
      properties: {
        companyName: textOrNull,
        email: textOrNull,
        phone: textOrNull,
        followers: list(text),
        score: list({}),
      },
    },
    reason: 'Null for what is empty in a row, and with more keys. Recorded.',
  },
  {
    at: `${schema('opportunities', 'CustomFieldResponseSchema')}/properties/fieldValue`,
    is: { oneOf: null },
    reason: 'Numbers are values too, and a list of texts fits two of the alternatives.',
  },
  {
    at: schema('opportunities', 'PipelinesResponseSchema'),
    is: {
      properties: {
        stages: list(object),
        useOpportunityProbability: flag,
        dateAdded: text,
        dateUpdated: text,
        position: text,
      },
    },
    reason: 'The stages are objects, not lists. Recorded.',
  },
  {
    at: `${schema('opportunities', 'SearchMetaResponseSchema')}/properties`,
    is: {
      nextPageUrl: textOrNull,
      startAfterId: textOrNull,
      ...Object.fromEntries(
        ['startAfter', 'nextPage', 'prevPage'].map((name) => [name, { ...number, nullable: true }]),
      ),
    },
    reason: 'Null where there is no such page, as in the lists of contacts.',
  },
  ...['CreateDto', 'UpdateOpportunityDto'].map((name) => ({
    at: `${schema('opportunities', name)}/properties`,
    is: { source: text, forecastProbability: number },
    reason: 'Accepted as well. Measured by integrators.',
  })),
  ...['CreateDto', 'UpdateOpportunityDto'].map((name) => ({
    at: `${schema('opportunities', name)}/properties/customFields/items`,
    is: { anyOf: null, ...record({ id: text, key: text, field_value: {} }) },
    reason: 'A number is a value too. It is not documented, as it is for contacts.',
  })),
  {
    at: schema('opportunities', 'DeleteUpdateOpportunitySuccessfulResponseDto'),
    is: { properties: { success: flag } },
    reason: 'The response to DELETE. Recorded.',
  },

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
            responses: { 302: {}, 400: { description: '', content: {} } },
          },
        },
      ]),
    ),
    reason:
      "The page where people sign in is described in docs/oauth/Authorization.md; the SDK uses its older path. A draft app's wants the app's id as version_id too, and a client or scope that is not the app's is refused: measured by integrators.",
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
