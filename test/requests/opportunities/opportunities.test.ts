import { withoutNames, zapierCache } from '../../support/zapier/cache.ts';
import {
  connection,
  CONTACT,
  failure,
  fullAccess,
  highLevel,
  LOCATION,
  record,
  run,
} from '../../support/app.ts';

const highlevel = highLevel();
const CREATE = 'POST /opportunities/';
const SEARCH = 'POST /opportunities/search';
const ID = 'yWQobCRIhRguQtD2llvk';
const ONE = `/opportunities/${ID}`;
const PIPELINES = 'GET /opportunities/pipelines';
const FIELDS = `GET /locations/${LOCATION}/customFields`;
const AT = '2026-01-28T12:00:00.000Z';
const requests = () => highlevel.sent.map(({ request }) => request);
const base = { contactId: CONTACT, pipelineId: 'p1', name: 'Implants' };
/** As in a single read, without what is empty. */
const single = (more: object = {}) => ({
  opportunity: {
    id: ID,
    name: 'Implants',
    monetaryValue: 0,
    pipelineId: 'p1',
    pipelineStageId: 's1',
    status: 'open',
    createdAt: AT,
    updatedAt: AT,
    lastStageChangeAt: AT,
    lastStatusChangeAt: AT,
    contactId: CONTACT,
    followers: [],
    contact: { id: CONTACT, name: 'Jane Doe', email: 'jane@example.com' },
    ...more,
  },
});
/** As in the search. */
const row = (more: object = {}) => ({
  ...single().opportunity,
  assignedTo: null,
  source: null,
  lostReasonId: null,
  customFields: [],
  sort: [1769601600000, ID],
  ...more,
});
const found = (...rows: object[]) => ({ opportunities: rows, total: rows.length });
const duplicate = {
  statusCode: 400,
  message: 'Can not create duplicate opportunity for the contact.',
  code: 'OPPORTUNITY_NO_DUPLICATE',
  meta: { existingId: ID },
};
const pipelines = {
  pipelines: [
    {
      id: 'p1',
      name: 'Sales',
      stages: [
        { id: 's1', name: 'New Lead' },
        { id: 's2', name: 'Contacted' },
      ],
    },
    { id: 'p2', name: ' ', stages: [{ name: 'without an ID' }] },
  ],
};
const definition = (id: string, name: string, dataType: string, more: object = {}) => ({
  id,
  name,
  dataType,
  fieldKey: `opportunity.${name.toLowerCase()}`,
  model: 'opportunity',
  ...more,
});

describe('Create Opportunity', () => {
  test('sends what was given, and returns one record with every key', async () => {
    highlevel.answers(CREATE, 201, single());
    const made = await run('creates', 'create_opportunity', {
      ...base,
      pipelineStageId: 's1',
      monetaryValue: '1,500',
      source: ' ',
      assignedTo: null,
    });
    expect(highlevel.sent).toEqual([
      {
        request: CREATE,
        body: { locationId: LOCATION, ...base, pipelineStageId: 's1', status: 'open', monetaryValue: 1500 },
      },
    ]);
    expect(highlevel.headers[0]).toMatchObject({ version: '2021-07-28' });
    expect(made).toEqual({
      id: ID,
      name: 'Implants',
      status: 'open',
      monetaryValue: 0,
      pipelineId: 'p1',
      pipelineName: null,
      pipelineStageId: 's1',
      pipelineStageName: null,
      contactId: CONTACT,
      contactName: 'Jane Doe',
      contactEmail: 'jane@example.com',
      contactPhone: null,
      companyName: null,
      assignedTo: null,
      assignedToName: null,
      assignedToEmail: null,
      source: null,
      lostReasonId: null,
      lostReasonName: null,
      followers: [],
      createdAt: AT,
      updatedAt: AT,
      lastStageChangeAt: AT,
      lastStatusChangeAt: AT,
      customFields: [],
      custom: {},
      url: `https://app.gohighlevel.com/v2/location/${LOCATION}/opportunities/list/${ID}?tab=OpportunityDetails`,
    });
  });

  test('writes custom fields by type, and returns them although the response leaves them out', async () => {
    const fields = [
      definition('f1', 'Treatment', 'SINGLE_OPTIONS', { picklistOptions: ['Braces', 'Implants'] }),
      definition('f2', 'Probability', 'NUMERICAL'),
      definition('f3', 'Wishes', 'CHECKBOX', { picklistOptions: ['Tea', 'Coffee'] }),
    ];
    // HighLevel may ignore the model.
    const ofContact = { ...definition('f9', 'Plan', 'TEXT'), model: 'contact' };
    highlevel.answers(FIELDS, 200, { customFields: [...fields, ofContact] });
    highlevel.answers(CREATE, 201, single());
    const input = { customField_f1: 'braces', customField_f2: '60', customField_f3: 'tea, coffee' };
    const made = await run('creates', 'create_opportunity', { ...base, ...input });
    expect(highlevel.sent[0]).toEqual({ request: FIELDS, query: { model: 'opportunity' } });
    const values = [
      { id: 'f1', field_value: 'Braces' },
      { id: 'f2', field_value: 60 },
      { id: 'f3', field_value: ['Tea', 'Coffee'] },
    ];
    expect(highlevel.sent[1]?.body).toMatchObject({ customFields: values });
    expect(made).toMatchObject({
      custom: { treatment: 'Braces', probability: 60, wishes: ['Tea', 'Coffee'] },
    });
  });

  test('a custom field of a contact is not one of opportunities', async () => {
    highlevel.answers(FIELDS, 200, { customFields: [definition('f2', 'Probability', 'NUMERICAL')] });
    const wrong = run('creates', 'create_opportunity', { ...base, customField_f9: 'x' });
    expect((await failure(wrong)).message).toContain('A custom field that this step fills in is no longer');
  });

  test('the editor offers the custom fields of opportunities, in inputs and outputs', async () => {
    const zap = connection();
    const fields = { customFields: [definition('f2', 'Probability', 'NUMERICAL')] };
    highlevel.answers(FIELDS, 200, fields);
    expect(await zap.inputFields('create_opportunity')).toEqual([
      { key: 'customField_f2', label: 'Probability', type: 'number' },
    ]);
    highlevel.answers(FIELDS, 200, fields);
    expect(await zap.outputFields('searches', 'find_opportunity')).toContainEqual({
      key: 'custom__probability',
      label: 'Probability',
    });
    expect(highlevel.sent.map(({ query }) => query)).toEqual([
      { model: 'opportunity' },
      { model: 'opportunity' },
    ]);
  });

  test('halts with the existing ID if the sub-account allows no second one', async () => {
    highlevel.answers(CREATE, 400, duplicate);
    const { kind, message } = await failure(run('creates', 'create_opportunity', base));
    expect(kind).toBe('HaltedError');
    expect(message).toBe(
      `HighLevel did not create the opportunity: the contact already has opportunity ${ID} in this pipeline, and the sub-account allows only one. Use Create or Update Opportunity, or Find or Create Opportunity, to work with it.`,
    );
  });

  test('in Find or Create, returns the one that was created after the search', async () => {
    highlevel.answers(CREATE, 400, duplicate);
    highlevel.answers(`GET ${ONE}`, 200, single({ name: 'Older' }));
    const made = await run('creates', 'create_opportunity', base, { withSearch: 'find_opportunity' });
    expect(made).toMatchObject({ id: ID, name: 'Older' });
  });

  test('adds the names of the pipeline, the stage and the lost reason, from lists that are read once', async () => {
    const zap = connection(undefined, undefined, zapierCache());
    const lost = { status: 'lost', lostReasonId: 'r2', assignedTo: null };
    highlevel.answers(SEARCH, 201, found(row(lost)));
    highlevel.answers(PIPELINES, 200, pipelines);
    highlevel.answers('GET /opportunities/lost-reason', 200, {
      lostReasons: [{ id: 'r2', name: 'Too expensive' }],
      total: 1,
    });
    const names = {
      pipelineName: 'Sales',
      pipelineStageName: 'New Lead',
      lostReasonName: 'Too expensive',
    };
    const input = { pipelineId: 'p1', status: 'lost', contactId: CONTACT };
    expect(await zap.run('searches', 'find_opportunity', input)).toMatchObject([names]);
    highlevel.answers(SEARCH, 201, found(row(lost)));
    expect(await zap.run('searches', 'find_opportunity', input)).toMatchObject([names]);
  });

  test('does not look up a contact that has no email: the opportunity says so', async () => {
    const zap = connection(undefined, undefined, zapierCache());
    highlevel.answers(SEARCH, 201, found(row({ contact: { id: CONTACT, name: 'Jane Doe', email: null } })));
    highlevel.answers(PIPELINES, 200, pipelines);
    const input = { pipelineId: 'p1', status: 'open' };
    expect(await zap.run('searches', 'find_opportunity', input)).toMatchObject([
      { contactName: 'Jane Doe', contactEmail: null },
    ]);
    expect(requests()).toEqual([SEARCH, PIPELINES]);
  });
});

describe('Update Opportunity', () => {
  const update = (input: object) => run('creates', 'update_opportunity', { opportunityId: ID, ...input });

  test('sends only what was given', async () => {
    highlevel.answers(`PUT ${ONE}`, 200, single({ monetaryValue: 90 }));
    expect(await update({ monetaryValue: 90, name: '', status: 'won' })).toMatchObject({ monetaryValue: 90 });
    expect(highlevel.sent).toEqual([{ request: `PUT ${ONE}`, body: { monetaryValue: 90, status: 'won' } }]);
  });

  test('sends a stage with its pipeline, looked up if it is not given', async () => {
    highlevel.answers(PIPELINES, 200, pipelines);
    highlevel.answers(`PUT ${ONE}`, 200, single({ pipelineStageId: 's2' }));
    await update({ pipelineStageId: 's2' });
    highlevel.answers(`PUT ${ONE}`, 200, single({ pipelineStageId: 's2' }));
    await update({ pipelineId: 'p3', pipelineStageId: 's9' });
    expect(highlevel.sent).toEqual([
      { request: PIPELINES, query: { locationId: LOCATION } },
      { request: `PUT ${ONE}`, body: { pipelineId: 'p1', pipelineStageId: 's2' } },
      { request: `PUT ${ONE}`, body: { pipelineId: 'p3', pipelineStageId: 's9' } },
    ]);
  });

  test('a stage of no pipeline is an error before anything is written', async () => {
    highlevel.answers(PIPELINES, 200, pipelines);
    expect((await failure(update({ pipelineStageId: 's9' }))).message).toContain(
      '"Stage" is in none of the pipelines of the sub-account.',
    );
  });

  test('sends a lost reason with the status, and then the rest', async () => {
    const lost = { status: 'lost', lostReasonId: 'r1' };
    highlevel.answers(`PUT ${ONE}/status`, 200, { succeded: true });
    highlevel.answers(`PUT ${ONE}`, 200, single({ status: 'lost', name: 'Gone' }));
    expect(await update({ ...lost, name: 'Gone' })).toMatchObject({ ...lost, name: 'Gone' });
    highlevel.answers(`PUT ${ONE}/status`, 200, { succeded: true });
    highlevel.answers(`GET ${ONE}`, 200, single({ status: 'lost' }));
    expect(await update(lost)).toMatchObject(lost);
    expect(highlevel.sent).toEqual([
      { request: `PUT ${ONE}/status`, body: lost },
      { request: `PUT ${ONE}`, body: { name: 'Gone' } },
      { request: `PUT ${ONE}/status`, body: lost },
      { request: `GET ${ONE}` },
    ]);
  });

  test.each([
    ['update_opportunity', { monetaryValue: 1 }, `PUT ${ONE}`],
    ['set_opportunity_status', { status: 'won' }, `PUT ${ONE}/status`],
  ])('%s says that the opportunity is gone', async (key, input, request) => {
    highlevel.answers(request, 400, { statusCode: 400, message: `Opportunity not found for id:${ID}` });
    const { code, message } = await failure(run('creates', key, { opportunityId: ID, ...input }));
    expect([code, message]).toEqual(['NotFound', expect.stringContaining("it can't find a record")]);
  });
});

describe('Set Opportunity Status and Delete Opportunity', () => {
  test('sets the status and returns the opportunity', async () => {
    highlevel.answers(`PUT ${ONE}/status`, 200, { succeded: true });
    highlevel.answers(`GET ${ONE}`, 200, single({ status: 'won' }));
    const input = { opportunityId: ID, status: 'won' };
    expect(await run('creates', 'set_opportunity_status', input)).toMatchObject({ id: ID, status: 'won' });
    expect(highlevel.sent).toEqual([
      { request: `PUT ${ONE}/status`, body: { status: 'won' } },
      { request: `GET ${ONE}` },
    ]);
  });

  test.each([[{ success: true }], [{ succeded: true }]])('deletes, with %j as response', async (answer) => {
    highlevel.answers(`DELETE ${ONE}`, 200, answer);
    expect(await run('creates', 'delete_opportunity', { opportunityId: ID })).toMatchObject({
      id: ID,
      deleted: true,
    });
    expect(highlevel.sent).toEqual([{ request: `DELETE ${ONE}` }]);
  });

  test('a deletion whose outcome was unknown is repeated, and counts as done', async () => {
    highlevel.breaks(`DELETE ${ONE}`);
    highlevel.answers(`DELETE ${ONE}`, 400, { message: `Opportunity not found for id:${ID}` });
    expect(await run('creates', 'delete_opportunity', { opportunityId: ID })).toMatchObject({
      deleted: true,
    });
  });
});

describe('Create or Update Opportunity', () => {
  const search = {
    request: SEARCH,
    body: {
      locationId: LOCATION,
      limit: 100,
      filters: [
        { field: 'contact_id', operator: 'eq', value: CONTACT },
        { field: 'pipeline_id', operator: 'eq', value: 'p1' },
        { field: 'status', operator: 'eq', value: 'open' },
      ],
      sort: [{ field: 'date_added', direction: 'desc' }],
    },
  };
  const write = (zap: ReturnType<typeof connection>, more: object = {}) =>
    zap.run('creates', 'create_or_update_opportunity', { ...base, ...more });
  const zapWithCache = () =>
    connection(undefined, undefined, Object.assign(zapierCache(), withoutNames(LOCATION)));

  test('updates the contact’s newest open one, with the pipeline only beside a stage', async () => {
    const zap = zapWithCache();
    highlevel.answers(SEARCH, 201, found(row(), row({ id: 'older' })));
    highlevel.answers(`PUT ${ONE}`, 200, single());
    await write(zap);
    highlevel.answers(SEARCH, 201, found(row()));
    highlevel.answers(`PUT ${ONE}`, 200, single());
    await write(zap, { pipelineStageId: 's2', status: 'won' });
    expect(highlevel.sent).toEqual([
      search,
      { request: `PUT ${ONE}`, body: { name: 'Implants' } },
      search,
      {
        request: `PUT ${ONE}`,
        body: { name: 'Implants', status: 'won', pipelineId: 'p1', pipelineStageId: 's2' },
      },
    ]);
  });

  test('ignores rows that HighLevel should not have returned', async () => {
    highlevel.answers(
      SEARCH,
      201,
      found(
        row({ id: 'a', status: 'won' }),
        row({ id: 'b', contactId: 'c2' }),
        row({ id: 'c', pipelineId: 'p2' }),
      ),
    );
    highlevel.answers(CREATE, 201, single());
    await write(connection());
    expect(requests()).toEqual([SEARCH, CREATE]);
  });

  test('creates one, and updates it while the search does not know it yet', async () => {
    const zap = zapWithCache();
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(CREATE, 201, single());
    await write(zap);
    expect(highlevel.sent[1]?.body).toEqual({ locationId: LOCATION, ...base, status: 'open' });
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(`GET ${ONE}`, 200, single());
    highlevel.answers(`PUT ${ONE}`, 200, single({ name: 'Braces' }));
    expect(await write(zap, { name: 'Braces' })).toMatchObject({ id: ID, name: 'Braces' });
    expect(requests()).toEqual([SEARCH, CREATE, SEARCH, `GET ${ONE}`, `PUT ${ONE}`]);
  });

  test.each([
    ['was closed meanwhile', 200, single({ status: 'lost' })],
    ['was deleted', 400, { message: `Opportunity not found for id:${ID}` }],
  ])('creates another if the one it wrote %s', async (_, status, answer) => {
    const zap = zapWithCache();
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(CREATE, 201, single());
    await write(zap);
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(`GET ${ONE}`, status, answer);
    highlevel.answers(CREATE, 201, single({ id: 'next' }));
    expect(await write(zap, { name: 'Next' })).toMatchObject({ id: 'next' });
  });

  test('a replay that closes an opportunity finds it again, and creates no second one', async () => {
    const zap = zapWithCache();
    highlevel.answers(SEARCH, 201, found(row()));
    highlevel.answers(`PUT ${ONE}`, 200, single({ status: 'won' }));
    await write(zap, { status: 'won' });
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(`GET ${ONE}`, 200, single({ status: 'won' }));
    highlevel.answers(`PUT ${ONE}`, 200, single({ status: 'won' }));
    expect(await write(zap, { status: 'won' })).toMatchObject({ id: ID });
  });

  test('treats the one that HighLevel names as found, and updates it', async () => {
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(CREATE, 400, duplicate);
    highlevel.answers(`PUT ${ONE}`, 200, single());
    expect(await write(connection(), { monetaryValue: 5 })).toMatchObject({ id: ID });
    expect(highlevel.sent.at(-1)?.body).toEqual({ name: 'Implants', monetaryValue: 5 });
  });

  test('one whose creation was not confirmed is found by the replay', async () => {
    const zap = zapWithCache();
    highlevel.answers(SEARCH, 201, found());
    highlevel.answers(CREATE, 502);
    highlevel.answers(SEARCH, 201, found());
    expect((await failure(write(zap))).code).toBe('Uncertain');
    highlevel.answers(SEARCH, 201, found(row()));
    highlevel.answers(`PUT ${ONE}`, 200, single());
    expect(await write(zap)).toMatchObject({ id: ID });
    expect(requests().filter((one) => one === CREATE)).toHaveLength(1);
  });
});

describe('Find Opportunity and Find Opportunities', () => {
  test('finds by ID, and nothing if it does not exist', async () => {
    highlevel.answers(`GET ${ONE}`, 200, single());
    const input = { opportunityId: ID, query: 'ignored' };
    expect(await run('searches', 'find_opportunity', input)).toMatchObject([{ id: ID }]);
    highlevel.answers(`GET ${ONE}`, 404, { message: 'Opportunity not found' });
    expect(await run('searches', 'find_opportunity', input)).toEqual([]);
  });

  test('asks for open ones first, then for the others, and returns each once', async () => {
    highlevel.answers(SEARCH, 201, found(row({ id: 'open1' })));
    highlevel.answers(SEARCH, 201, found(row({ id: 'won1', status: 'won' }), row({ id: 'open1' })));
    const given = await run('searches', 'find_opportunities', { query: 'x'.repeat(80), limit: 3 });
    expect(Array.isArray(given) && given.map((one) => record(one).id)).toEqual(['open1', 'won1']);
    const sort = [{ field: 'date_added', direction: 'desc' }];
    const query = 'x'.repeat(75);
    expect(highlevel.sent.map(({ body }) => body)).toEqual([
      {
        locationId: LOCATION,
        limit: 3,
        query,
        filters: [{ field: 'status', operator: 'eq', value: 'open' }],
        sort,
      },
      { locationId: LOCATION, limit: 4, query, sort },
    ]);
  });

  test.each([
    ['a status is chosen', { status: 'lost' }, row({ status: 'lost' })],
    ['there are enough open ones', { limit: 1 }, row()],
  ])('one request is enough if %s', async (_, input, one) => {
    highlevel.answers(SEARCH, 201, found(one));
    expect(await run('searches', 'find_opportunities', input)).toHaveLength(1);
  });

  test('returns custom fields by name, under any of HighLevel’s names for a value', async () => {
    const customFields = [
      { id: 'f1', fieldValue: 'Braces' },
      { id: 'f2', type: 'number', fieldValueNumber: 60 },
      { id: 'f3', fieldValueArray: ['Tea'] },
      { id: 'f4', fieldValueString: '2026-02-01T00:00:00.000Z' },
      { id: 'unknown', fieldValue: 'x' },
      null,
    ];
    highlevel.answers(SEARCH, 201, found(row({ customFields })));
    highlevel.answers(FIELDS, 200, {
      customFields: [
        definition('f1', 'Treatment', 'TEXT'),
        definition('f2', 'Probability', 'NUMERICAL'),
        definition('f3', 'Wishes', 'CHECKBOX'),
        definition('f4', 'Until', 'DATE'),
      ],
    });
    expect(await run('searches', 'find_opportunity', { status: 'open', query: 'Jane' })).toMatchObject([
      {
        custom: { treatment: 'Braces', probability: 60, wishes: ['Tea'], until: '2026-02-01' },
        customFields: [
          { id: 'f1', value: 'Braces' },
          { id: 'f2', value: 60 },
          { id: 'f3', value: ['Tea'] },
          {},
          { id: 'unknown', value: 'x' },
        ],
      },
    ]);
  });
});

describe('Dropdowns of opportunities', () => {
  test('list pipelines, and the stages of the chosen one', async () => {
    const zap = connection();
    highlevel.answers(PIPELINES, 200, pipelines);
    expect(await zap.choices('create_opportunity', 'pipelineId')).toMatchObject({
      results: [
        { id: 'p1', label: 'Sales' },
        { id: 'p2', label: 'p2' },
      ],
    });
    highlevel.answers(PIPELINES, 200, pipelines);
    expect(await zap.choices('create_opportunity', 'pipelineStageId', { pipelineId: 'p1' })).toMatchObject({
      results: [
        { id: 's1', label: 'New Lead' },
        { id: 's2', label: 'Contacted' },
      ],
    });
    highlevel.answers(PIPELINES, 200, pipelines);
    expect(await zap.choices('create_opportunity', 'pipelineStageId', {})).toMatchObject({ results: [] });
  });

  test('list lost reasons', async () => {
    const lostReasons = [{ id: 'r1', name: 'Too expensive' }];
    highlevel.answers('GET /opportunities/lost-reason', 200, { lostReasons, total: 1 });
    expect(await connection().choices('set_opportunity_status', 'lostReasonId')).toMatchObject({
      results: [{ id: 'r1', label: 'Too expensive' }],
    });
    expect(highlevel.sent[0]?.query).toEqual({ locationId: LOCATION, skip: '0', limit: '100' });
  });

  test('list open opportunities, last updated first, with their contacts', async () => {
    highlevel.answers(
      SEARCH,
      201,
      found(row(), row({ id: 'o2', name: 'Jane Doe' }), row({ id: 'o3', name: '', contact: {} })),
    );
    expect(await connection().choices('delete_opportunity', 'opportunityId')).toMatchObject({
      results: [
        { id: ID, label: 'Implants (Jane Doe)' },
        { id: 'o2', label: 'Jane Doe' },
        { id: 'o3', label: 'o3' },
      ],
      paging_token: null,
    });
    expect(highlevel.sent[0]?.body).toEqual({
      locationId: LOCATION,
      page: 1,
      limit: 100,
      filters: [{ field: 'status', operator: 'eq', value: 'open' }],
      sort: [{ field: 'date_updated', direction: 'desc' }],
    });
  });
});

test.each([
  [{ scope: fullAccess.scope.replace(' opportunities.write', '') }, '"Allow Opportunities" set to Yes'],
  [{ access: 'read' }, '"Allow Opportunities" set to Yes and the access "Read and Write"'],
])('names what to choose where the permission is missing: %j', async (more, advice) => {
  const zap = connection({ ...fullAccess, ...more });
  const { message } = await failure(zap.run('creates', 'create_opportunity', base));
  expect(message).toContain(
    `the "opportunities.write" permission, which is needed to create, update and delete opportunities. To allow it, reconnect the account with ${advice}`,
  );
  expect(highlevel.sent).toEqual([]);
});
