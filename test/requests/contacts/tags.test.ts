import {
  CONTACT,
  connection,
  failure,
  fullAccess,
  highLevel,
  LOCATION,
  record,
  run,
} from '../../support/app.ts';

const highlevel = highLevel();

const KNOWN_TAGS = `GET /locations/${LOCATION}/tags`;

const link = (id: string) => `https://app.gohighlevel.com/v2/location/${LOCATION}/contacts/detail/${id}`;

/** The ids of `count` contacts. */
const contacts = (count: number) => Array.from({ length: count }, (_, index) => `contact${index}`);

test.each([
  ['add_tags', 'POST', 201],
  ['remove_tags', 'DELETE', 200],
])('%s sends tags trimmed, lowercase and unique', async (key, method, status) => {
  highlevel.answers(KNOWN_TAGS, 200, { tags: [{ id: 't1', name: 'vip' }] });
  highlevel.answers(`${method} /contacts/${CONTACT}/tags`, status, { tags: ['kept', 'vip'] });
  const result = await run('creates', key, { contactId: CONTACT, tags: [' VIP', 'vip', 'New, hot', ''] });
  expect(result).toEqual({ contactId: CONTACT, tags: ['kept', 'vip'], url: link(CONTACT) });
  expect(highlevel.sent).toEqual([
    { request: KNOWN_TAGS },
    { request: `${method} /contacts/${CONTACT}/tags`, body: { tags: ['vip', 'new', 'hot'] } },
  ]);
});

test.each([
  ['add', undefined],
  ['add', 'add'],
  ['remove', 'remove'],
])('Add or Remove Tags for Contacts sends "%s" for the operation %s', async (type, operation) => {
  highlevel.answers(`POST /contacts/bulk/tags/update/${type}`, 201, {
    succeded: true,
    errorCount: 1,
    responses: [
      { contactId: 'contact0', message: 'Tags updated', type: 'success' },
      { contactId: 'contact1', message: 'contact is deleted', type: 'error' },
    ],
  });
  const input = { contactIds: ['contact0', 'contact1', 'contact0'], tags: 'VIP', operation };
  expect(await run('creates', 'tag_contacts', input)).toEqual({
    succeeded: 1,
    failed: 1,
    results: [
      { contactId: 'contact0', ok: true, message: null, url: link('contact0') },
      { contactId: 'contact1', ok: false, message: 'contact is deleted', url: link('contact1') },
    ],
  });
  expect(highlevel.sent).toEqual([
    {
      request: `POST /contacts/bulk/tags/update/${type}`,
      body: { contacts: ['contact0', 'contact1'], tags: ['vip'], locationId: LOCATION },
    },
  ]);
});

test('bulk tags are sent in chunks of 50 contacts, and a failed chunk does not affect the others', async () => {
  const request = 'POST /contacts/bulk/tags/update/add';
  highlevel.answers(request, 201, { responses: [] });
  highlevel.answers(request, 422, { statusCode: 422, message: ['tags must be an array'] });
  highlevel.answers(request, 201, { responses: [] });
  const result = await run('creates', 'tag_contacts', { contactIds: contacts(101), tags: ['vip'] });
  expect(result).toMatchObject({ succeeded: 51, failed: 50 });
  expect(result).toMatchObject({
    results: expect.arrayContaining([
      expect.objectContaining({
        contactId: 'contact50',
        ok: false,
        message: expect.stringContaining('tags must be an array'),
      }),
    ]),
  });
  expect(highlevel.sent).toMatchObject([
    { body: { contacts: contacts(50) } },
    { body: { contacts: contacts(101).slice(50, 100) } },
    { body: { contacts: ['contact100'] } },
  ]);
});

test('bulk tags fail when no contact was changed', async () => {
  highlevel.answers('POST /contacts/bulk/tags/update/add', 422, { message: ['tags must be an array'] });
  const { message } = await failure(run('creates', 'tag_contacts', { contactIds: ['c1'], tags: ['vip'] }));
  expect(message).toContain('HighLevel did not change the tags. HighLevel says: "tags must be an array".');
});

test.each([
  [{ businessId: '63771dcac1116f0e21de8e12' }, '63771dcac1116f0e21de8e12'],
  [{ businessId: '63771dcac1116f0e21de8e12', removeFromCompany: false }, '63771dcac1116f0e21de8e12'],
  [{ businessId: '', removeFromCompany: 'yes' }, null],
])("Add or Remove Contacts' Company with %j sends the company %s", async (choice, sent) => {
  highlevel.answers('POST /contacts/bulk/business', 200, { success: true, ids: ['contact0'] });
  const input = { contactIds: contacts(2), ...choice };
  expect(await run('creates', 'set_business', input)).toMatchObject({ succeeded: 1, failed: 1 });
  expect(highlevel.sent).toEqual([
    {
      request: 'POST /contacts/bulk/business',
      body: { locationId: LOCATION, ids: contacts(2), businessId: sent },
    },
  ]);
});

test.each([
  [
    { success: true, ids: [] },
    { succeeded: 2, failed: 0 },
  ],
  [
    { success: false, ids: [] },
    { succeeded: 0, failed: 2 },
  ],
  [
    { success: false, ids: ['contact1'] },
    { succeeded: 1, failed: 1 },
  ],
])("Add or Remove Contacts' Company with the response %j reports %j", async (answer, told) => {
  highlevel.answers('POST /contacts/bulk/business', 200, answer);
  expect(await run('creates', 'set_business', { contactIds: contacts(2), businessId: 'b1' })).toMatchObject(
    told,
  );
});

describe.each([
  ['tag_contacts', { tags: ['vip'] }, 'POST /contacts/bulk/tags/update/add', { responses: [] }],
  ['set_business', { businessId: 'b1' }, 'POST /contacts/bulk/business', { success: true, ids: [] }],
])('%s at the rate limit', (key, input, request, answer) => {
  const spent = { 'X-RateLimit-Daily-Remaining': '0' };

  test('reports each contact if some are written, and does not start over', async () => {
    highlevel.answers(request, 200, answer);
    highlevel.answers(request, 429, {}, spent);
    const told = record(await run('creates', key, { contactIds: contacts(120), ...input }));
    expect(told).toMatchObject({ succeeded: 50, failed: 70 });
    const results = Array.isArray(told.results) ? told.results.map(record) : [];
    expect(results.slice(0, 50).every(({ ok }) => ok === true)).toBe(true);
    expect(results.slice(50).every(({ ok }) => ok === false)).toBe(true);
    expect(results[119]).toMatchObject({ message: expect.stringMatching(/^Not reached: /) });
    expect(highlevel.sent).toHaveLength(2);
  });

  test('is run again by Zapier if nothing is written yet', async () => {
    highlevel.answers(request, 429, {}, spent);
    const { kind } = await failure(run('creates', key, { contactIds: contacts(120), ...input }));
    expect(kind).toBe('ThrottledError');
  });

  test('is run again by Zapier after a refusal, because the rest may still be written', async () => {
    highlevel.answers(request, 422, { message: 'No' });
    highlevel.answers(request, 429, {}, spent);
    const { kind } = await failure(run('creates', key, { contactIds: contacts(51), ...input }));
    expect(kind).toBe('ThrottledError');
  });

  /** An answer after which a run has no time left. */
  const slow = (body: object) => {
    const clock = jest.spyOn(Date, 'now');
    const now = clock.getMockImplementation() ?? Date.now;
    let passed = 0;
    clock.mockImplementation(() => now() + passed);
    return {
      toJSON: () => {
        passed = 24_000;
        return body;
      },
    };
  };

  test('or out of time reports each contact if some are written', async () => {
    highlevel.answers(request, 200, slow(answer));
    const told = await run('creates', key, { contactIds: contacts(51), ...input });
    expect(told).toMatchObject({ succeeded: 50, failed: 1 });
    expect(highlevel.sent).toHaveLength(1);
  });

  test('or out of time after a refusal reports the refusal, because the next run would get no further', async () => {
    highlevel.answers(request, 422, slow({ message: 'No' }));
    const { message } = await failure(run('creates', key, { contactIds: contacts(51), ...input }));
    expect(message).toContain('HighLevel says: "No"');
    expect(highlevel.sent).toHaveLength(1);
  });
});

test.each([
  ['add_followers', 'POST', 201],
  ['remove_followers', 'DELETE', 200],
])('%s sends each user once', async (key, method, status) => {
  highlevel.answers(`${method} /contacts/${CONTACT}/followers`, status, { followers: ['user1'] });
  const result = await run('creates', key, { contactId: CONTACT, followers: ['user1', 'user2', 'user1'] });
  expect(result).toEqual({ contactId: CONTACT, followers: ['user1'], url: link(CONTACT) });
  expect(highlevel.sent).toEqual([
    { request: `${method} /contacts/${CONTACT}/followers`, body: { followers: ['user1', 'user2'] } },
  ]);
});

const CAMPAIGN = 'mIVALPYuTD7YjUHnFEx4';
const WORKFLOW = '3b1a4e0c-52f7-4a0f-9d52-2f9f1f0e6a11';
const eventStartTime = '2026-01-30T15:00:00Z';

test.each([
  ['add_to_campaign', { campaignId: CAMPAIGN }, `POST /contacts/${CONTACT}/campaigns/${CAMPAIGN}`, {}],
  [
    'remove_from_campaign',
    { campaignId: CAMPAIGN },
    `DELETE /contacts/${CONTACT}/campaigns/${CAMPAIGN}`,
    undefined,
  ],
  [
    'remove_from_campaign',
    { removeFromAllCampaigns: true },
    `DELETE /contacts/${CONTACT}/campaigns/removeAll`,
    undefined,
  ],
  ['add_to_workflow', { workflowId: WORKFLOW }, `POST /contacts/${CONTACT}/workflow/${WORKFLOW}`, {}],
  [
    'add_to_workflow',
    { workflowId: WORKFLOW, eventStartTime: '2026-01-30 10:00' },
    `POST /contacts/${CONTACT}/workflow/${WORKFLOW}`,
    { eventStartTime },
  ],
  [
    'remove_from_workflow',
    { workflowId: WORKFLOW, eventStartTime },
    `DELETE /contacts/${CONTACT}/workflow/${WORKFLOW}`,
    { eventStartTime },
  ],
])('%s with %j sends %s', async (key, input, request, body) => {
  highlevel.answers(request, 200, { succeded: true });
  const result = await run('creates', key, { contactId: CONTACT, ...input });
  expect(result).toMatchObject({ contactId: CONTACT });
  expect(highlevel.sent).toEqual([{ request, ...(body && { body }) }]);
});

test.each([
  ['add_tags', { contactId: CONTACT, tags: [] }, 'Please fill in "Tags".'],
  ['add_tags', { contactId: CONTACT, tags: [' , '] }, 'Please fill in "Tags".'],
  [
    'remove_tags',
    { contactId: CONTACT, tags: [{ name: 'vip' }] },
    '"Tags" takes one value. Map a single value instead of a group.',
  ],
  [
    'tag_contacts',
    { contactIds: ['c1', 'a/b'], tags: ['vip'] },
    '"Contacts" needs a HighLevel contact ID, not "a/b".',
  ],
  [
    'tag_contacts',
    { contactIds: ['c1'], tags: ['vip'], operation: 'swap' },
    '"Operation" can\'t be "swap". Use Add or Remove.',
  ],
  ['set_business', { contactIds: [] }, 'Please fill in "Contacts".'],
  ['set_business', { contactIds: ['c1'], businessId: ' ' }, 'Please fill in "Company", or set'],
  ['set_business', { contactIds: ['c1'], removeFromCompany: false }, 'Please fill in "Company", or set'],
  [
    'set_business',
    { contactIds: ['c1'], businessId: 'b1', removeFromCompany: true },
    '"Company" and "Remove From Company" contradict each other.',
  ],
  ['remove_from_campaign', { contactId: CONTACT, campaignId: '' }, 'Please fill in "Campaign", or set'],
  [
    'remove_from_campaign',
    { contactId: CONTACT, campaignId: CAMPAIGN, removeFromAllCampaigns: 'Yes' },
    '"Campaign" and "Remove From All Campaigns" contradict each other.',
  ],
  ['add_followers', { contactId: CONTACT }, 'Please fill in "Followers".'],
  [
    'add_to_workflow',
    { contactId: CONTACT, workflowId: '..' },
    '"Workflow" needs a HighLevel workflow ID, not "..".',
  ],
])('%s rejects %j before any request', async (key, input, sentence) => {
  const { kind, message } = await failure(run('creates', key, input));
  expect({ kind, message }).toEqual({ kind: 'AppError', message: expect.stringContaining(sentence) });
  expect(highlevel.sent).toEqual([]);
});

describe('A tag of the sub-account with a comma', () => {
  test.each([
    [['red, blue'], ['red, blue']],
    [
      [' RED, Blue ', 'vip'],
      ['red, blue', 'vip'],
    ],
    [
      ['blue, red', 'red, blue'],
      ['blue', 'red', 'red, blue'],
    ],
    ['red, blue', ['red, blue']],
    [['"Green, gold"'], ['green, gold']],
  ])('chosen from the dropdown in %j is sent as %j', async (tags, sent) => {
    highlevel.answers(KNOWN_TAGS, 200, { tags: [{ id: 't1', name: 'red, blue' }] });
    highlevel.answers(`POST /contacts/${CONTACT}/tags`, 201, { tags: sent });
    await run('creates', 'add_tags', { contactId: CONTACT, tags });
    expect(highlevel.sent[1]?.body).toEqual({ tags: sent });
  });

  test('is split at the comma if the tags cannot be listed', async () => {
    const unreadable = { statusCode: 422, message: 'Something odd' };
    highlevel.answers(KNOWN_TAGS, 422, unreadable);
    highlevel.answers(`POST /contacts/${CONTACT}/tags`, 201, { tags: ['red', 'blue'] });
    await run('creates', 'add_tags', { contactId: CONTACT, tags: 'red, blue' });
    expect(highlevel.sent[1]?.body).toEqual({ tags: ['red', 'blue'] });
  });

  test.each(['contacts.write', 'contacts.write contacts.readonly'])(
    'is not looked up if the permissions are only %s',
    async (scope) => {
      highlevel.answers(`POST /contacts/${CONTACT}/tags`, 201, { tags: ['red', 'blue'] });
      const zap = connection({ ...fullAccess, scope });
      await zap.run('creates', 'add_tags', { contactId: CONTACT, tags: ['red, blue'] });
      expect(highlevel.sent[0]?.body).toEqual({ tags: ['red', 'blue'] });
    },
  );

  test('in a trigger on one tag is one tag', async () => {
    highlevel.answers('POST /contacts/search', 200, { contacts: [] });
    await run('triggers', 'contact_tagged', { tag: 'Red, blue' });
    expect(record(highlevel.sent[0]?.body).filters).toEqual([
      { field: 'tags', operator: 'eq', value: 'red, blue' },
    ]);
  });
});
