import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { finished } from '../../support/jivochat/samples.ts';

const lead = (messages: unknown, changes: Record<string, unknown> = {}) =>
  leadFrom(readEvent(finished([], { 'chat.messages': messages, ...changes })));
/** The transcript of one message of the visitor. */
const line = (message: object) => lead([{ type: 'visitor', ...message }]).transcript;

describe('Times', () => {
  const at = (timestamp: unknown) => lead([{ message: 'x', type: 'visitor', timestamp }]).startedAt;

  test.each([
    [1_665_396_476, '2022-10-10T10:07:56Z'],
    ['1665396476', '2022-10-10T10:07:56Z'],
    ['1665396476.25', '2022-10-10T10:07:56.250Z'],
    [1_665_396_476_000, '2022-10-10T10:07:56Z'],
    ['2022-10-10T10:07:56Z', '2022-10-10T10:07:56Z'],
    ['2022-10-10T12:07:56.000+02:00', '2022-10-10T10:07:56Z'],
    ['2022-10-10 10:07:56', '2022-10-10T10:07:56Z'],
    ['2022-10-10 10:07:56 UTC', '2022-10-10T10:07:56Z'],
    ['2022-10-10 12:07:56 +0200', '2022-10-10T10:07:56Z'],
    ['20221010T100756Z', '2022-10-10T10:07:56Z'],
    ['yesterday', null],
    ['2022-02-31T10:00:00Z', null],
    ['', null],
    [0, null],
  ])('%j is %j', (timestamp, moment) => {
    expect(at(timestamp)).toBe(moment);
  });

  test('are parsed from other keys', () => {
    expect(lead([{ message: 'x', created_at: '2022-10-10T10:07:56Z' }]).startedAt).toBe(
      '2022-10-10T10:07:56Z',
    );
  });

  test('order the messages, and one without a time stays after the previous one', () => {
    const messages = [
      ['d', 40],
      ['e', null],
      ['b', 20],
      ['c', '1970-01-01T00:00:30Z'],
      ['a', 10],
      ['f', 40],
    ].map(([message, timestamp]) => ({ message, timestamp, type: 'visitor' }));
    expect(
      lead(messages)
        .messages.map(({ text }) => text)
        .join(''),
    ).toBe('abcdef');
    expect(
      lead(messages)
        .transcript?.match(/[a-f]$/gm)
        ?.join(''),
    ).toBe('abcdef');
  });
});

describe('Forms', () => {
  const said = [
    { message: 'Hi', timestamp: 10, type: 'visitor' },
    { message: 'Hello', timestamp: 20, type: 'agent', agent_id: 1 },
  ];
  const expected = [
    { at: '1970-01-01T00:00:10Z', from: 'John Smith', text: 'Hi' },
    { at: '1970-01-01T00:00:20Z', from: 'Thomas Anderson', text: 'Hello' },
  ];

  test.each<[string, unknown]>([
    ['a list', said],
    ['a numbered map', Object.fromEntries(said.entries())],
    ['a map by ids, in another order', { m2: said[1], m1: said[0] }],
    ['JSON text', JSON.stringify(said)],
    ['senders in capitals', said.map((message) => ({ ...message, type: message.type.toUpperCase() }))],
    [
      'the form of the Chat API',
      [
        { message: { type: 'text', text: 'Hi', date: 10 }, sender: 'client' },
        { type: 'text', text: 'Hello', date: 20, agent_id: '1' },
      ],
    ],
  ])('%s is parsed', (_, messages) => {
    expect(lead(messages).messages).toEqual(expected);
  });

  test('a single message is parsed without a list', () => {
    expect(lead(said[0]).messages).toEqual(expected.slice(0, 1));
    expect(lead('Hi').messages).toEqual([{ at: null, from: 'John Smith', text: 'Hi' }]);
  });

  test('messages next to the chat are parsed', () => {
    expect(lead(undefined, { messages: said }).messages).toEqual(expected);
  });
});

describe('Files and other messages', () => {
  const url = 'https://files.example.com/a/photo.jpg?x=1';

  test.each<[object, string]>([
    [{ text: 'Hi' }, 'Hi'],
    [{ message: null, body: 'Hi' }, 'Hi'],
    [{ message: '', content: { text: 'Hi' } }, 'Hi'],
    [{ message: { text: 'Hi' } }, 'Hi'],
    [{ message: { utterance: 'Hi' } }, 'Hi'],
    [{ something: 'Hi there' }, 'Hi there'],
    [{ file: url }, url],
    [{ message: url, file: url }, url],
    [{ message: null, file_url: url, file_name: 'photo.jpg' }, url],
    [{ message: 'Look', photo: url }, `Look ${url}`],
    [
      { caption: 'Look', media: { type: 'photo', url, thumb: 'https://files.example.com/t.jpg' } },
      `Look ${url}`,
    ],
    [{ media: { preview: url } }, url],
    [{ attachments: [{ link: url }, { link: `${url}&y=2` }] }, `${url} ${url}&y=2`],
    [{ message: { type: 'document', file: url } }, url],
    [{ message: { type: 'document', title: 'Offer', file: url } }, `Offer ${url}`],
    [{ message: null, whatever: url }, url],
    [{ message: 'Hi', avatar: url, agent: { photo: url } }, 'Hi'],
    [{ message: '', file_name: 'offer.pdf', mime_type: 'application/pdf' }, '[file] offer.pdf'],
    [{ message: null, photo: { id: 7 } }, '[file]'],
    [{ message: { type: 'sticker', id: 9 } }, '[file]'],
    [{ latitude: '52.5', longitude: '13.4' }, '52.5, 13.4'],
  ])('%j leaves the line %j', (message, expected) => {
    expect(line(message)).toBe(`John Smith: ${expected}`);
  });

  test.each([{ message: null }, { message: '' }, { message: {} }, { message: null, files: [], file: null }])(
    '%j, which is unknown, leaves none',
    (message) => {
      expect(line(message)).toBeNull();
    },
  );

  test('files that JivoChat’s text omits are added to it', () => {
    const messages = [
      { message: 'Hi', type: 'visitor', timestamp: 10 },
      { file: url, type: 'visitor', timestamp: 20 },
      { file: 'https://example.com/known.pdf', type: 'agent', timestamp: 30 },
    ];
    expect(
      lead(messages, { plain_messages: 'John: Hi\nAgent: https://example.com/known.pdf' }).transcript,
    ).toBe(`John: Hi\nAgent: https://example.com/known.pdf\n[1970-01-01 00:00] John Smith: ${url}`);
  });
});

describe('html_messages', () => {
  const html =
    '<div class="m"><b>John &amp; Co</b>: Hi <br/>there</div><div><b>Agent</b>: 2 &lt; 3 &#1055;&#x1F642;<script>x</script></div>';

  test('is the transcript, as text, if there is nothing else', () => {
    const read = lead([{ message: '<Message text is not displayed here>', type: 'visitor' }], {
      html_messages: html,
    });
    expect(read.transcript).toBe('John & Co: Hi\nthere\nAgent: 2 < 3 П🙂 x');
    expect(lead(null, { html_messages: html })).toMatchObject({ messageCount: 2 });
  });

  test.each([
    ['messages', { 'chat.messages': [{ message: 'Hi', type: 'visitor' }] }, 'John Smith: Hi'],
    ['plain text', { plain_messages: 'John: Hi' }, 'John: Hi'],
  ])('is ignored if there is %s', (_, changes, transcript) => {
    expect(lead(null, { html_messages: html, ...changes }).transcript).toBe(transcript);
  });
});

test('twice the messages are twice as many lines, in chronological order', () => {
  const messages = Array.from({ length: 2_000 }, (_, index) => ({
    message: `m${index}`,
    type: index % 2 ? 'agent' : 'visitor',
    agent_id: index,
    timestamp: 2_000 - index,
  }));
  const agents = messages.map(({ agent_id }) => ({ id: agent_id, name: `A${agent_id}` }));
  const read = lead(messages, { agents });
  expect(read.messageCount).toBe(2_000);
  expect(read.messages[0]).toEqual({ at: '1970-01-01T00:00:01Z', from: 'A1999', text: 'm1999' });
  expect(read.agentName).toBe('A1');
});
