import { failure, highLevel, LOCATION, run } from '../../support/app.ts';
import { finished } from '../../support/jivochat/samples.ts';
import { good, knowing, location, newContact, noteText, paths } from './lead.ts';

const highlevel = highLevel();

describe('Capture JivoChat Lead input', () => {
  const body = async (input: Record<string, unknown>, country = 'US') => {
    const capture = await knowing(highlevel, location(false, { country }));
    highlevel.answers(paths.create, 201, good.create);
    highlevel.answers(paths.note, 201, good.note);
    await capture(input);
    return highlevel.sent.map((request) => request.body);
  };

  test('a mapped field takes precedence over the payload', async () => {
    const [contact, note] = await body({
      name: 'Jane Doe',
      email: 'Jane@Example.com',
      phone: '(415) 555-0132',
      chatId: '9',
      message: 'Please call',
      agentName: 'Maria',
      pageUrl: 'https://example.com/pricing',
    });
    expect(contact).toEqual({
      ...newContact,
      firstName: 'Jane',
      lastName: 'Doe',
      email: 'jane@example.com',
      phone: '+14155550132',
    });
    expect(note).toEqual({
      body: noteText
        .replace('John Smith, email@example.com, +14084987855', 'Jane Doe, jane@example.com, +14155550132')
        .replace('Agent: Thomas Anderson', 'Agent: Maria')
        .replace('http://example.com/', 'https://example.com/pricing')
        .replace('\n\n[2022', '\n\nPlease call\n\n[2022')
        .replace('John Smith: Hello!', 'Jane Doe: Hello!')
        .replace('3948/7607', '3948/9'),
    });
  });

  test('mapped fields work without a payload', async () => {
    const [contact, note] = await body({
      payload: '',
      chatId: '',
      name: 'Анна Петрова',
      phone: '415 555 0132',
      transcript: 'Anna: Hello\nAgent: Hi',
    });
    expect(contact).toEqual({
      locationId: LOCATION,
      firstName: 'Анна',
      lastName: 'Петрова',
      phone: '+14155550132',
      source: 'JivoChat',
      tags: ['jivochat'],
    });
    expect(note).toEqual({
      body: expect.stringMatching(
        /^JivoChat chat\nVisitor: Анна Петрова, \+14155550132\n\nAnna: Hello\nAgent: Hi\n\nMessages: 2\nJivoChat [0-9a-f]{16}$/,
      ),
    });
  });

  test.each([
    [
      'the visitor’s country',
      '030 23125000',
      { 'session.geoip.country_code': 'DE' },
      'GB',
      'US',
      '+493023125000',
    ],
    ['the default country', '020 7946 0018', { session: null }, 'gb', 'US', '+442079460018'],
    ['the sub-account’s country', '02 05 55 50 13', { session: null }, '', 'FR', '+33205555013'],
  ])('a local phone number is parsed with %s', async (_, typed, changes, defaultCountry, country, phone) => {
    const payload = JSON.stringify(finished([], { 'visitor.phone': typed, ...changes }));
    const [contact] = await body({ payload, defaultCountry }, country);
    expect(contact).toMatchObject({ phone });
  });

  test.each([
    ['Germany', '030 23125000', '+493023125000'],
    ['united kingdom', '020 7946 0018', '+442079460018'],
    ['UK', '020 7946 0018', '+442079460018'],
  ])('the default country can be given as %s', async (defaultCountry, typed, phone) => {
    const payload = JSON.stringify(finished([], { 'visitor.phone': typed, session: null }));
    const [contact] = await body({ payload, defaultCountry });
    expect(contact).toMatchObject({ phone });
  });

  test('an unknown default country is ignored with a warning', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.answers(paths.note, 201, good.note);
    expect(await capture({ defaultCountry: 'Atlantis' })).toMatchObject({
      isNew: true,
      warnings: ['"Default Country" isn\'t a country, so it was ignored: "Atlantis".'],
    });
  });

  test('an unknown default country is part of the error if no phone number can be read', async () => {
    const payload = JSON.stringify(
      finished([], { visitor: { name: 'Ada', phone: '030 23125000' }, session: null }),
    );
    const capture = await knowing(highlevel);
    const { message } = await failure(capture({ payload, defaultCountry: 'Atlantis' }));
    expect(message).toContain('"030 23125000" is not a phone number');
    expect(message).toContain('"Default Country" isn\'t a country, so it was ignored: "Atlantis".');
  });

  test.each([
    ['Hello', /"JivoChat Event Data" is not JSON\. Map the raw body/],
    ['{"event_name": "chat_fin', /^"JivoChat Event Data" is not JSON/],
    [
      '{"visitor": {"email": "a@b.co"}}',
      /^"JivoChat Event Data" is not a JivoChat event: it has no event name/,
    ],
    ['"chat_finished"', /^"JivoChat Event Data" is not a JivoChat event/],
  ])('the payload %s is rejected before any request', async (payload, sentence) => {
    const { kind, message } = await failure(run('creates', 'capture_jivochat_lead', { payload }));
    expect({ kind, message }).toEqual({ kind: 'AppError', message: expect.stringMatching(sentence) });
    expect(highlevel.sent).toEqual([]);
  });

  test.each([
    [
      { 'visitor.email': null, 'visitor.phone': null },
      'no email and no phone number, so nothing was written',
    ],
    [
      { 'visitor.email': 'none', 'visitor.phone': 'call me' },
      'no email and no phone number ("call me" is not a phone number), so nothing was written',
    ],
    [{ 'chat.blacklisted': true }, 'The visitor is on the blacklist in JivoChat, so nothing was written'],
  ])('a visitor with %j halts the run, and nothing is written', async (changes, sentence) => {
    const capture = await knowing(highlevel);
    const { kind, message } = await failure(capture({ payload: JSON.stringify(finished([], changes)) }));
    expect({ kind, message }).toEqual({ kind: 'HaltedError', message: expect.stringContaining(sentence) });
    expect(highlevel.sent).toEqual([]);
  });
});
