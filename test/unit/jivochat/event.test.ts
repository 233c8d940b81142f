import { InputError } from '../../../lib/base/errors.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { sample, sampleNames } from '../../support/jivochat/samples.ts';

const lead = (event: unknown) => leadFrom(readEvent(event));
const john = {
  name: 'John Smith',
  firstName: 'John',
  lastName: 'Smith',
  email: 'email@example.com',
  phone: '+14084987855',
  phoneRaw: null,
  description: 'Description text',
  visitorNumber: '2198',
};
const visit = {
  pageUrl: 'http://example.com/',
  pageTitle: 'Page title',
  utmSource: 'google',
  utmMedium: 'cpc',
  utmCampaign: 'campaign_name',
  utmTerm: null,
  utmContent: 'banner',
  gclid: null,
  fbclid: null,
  country: 'United States',
  countryCode: 'US',
  region: 'California',
  city: 'San Francisco',
  ipAddress: '208.80.152.201',
};

describe('Documented events', () => {
  test.each([
    [
      'chat_accepted',
      {
        ...john,
        ...visit,
        eventId: 'jivo:chat_accepted:7636',
        chatId: '7636',
        organization: 'Company name',
        status: 'contact_later',
        tags: ['Tag example'],
        topic: 'Topic_1',
        department: 'Sales',
        agentName: 'Agent',
        agentEmail: 'agent1@gmail.com',
        missed: false,
        transcript: null,
        messageCount: 0,
      },
    ],
    [
      'chat_updated',
      { ...john, ...visit, chatId: '7507', tags: ['Discount'], agentName: 'Thomas Anderson', missed: false },
    ],
    [
      'client_updated',
      {
        name: 'Thomas',
        firstName: 'Thomas',
        lastName: null,
        email: 'thomas@gmail.com',
        // The phone number in JivoChat's sample, which is not a valid one.
        phone: null,
        phoneRaw: '+458745457845',
        visitorNumber: '1217',
        chatId: null,
        pageUrl: null,
        city: null,
        utmSource: null,
        agentEmail: 'agent3@gmail.com',
      },
    ],
    [
      'client_attribute_updated',
      {
        visitorNumber: '1217',
        name: null,
        email: null,
        attributes: { plan: 'Premium', seats: '12', trial: 'true' },
      },
    ],
    [
      'chat_finished',
      {
        ...john,
        ...visit,
        eventId: 'jivo:chat_finished:7607',
        chatId: '7607',
        organization: null,
        status: null,
        tags: [],
        agentName: 'Thomas Anderson',
        missed: false,
        transcript: null,
        messageCount: 2,
        startedAt: '2022-10-10T10:07:56Z',
        endedAt: '2022-10-10T10:08:03Z',
        blacklisted: false,
        rating: null,
      },
    ],
    [
      'offline_message',
      {
        ...john,
        ...visit,
        eventId: 'jivo:offline_message:1665399500726',
        chatId: '2026',
        offlineMessageId: '1665399500726',
        message: 'Message text',
        missed: true,
      },
    ],
    [
      'offline_message_2017',
      {
        ...john,
        ...visit,
        eventId: 'jivo:offline_message:2806',
        chatId: null,
        offlineMessageId: '2806',
        missed: true,
      },
    ],
    [
      'call_event',
      {
        ...john,
        ...visit,
        chatId: '4398',
        callType: 'callback',
        callStatus: 'end',
        callRecordUrl: 'https://example.com/records/4398.mp3',
        callReason: null,
        agentEmail: 'agent@jivosite.com',
        missed: false,
      },
    ],
    [
      'chat_assigned',
      { ...john, ...visit, chatId: '7610', userToken: 'a1b2c3', crmLink: 'https://example.com/crm/7610' },
    ],
  ])('%s is parsed completely', (name, expected) => {
    expect(lead(sample(name))).toMatchObject(expected);
  });

  test('all have the same keys, even an unknown event', () => {
    const keys = Object.keys(lead(sample('chat_finished')));
    for (const name of sampleNames) expect(Object.keys(lead(sample(name)))).toEqual(keys);
    const unknown = lead({ event_name: 'crm_task_created', task_id: 7, visitor: { email: 'a@b.co' } });
    expect(Object.keys(unknown)).toEqual(keys);
    expect(unknown).toMatchObject({ event: 'crm_task_created', email: 'a@b.co', missed: false });
  });

  test.each(sampleNames)('%s is parsed the same from JSON text and from an object', (name) => {
    expect(lead(JSON.stringify(sample(name)))).toEqual(lead(sample(name)));
    expect(lead(`\uFEFF${JSON.stringify(sample(name))}`)).toEqual(lead(sample(name)));
  });
});

describe('Undocumented variations', () => {
  test.each([
    ['as a number', 7607, '7607'],
    ['as text', '7607', '7607'],
    ['longer than 32 bits', 1665399500726, '1665399500726'],
    ['as null', null, null],
    ['as an object', {}, null],
    ['as a boolean', true, null],
  ])('an id %s', (_, given, read) => {
    const changes = { chat_id: given, widget_id: given, 'visitor.number': given };
    expect(lead(sample('chat_finished', changes))).toMatchObject({
      chatId: read,
      widgetId: read,
      visitorNumber: read,
    });
  });

  test('an id that overflows to Infinity is null', () => {
    expect(lead('{"event_name":"chat_finished","chat_id":1e400}').chatId).toBeNull();
  });

  test('a widget id of letters and digits is kept', () => {
    expect(lead(sample('chat_finished', { widget_id: 'xG7_kLm-2Q' })).widgetId).toBe('xG7_kLm-2Q');
  });

  test('the client id serves as the visitor number', () => {
    expect(lead(sample('client_updated', { 'visitor.number': undefined })).visitorNumber).toBe('1217');
  });

  test.each([null, undefined, {}, [], '', 7])(
    'sections such as session, page and agents may be %j',
    (nothing) => {
      const keys = [
        'session',
        'page',
        'analytics',
        'organization',
        'status',
        'tags',
        'topic',
        'agents',
        'chat',
      ];
      const changes = Object.fromEntries(keys.map((key) => [key, nothing]));
      expect(
        lead(sample('chat_finished', { ...changes, assigned_agent: nothing, agent: nothing })),
      ).toMatchObject({
        ...john,
        pageUrl: null,
        city: null,
        utmSource: null,
        organization: null,
        status: null,
        topic: null,
        tags: [],
        agentName: null,
        transcript: null,
      });
    },
  );

  test('custom attributes may be an object, pairs, or names with values', () => {
    const read = (attributes: unknown) => lead(sample('client_attribute_updated', { attributes })).attributes;
    expect(read({ name: 'Ann', value: '3' })).toEqual({ name: 'Ann', value: '3' });
    expect(read([{ plan: 'Premium' }, ['seats', 12]])).toEqual({ plan: 'Premium', seats: '12' });
    expect(read([{ name: 'plan', value: 'Premium' }, null, 7, ['empty', null]])).toEqual({ plan: 'Premium' });
  });

  test.each([
    ['positive', 'positive'],
    ['negative', 'negative'],
    [null, null],
    [undefined, null],
  ])('a rating of %j is %j', (given, read) => {
    expect(lead(sample('chat_finished', { 'chat.rate': given })).rating).toBe(read);
  });
});

describe('Tags', () => {
  test.each<[string, Record<string, unknown>]>([
    ['texts', { tags: ['Sales', ' VIP '] }],
    ['a text', { tags: 'Sales, VIP' }],
    ['JSON text', { tags: '[{"title":"Sales"},"VIP"]' }],
    ['objects of several forms', { tags: [{ name: 'Sales' }, { value: 'VIP' }] }],
    ['a map', { tags: { 17: { title: 'Sales' }, 18: 'VIP' } }],
    ['a map of those that are set', { tags: { Sales: true, VIP: true, Old: false } }],
    ['the visitor’s', { tags: null, 'visitor.tags': ['Sales', { title: 'VIP' }] }],
    ['the chat’s', { tags: undefined, 'chat.tags': ['Sales', 'VIP'] }],
    ['all of these', { tags: ['Sales'], 'visitor.tags': 'VIP', 'chat.tags': { 0: 'Sales', 1: null } }],
  ])('are read from %s', (_, changes) => {
    expect(lead(sample('chat_finished', changes)).tags).toEqual(['Sales', 'VIP']);
  });

  test('may be a single object', () => {
    expect(lead(sample('chat_finished', { tags: { id: 7, title: 'Sales' } })).tags).toEqual(['Sales']);
  });
});

describe('The blacklist', () => {
  test.each([true, 1, '1', 'true', 'True', 'yes', ' YES ', 'on'])('has a visitor with %j', (given) => {
    expect(lead(sample('chat_finished', { 'chat.blacklisted': given })).blacklisted).toBe(true);
    expect(lead(sample('offline_message', { 'visitor.blacklisted': given })).blacklisted).toBe(true);
  });

  test.each([false, 0, '0', 'false', 'no', null, undefined, {}, []])('does not have one with %j', (given) => {
    expect(lead(sample('chat_finished', { 'chat.blacklisted': given })).blacklisted).toBe(false);
  });
});

test.each(['null', 'None', 'n/a', '-', 'undefined', '[object Object]'])(
  '%j is neither an id nor a text',
  (nothing) => {
    const changes = { chat_id: nothing, widget_id: nothing, 'page.title': nothing, 'visitor.email': nothing };
    expect(lead(sample('chat_finished', changes))).toMatchObject({
      chatId: null,
      widgetId: null,
      pageTitle: null,
      email: null,
      emailRaw: null,
    });
  },
);

test.each([
  ['chat.rating', 'positive'],
  ['rate', 'positive'],
  ['rating', 5],
])('a rating under %s is read', (key, given) => {
  expect(lead(sample('chat_finished', { 'chat.rate': undefined, [key]: given })).rating).toBe(String(given));
});

describe('Calls', () => {
  const call = (changes: Record<string, unknown>) => lead(sample('call_event', changes));

  test.each([
    [null, '+442079460018', { phone: '+442079460018', phoneRaw: null, leftOver: [] }],
    ['', '79998291550', { phone: '+79998291550', phoneRaw: null, leftOver: [] }],
    ['none', 442079460018, { phone: '+442079460018', phoneRaw: null, leftOver: [] }],
    ['call me', '+442079460018', { phone: '+442079460018', phoneRaw: 'call me', leftOver: ['call me'] }],
    ['+14084987855', '+442079460018', { phone: '+14084987855', phoneRaw: null, leftOver: [] }],
    [null, 'hidden', { phone: null, phoneRaw: 'hidden', leftOver: ['hidden'] }],
  ])('of a visitor with the phone %j, to %j', (typed, called, expected) => {
    expect(call({ 'visitor.phone': typed, 'call.phone': called })).toMatchObject(expected);
  });

  test.each([
    ['error', true],
    ['Error', true],
    ['end', false],
    ['start', false],
    [null, false],
  ])('with the status %j are missed: %j', (status, missed) => {
    expect(call({ 'call.status': status }).missed).toBe(missed);
  });

  test('have another id if the recording arrives later', () => {
    expect(call({ 'call.record_url': null }).eventId).not.toBe(call({}).eventId);
  });
});

describe('Events of the CRM webhooks', () => {
  const client = {
    client_id: 1217,
    widget: { widget_id: '3948' },
    name: 'Jane Doe',
    description: 'Wants a quote',
    assigned_agent: { assigned_agent_id: 3 },
    crm_link: 'https://example.com/crm/1217',
    status: { title: 'contact_later', status_id: 4 },
    organization: { organization_id: 1, name: 'Example Ltd' },
    tags: ['Sales'],
    has_deal: false,
    contacts: [
      { contact_type: 'phone', contact: '79998291550', channel_type: 'widget' },
      { contact_type: 'email', contact: 'Jane@Example.com', channel_type: 'agent_app' },
      { contact_type: 'email', contact: 'office@example.com' },
    ],
    blacklist: null,
  };
  const jane = {
    name: 'Jane Doe',
    email: 'jane@example.com',
    emailRaw: 'Jane@Example.com, office@example.com',
    leftOver: ['office@example.com'],
    phone: '+79998291550',
    description: 'Wants a quote',
    visitorNumber: '1217',
    widgetId: '3948',
    status: 'contact_later',
    organization: 'Example Ltd',
    tags: ['Sales'],
    crmLink: 'https://example.com/crm/1217',
    missed: false,
    blacklisted: false,
  };

  test.each([
    ['created_client', { event_name: 'created_client', event_type: 'crm_client', ...client }],
    ['updated_client_contacts', { event_name: 'updated_client_contacts', ...client }],
    ['a new one about a client', { event_name: 'merged_client_cards', ...client }],
    ['assigned_status', { event_name: 'assigned_status', client }],
    [
      'one whose visitor has blanks, words for nothing and empty lists',
      {
        event_name: 'created_client',
        visitor: { name: ' ', email: [], phone: {}, description: 'null' },
        ...client,
      },
    ],
    ['one with an empty visitor', { event_name: 'created_client', visitor: { name: null }, ...client }],
  ])('%s has the client’s details', (_, event) => {
    expect(lead(event)).toMatchObject(jane);
  });

  test.each<[string, unknown]>([
    ['a numbered map', Object.fromEntries(client.contacts.entries())],
    ['a map by kind', { phone: '79998291550', email: 'Jane@Example.com, office@example.com' }],
  ])('contacts are read from %s', (_, contacts) => {
    expect(lead({ event_name: 'created_client', ...client, contacts })).toMatchObject(jane);
  });

  test('a client on the blacklist is recognized', () => {
    const event = {
      event_name: 'changed_client_blacklist',
      ...client,
      blacklist: { created_ts: 1665396476 },
    };
    expect(lead(event).blacklisted).toBe(true);
  });

  test.each([
    { event_name: 'created_deal', name: 'Two seats', client: { client_id: 7 } },
    { event_name: 'created_organization', name: 'Example Ltd', organization_id: 1 },
  ])('the name of another record is not a client’s: %j', (event) => {
    expect(lead(event).name).toBeNull();
  });
});

describe('Invalid events', () => {
  test.each<[unknown, RegExp]>([
    ['', /not JSON/],
    ['Hello', /not JSON/],
    ['{"event_name": "chat_fini', /not JSON/],
    ['[]', /no event name/],
    ['null', /no event name/],
    [null, /no event name/],
    [undefined, /no event name/],
    [{}, /no event name/],
    [{ event_name: 7 }, /no event name/],
    [{ event_name: ' \u0000 ' }, /no event name/],
    [`{"event_name":"x","deep":${'['.repeat(60)}${']'.repeat(60)}}`, /nested too deeply/],
    [`{"event_name":"x","deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /nested too deeply/],
    [JSON.stringify({ event_name: 'x', text: 'x'.repeat(5_000_001) }), /too long/],
  ])('%.40j is rejected with a message', (payload, sentence) => {
    expect(() => readEvent(payload)).toThrow(InputError);
    expect(() => readEvent(payload)).toThrow(sentence);
  });
});
