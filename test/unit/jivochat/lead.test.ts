import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom, mayHaveContactDetails, type ReadOptions } from '../../../lib/jivochat/lead.ts';
import { finished, sample, sampleNames } from '../../support/jivochat/samples.ts';

const lead = (event: unknown, options: ReadOptions = {}) => leadFrom(readEvent(event), options);

describe('UTM parameters', () => {
  const marks = (changes: Record<string, unknown>) => {
    const { utmSource, utmMedium, utmCampaign, utmTerm, gclid, fbclid } = lead(
      sample('chat_finished', changes),
    );
    return { utmSource, utmMedium, utmCampaign, utmTerm, gclid, fbclid };
  };
  const page = 'https://example.com/?utm_source=query&utm_term=a+b%26c&gclid=G-1&fbclid=F.2#utm_medium=none';

  test.each<[string, Record<string, unknown>, object]>([
    [
      'utm_json',
      { 'session.utm_json': { source: 'json' }, 'session.utm': 'source=pipe|medium=cpc' },
      { utmSource: 'json', utmMedium: null, utmTerm: null },
    ],
    [
      'the pipe-separated text',
      { 'session.utm_json': {}, 'session.utm': 'medium=cpc' },
      { utmSource: null, utmMedium: 'cpc', utmTerm: null },
    ],
    [
      'the page URL',
      { 'session.utm_json': { source: ' ', medium: null }, 'session.utm': 'source=|medium' },
      { utmSource: 'query', utmMedium: null, utmTerm: 'a b&c' },
    ],
  ])('are taken from %s alone: those of two sources are never mixed', (_, changes, expected) => {
    expect(marks({ ...changes, 'page.url': page })).toEqual({
      utmCampaign: null,
      gclid: 'G-1',
      fbclid: 'F.2',
      ...expected,
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['names with utm_', { utm_json: { utm_source: 'google', utm_medium: 'cpc', utm_term: 'dentist' } }],
    ['names in another case', { utm_json: { Source: 'google', UTM_Medium: 'cpc', TERM: 'dentist' } }],
    ['a keyword', { utm_json: { source: 'google', medium: 'cpc', keyword: 'dentist' } }],
    ['JSON text', { utm_json: '{"source":"google","medium":"cpc","keyword":"dentist"}' }],
    ['JSON text in the other place', { utm: ' {"utm_source":"google","medium":"cpc","term":"dentist"}' }],
    ['an object in the other place', { utm: { source: 'google', medium: 'cpc', term: 'dentist' } }],
    ['a query', { utm: 'utm_source=google&utm_medium=cpc&utm_term=dentist' }],
    ['a query in the other place', { utm_json: '?utm_source=google&utm_medium=cpc&utm_keyword=dentist' }],
    ['a query of HTML', { utm: 'utm_source=google&amp;utm_medium=cpc&amp;utm_term=dentist' }],
    ['a whole URL', { utm: 'https://example.com/?UTM_SOURCE=google&utm_medium=cpc&utm_term=dentist' }],
    ['semicolons', { utm: 'source=google; medium=cpc; term=dentist' }],
    ['pipes with keyword', { utm: 'source=google | medium=cpc | keyword=dentist' }],
  ])('are read from %s', (_, session) => {
    expect(marks({ session, 'page.url': null })).toMatchObject({
      utmSource: 'google',
      utmMedium: 'cpc',
      utmTerm: 'dentist',
    });
  });

  test('in the page URL have names in any case', () => {
    const url = 'https://example.com/?UTM_Source=Google&amp;Utm_Medium=cpc&GCLID=g1&utm_source=';
    expect(marks({ session: null, 'page.url': url })).toMatchObject({
      utmSource: 'Google',
      utmMedium: 'cpc',
      gclid: 'g1',
    });
  });

  test('may contain separators', () => {
    expect(marks({ session: { utm: 'campaign=Tom & Jerry; a,b' } })).toMatchObject({
      utmCampaign: 'Tom & Jerry; a,b',
    });
    expect(marks({ session: { utm: 'source=a&b|campaign=x' } })).toMatchObject({
      utmSource: 'a&b',
      utmCampaign: 'x',
    });
  });

  test('are taken from the page URL alone, even without a scheme', () => {
    for (const url of [page, page.replace('https://', '')]) {
      expect(marks({ session: null, 'page.url': url })).toMatchObject({ utmSource: 'query', gclid: 'G-1' });
    }
  });

  test('in the pipe-separated text are decoded, and kept as they are when malformed', () => {
    const utm = 'utm_source=Spring%20Sale|medium=a=b|campaign=100%|term';
    expect(marks({ 'session.utm_json': null, 'session.utm': utm })).toMatchObject({
      utmSource: 'Spring Sale',
      utmMedium: 'a=b',
      utmCampaign: '100%',
      utmTerm: null,
    });
  });
});

describe('Emails', () => {
  test.each([
    [' Anna.Petrova@Example.COM ', 'anna.petrova@example.com'],
    ['mailto:a@b.co', 'a@b.co'],
    ['<a@b.co>', 'a@b.co'],
    ['анна@пример.рф', 'анна@пример.рф'],
    ['anna at example.com', null],
    ['a@b', null],
    ['a@b@c.de', null],
    ['a b@c.de', null],
    [`${'a'.repeat(250)}@b.co`, null],
  ])('%j is parsed as %j', (given, read) => {
    expect(lead(sample('chat_finished', { 'visitor.email': given })).email).toBe(read);
  });
});

describe('Phone numbers', () => {
  test.each([
    ['+7 (999) 123-45-67', null, undefined, '+79991234567'],
    ['0030 210 1234567', null, undefined, '+302101234567'],
    ['(415) 555-0132', 'US', 'DE', '+14155550132'],
    ['030 901820', null, 'DE', '+4930901820'],
    ['030 901820', 'XX', 'de', '+4930901820'],
    ['٠٣٠٩٠١٨٢٠', null, 'DE', '+4930901820'],
  ])('%j in %j, or else %j, is %j', (typed, country, defaultCountry, phone) => {
    const event = sample('chat_finished', { 'visitor.phone': typed, 'session.geoip.country_code': country });
    expect(lead(event, { defaultCountry })).toMatchObject({ phone, phoneRaw: null });
  });

  test.each(['call me', '123', '+458745457845', '030 901820'])(
    '%j without a country is invalid, and is kept as typed',
    (typed) => {
      const event = sample('chat_finished', { 'visitor.phone': typed, 'session.geoip': null });
      expect(lead(event)).toMatchObject({ phone: null, phoneRaw: typed });
    },
  );
});

describe('Contact details', () => {
  const typed = ({ country, ...visitor }: Record<string, string | null>, options: ReadOptions = {}) =>
    lead(
      sample('chat_finished', {
        visitor: { number: '2198', ...visitor },
        session: country ? { geoip: { country_code: country } } : null,
      }),
      options,
    );

  test.each<[string, string | null, ReadOptions, string]>([
    ['(415) 555-2671', 'GB', { accountCountry: 'US' }, '+14155552671'],
    ['(415) 555-2671', 'DE', { defaultCountry: 'US', accountCountry: 'DE' }, '+14155552671'],
    ['79998291550', null, {}, '+79998291550'],
    ['5511987654321', null, { accountCountry: 'US' }, '+5511987654321'],
    ['4915123456789', 'DE', {}, '+4915123456789'],
    ['79998291550', 'NL', {}, '+79998291550'],
    ['380671234567', 'RU', { accountCountry: 'US' }, '+380671234567'],
    ['044 55 1234 5678', 'MX', {}, '+525512345678'],
    ['80671234567', 'UA', {}, '+380671234567'],
    ['++14155550132', null, {}, '+14155550132'],
    ['+8 999 829 15 50', 'RU', {}, '+79998291550'],
    ['020 7946 0018', 'UK', {}, '+442079460018'],
    ['020 7946 0018', null, { defaultCountry: 'gb', accountCountry: 'US' }, '+442079460018'],
    ['040 123 4567', 'FI', { accountCountry: 'NL' }, '+358401234567'],
    ['040 123 4567', 'NL', { accountCountry: 'FI' }, '+31401234567'],
    ['030 901820', null, { defaultCountry: 'XX', accountCountry: 'DE' }, '+4930901820'],
  ])('%j in %j with %j is %j', (phone, country, options, expected) => {
    expect(typed({ phone, country }, options)).toMatchObject({ phone: expected, phoneRaw: null });
  });

  test('the visitor’s own number precedes the one that JivoChat called', () => {
    const numbers = { 'visitor.phone': '+14155550132', 'call.phone': '+14155550199' };
    expect(lead(sample('call_event', numbers)).phone).toBe('+14155550132');
    expect(lead(sample('call_event', { ...numbers, 'visitor.phone': null })).phone).toBe('+14155550199');
  });

  test('a number is parsed in the visit’s country, given by name', () => {
    const event = sample('chat_finished', {
      visitor: { phone: '030 901820' },
      session: { geoip: { country: 'Germany' } },
    });
    expect(lead(event).phone).toBe('+4930901820');
  });

  test.each(['12345', '1234567890', '0000000000', '5555555555', '111-111-1111'])(
    'the dummy %j is not a number, and is kept as typed',
    (phone) => {
      expect(typed({ phone, country: 'US' })).toMatchObject({
        phone: null,
        phoneRaw: phone,
        leftOver: [phone],
      });
    },
  );

  test('a second detail is left over', () => {
    expect(
      typed({
        email: 'a@example.com and b@example.com',
        phone: '415-555-0132 or 415-555-0199',
        country: 'US',
      }),
    ).toMatchObject({
      email: 'a@example.com',
      emailRaw: 'a@example.com and b@example.com',
      phone: '+14155550132',
      phoneRaw: '415-555-0132 or 415-555-0199',
      leftOver: ['b@example.com', '415-555-0199'],
    });
  });

  test('are read where they were typed', () => {
    expect(typed({ email: '+49 171 1234567', phone: 'Email: zoe@example.com' })).toMatchObject({
      email: 'zoe@example.com',
      phone: '+491711234567',
      leftOver: [],
    });
  });

  test('may be in lists', () => {
    const event = sample('chat_finished', {
      'visitor.email': ['a@example.com', 'b@example.com'],
      'visitor.phone': [14155550132],
    });
    expect(lead(event)).toMatchObject({
      email: 'a@example.com',
      leftOver: ['b@example.com'],
      phone: '+14155550132',
    });
  });

  test.each([
    [{ 0: 'zoe@example.com' }],
    [{ value: 'zoe@example.com' }],
    [[{ email: 'zoe@example.com' }]],
    [{ work: { address: 'Zoe@example.com' } }],
  ])('the email is read from %j', (email) => {
    expect(lead(sample('chat_finished', { 'visitor.email': email })).email).toBe('zoe@example.com');
  });

  test.each(['zoe@example..com', '.zoe@example.com', 'zoe at home'])('%j is kept as typed', (email) => {
    expect(typed({ email })).toMatchObject({ email: null, emailRaw: email, leftOver: [email] });
  });

  test.each<[string, object]>([
    ['Ivan [324234234]', { name: 'Ivan', phone: null, nameRaw: 'Ivan [324234234]' }],
    ['Анна 8 999 829 15 50', { name: 'Анна', phone: '+79998291550', nameRaw: null }],
    ['Клиент 79998291550', { name: null, phone: '+79998291550' }],
    ['Гость 8 (999) 829-15-50', { name: null, phone: '+79998291550' }],
    ['Visitor 1234567', { name: null, phone: null, phoneRaw: null, nameRaw: null, leftOver: [] }],
    ['2198', { name: null, phone: null, phoneRaw: null }],
  ])('in the name %j are %j', (name, expected) => {
    expect(typed({ name, country: 'RU' })).toMatchObject(expected);
  });
});

describe('Visitors who may have left a contact detail', () => {
  const mayBe = (visitor: object, more: object = {}) =>
    mayHaveContactDetails(readEvent({ event_name: 'chat_finished', visitor, ...more }));

  test.each([
    { email: 'anna@example.com' },
    { email: 'anna@example' },
    { phone: '(415) 555-0132' },
    { phone: '030 901820' },
    { phone: '79998291550' },
    { phone: 'anna@example.com' },
    { email: '8 999 829 15 50' },
    { name: 'Anna 415 555 0132' },
    { name: 'anna@example.com' },
    { name: 'Клиент 79998291550' },
  ])('%j', (visitor) => {
    expect(mayBe(visitor)).toBe(true);
  });

  test.each([
    {},
    { name: 'Visitor 12345678' },
    { name: '21987654', number: 21987654 },
    { name: 'Ivan [324234234]' },
    { email: 'none', phone: 'call me', name: 'Ann' },
    { phone: '1234567890' },
    { email: 'n/a', phone: '-', description: 'anna@example.com' },
  ])('not with %j', (visitor) => {
    expect(mayBe(visitor)).toBe(false);
  });

  test('a called number and a CRM client’s contacts are such details', () => {
    expect(mayBe({}, { call: { phone: '4155550132' } })).toBe(true);
    const contacts = [{ contact_type: 'phone', contact: '79998291550' }];
    expect(mayHaveContactDetails(readEvent({ event_name: 'created_client', client_id: 7, contacts }))).toBe(
      true,
    );
  });
});

describe('Event ids', () => {
  test('of two deliveries are equal, whether JivoChat sends its ids as numbers or text', () => {
    for (const name of sampleNames) expect(lead(sample(name)).eventId).toBe(lead(sample(name)).eventId);
    expect(lead(sample('chat_finished', { chat_id: '7607' })).eventId).toBe(
      lead(sample('chat_finished')).eventId,
    );
  });

  test.each([
    [
      'another event of the chat',
      sample('chat_accepted'),
      sample('chat_accepted', { event_name: 'chat_updated' }),
    ],
    [
      'a second change of the chat',
      sample('chat_updated'),
      sample('chat_updated', { 'visitor.phone': null }),
    ],
    ['the next step of a call', sample('call_event', { 'call.status': 'start' }), sample('call_event')],
    [
      'a second offline message of the chat',
      sample('offline_message'),
      sample('offline_message', { offline_message_id: 1665399500727 }),
    ],
    ['another change of the client', sample('client_updated'), sample('client_updated', { tags: [] })],
    [
      'another event that nobody knows yet',
      { event_name: 'created_task', task_id: 1 },
      { event_name: 'created_task', task_id: 2 },
    ],
  ])('differ for %s', (_, one, other) => {
    expect(lead(one).eventId).not.toBe(lead(other).eventId);
  });
});

describe('Missed chats', () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    [
      'an agent spoke',
      finished([
        ['visitor', 'Hi'],
        ['agent', 'Hello'],
      ]),
      false,
    ],
    ['only the visitor spoke', finished([['visitor', 'Hi']]), true],
    ['an agent was there and said nothing', finished([['visitor', 'Hi']], { agent: { id: 1 } }), true],
    [
      'only the invitation was sent, which JivoChat does by itself',
      finished(
        [
          ['agent', 'May I help you?'],
          ['visitor', 'Yes!'],
        ],
        { 'chat.invitation': 'May I help you?' },
      ),
      true,
    ],
    [
      'an agent spoke after the invitation',
      finished(
        [
          ['agent', 'May I help?'],
          ['agent', 'Hi'],
        ],
        { 'chat.invitation': 'May I help?' },
      ),
      false,
    ],
    [
      'a robot spoke',
      finished([
        ['visitor', 'Hi'],
        ['bot', 'Hello!'],
      ]),
      true,
    ],
    [
      'an agent sent something without text',
      finished([
        ['visitor', 'Hi'],
        ['agent', null],
      ]),
      false,
    ],
    ['no messages are told, but agents', finished([]), false],
    ['no messages are told, but an agent', finished([], { agents: [], agent: { id: 1 } }), false],
    ['no messages are told, and no agents', finished([], { agents: [] }), true],
    ['no messages are told, and nobody is in the list of agents', finished([], { agents: [{}] }), true],
    ['it is not over yet', sample('chat_accepted', { agent: null }), false],
    ['it is an offline message', sample('offline_message', { agent: { id: 1 } }), true],
  ])('when %s', (_, event, missed) => {
    expect(lead(event).missed).toBe(missed);
  });
});
