import { CONTACT, connection, failure, fullAccess, highLevel, LOCATION, type Meta } from '../support/app.ts';

const highlevel = highLevel();

const SEARCH = 'POST /contacts/search';

describe('Dropdowns', () => {
  test('contacts are labeled by name and email or phone, page by page', async () => {
    const contacts = Array.from({ length: 97 }, (_, index) => ({
      id: `c${index}`,
      contactName: 'X',
      ...(index === 1 && { email: 'x@example.com' }),
    }));
    contacts.push(
      ...[{ email: 'jane@example.com' }, { phone: '+14155550132' }, {}].map((known, index) => ({
        id: `d${index}`,
        contactName: ' ',
        ...known,
      })),
    );
    highlevel.answers(SEARCH, 200, { contacts });
    const page = await connection().choices('create_note', 'contactId', {}, { paging_token: '2' });
    expect(page).toMatchObject({ paging_token: '3' });
    expect(page).toMatchObject({
      results: expect.arrayContaining([
        { id: 'c0', label: 'X (c0)' },
        { id: 'c1', label: 'X (x@example.com)' },
        { id: 'd0', label: 'jane@example.com' },
        { id: 'd1', label: '+14155550132' },
        { id: 'd2', label: 'd2' },
      ]),
    });
    expect(highlevel.sent[0]?.body).toMatchObject({ page: 2, pageLimit: 100 });
  });

  test.each([null, '', undefined, '0', 'x'])('a page of %j is the first one', async (token) => {
    const zap = connection();
    highlevel.answers(SEARCH, 200, { contacts: [] });
    highlevel.answers('GET /businesses/', 200, { businesses: [] });
    // Zapier's type says text, but it sends null for the first page.
    const meta: Meta = {};
    Reflect.set(meta, 'paging_token', token);
    await zap.choices('create_note', 'contactId', {}, meta);
    await zap.choices('set_business', 'businessId', {}, meta);
    expect(highlevel.sent).toMatchObject([{ body: { page: 1 } }, { query: { skip: '0' } }]);
  });

  test('contacts end where HighLevel returns no more by page number', async () => {
    const contacts = Array.from({ length: 100 }, (_, index) => ({ id: `c${index}` }));
    for (const [token, next] of [
      ['99', '100'],
      ['100', null],
    ]) {
      highlevel.answers(SEARCH, 200, { contacts });
      const page = await connection().choices('create_note', 'contactId', {}, { paging_token: token ?? '' });
      expect(page).toMatchObject({ paging_token: next });
    }
  });

  test('companies go on after those that were read', async () => {
    highlevel.answers('GET /businesses/', 200, { businesses: [{ id: 'b1', name: 'Acme' }] });
    await connection().choices('set_business', 'businessId', {}, { paging_token: '100' });
    expect(highlevel.sent[0]?.query).toMatchObject({ skip: '100', limit: '100' });
  });

  test('time zones have their current names', async () => {
    const zones = await connection().choices('create_contact', 'timezone');
    expect(zones).toMatchObject({
      results: expect.arrayContaining([
        { id: 'Asia/Kolkata', label: 'Asia/Kolkata' },
        { id: 'UTC', label: 'UTC' },
      ]),
    });
    expect(JSON.stringify(zones)).not.toContain('Asia/Calcutta');
  });

  test('tasks require a contact, open ones first', async () => {
    const zap = connection();
    expect(await zap.choices('update_task', 'taskId', {})).toEqual({ results: [], paging_token: null });
    const tasks = [
      { id: 't1', title: 'Done', completed: true },
      { id: 't2', title: 'Call', completed: false },
    ];
    highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, { tasks });
    expect(await zap.choices('update_task', 'taskId', { contactId: CONTACT })).toEqual({
      results: [
        { id: 't2', label: 'Call' },
        { id: 't1', label: 'Done (completed)' },
      ],
      paging_token: null,
    });
  });

  test('choices with the same label get a detail', async () => {
    const zap = connection();
    highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, {
      tasks: [
        { id: 't1', title: 'Call', completed: false, dueDate: '2026-01-30T15:00:00Z' },
        { id: 't2', title: 'Call', completed: false },
      ],
    });
    expect(await zap.choices('update_task', 'taskId', { contactId: CONTACT })).toMatchObject({
      results: [{ label: 'Call (due 2026-01-30)' }, { label: 'Call (t2)' }],
    });
    const users = ['tom@example.com', 'tom@example.org'].map((email, id) => ({
      id,
      name: 'Tom Baker',
      email,
    }));
    highlevel.answers('GET /users/', 200, { users });
    expect(await zap.choices('create_task', 'assignedTo')).toMatchObject({
      results: [{ label: 'Tom Baker (tom@example.com)' }, { label: 'Tom Baker (tom@example.org)' }],
    });
  });

  test('appointments are shown in the Zap’s time zone', async () => {
    highlevel.answers('GET /calendars/', 200, { calendars: [{ id: 'cal1', name: 'Visits' }] });
    highlevel.answers('GET /calendars/events', 200, {
      events: [{ id: 'a1', title: 'Check', startTime: '2026-01-30T15:00:00Z' }],
    });
    expect(await connection().choices('cancel_appointment', 'appointmentId')).toMatchObject({
      results: [{ id: 'a1', label: 'Check, 2026-01-30 10:00' }],
    });
  });

  test('notes are labeled by their first words, without HTML', async () => {
    const body = `<p>She asked for <b>prices</b>, ${'and more '.repeat(20)}</p>`;
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, {
      notes: [
        { id: 'n1', body },
        { id: 'n2', body: '' },
      ],
    });
    expect(await connection().choices('update_note', 'noteId', { contactId: CONTACT })).toMatchObject({
      results: [
        { id: 'n1', label: expect.stringMatching(/^She asked for prices ?, and more .*…$/) },
        { id: 'n2', label: 'n2' },
      ],
    });
  });

  test.each([
    ['add_to_campaign', 'campaignId', 'GET /campaigns/', 'campaigns'],
    ['add_to_workflow', 'workflowId', 'GET /workflows/', 'workflows'],
    ['book_appointment', 'calendarId', 'GET /calendars/', 'calendars'],
    ['set_business', 'businessId', 'GET /businesses/', 'businesses'],
    ['create_task', 'assignedTo', 'GET /users/', 'users'],
  ])('the dropdown of %s, field %s, comes from %s', async (key, field, request, name) => {
    highlevel.answers(request, 200, {
      [name]: [
        { id: 'x1', name: 'First' },
        { id: 'x2', name: null },
      ],
    });
    expect(await connection().choices(key, field)).toMatchObject({
      results: [
        { id: 'x1', label: 'First' },
        { id: 'x2', label: 'x2' },
      ],
    });
    expect(highlevel.sent[0]?.query).toMatchObject({ locationId: LOCATION });
  });

  test('bypass the cache, so that recent changes show', async () => {
    const zap = connection();
    const TAGS = `GET /locations/${LOCATION}/tags`;
    for (const name of ['old', 'new']) highlevel.answers(TAGS, 200, { tags: [{ id: name, name }] });
    expect(await zap.choices('add_tags', 'tags')).toMatchObject({ results: [{ id: 'old' }] });
    expect(await zap.choices('add_tags', 'tags')).toMatchObject({ results: [{ id: 'new' }] });
  });

  test('name the missing permission', async () => {
    const zap = connection({ ...fullAccess, scope: 'contacts.readonly' });
    expect((await failure(zap.choices('create_task', 'assignedTo'))).message).toContain(
      'this connection doesn\'t have the "users.readonly" permission',
    );
  });

  test('countries and time zones need no request', async () => {
    const zap = connection();
    expect(await zap.choices('create_contact', 'country')).toMatchObject({
      results: expect.arrayContaining([{ id: 'DE', label: 'Germany' }]),
    });
    expect(await zap.choices('create_contact', 'timezone')).toMatchObject({
      results: expect.arrayContaining([{ id: 'Europe/Berlin', label: 'Europe/Berlin' }]),
    });
    expect(highlevel.sent).toEqual([]);
  });

  test('Fields to Clear lists standard and custom fields', async () => {
    highlevel.answers(`GET /locations/${LOCATION}/customFields`, 200, {
      customFields: [
        { id: 'cf1', name: 'Color', fieldKey: 'contact.color', dataType: 'TEXT' },
        { id: 'cf2', name: 'X-Ray', fieldKey: 'contact.x_ray', dataType: 'FILE_UPLOAD' },
      ],
    });
    const offered = await connection().choices('update_contact', 'clear');
    expect(offered).toMatchObject({
      results: expect.arrayContaining([
        { id: 'lastName', label: 'Last Name' },
        { id: 'customField_cf1', label: 'Color' },
      ]),
    });
    expect(JSON.stringify(offered)).not.toContain('cf2');
  });

  test('fields for UTM parameters list only custom fields that take text', async () => {
    highlevel.answers(`GET /locations/${LOCATION}/customFields`, 200, {
      customFields: ['TEXT', 'NUMERICAL', 'CHECKBOX', 'SINGLE_OPTIONS', 'FILE_UPLOAD'].map((dataType) => ({
        id: dataType,
        name: dataType,
        dataType,
      })),
    });
    expect(await connection().choices('capture_jivochat_lead', 'utmSourceField')).toMatchObject({
      results: [{ id: 'TEXT', label: 'TEXT' }],
    });
  });

  test.each([
    ['add_to_campaign', 'campaignId', 'GET /campaigns/', 'campaigns', 'status'],
    ['add_to_workflow', 'workflowId', 'GET /workflows/', 'workflows', 'status'],
  ])(
    'the dropdown of %s, field %s, marks unpublished records and lists them last',
    async (key, field, request, name) => {
      highlevel.answers(request, 200, {
        [name]: [
          { id: 'x1', name: 'Spring', status: 'draft' },
          { id: 'x2', name: 'Welcome', status: 'published' },
          { id: 'x3', name: null, status: 'Archived' },
          { id: 'x4', name: 'Reviews', status: 'Published' },
          { id: 'x5', name: 'Old', status: null },
        ],
      });
      expect(await connection().choices(key, field)).toMatchObject({
        results: [
          { id: 'x2', label: 'Welcome' },
          { id: 'x4', label: 'Reviews' },
          { id: 'x5', label: 'Old' },
          { id: 'x1', label: 'Spring (draft)' },
          { id: 'x3', label: 'x3 (archived)' },
        ],
      });
    },
  );

  test('inactive calendars are marked and listed last', async () => {
    const calendars = [
      { id: 'c1', name: 'Old', isActive: false },
      { id: 'c2', name: 'Visits', isActive: true },
      { id: 'c3', name: 'Calls' },
    ];
    highlevel.answers('GET /calendars/', 200, { calendars });
    expect(await connection().choices('book_appointment', 'calendarId')).toMatchObject({
      results: [{ label: 'Visits' }, { label: 'Calls' }, { id: 'c1', label: 'Old (inactive)' }],
    });
  });

  test('a task without a title is labeled by the text of its description', async () => {
    const tasks = [{ id: 't1', title: ' ', body: '<p>Call&nbsp;her</p><p>today &amp; tomorrow</p>' }];
    highlevel.answers(`GET /contacts/${CONTACT}/tasks`, 200, { tasks });
    expect(await connection().choices('update_task', 'taskId', { contactId: CONTACT })).toMatchObject({
      results: [{ id: 't1', label: 'Call her today & tomorrow' }],
    });
  });

  test('Fields to Clear lists the standard fields without the permission for custom fields', async () => {
    const zap = connection({ ...fullAccess, scope: 'contacts.readonly contacts.write' });
    const offered = JSON.stringify(await zap.choices('update_contact', 'clear'));
    expect(offered).toContain('{"id":"lastName","label":"Last Name"}');
    expect(offered).not.toContain('customField_');
  });

  test.each([
    ['add_tags', 'tags', 'locations/tags.readonly'],
    ['set_business', 'businessId', 'businesses.readonly'],
    ['add_to_workflow', 'workflowId', 'workflows.readonly'],
  ])('the dropdown of %s, field %s, names the missing permission %s', async (key, field, scope) => {
    const zap = connection({ ...fullAccess, scope: 'contacts.readonly' });
    expect((await failure(zap.choices(key, field))).message).toContain(
      `doesn't have the "${scope}" permission`,
    );
  });

  test('appointments skip a calendar that HighLevel refuses, and are in UTC without a time zone', async () => {
    highlevel.answers('GET /calendars/', 200, { calendars: [{ id: 'cal1' }, { id: 'cal2' }] });
    highlevel.answers('GET /calendars/events', 400, { message: 'Calendar not found' });
    const startTime = '2026-01-30T15:00:00Z';
    highlevel.answers('GET /calendars/events', 200, { events: [{ id: 'a1', title: 'Check', startTime }] });
    for (let attempt = 0; attempt < 4; attempt++)
      highlevel.answers(`GET /locations/${LOCATION}`, 502, '<html>');
    expect(
      await connection().choices('cancel_appointment', 'appointmentId', {}, { timezone: null }),
    ).toMatchObject({ results: [{ id: 'a1', label: 'Check, 2026-01-30 15:00' }] });
  });
});
