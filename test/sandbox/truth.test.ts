import { isObject } from '../../lib/base/json.ts';
import { startSandbox, type Sandbox, type TokenOptions } from './sandbox.ts';
import { streamOf } from './random.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

interface Asked {
  status: number;
  answer: Record<string, unknown>;
  headers: Headers;
}

/** Sends a request like an integration. The default version is 2021-07-28. */
async function ask(
  request: string,
  body?: object,
  { version = '2021-07-28', ...token }: TokenOptions & { version?: string } = {},
): Promise<Asked> {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(sandbox.url + path, {
    method,
    headers: {
      Authorization: `Bearer ${sandbox.token(token).accessToken}`,
      Version: version,
      'Content-Type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, answer: isObject(answer) ? answer : {}, headers: response.headers };
}
const first = <T>(records: Iterable<T>): T => {
  const [record] = records;
  if (record === undefined) throw new Error('The sandbox has none');
  return record;
};
const someone = () => first(sandbox.store.contacts.values());
const rows = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((row) => isObject(row)) : [];

describe('Paths and versions', () => {
  test.each(['2021-07-28', '2021-04-15', '2023-02-21', 'v3'])(
    '%s serves contacts and calendars',
    async (version) => {
      const { locationId } = sandbox;
      expect((await ask(`GET /contacts/${someone().id}`, undefined, { version })).status).toBe(200);
      expect((await ask(`GET /calendars/?locationId=${locationId}`, undefined, { version })).status).toBe(
        200,
      );
    },
  );

  test.each([
    ['2020-01-01', 401, 'version header is invalid'],
    ['soon', 400, "Invalid API version segment 'soon' at position 0"],
  ])('version %s is refused with %s', async (version, status, message) => {
    const refused = await ask(`GET /contacts/${someone().id}`, undefined, { version });
    expect(refused).toMatchObject({ status, answer: { message } });
  });

  test('a path works with and without a slash at its end', async () => {
    const { locationId, store } = sandbox;
    for (const path of ['/campaigns', '/campaigns/'])
      expect(rows((await ask(`GET ${path}?locationId=${locationId}`)).answer.campaigns)).toHaveLength(
        store.campaigns.length,
      );
    expect((await ask(`GET /contacts/${someone().id}/`)).answer.contact).toMatchObject({ id: someone().id });
  });

  test('a path in another case is a 401, an unknown one a 404 without a body', async () => {
    expect((await ask(`GET /Contacts/${someone().id}`)).status).toBe(401);
    expect(await ask('GET /kontakte/1')).toMatchObject({ status: 404, answer: {} });
  });

  test('every response has a trace id and the time until the daily limit resets', async () => {
    for (const { answer, headers } of [
      await ask(`GET /contacts/${someone().id}`),
      await ask('GET /contacts/nobody'),
      await ask('POST /contacts/', { locationId: sandbox.locationId, color: 'red' }),
    ]) {
      expect(answer.traceId).toMatch(/^[\da-f-]{36}$/);
      const reset = Number(headers.get('x-ratelimit-daily-reset'));
      expect(reset % 1000).toBe(0);
      expect(reset).toBeGreaterThan(0);
      expect(reset).toBeLessThanOrEqual(86_400_000);
    }
  });

  test.each([
    ['GET /contacts/', 403],
    ['GET /campaigns/?locationId=elsewhere', 403],
    ['GET /users/search', 401],
    ['GET /users/search?locationId=%', 422],
    ['GET /contacts/?limit=101&locationId=%', 400],
  ])('%s is refused with %s', async (request, status) => {
    expect((await ask(request.replace('%', sandbox.locationId))).status).toBe(status);
  });
});

describe('Contacts', () => {
  test.each([
    [{ name: 'Vera Holm' }, 400, 'without email, phone, firstName and lastName'],
    [{ city: 'Oslo' }, 400, 'without email, phone, firstName and lastName'],
    [{ email: 'vera@holm' }, 422, 'email'],
    [{ firstName: 'Vera', phone: '12' }, 400, 'phone'],
  ])('%j does not create a contact', async (body, status, words) => {
    const refused = await ask('POST /contacts/', { locationId: sandbox.locationId, ...body });
    expect(refused).toMatchObject({ status, answer: { statusCode: 422 } });
    expect(JSON.stringify(refused.answer.message)).toContain(words);
  });

  test('the default country is the sub-account’s', async () => {
    sandbox.store.location.country = 'NO';
    const body = { locationId: sandbox.locationId, email: 'vera@example.com' };
    expect((await ask('POST /contacts/', body)).answer.contact).toMatchObject({ country: 'NO' });
  });

  test('a date is epoch ms in search rows, and ISO 8601 in a single read', async () => {
    const { locationId, store } = sandbox;
    const field = store.customFields.find(({ dataType }) => dataType === 'DATE');
    const customFields = [{ id: field?.id, field_value: '2027-08-09' }];
    const body = { locationId, email: 'vera@example.com', dateOfBirth: '1961-04-12', customFields };
    const { contact } = (await ask('POST /contacts/upsert', body)).answer;
    expect(contact).toMatchObject({
      dateOfBirth: '1961-04-12T00:00:00.000Z',
      customFields: [{ value: '2027-08-09T00:00:00.000Z' }],
    });
    const { contacts } = (await ask('POST /contacts/search', { locationId, pageLimit: 1, query: 'vera@' }))
      .answer;
    expect(contacts).toMatchObject([
      { dateOfBirth: Date.UTC(1961, 3, 12), customFields: [{ value: Date.UTC(2027, 7, 9) }] },
    ]);
  });

  test('page 0 is refused', async () => {
    const body = { locationId: sandbox.locationId, pageLimit: 5, page: 0 };
    expect((await ask('POST /contacts/search', body)).status).toBe(400);
  });

  test('by business and in the deprecated list, names are also in lower case', async () => {
    const { locationId, store } = sandbox;
    const business = first(store.businesses).id;
    const person = someone();
    store.save(Object.assign(person, { firstName: 'McKay', businessId: business }), false);
    for (const path of [`/contacts/business/${business}?locationId=`, '/contacts/?query=mckay&locationId=']) {
      const { contacts } = (await ask(`GET ${path}${locationId}`)).answer;
      expect(rows(contacts).find(({ id }) => id === person.id)).toMatchObject({
        firstName: 'mckay',
        firstNameRaw: 'McKay',
      });
    }
  });

  test('the deprecated list is paged by its links', async () => {
    let path = `/contacts/?limit=5&locationId=${sandbox.locationId}`;
    const seen: unknown[] = [];
    for (let page = 1; path !== ''; page++) {
      const { contacts, meta } = (await ask(`GET ${path}`)).answer;
      seen.push(...rows(contacts).map(({ id }) => id));
      expect(meta).toMatchObject({ currentPage: page });
      const next =
        isObject(meta) && typeof meta.nextPageUrl === 'string' ? new URL(meta.nextPageUrl) : undefined;
      path = next ? next.pathname + next.search : '';
    }
    expect(new Set(seen)).toEqual(new Set(sandbox.store.contacts.keys()));
    expect(seen).toHaveLength(sandbox.store.contacts.size);
  });

  test('the sub-account’s first identifier decides which contact matches', async () => {
    const { locationId, store } = sandbox;
    const [one, other] = [...store.contacts.values()];
    const query = `locationId=${locationId}&email=${one?.email}&number=${encodeURIComponent(other?.phone ?? '')}`;
    const found = async () => (await ask(`GET /contacts/search/duplicate?${query}`)).answer.contact;
    expect(await found()).toMatchObject({ id: one?.id });
    store.uniqueIdentifiers = ['phone', 'email'];
    expect(await found()).toMatchObject({ id: other?.id });
    store.uniqueIdentifiers = ['phone'];
    expect(
      (await ask(`GET /contacts/search/duplicate?locationId=${locationId}&email=${one?.email}`)).answer,
    ).toMatchObject({ contact: null });
  });

  test('the v3 lookup finds additional emails, page by page, with an OAuth token', async () => {
    const { locationId } = sandbox;
    const [one, other, third] = [...sandbox.store.contacts.values()];
    Object.assign(other ?? {}, { additionalEmails: ['Team@Example.org'] });
    Object.assign(third ?? {}, { additionalEmails: ['team@example.org'] });
    Object.assign(one ?? {}, { additionalPhones: ['+14155550199'] });
    const path = `GET /contacts/lookup?locationId=${locationId}`;
    const v3 = { version: 'v3' };
    const page = (await ask(`${path}&email=team@example.org&limit=1`, undefined, v3)).answer;
    expect(page).toMatchObject({ contacts: [{ id: other?.id }], nextCursor: expect.any(String) });
    const next = `${path}&email=team@example.org&limit=1&nextCursor=${String(page.nextCursor)}`;
    expect((await ask(next, undefined, v3)).answer).toMatchObject({
      contacts: [{ id: third?.id }],
      nextCursor: null,
    });
    const byPhone = `${path}&phone=${encodeURIComponent('+14155550199')}`;
    expect((await ask(byPhone, undefined, v3)).answer).toMatchObject({ contacts: [{ id: one?.id }] });
    expect((await ask(`${path}&email=no@example.org`, undefined, v3)).answer.contacts).toEqual([]);
    expect((await ask(path, undefined, v3)).status).toBe(422);
    expect((await ask(byPhone, undefined, { ...v3, kind: 'pit' })).status).toBe(401);
    expect((await ask('GET /contacts/lookup')).answer.message).toBe('Contact not found for id:lookup');
  });

  test.each([
    [true, 200],
    [false, 422],
  ])('whether PUT accepts companyName (%s) is configurable', async (takes, status) => {
    sandbox.store.updatesCompanyName = takes;
    expect((await ask(`PUT /contacts/${someone().id}`, { companyName: 'Holm AS' })).status).toBe(status);
  });

  test('existing tags are not reported as added, nor missing ones as removed', async () => {
    sandbox.store.save(Object.assign(someone(), { tags: ['a'] }), false);
    const path = `/contacts/${someone().id}/tags`;
    expect((await ask(`POST ${path}`, { tags: ['A', 'b'] })).answer).toMatchObject({
      tags: ['a', 'b'],
      tagsAdded: ['b'],
    });
    expect((await ask(`DELETE ${path}`, { tags: ['b', 'c'] })).answer).toMatchObject({
      tags: ['a'],
      tagsRemoved: ['b'],
    });
  });

  test.each(['draft', 'one that it is in, without re-entry'])(
    'a workflow that is a %s reports success and does nothing',
    async (which) => {
      const workflow = sandbox.store.workflows.find(({ status, takesAgain }) =>
        which === 'draft' ? status === 'draft' : !takesAgain,
      );
      const path = `POST /contacts/${someone().id}/workflow/${workflow?.id}`;
      for (const _ of [1, 2]) expect((await ask(path, {})).answer).toMatchObject({ succeeded: true });
      expect(someone().workflows).toHaveLength(which === 'draft' ? 0 : 1);
    },
  );
});

describe('Tasks and notes', () => {
  test('a deleted task is still in the search, as an open one without a contact', async () => {
    const { locationId, store } = sandbox;
    const task = [...store.tasks.values()].find(({ completed }) => completed);
    const path = `/contacts/${task?.contactId}/tasks/${task?.id}`;
    expect((await ask(`DELETE ${path}`)).answer).toMatchObject({ succeded: true, succeeded: true });
    const gone = { status: 400, answer: { message: 'The task id is invalid.' } };
    for (const [method, body] of [['GET'], ['PUT', { title: 'Up' }], ['DELETE']] as const)
      expect(await ask(`${method} ${path}`, body)).toMatchObject(gone);
    const search = (body: object) => ask(`POST /locations/${locationId}/tasks/search`, body);
    const { tasks } = (await search({ completed: false })).answer;
    expect(rows(tasks).find(({ _id }) => _id === task?.id)).toMatchObject({
      deleted: false,
      completed: false,
      contactId: null,
      contactDetails: { firstName: null, lastName: null },
    });
    expect((await search({ contactId: [task?.contactId] })).answer.tasks).not.toContainEqual(
      expect.objectContaining({ _id: task?.id }),
    );
  });

  test('all notes of the sub-account are searched under v3, the newest first', async () => {
    const { locationId, store } = sandbox;
    const [one, other] = [...store.contacts.keys()];
    for (const [id, contactId, dateAdded] of [
      ['n1', one, '2027-01-02T00:00:00.000Z'],
      ['n2', other, '2027-01-03T00:00:00.000Z'],
    ] as const)
      store.notes.set(id, { id, contactId: contactId ?? '', dateAdded, body: '<p>Tea&nbsp;time</p>' });
    const search = (more: object, version = 'v3') =>
      ask('POST /notes/search', { locationId, query: 'tea time', sortBy: 'dateAdded', ...more }, { version });
    expect((await search({ includeRelationRecords: true, count: true })).answer).toMatchObject({
      count: 2,
      notes: [
        { id: 'n2', bodyText: 'Tea time', relations: [{ objectKey: 'contact', recordId: other }] },
        { id: 'n1' },
      ],
    });
    expect(rows((await search({ skip: 1, limit: 1 })).answer.notes).map(({ id }) => id)).toEqual(['n1']);
    expect((await search({}, '2021-07-28')).status).toBe(404);
    for (const status of [401, 403, 404, 422] as const) {
      store.notesSearch = status;
      expect((await search({})).status).toBe(status);
    }
  });
});

describe('Appointments', () => {
  const DAY = 86_400_000;
  const slots = async (zone = '') => {
    const { store } = sandbox;
    const from = Math.floor(store.now() / DAY) * DAY + 10 * DAY;
    const query = `startDate=${from}&endDate=${from + DAY}${zone && `&timezone=${zone}`}`;
    const { answer } = await ask(`GET /calendars/${first(store.calendars).id}/free-slots?${query}`);
    return Object.values(answer).flatMap((day) =>
      isObject(day) && Array.isArray(day.slots) ? day.slots : [],
    );
  };
  const book = (startTime: unknown, more: object = {}) =>
    ask('POST /calendars/events/appointments', {
      locationId: sandbox.locationId,
      calendarId: first(sandbox.store.calendars).id,
      contactId: someone().id,
      startTime,
      ...more,
    });

  test('slots have the requested time zone, and are booked as offered', async () => {
    const [own] = await slots();
    const [far] = await slots('Asia/Kolkata');
    expect(own).toMatch(/T\d\d:00:00-0[45]:00$/);
    expect(far).toMatch(/T\d\d:30:00\+05:30$/);
    expect(Date.parse(far)).toBe(Date.parse(own));
    const inUtc = new Date(own).toISOString().replace('.000Z', 'Z');
    expect(await book(inUtc)).toMatchObject({
      status: 400,
      answer: { message: 'The slot you have selected is no longer available.' },
    });
    expect((await book(inUtc, { ignoreFreeSlotValidation: true })).status).toBe(200);
    expect((await book(far)).status).toBe(400);
    const [next] = await slots('Asia/Kolkata');
    expect(Date.parse(next)).toBeGreaterThan(Date.parse(far));
    expect((await book(next)).status).toBe(200);
  });

  test('a deleted one is still returned and listed, and its slot is free', async () => {
    const [slot] = await slots();
    const { id } = (await book(slot)).answer;
    expect(await ask(`DELETE /calendars/events/${String(id)}`, {})).toMatchObject({ status: 200 });
    const { appointment } = (await ask(`GET /calendars/events/appointments/${String(id)}`)).answer;
    expect(appointment).toMatchObject({ id, deleted: true });
    expect(await slots()).toContain(slot);
    expect(await ask('GET /calendars/events/appointments/none')).toMatchObject({
      status: 400,
      answer: { message: 'The event id is invalid.' },
    });
  });

  test.each([
    [true, 'Dock 4'],
    [false, ''],
  ])('a location with overrideLocationConfig %s is %j', async (overrideLocationConfig, address) => {
    const [slot] = await slots();
    const place = { meetingLocationType: 'custom', address: 'Dock 4', overrideLocationConfig };
    expect((await book(slot, place)).answer).toMatchObject({ address });
  });
});

describe('The seed', () => {
  const tagged = (store: Sandbox['store']) =>
    [...store.contacts.values()].map(({ id, tags }) => [id, ...tags]);

  test('is the same for the same seed, and another for another', async () => {
    const [again, other] = [await startSandbox(), await startSandbox({ seed: 2 })];
    expect(tagged(again.store)).toEqual(tagged(sandbox.store));
    expect(tagged(other.store)).not.toEqual(tagged(sandbox.store));
    await Promise.all([again.close(), other.close()]);
  });

  test('has a random stream per kind of record: more records do not change the others', async () => {
    const more = await startSandbox({ contacts: 30, tasks: 40 });
    expect(tagged(more.store)).toEqual(expect.arrayContaining(tagged(sandbox.store)));
    expect(more.store.campaigns).toEqual(sandbox.store.campaigns);
    await more.close();
    const [one, other] = [streamOf(1, 'contacts'), streamOf(1, 'campaigns')];
    expect(one.id()).not.toBe(other.id());
    expect(streamOf(1, 'contacts').id()).not.toBe(streamOf(2, 'contacts').id());
  });
});
