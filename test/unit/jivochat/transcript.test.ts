import { noteBody } from '../../../lib/capture/note.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom, type ReadOptions } from '../../../lib/jivochat/lead.ts';
import { finished, sample } from '../../support/jivochat/samples.ts';

const lead = (event: unknown, options: ReadOptions = {}) => leadFrom(readEvent(event), options);
const note = (event: unknown) => noteBody(lead(event), traceOf(lead(event)));

describe('The transcript', () => {
  const talk = finished([
    ['visitor', 'Hello!\nAnybody there?'],
    ['agent', 'Hi John 🙂'],
    ['visitor', 'שלום'],
  ]);

  it('has names and times, in the zone it is read in', () => {
    expect(lead(talk, { timezone: 'Europe/Berlin' }).transcript).toBe(
      '[2022-10-10 12:07] John Smith: Hello!\nAnybody there?\n' +
        '[2022-10-10 12:08] Thomas Anderson: Hi John 🙂\n' +
        '[2022-10-10 12:09] John Smith: שלום',
    );
  });

  it.each([undefined, null, 'Nowhere/Atlantis'])('is in UTC where the zone is %j', (timezone) => {
    expect(lead(talk, { timezone }).transcript).toMatch(/^\[2022-10-10 10:07\] /);
  });

  it('is what JivoChat wrote down itself, where it did', () => {
    const plain = 'John: Hello!\r\nAgent: Hi';
    expect(lead(finished([['visitor', 'other']], { plain_messages: plain }))).toMatchObject({
      transcript: 'John: Hello!\nAgent: Hi',
      messageCount: 1,
    });
    expect(lead(finished([], { plain_messages: plain }))).toMatchObject({ messageCount: 2 });
    expect(lead(finished([], { plain_messages: 'Привет' }))).toMatchObject({ messageCount: 1 });
  });

  it('is none when JivoChat holds the texts back, and of the others only the texts that are there', () => {
    expect(lead(sample('chat_finished')).transcript).toBeNull();
    const event = finished([
      ['visitor', '<Message text is not displayed here>'],
      ['agent', 'Hi'],
      ['visitor', null],
      ['visitor', {}],
    ]);
    expect(lead(event).transcript).toBe('[2022-10-10 10:08] Thomas Anderson: Hi');
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'nobody’s name is known',
      { 'visitor.name': 'Visitor 12', agents: null },
      'Visitor: a\nAgent: b\nbot: c',
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
  ])('names the speakers as well as it can when %s', (_, changes, expected) => {
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

  it('takes times in seconds and milliseconds, and knows when the chat began and ended', () => {
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

  it('loses its middle when nobody could read it all, says so, and breaks no character', () => {
    const text = `start ${'🙂'.repeat(100_000)} end`;
    const { transcript } = lead(finished([], { plain_messages: text }));
    expect(transcript).toMatch(/^start 🙂+\n\[… \d+ characters left out …\]\n🙂+ end$/u);
    expect(Array.from(transcript ?? '').length).toBeLessThanOrEqual(60_000);
    // Mapped from the trigger's output into the action, it comes by here again.
    expect(lead(finished([], { plain_messages: transcript })).transcript).toBe(transcript);
  });

  it('of a name that is a novel, as much is kept as HighLevel may take', () => {
    expect(
      Array.from(lead(sample('chat_finished', { 'visitor.name': '🙂'.repeat(9_000) })).name ?? ''),
    ).toHaveLength(4_000);
  });
});

describe('The note', () => {
  it('tells who came from where, what was said, how far it is and which chat it was', () => {
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

  it('keeps a number that is no phone number, so that a person can make something of it', () => {
    expect(note(sample('chat_finished', { 'visitor.phone': 'ask for Ann, ext. 7' }))).toContain(
      'Visitor: John Smith, email@example.com, ask for Ann, ext. 7\n',
    );
  });

  it('never holds JivoChat’s HTML', () => {
    const body = note(finished([['visitor', 'Hi']], { html_messages: '<b>John</b>: <a href="x">Hi</a>' }));
    expect(body).not.toMatch(/<|href/);
  });

  it('holds what visitors type that looks like HTML as text, every character of it', () => {
    const typed = 'Put <script src=x> or </DIV> or <!-- --> there? a < b, I <3 it & &lt;b&gt;';
    const body = note(
      finished([['visitor', typed]], { 'visitor.name': 'John <img src=x>', 'page.title': '<h1>Hi' }),
    );
    expect(body).not.toMatch(/<[a-z/!?]/i);
    expect(body.replaceAll('< ', '<')).toContain(typed.replaceAll('< ', '<'));
    expect(body).toContain('Visitor: John < img src=x>, ');
  });

  it('holds no control characters, and all of what is between them', () => {
    const body = note(finished([['visitor', 'a\u0000b\u001B[31mc\u0007\u009Fd\u2028e\fg']]));
    expect(body).toContain('ab[31mcd\ne\ng');
    expect(body).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
