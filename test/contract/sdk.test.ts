import {
  GHLAuthenticationError,
  GHLForbiddenError,
  GHLNotFoundError,
  GHLRateLimitError,
  GHLServerError,
  GHLValidationError,
  HighLevel,
} from '@gohighlevel/api-client';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';

let sandbox: Sandbox;
let ghl: HighLevel;

// HighLevel's SDK has no option for the URL: it reads a static field of its class when an instance is created.
function sdk(url: string, privateIntegrationToken: string): HighLevel {
  Object.assign(HighLevel, { BASE_URL: url });
  return new HighLevel({ privateIntegrationToken, logLevel: 'none' });
}

beforeEach(async () => {
  sandbox = await startSandbox();
  ghl = sdk(sandbox.url, sandbox.token({ kind: 'pit' }).accessToken);
});
afterEach(() => sandbox.close());

/** The first record of a kind in the sandbox. */
function first<T>(records: Iterable<T>): T {
  const [record] = records;
  if (record === undefined) throw new Error('The sandbox has no such record');
  return record;
}
const someone = () => first(sandbox.store.contacts.values());
const stored = (contactId: string) => sandbox.store.contacts.get(contactId);

/** All methods of the SDK's `Contacts` class. */
const methods = () =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(ghl.contacts)).filter((name) => name !== 'constructor');
const called = new Set<string>();
beforeEach(() => {
  ghl.contacts = new Proxy(ghl.contacts, {
    get(target, name) {
      called.add(String(name));
      return Reflect.get(target, name);
    },
  });
});

describe('HighLevel’s SDK: contacts', () => {
  test('creates, reads, updates and deletes a contact', async () => {
    const { locationId } = sandbox;
    const { contact } = await ghl.contacts.createContact({
      locationId,
      firstName: 'Grace',
      lastName: 'Hopper',
      email: 'grace@example.com',
      phone: '+1 415-555-0199',
      tags: ['VIP'],
    });
    const contactId = contact?.id ?? '';
    expect(stored(contactId)).toMatchObject({ firstName: 'Grace', phone: '+14155550199', tags: ['vip'] });
    expect(await ghl.contacts.getContact({ contactId })).toMatchObject({
      contact: { id: contactId, email: 'grace@example.com', locationId },
    });
    expect(await ghl.contacts.updateContact({ contactId }, { city: 'Arlington' })).toMatchObject({
      succeded: true,
      contact: { city: 'Arlington', firstName: 'Grace' },
    });
    expect(stored(contactId)?.city).toBe('Arlington');
    expect(await ghl.contacts.deleteContact({ contactId })).toMatchObject({
      succeded: true,
      succeeded: true,
    });
    expect(stored(contactId)).toBeUndefined();
  });

  test('upserts: a known email updates, a new one creates', async () => {
    const { id, email } = someone();
    const { locationId } = sandbox;
    const again = await ghl.contacts.upsertContact({ locationId, email: email ?? '', city: 'Reno' });
    expect(again).toMatchObject({ new: false, contact: { id, city: 'Reno' } });
    const other = await ghl.contacts.upsertContact({ locationId, email: 'new@example.com' });
    expect(other).toMatchObject({ new: true, contact: { email: 'new@example.com' } });
    expect(stored(id)?.city).toBe('Reno');
  });

  test('finds contacts by search, by duplicate, by business and in the old list', async () => {
    const { id, email, phone } = someone();
    const { locationId } = sandbox;
    const byMail = [{ field: 'email', operator: 'eq', value: email }];
    expect(
      await ghl.contacts.searchContactsAdvanced({ locationId, pageLimit: 5, filters: byMail }),
    ).toMatchObject({ total: 1, contacts: [{ id }] });
    expect(await ghl.contacts.getDuplicateContact({ locationId, number: phone ?? '' })).toMatchObject({
      contact: { id },
    });
    const businessId = first(sandbox.store.businesses).id;
    const members = [...sandbox.store.contacts.values()].filter(
      (contact) => contact.businessId === businessId,
    );
    const { contacts: found = [] } = await ghl.contacts.getContactsByBusinessId({ businessId, locationId });
    expect(found.map((contact) => contact.id)).toEqual(members.map((contact) => contact.id));
    expect(found).not.toEqual([]);

    const page = await ghl.contacts.getContacts({ locationId, limit: 5 });
    const last = page.contacts?.at(-1);
    const cursor = { startAfter: Date.parse(last?.dateAdded ?? ''), startAfterId: last?.id ?? '' };
    expect(page).toMatchObject({ count: sandbox.store.contacts.size, meta: cursor });
    const next = await ghl.contacts.getContacts({ locationId, limit: 100, ...cursor });
    const ids = [...(page.contacts ?? []), ...(next.contacts ?? [])].map((contact) => contact.id);
    expect(ids).toHaveLength(sandbox.store.contacts.size);
    expect(new Set(ids)).toEqual(new Set(sandbox.store.contacts.keys()));
  });

  test('adds and removes tags, of one contact or many', async () => {
    const { id: contactId, tags } = someone();
    const before = [...tags];
    expect(await ghl.contacts.addTags({ contactId }, { tags: ['Hot Lead'] })).toMatchObject({
      tags: [...before, 'hot lead'],
    });
    expect(await ghl.contacts.removeTags({ contactId }, { tags: ['hot lead'] })).toMatchObject({
      tags: before,
    });
    const contacts = [...sandbox.store.contacts.keys()].slice(0, 3);
    const body = { contacts, tags: ['fair'], locationId: sandbox.locationId };
    expect(await ghl.contacts.createAssociation({ type: 'add' }, body)).toMatchObject({ errorCount: 0 });
    expect(contacts.every((id) => stored(id)?.tags.includes('fair'))).toBe(true);
    await ghl.contacts.createAssociation({ type: 'remove' }, body);
    expect(contacts.some((id) => stored(id)?.tags.includes('fair'))).toBe(false);
  });

  test('adds contacts to a business and removes them', async () => {
    const { id } = someone();
    const businessId = sandbox.store.businesses[1]?.id ?? '';
    const body = { locationId: sandbox.locationId, ids: [id], businessId };
    expect(await ghl.contacts.addRemoveContactFromBusiness(body)).toMatchObject({ success: true, ids: [id] });
    expect(stored(id)?.businessId).toBe(businessId);
  });

  test('adds and removes followers', async () => {
    const { id: contactId } = someone();
    const followers = [first(sandbox.store.users).id];
    expect(await ghl.contacts.addFollowersContact({ contactId }, { followers })).toMatchObject({
      followers,
      followersAdded: followers,
    });
    expect(stored(contactId)?.followers).toEqual(followers);
    expect(await ghl.contacts.removeFollowersContact({ contactId }, { followers })).toMatchObject({
      followers: [],
      followersRemoved: followers,
    });
    expect(stored(contactId)?.followers).toEqual([]);
  });

  test('adds contacts to campaigns and workflows and removes them', async () => {
    const { id: contactId } = someone();
    const [one = '', other = ''] = sandbox.store.campaigns.map(({ id }) => id);
    const workflowId = first(sandbox.store.workflows).id;
    await ghl.contacts.addContactToCampaign({ contactId, campaignId: one }, {});
    await ghl.contacts.addContactToCampaign({ contactId, campaignId: other }, {});
    expect(stored(contactId)?.campaigns).toEqual([one, other]);
    await ghl.contacts.removeContactFromCampaign({ contactId, campaignId: one });
    expect(stored(contactId)?.campaigns).toEqual([other]);
    await ghl.contacts.removeContactFromEveryCampaign({ contactId });
    expect(stored(contactId)?.campaigns).toEqual([]);

    const start = { eventStartTime: '2026-12-01T10:00:00+01:00' };
    expect(await ghl.contacts.addContactToWorkflow({ contactId, workflowId }, start)).toMatchObject({
      succeded: true,
    });
    expect(stored(contactId)?.workflows).toEqual([workflowId]);
    await ghl.contacts.deleteContactFromWorkflow({ contactId, workflowId }, start);
    expect(stored(contactId)?.workflows).toEqual([]);
  });

  test('lists a contact’s appointments', async () => {
    const { id, contactId } = first(sandbox.store.appointments.values());
    const { events = [] } = await ghl.contacts.getAppointmentsForContact({ contactId });
    expect(events).toMatchObject([
      { id, contactId, startTime: expect.stringMatching(/^\S+ \d\d:\d\d:\d\d$/) },
    ]);
  });
});

describe('HighLevel’s SDK: tasks and notes', () => {
  test('creates, reads, updates, completes and deletes a task', async () => {
    const { id: contactId } = someone();
    const due = { title: 'Call back', dueDate: '2026-12-01T10:00:00.000Z', completed: false };
    const { task: made } = await ghl.contacts.createTask({ contactId }, due);
    const taskId = made?.id ?? '';
    expect(sandbox.store.tasks.get(taskId)).toMatchObject({ ...due, contactId });
    expect(await ghl.contacts.getTask({ contactId, taskId })).toMatchObject({ task: made });
    await ghl.contacts.updateTask({ contactId, taskId }, { title: 'Call Grace back' });
    expect(await ghl.contacts.updateTaskCompleted({ contactId, taskId }, { completed: true })).toMatchObject({
      task: { title: 'Call Grace back', completed: true },
    });
    const { tasks = [] } = await ghl.contacts.getAllTasks({ contactId });
    expect(tasks).toContainEqual(expect.objectContaining({ id: taskId, completed: true }));
    const { tasks: found = [] } = await ghl.locations.taskSearch(
      { locationId: sandbox.locationId },
      { contactId: [contactId], completed: true, query: 'grace' },
    );
    expect(found).toMatchObject([{ _id: taskId }]);
    expect(await ghl.contacts.deleteTask({ contactId, taskId })).toMatchObject({ succeded: true });
    expect(sandbox.store.tasks.has(taskId)).toBe(false);
  });

  test('creates, reads, updates and deletes a note', async () => {
    const { id: contactId } = someone();
    const { note: made } = await ghl.contacts.createNote({ contactId }, { body: 'Likes tea', pinned: true });
    const id = made?.id ?? '';
    expect(sandbox.store.notes.get(id)).toMatchObject({ body: 'Likes tea', pinned: true, contactId });
    expect(await ghl.contacts.getNote({ contactId, id })).toMatchObject({ note: made });
    expect(await ghl.contacts.updateNote({ contactId, id }, { body: 'Likes coffee' })).toMatchObject({
      note: { body: 'Likes coffee', pinned: true },
    });
    const { notes = [] } = await ghl.contacts.getAllNotes({ contactId });
    expect(notes).toContainEqual(expect.objectContaining({ id, body: 'Likes coffee' }));
    expect(await ghl.contacts.deleteNote({ contactId, id })).toMatchObject({ succeded: true });
    expect(sandbox.store.notes.has(id)).toBe(false);
  });

  test('covers all of the SDK’s contact methods', () => {
    expect(methods().filter((name) => !called.has(name))).toEqual([]);
  });
});

describe('HighLevel’s SDK: the sub-account', () => {
  test('reads it, its custom fields and its time zones', async () => {
    const { locationId, store } = sandbox;
    expect(await ghl.locations.getLocation({ locationId })).toMatchObject({
      location: { id: locationId, name: store.location.name, timezone: store.location.timezone },
    });
    const { customFields = [] } = await ghl.locations.getCustomFields({ locationId, model: 'contact' });
    expect(customFields.map(({ id }) => id)).toEqual(store.customFields.map(({ id }) => id));
    expect(await ghl.locations.getTimezones({ locationId })).toMatchObject({
      timeZones: expect.arrayContaining(['America/New_York']),
    });
  });

  test('creates, lists and deletes a tag, on contacts too', async () => {
    const { locationId, store } = sandbox;
    const { tag } = await ghl.locations.createTag({ locationId }, { name: 'Fair 2026' });
    const tagId = tag?.id ?? '';
    const { tags = [] } = await ghl.locations.getLocationTags({ locationId });
    expect(tags).toContainEqual({ id: tagId, name: 'fair 2026', locationId });
    expect(await ghl.locations.getTagById({ locationId, tagId })).toMatchObject({ tag });
    const { id: contactId } = someone();
    await ghl.contacts.addTags({ contactId }, { tags: ['fair 2026'] });
    await ghl.locations.deleteTag({ locationId, tagId });
    expect([store.tags.has('fair 2026'), stored(contactId)?.tags.includes('fair 2026')]).toEqual([
      false,
      false,
    ]);
  });

  test('lists, creates and updates businesses, lists users, campaigns and workflows', async () => {
    const { locationId, companyId, store } = sandbox;
    const business = first(store.businesses);
    expect(await ghl.businesses.getBusinessesByLocation({ locationId })).toMatchObject({
      businesses: store.businesses,
    });
    expect(await ghl.businesses.getBusiness({ businessId: business.id })).toMatchObject({ business });
    const added = { name: 'Northwind', website: 'https://northwind.example.com', country: 'US' };
    const created = await ghl.businesses.createBusiness({ locationId, ...added });
    expect(created).toMatchObject({ success: true, buiseness: added });
    const businessId = created.buiseness.id;
    expect(store.businesses.at(-1)).toMatchObject({ id: businessId, ...added });
    const changed = { ...added, city: 'Oslo' };
    expect(await ghl.businesses.updateBusiness({ businessId }, { city: 'Oslo' })).toMatchObject({
      buiseness: { id: businessId, ...changed },
    });
    expect(await ghl.users.getUserByLocation({ locationId })).toMatchObject({ users: store.users });
    expect(await ghl.users.searchUsers({ companyId, locationId, limit: '2' })).toMatchObject({
      users: store.users.slice(0, 2),
      count: store.users.length,
    });
    expect(await ghl.users.getUser({ userId: first(store.users).id })).toMatchObject(first(store.users));
    expect(await ghl.campaigns.getCampaigns({ locationId })).toMatchObject({ campaigns: store.campaigns });
    expect(await ghl.workflows.getWorkflow({ locationId })).toMatchObject({
      workflows: store.workflows.map(({ id, name, status }) => ({ id, name, status })),
    });
  });

  test('books an appointment in a free slot, finds it, moves it and deletes it', async () => {
    const { locationId, store } = sandbox;
    const { calendars = [] } = await ghl.calendars.getCalendars({ locationId });
    expect(calendars.map(({ id }) => id)).toEqual(store.calendars.map(({ id }) => id));
    const calendarId = first(store.calendars).id;
    const tomorrow = Date.now() + 86_400_000;
    const days: Record<string, { slots?: string[] }> = await ghl.calendars.getSlots({
      calendarId,
      startDate: tomorrow,
      endDate: tomorrow + 7 * 86_400_000,
    });
    // The first day may have one slot left, or none.
    const [startTime = '', later = ''] = Object.values(days).flatMap(({ slots = [] }) => slots);
    const { id: contactId } = someone();
    const booked = await ghl.calendars.createAppointment({ calendarId, locationId, contactId, startTime });
    const eventId = booked.id ?? '';
    expect(store.appointments.get(eventId)).toMatchObject({ contactId, startTime });
    expect(booked).toMatchObject({ id: eventId, contactId });
    const moved = { startTime: later, appointmentStatus: 'confirmed' };
    await ghl.calendars.editAppointment({ eventId }, moved);
    expect(await ghl.calendars.getAppointment({ eventId })).toMatchObject({
      appointment: { id: eventId, ...moved },
    });
    const { events = [] } = await ghl.calendars.getCalendarEvents({
      locationId,
      calendarId,
      startTime: String(tomorrow),
      endTime: String(tomorrow + 8 * 86_400_000),
    });
    expect(events).toContainEqual(expect.objectContaining({ id: eventId }));
    await ghl.calendars.deleteEvent({ eventId }, {});
    expect(store.appointments.get(eventId)?.deleted).toBe(true);
  });
});

describe('HighLevel’s SDK: conversations, forms and surveys', () => {
  test('finds a conversation and its messages, and sends one', async () => {
    const { store, locationId } = sandbox;
    const { contactId } = first(store.messages.values());
    const { conversations } = await ghl.conversations.searchConversation({ locationId, contactId });
    const conversationId = store.conversationId(contactId);
    expect(conversations).toMatchObject([{ id: conversationId, contactId, lastMessageType: 'TYPE_EMAIL' }]);
    expect(await ghl.conversations.getConversation({ conversationId })).toMatchObject({ contactId });
    const sent = await ghl.conversations.sendANewMessage({
      type: 'SMS',
      subType: { type: 'SMS' },
      contactId,
      message: 'Hello',
      status: 'pending',
    });
    expect(sent).toMatchObject({ conversationId, messageId: expect.any(String) });
    const page = await ghl.conversations.getMessages({ conversationId, limit: 2 });
    expect(page).toMatchObject({
      messages: {
        nextPage: true,
        messages: [{ id: sent.messageId, body: 'Hello', messageType: 'TYPE_SMS' }, {}],
      },
    });
  });

  test('refuses a second conversation and names the existing one', async () => {
    const { id: contactId } = someone();
    const creation = ghl.conversations.createConversation({ locationId: sandbox.locationId, contactId });
    await expect(creation).rejects.toMatchObject({
      statusCode: 400,
      message: 'Conversation already exists',
      response: { conversationId: sandbox.store.conversationId(contactId) },
    });
  });

  test('exports messages page by page, until the cursor expires', async () => {
    const clock = { now: Date.now() };
    await sandbox.close();
    sandbox = await startSandbox({ now: () => clock.now });
    const own = sdk(sandbox.url, sandbox.token({ kind: 'pit' }).accessToken);
    const { store, locationId } = sandbox;
    const { id: contactId } = someone();
    const said = {
      contactId,
      direction: 'inbound',
      messageType: 'TYPE_SMS',
      body: 'Hi',
      source: 'app',
    } as const;
    for (let count = 0; count < 12; count++) store.addMessage(said);
    const page = await own.conversations.exportMessagesByLocation({ locationId, limit: 10 });
    expect(page).toMatchObject({ total: 15, nextCursor: expect.any(String) });
    expect(page.messages).toHaveLength(10);
    const cursor = page.nextCursor ?? '';
    const rest = await own.conversations.exportMessagesByLocation({ locationId, limit: 10, cursor });
    expect(rest.messages).toHaveLength(5);
    const emails = await own.conversations.exportMessagesByLocation({ locationId, channel: 'Email' });
    expect(emails).toMatchObject({ total: 1, nextCursor: null });
    clock.now += 121_000;
    const late = own.conversations.exportMessagesByLocation({ locationId, limit: 10, cursor });
    await expect(late).rejects.toMatchObject({ statusCode: 400 });
    const few = own.conversations.exportMessagesByLocation({ locationId, limit: 5 });
    await expect(few).rejects.toMatchObject({ message: 'limit must not be less than 10' });
  });

  test('lists forms and surveys with their submissions', async () => {
    const { store, locationId } = sandbox;
    const [form] = store.questionnaires;
    expect(await ghl.forms.getForms({ locationId, limit: 1 })).toMatchObject({
      forms: [form && { id: form.id }],
      total: 2,
    });
    expect(await ghl.surveys.getSurveys({ locationId })).toMatchObject({ total: 1 });
    const formId = form?.id ?? '';
    expect(await ghl.forms.getFormsSubmissions({ locationId, formId })).toMatchObject({
      submissions: [{ formId, others: { email: 'jane.doe@example.com' } }],
      meta: { total: 1, currentPage: 1, nextPage: null },
    });
    const today = new Date().toISOString().slice(0, 10);
    expect(await ghl.surveys.getSurveysSubmissions({ locationId, startAt: today })).toMatchObject({
      submissions: [],
    });
  });

  test('lists phone numbers', async () => {
    const { locationId } = sandbox;
    expect(await ghl.phoneSystem.activeNumbers({ locationId, page: 0 })).toMatchObject({
      data: { numbers: [{ phoneNumber: '+14155550110' }, {}] },
    });
  });
});

describe('HighLevel’s SDK: opportunities', () => {
  const sales = () => first(sandbox.store.pipelines);
  const fresh = async () => {
    const { store, locationId } = sandbox;
    const body = { locationId, firstName: 'Grace', email: 'grace@example.com' };
    const { contact } = await ghl.contacts.createContact(body);
    const contactId = contact?.id ?? '';
    const ofPipeline = { locationId, pipelineId: sales().id, contactId, name: 'Grace', status: 'open' };
    const { opportunity } = await ghl.opportunities.createOpportunity(ofPipeline);
    return {
      contactId,
      id: opportunity?.id ?? '',
      ofPipeline,
      stored: () => store.opportunities.get(opportunity?.id ?? ''),
    };
  };

  test('creates, reads, updates and deletes one, and refuses a second of the contact', async () => {
    const { contactId, id, ofPipeline, stored: kept } = await fresh();
    const [stage, next] = sales().stages;
    expect(kept()).toMatchObject({ contactId, pipelineStageId: stage?.id, status: 'open' });
    await expect(ghl.opportunities.createOpportunity(ofPipeline)).rejects.toMatchObject({
      statusCode: 400,
      response: { code: 'OPPORTUNITY_NO_DUPLICATE', meta: { existingId: id } },
    });
    const moved = { pipelineId: sales().id, pipelineStageId: next?.id ?? '', monetaryValue: 300 };
    expect(await ghl.opportunities.updateOpportunity({ id }, moved)).toMatchObject({
      opportunity: { id, ...moved },
    });
    const reason = first(sandbox.store.lostReasons).id;
    await ghl.opportunities.updateOpportunityStatus({ id }, { status: 'lost', lostReasonId: reason });
    expect(kept()).toMatchObject({ status: 'lost', lostReasonId: reason });
    const { opportunity } = await ghl.opportunities.getOpportunity({ id });
    expect(opportunity).toMatchObject({ id, status: 'lost', contact: { email: 'grace@example.com' } });
    expect(opportunity).not.toHaveProperty('lostReasonId');
    await ghl.opportunities.deleteOpportunity({ id });
    expect(kept()).toBeUndefined();
    sandbox.store.allowDuplicateOpportunity = true;
    await ghl.opportunities.createOpportunity(ofPipeline);
    const second = await ghl.opportunities.createOpportunity(ofPipeline);
    expect(second.opportunity?.id).toBeDefined();
  });

  test('keeps the owners of a contact and its opportunities the same', async () => {
    const { contactId, id, stored: kept } = await fresh();
    const [one, other] = sandbox.store.users;
    await ghl.opportunities.updateOpportunity({ id }, { assignedTo: one?.id ?? '' });
    expect(stored(contactId)?.assignedTo).toBe(one?.id);
    await ghl.contacts.updateContact({ contactId }, { assignedTo: other?.id ?? '' });
    expect(kept()?.assignedTo).toBe(other?.id);
    await ghl.contacts.deleteContact({ contactId });
    expect(kept()).toBeUndefined();
  });

  test('follows, and updates by upsert', async () => {
    const { id } = await fresh();
    const followers = [first(sandbox.store.users).id];
    expect(await ghl.opportunities.addFollowersOpportunity({ id }, { followers })).toMatchObject({
      followersAdded: followers,
    });
    expect(await ghl.opportunities.removeFollowersOpportunity({ id }, { followers })).toMatchObject({
      followers: [],
      followersRemoved: followers,
    });
    const { locationId } = sandbox;
    const body = { locationId, pipelineId: sales().id, id, name: 'Again' };
    const nobody = { followers: [], isRemoveAllFollowers: false, followersActionType: 'add' };
    expect(await ghl.opportunities.upsertOpportunity({ ...body, ...nobody })).toMatchObject({
      opportunity: { id, name: 'Again' },
      new: false,
    });
  });

  const details = { notes: false, tasks: false, calendarEvents: false, unReadConversations: false };
  const search = async (more: object) => {
    const body = { locationId: sandbox.locationId, query: '', limit: 20, additionalDetails: details };
    // Its type wants a page and a cursor, which HighLevel does not take together, and knows no filters.
    const all = Object.assign({ page: 1, searchAfter: [] }, body, more);
    return ghl.opportunities.searchOpportunitiesAdvanced(all);
  };

  test('searches by filters, by text and page by page', async () => {
    const all = (await search({})).opportunities ?? [];
    expect(all).toHaveLength(3);
    const [open] = all.filter((one) => one.pipelineId === sales().id && one.status === 'open');
    const filters = [
      { field: 'pipeline_id', operator: 'eq', value: sales().id },
      { group: 'OR', filters: [{ field: 'status', operator: 'eq', value: ['open'] }] },
    ];
    expect(await search({ filters })).toMatchObject({ total: 1, opportunities: [{ id: open?.id }] });
    expect(await search({ query: open?.contact?.name })).toMatchObject({ total: 1 });
    const sort = [{ field: 'last_stage_change_date', direction: 'desc' }];
    const page = await search({ limit: 2, sort });
    const cursor: unknown = Reflect.get(Object(page.opportunities?.at(-1)), 'sort');
    const rest = await search({ limit: 2, sort, page: undefined, searchAfter: cursor });
    const ids = [...(page.opportunities ?? []), ...(rest.opportunities ?? [])].map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids)).toEqual(new Set(sandbox.store.opportunities.keys()));
  });

  test.each([
    ['a text for the source', { field: 'source', operator: 'eq', value: 'Website' }],
    ['a list for a part of the name', { field: 'name', operator: 'contains', value: ['Doe'] }],
    ['a number', { field: 'monetary_value', operator: 'eq', value: 1500 }],
    ['a text for a range', { field: 'monetary_value', operator: 'range', value: '1500' }],
  ])('finds nothing, and says nothing, with %s', async (_, filter) => {
    expect(await search({ filters: [filter] })).toMatchObject({ total: 0, opportunities: [] });
  });

  test.each([
    ['the list', { field: 'source', operator: 'eq', value: ['Website'] }],
    ['the part of the name', { field: 'name', operator: 'contains', value: 'doe' }],
    ['the range', { field: 'monetary_value', operator: 'range', value: { gte: 1500, lt: 1501 } }],
  ])('finds it with %s', async (_, filter) => {
    expect(await search({ filters: [filter] })).toMatchObject({ total: 1 });
  });

  test.each([
    [400, { limit: 501 }, 'limit must not be greater than 500'],
    [400, { searchAfter: [1, 'a'] }, 'page should not be provided with searchAfter'],
    [
      422,
      { filters: [{ field: 'monetary_value', operator: 'gt', value: 1 }] },
      'operator gt is not supported',
    ],
    [422, { color: 'red' }, 'property color should not exist'],
  ])('refuses with %s: %j', async (statusCode, body, message) => {
    await expect(search(body)).rejects.toMatchObject({
      statusCode,
      message: expect.stringContaining(message),
    });
  });

  test('lists them by the other search, whose links lead nowhere', async () => {
    const ofContact = { locationId: sandbox.locationId, limit: 2, order: 'added_desc' };
    const page = await ghl.opportunities.searchOpportunity(ofContact);
    expect(page).toMatchObject({
      opportunities: [{}, {}],
      meta: { total: 3, nextPage: 2, nextPageUrl: expect.stringMatching(/^http:\/\/localhost:/) },
    });
    const { startAfter, startAfterId } = page.meta ?? {};
    const rest = await ghl.opportunities.searchOpportunity({
      ...ofContact,
      startAfter: String(startAfter),
      startAfterId: startAfterId ?? '',
    });
    expect(rest).toMatchObject({ opportunities: [{}], meta: { nextPage: null } });
    const headers = { Authorization: `Bearer ${sandbox.token().accessToken}`, Version: '2021-07-28' };
    const camel = await fetch(`${sandbox.url}/opportunities/search?locationId=${sandbox.locationId}`, {
      headers,
    });
    expect([camel.status, await camel.json()]).toEqual([
      422,
      expect.objectContaining({ message: ['property locationId should not exist'] }),
    ]);
  });

  test('lists pipelines, lost reasons and custom fields', async () => {
    const { locationId, store } = sandbox;
    expect(await ghl.opportunities.getPipelines({ locationId })).toMatchObject({
      pipelines: store.pipelines,
    });
    expect(await ghl.opportunities.getLostReason({ locationId })).toMatchObject({
      lostReasons: store.lostReasons,
      total: store.lostReasons.length,
    });
    const { customFields = [] } = await ghl.locations.getCustomFields({ locationId, model: 'opportunity' });
    expect(customFields.map(({ id }) => id)).toEqual(store.opportunityFields.map(({ id }) => id));
  });

  test('shows changes in the search as late as those of contacts', async () => {
    const clock = { now: Date.now() };
    await sandbox.close();
    sandbox = await startSandbox({ now: () => clock.now, indexLagMs: 5_000 });
    ghl = sdk(sandbox.url, sandbox.token({ kind: 'pit' }).accessToken);
    const { id } = await fresh();
    expect(await search({})).toMatchObject({ total: 3 });
    expect(await ghl.opportunities.getOpportunity({ id })).toMatchObject({ opportunity: { id } });
    clock.now += 5_000;
    expect(await search({})).toMatchObject({ total: 4, opportunities: [{ id }, {}, {}, {}] });
  });
});

describe('HighLevel’s SDK: OAuth', () => {
  const signedIn = async () => {
    const { clientId, clientSecret, url } = sandbox;
    const back = 'https://example.com/back';
    const page = ghl.oauth.getAuthorizationUrl(
      clientId,
      back,
      'contacts.readonly oauth.readonly oauth.write',
    );
    const { pathname, search } = new URL(page);
    const { headers } = await fetch(url + pathname + search, { redirect: 'manual' });
    const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
    return ghl.oauth.getAccessToken({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'authorization_code',
      code,
      redirect_uri: back,
    });
  };

  test('exchanges a code for a token that reads contacts, and refreshes it', async () => {
    const { clientId, clientSecret, url } = sandbox;
    const token = await signedIn();
    expect(token).toMatchObject({ userType: 'Location', locationId: sandbox.locationId });
    const own = sdk(url, token.access_token ?? '');
    const { id: contactId } = someone();
    expect(await own.contacts.getContact({ contactId })).toMatchObject({ contact: { id: contactId } });

    const next = await ghl.oauth.refreshToken(
      token.refresh_token ?? '',
      clientId,
      clientSecret,
      'refresh_token',
      'Location',
    );
    expect(next.refresh_token).not.toBe(token.refresh_token);
    const refreshed = sdk(url, next.access_token);
    expect(await refreshed.contacts.getContact({ contactId })).toMatchObject({ contact: { id: contactId } });
  });

  test('exchanges an agency’s token for a sub-account’s', async () => {
    const { companyId, locationId, store, url } = sandbox;
    store.agencySignIn = [locationId];
    const agency = await signedIn();
    expect(agency).toMatchObject({ userType: 'Company', companyId });
    expect(agency.locationId).toBeUndefined();
    const own = sdk(url, agency.access_token ?? '');
    expect(
      await own.oauth.getInstalledLocation({ companyId, appId: '66f0c0ffee0000000000beef' }),
    ).toMatchObject({ locations: [{ _id: locationId, isInstalled: true }], count: 1 });
    const token = await own.oauth.getLocationAccessToken({ companyId, locationId });
    expect(token).toMatchObject({ locationId });
    const { id: contactId } = someone();
    const one = sdk(url, token.access_token ?? '');
    expect(await one.contacts.getContact({ contactId })).toMatchObject({ contact: { id: contactId } });
  });
});

describe('HighLevel’s SDK: errors of the sandbox', () => {
  const contactId = 'AAAAAAAAAAAAAAAAAAAA';

  test('a contact that does not exist, with 400', async () => {
    const lookup = ghl.contacts.getContact({ contactId });
    await expect(lookup).rejects.toThrow(GHLValidationError);
    await expect(lookup).rejects.toMatchObject({
      statusCode: 400,
      message: `Contact not found for id:${contactId}`,
    });
  });

  test('a duplicate, with 400 and the existing contact', async () => {
    const { id, email } = someone();
    const body = { locationId: sandbox.locationId, email: email ?? '' };
    const creation = ghl.contacts.createContact(body);
    await expect(creation).rejects.toThrow(GHLValidationError);
    await expect(creation).rejects.toMatchObject({
      statusCode: 400,
      response: { meta: { contactId: id, matchingField: 'email' } },
    });
  });

  test('an invalid body, with 422 and each error', async () => {
    const body = { title: 'Call back', dueDate: 'soon', completed: false, color: 'red' };
    const creation = ghl.contacts.createTask({ contactId: someone().id }, body);
    await expect(creation).rejects.toThrow(GHLValidationError);
    await expect(creation).rejects.toMatchObject({
      statusCode: 422,
      message: 'property color should not exist, dueDate must be a valid ISO 8601 date string',
    });
  });

  test('an unknown token, and a missing permission, with 401', async () => {
    const unknown = sdk(sandbox.url, 'pit-unknown').contacts.getContact({ contactId });
    await expect(unknown).rejects.toThrow(GHLAuthenticationError);
    const { accessToken } = sandbox.token({ kind: 'pit', scopes: ['contacts.readonly'] });
    const refused = sdk(sandbox.url, accessToken).contacts.deleteContact({ contactId: someone().id });
    await expect(refused).rejects.toThrow(GHLAuthenticationError);
    await expect(refused).rejects.toMatchObject({
      statusCode: 401,
      message: 'The token is not authorized for this scope.',
    });
  });

  test('the wrong sub-account, with 403', async () => {
    const lookup = ghl.locations.getLocation({ locationId: sandbox.otherLocationId });
    await expect(lookup).rejects.toThrow(GHLForbiddenError);
    await expect(lookup).rejects.toMatchObject({ statusCode: 403 });
  });

  test('an unknown endpoint, with 404', async () => {
    const { accessToken } = sandbox.token();
    const lookup = ghl.request({ url: '/nowhere', headers: { Authorization: `Bearer ${accessToken}` } });
    await expect(lookup).rejects.toThrow(GHLNotFoundError);
  });

  test('a server error, with 5xx', async () => {
    sandbox.fail({ status: 503 });
    const lookup = ghl.contacts.getContact({ contactId });
    await expect(lookup).rejects.toThrow(GHLServerError);
    await expect(lookup).rejects.toMatchObject({ statusCode: 503 });
  });

  test('the rate limit, with 429 and the remaining requests', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ rateLimit: { max: 1, intervalMs: 7_000 } });
    const own = sdk(sandbox.url, sandbox.token({ kind: 'pit' }).accessToken);
    await own.contacts.getContact({ contactId: someone().id });
    const refused = own.contacts.getContact({ contactId: someone().id });
    await expect(refused).rejects.toThrow(GHLRateLimitError);
    await expect(refused).rejects.toMatchObject({
      statusCode: 429,
      rateLimit: { intervalMs: 7_000, remaining: 0, dailyRemaining: 199_999 },
    });
  });
});
