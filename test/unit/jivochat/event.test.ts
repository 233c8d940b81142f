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
