import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom, type ReadOptions } from '../../../lib/jivochat/lead.ts';
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

  test('are taken from utm_json, then the pipe-separated text, then the page URL', () => {
    expect(
      marks({
        'session.utm_json': { source: 'json' },
        'session.utm': 'source=pipe|medium=cpc',
        'page.url': page,
      }),
    ).toEqual({
      utmSource: 'json',
      utmMedium: 'cpc',
      utmCampaign: null,
      utmTerm: 'a b&c',
      gclid: 'G-1',
      fbclid: 'F.2',
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
    '%j without a country is invalid, and is kept as it was typed',
    (typed) => {
      const event = sample('chat_finished', { 'visitor.phone': typed, 'session.geoip': null });
      expect(lead(event)).toMatchObject({ phone: null, phoneRaw: typed });
    },
  );
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
