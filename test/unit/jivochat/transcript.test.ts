import { noteBody } from '../../../lib/capture/note.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom, type ReadOptions } from '../../../lib/jivochat/lead.ts';
import { finished, sample } from '../../support/jivochat/samples.ts';

const lead = (event: unknown, options: ReadOptions = {}) => leadFrom(readEvent(event), options);
const note = (event: unknown) => noteBody(lead(event), traceOf(lead(event)));

describe('Transcript', () => {
  const talk = finished([
    ['visitor', 'Hello!\nAnybody there?'],
    ['agent', 'Hi John 🙂'],
    ['visitor', 'שלום'],
  ]);

  test('has names and times, in the given time zone', () => {
    expect(lead(talk, { timezone: 'Europe/Berlin' }).transcript).toBe(
      '[2022-10-10 12:07] John Smith: Hello!\nAnybody there?\n' +
        '[2022-10-10 12:08] Thomas Anderson: Hi John 🙂\n' +
        '[2022-10-10 12:09] John Smith: שלום',
    );
  });

  test.each([undefined, null, 'Nowhere/Atlantis'])('is in UTC when the time zone is %j', (timezone) => {
    expect(lead(talk, { timezone }).transcript).toMatch(/^\[2022-10-10 10:07\] /);
  });

  test('is JivoChat’s plain_messages when present', () => {
    const plain = 'John: Hello!\r\nAgent: Hi';
    expect(lead(finished([['visitor', 'other']], { plain_messages: plain }))).toMatchObject({
      transcript: 'John: Hello!\nAgent: Hi',
      messageCount: 1,
    });
    expect(lead(finished([], { plain_messages: plain }))).toMatchObject({ messageCount: 2 });
    expect(lead(finished([], { plain_messages: 'Привет' }))).toMatchObject({ messageCount: 1 });
  });

  test('leaves out withheld messages', () => {
    expect(lead(sample('chat_finished')).transcript).toBeNull();
    const event = finished([
      ['visitor', '<Message text is not displayed here>'],
      ['agent', 'Hi'],
      ['visitor', null],
      ['visitor', {}],
    ]);
    expect(lead(event).transcript).toBe('[2022-10-10 10:08] Thomas Anderson: Hi');
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'nobody’s name is known',
      { 'visitor.name': 'Visitor 12', agents: null },
      'Visitor: a\nAgent: b\nbot: c',
    ],
    [
      'nobody says which of two agents wrote',
      {
        agents: [
          { id: 8, name: 'Ann' },
          { id: 9, name: 'Bob' },
        ],
      },
      'John Smith: a\nAgent: b\nbot: c',
    ],
    [
      'the only agent has another id',
      { agents: [{ id: 9, name: 'Thomas Anderson' }] },
      'John Smith: a\nThomas Anderson: b\nbot: c',
    ],
    [
      'the event has an agent instead of agents',
      { agents: undefined, agent: { id: '1', name: 'Maria' } },
      'John Smith: a\nMaria: b\nbot: c',
    ],
  ])('names the senders as well as possible when %s', (_, changes, expected) => {
    const event = finished([], {
      'chat.messages': [
        { message: 'a', type: 'visitor', timestamp: null },
        { message: 'b', type: 'agent', agent_id: 1, timestamp: 'yesterday' },
        { message: 'c', type: 'bot', timestamp: -1 },
      ],
      ...changes,
    });
    expect(lead(event).transcript).toBe(expected);
  });

  test('accepts times in seconds and milliseconds, and has the start and end of the chat', () => {
    const messages = [1_665_396_483_000, '1665396476', null, 1e30, 9e14].map((timestamp) => ({
      message: 'x',
      type: 'visitor',
      timestamp,
    }));
    expect(lead(finished([], { 'chat.messages': messages }))).toMatchObject({
      startedAt: '2022-10-10T10:07:56Z',
      endedAt: '2022-10-10T10:08:03Z',
    });
  });

  test('is truncated in the middle with a remark, without splitting a character', () => {
    const text = `start ${'🙂'.repeat(100_000)} end`;
    const { transcript } = lead(finished([], { plain_messages: text }));
    expect(transcript).toMatch(/^start 🙂+\n\[… \d+ characters left out …\]\n🙂+ end$/u);
    expect(Array.from(transcript ?? '').length).toBeLessThanOrEqual(60_000);
    // When mapped from the trigger into the action, it is truncated a second time.
    expect(lead(finished([], { plain_messages: transcript })).transcript).toBe(transcript);
  });

  test('has a truncated name when the name is too long', () => {
    expect(
      Array.from(lead(sample('chat_finished', { 'visitor.name': '🙂'.repeat(9_000) })).name ?? ''),
    ).toHaveLength(4_000);
  });
});

describe('Note body', () => {
  test('has the visitor, the source, the conversation, the progress line and the trace', () => {
    const event = finished(
      [
        ['visitor', 'Hello'],
        ['agent', 'Hi'],
      ],
      { 'chat.rate': 'positive' },
    );
    expect(note(event)).toBe(
      [
        'JivoChat chat',
        'Visitor: John Smith, email@example.com, +14084987855',
        'About: Description text',
        'Agent: Thomas Anderson, agent@jivosite.com',
        'Rating: positive',
        'Page: Page title - http://example.com/',
        'From: San Francisco, California, United States',
        'Campaign: google / cpc / campaign_name',
        '',
        '[2022-10-10 10:07] John Smith: Hello',
        '[2022-10-10 10:08] Thomas Anderson: Hi',
        '',
        'Messages: 2',
        'JivoChat 3948/7607',
      ].join('\n'),
    );
  });

  test('shows an invalid phone number as typed', () => {
    expect(note(sample('chat_finished', { 'visitor.phone': 'ask for Ann, ext. 7' }))).toContain(
      'Phone as typed: ask for Ann, ext. 7\n',
    );
  });

  test('never contains JivoChat’s HTML', () => {
    const body = note(finished([['visitor', 'Hi']], { html_messages: '<b>John</b>: <a href="x">Hi</a>' }));
    expect(body).not.toMatch(/<|href/);
  });

  test('defuses HTML that visitors type, and keeps every character', () => {
    const typed = 'Put <script src=x> or </DIV> or <!-- --> there? a < b, I <3 it & &lt;b&gt;';
    const body = note(
      finished([['visitor', typed]], { 'visitor.name': 'John <img src=x>', 'page.title': '<h1>Hi' }),
    );
    expect(body).not.toMatch(/<[a-z/!?]/i);
    expect(body.replaceAll('< ', '<')).toContain(typed.replaceAll('< ', '<'));
    expect(body).toContain('Visitor: John < img src=x>, ');
  });

  test('removes control characters and keeps the text between them', () => {
    const body = note(finished([['visitor', 'a\u0000b\u001B[31mc\u0007\u009Fd\u2028e\fg']]));
    expect(body).toContain('ab[31mcd\ne\ng');
    expect(body).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
