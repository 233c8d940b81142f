import { noteBody, updatedNote } from '../../../lib/capture/note.ts';
import { endsWithTrace, ownPart, withoutTrace } from '../../../lib/capture/own_part.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { visibleText } from '../../../lib/base/html_text.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { finished, sample } from '../../support/jivochat/samples.ts';

type Messages = [type: string, text: string][];

const leadOf = (messages: Messages, changes: Record<string, unknown> = {}) =>
  leadFrom(readEvent(finished(messages, changes)));
const hello: Messages = [
  ['visitor', 'Hello! I want 3 < 5 pieces & more'],
  ['agent', 'Hi John'],
];
const bye: Messages = [...hello, ['visitor', 'Bye, and thanks']];
const early = leadOf(hello);
const late = leadOf(bye);
const trace = traceOf(early);
const written = noteBody(early, trace);
const textOf = (body: string) => visibleText(body).text;
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const lines = written.split('\n');
const each = (wrap: (line: string) => string) => lines.map((line) => wrap(escape(line))).join('');

/** The forms in which HighLevel's editor, and other clients, may keep the note that was written. */
const forms: [string, string][] = [
  ['as it was written', written],
  ['with Windows line ends', written.replaceAll('\n', '\r\n')],
  ['a paragraph for each line', each((line) => `<p>${line}</p>`)],
  ['a paragraph for each line that is not empty', each((line) => (line ? `<p>${line}</p>` : ''))],
  ['a div for each line', each((line) => `<div>${line || '<br>'}</div>`)],
  ['line breaks', `<p>${lines.map(escape).join('<br>')}</p>`],
  ['closed line breaks and uppercase tags', `<P>${lines.map(escape).join('<BR />')}</P>`],
  [
    'spans with styles',
    each((line) => `<p><span style="color: rgb(0, 0, 0); font-size: 14px">${line}</span></p>`),
  ],
  ['spaces that do not break', each((line) => `<p>${line.replaceAll(' ', '&nbsp;')}</p>`)],
  ['spaces as numeric entities', each((line) => `<p>${line.replaceAll(' ', '&#160;')}</p>`)],
  ['spaces as characters that do not break', each((line) => `<p>${line.replaceAll(' ', '\u00a0')}</p>`)],
  [
    'letters as entities',
    each((line) => `<p>${line.replaceAll('J', '&#74;').replaceAll('/', '&#x2F;')}</p>`),
  ],
  ['a list', `<ul>${each((line) => (line ? `<li>${line}</li>` : ''))}</ul>`],
  ['nested lists', `<ol><li><ul>${each((line) => `<li><p>${line}</p></li>`)}</ul></li></ol>`],
  ['trailing empty paragraphs', `${each((line) => `<p>${line}</p>`)}<p><br></p><p></p><p>&nbsp;</p>`],
  [
    'links around URLs',
    each((line) => `<p>${line.replace(/https?:\S+/, '<a href="$&" target="_blank">$&</a>')}</p>`),
  ],
  ['a table', `<table><tbody>${each((line) => `<tr><td>${line}</td></tr>`)}</tbody></table>`],
  [
    'bold and italic parts',
    each((line) => `<p>${line.replace(/^(\w+):/, '<strong><em>$1:</em></strong>')}</p>`),
  ],
  ['lines joined to one', lines.filter(Boolean).join(' ')],
  ['one paragraph of joined lines', `<p>${lines.filter(Boolean).map(escape).join(' ')}</p>`],
  ['zero-width spaces', each((line) => `<p>\u200b${line}&#8203;</p>`)],
  ['a line break before each paragraph', each((line) => `\n  <p>${line}</p>`)],
];

describe.each(forms)('A note stored as %s', (_, kept) => {
  test('is the note of its chat, and of no other', () => {
    expect(ownPart(kept, trace)).toMatchObject({ headline: 'JivoChat chat', progress: '2' });
    for (const chatId of ['760', '76070', '3948', '607'])
      expect(ownPart(kept, traceOf({ ...early, chatId }))).toBeUndefined();
  });

  test('has nothing to update for the same event, and for an earlier one', () => {
    expect(updatedNote(early, kept, trace)).toBeUndefined();
    expect(updatedNote(leadOf(hello.slice(0, 1)), kept, trace)).toBeUndefined();
  });

  test('becomes the note of the longer chat', () => {
    expect(updatedNote(late, kept, trace)).toBe(noteBody(late, trace));
  });

  test('keeps what a person wrote above and below, once each, through two updates', () => {
    const isHtml = kept.includes('</');
    const [above, below] = isHtml
      ? ['<div><p>CALLED <b>HER</b></p></div>', '<p>Budget: 5,000 &amp; more</p>']
      : ['CALLED HER\n\n', '\n\nBudget: 5,000 & more'];
    const once = updatedNote(late, above + kept + below, trace) ?? '';
    const last = leadOf([...bye, ['agent', 'One more thing']]);
    const twice = updatedNote(last, once, trace) ?? '';
    for (const note of [once, twice]) {
      expect(note.startsWith(above.trim())).toBe(true);
      expect(note.endsWith(below.trim())).toBe(true);
      expect(textOf(note).match(/CALLED|Budget|Hello!|Bye, and|3948\/7607/g)).toEqual([
        'CALLED',
        'Hello!',
        'Bye, and',
        '3948/7607',
        'Budget',
      ]);
    }
    expect(textOf(twice)).toContain('One more thing');
    expect(updatedNote(last, twice, trace)).toBeUndefined();
    expect(updatedNote(early, twice, trace)).toBeUndefined();
  });
});

describe('Text that a person adds', () => {
  const html = (body: string) =>
    body
      .split('\n')
      .map((line) => `<p>${escape(line)}</p>`)
      .join('');

  test.each(['Visitor', 'Agent', 'Page'])('behind the details of a line stays: %s', (label) => {
    const body = written.replace(new RegExp(`^${label}: .*$`, 'm'), '$& (ask for Ann)');
    for (const kept of [body, html(body)]) {
      expect(updatedNote(early, kept, trace)).toBeUndefined();
      const updated = textOf(updatedNote(late, kept, trace) ?? '');
      expect(updated).toContain('Bye, and thanks');
      expect(updated.match(new RegExp(`^${label}: .*`, 'gm'))).toEqual([
        `${new RegExp(`^${label}: .*`, 'm').exec(written)?.[0]} (ask for Ann)`,
      ]);
    }
  });

  test.each([
    '<img src="https://example.com/1.png">',
    '<video controls><source src="https://example.com/1.mp4"></video>',
  ])('as %s between our lines stays', (media) => {
    const kept = html(written).replace('<p>[', `<p>${media}</p><p>[`);
    expect(updatedNote(early, kept, trace)).toBeUndefined();
    const updated = updatedNote(late, kept, trace) ?? '';
    expect(textOf(updated)).toContain('Bye, and thanks');
    expect(updated.split(media)).toHaveLength(2);
    expect(updatedNote(late, updated, trace)).toBeUndefined();
  });

  test('on the same lines as our part stays', () => {
    const kept = `<p>VIP! ${lines.filter(Boolean).map(escape).join(' ')} Call on Monday.</p>`;
    const updated = updatedNote(late, kept, trace) ?? '';
    expect(textOf(updated)).toMatch(/^VIP!\s[\s\S]*3948\/7607\s+Call on Monday\.\s*$/);
    expect(textOf(updated)).toContain('Bye, and thanks');
  });

  test.each([
    ['between the messages', written.replace('\n\nMessages', '\nAsk for Ann.\n\nMessages')],
    ['among the details', written.replace('\nAgent:', '\nAsk for Ann.\nAgent:')],
    ['behind the headline', written.replace('JivoChat chat', 'JivoChat chat, Ask for Ann.')],
  ])('%s stays', (_, body) => {
    for (const kept of [body, html(body)]) {
      expect(updatedNote(early, kept, trace)).toBeUndefined();
      expect(textOf(updatedNote(late, kept, trace) ?? '').match(/Ask for Ann\.|Bye, and/g)).toHaveLength(2);
    }
  });

  test.each([
    'Called her, see task JivoChat 3948/7607, she wants a quote.',
    'JivoChat 3948/7607',
    'See\nJivoChat 3948/7607',
    '<p>See JivoChat 3948/7607</p>',
    'JivoChat chat was fine\nJivoChat 3948/76070',
    'Messages: 3\nJivoChat 3948/7607',
  ])('that only mentions the chat does not make it the chat’s note: %s', (body) => {
    expect(ownPart(body, trace)).toBeUndefined();
  });

  test('stays if two notes were merged', () => {
    const other = traceOf({ ...early, chatId: '7608' });
    const both = html(`${noteBody(early, other)}\n\nBoth are one case.\n\n${written}`);
    const updated = updatedNote(late, both, trace) ?? '';
    expect(textOf(updated).match(/3948\/760\d|Both are|Bye, and/g)).toEqual([
      '3948/7608',
      'Both are',
      'Bye, and',
      '3948/7607',
    ]);
    expect(ownPart(updated, other)).toBeDefined();
  });
});

describe('Text that a visitor types', () => {
  const other = traceOf({ ...early, chatId: '8001' });

  test.each([
    'my number is JivoChat 3948/8001',
    'JivoChat 3948/8001',
    'x\nMessages: 9\nJivoChat 3948/8001',
    `Note: ${noteBody({ ...early, chatId: '8001' }, other)}`,
    'Status: end JivoChat 3948/8001',
  ])('never makes the note another chat’s: %j', (text) => {
    const lead = leadOf([['visitor', text]]);
    const note = noteBody(lead, trace);
    for (const kept of [note, `<p>${note.replaceAll('\n', '</p><p>')}</p>`, note.replaceAll('\n', ' ')]) {
      expect(ownPart(kept, other)).toBeUndefined();
      expect(ownPart(kept, trace)).toBeDefined();
      expect(updatedNote(lead, kept, trace)).toBeUndefined();
    }
  });
});

describe('Later events of a chat', () => {
  const others: Messages = [
    ['visitor', 'It is me again'],
    ['agent', 'Welcome back'],
  ];
  const later = (messages: Messages, changes = {}) =>
    leadOf([], {
      'chat.messages': messages.map(([type, message], index) => ({
        message,
        type,
        timestamp: 1_665_500_000 + 60 * index,
      })),
      ...changes,
    });

  test('with other messages add them, and nothing is lost or duplicated', () => {
    const reopened = later(others);
    const both = updatedNote(reopened, written, trace) ?? '';
    const said = ['Hello!', 'Hi John', 'It is me again', 'Welcome back'];
    expect(both.match(new RegExp(said.join('|'), 'g'))).toEqual(said);
    expect(both).toContain('Messages: 4');
    for (const lead of [early, reopened, leadOf([...hello]), later(others)])
      expect(updatedNote(lead, both, trace)).toBeUndefined();
    const grown = updatedNote(later([...others, ['visitor', 'Thanks']]), both, trace) ?? '';
    expect(grown.match(new RegExp([...said, 'Thanks'].join('|'), 'g'))).toEqual([...said, 'Thanks']);
  });

  test('with the same words at another time add them', () => {
    const again = updatedNote(later(hello), written, trace) ?? '';
    expect(again.match(/Hi John/g)).toHaveLength(2);
  });

  test('with one more of the same message add it', () => {
    const ok = leadOf([...hello, ['visitor', 'ok'], ['visitor', 'ok']]);
    const note = noteBody(leadOf([...hello, ['visitor', 'ok']]), trace);
    expect(updatedNote(ok, note, trace)?.match(/: ok$/gm)).toHaveLength(2);
  });

  test('with one more of the same message in the same minute add it', () => {
    const times = (count: number) =>
      leadOf([], {
        'chat.messages': Array.from({ length: count }, () => ({
          message: 'ok',
          type: 'visitor',
          timestamp: 1_665_500_000,
        })),
      });
    expect(updatedNote(times(2), noteBody(times(1), trace), trace)?.match(/: ok$/gm)).toHaveLength(2);
    expect(updatedNote(times(1), noteBody(times(2), trace), trace)).toBeUndefined();
    const three = updatedNote(times(1), written, trace) ?? '';
    const four = updatedNote(times(2), three, trace) ?? '';
    expect(four.match(/Hi John|: ok$/gm)).toEqual(['Hi John', ': ok', ': ok']);
    expect(four).toContain('Messages: 4');
  });

  test('with fewer messages and a rating add the rating, and keep the newer details', () => {
    const older = leadOf([], { 'chat.rate': 'bad', 'page.title': 'Old page', agents: null });
    const updated = updatedNote(older, written, trace) ?? '';
    expect(updated).toContain('Rating: bad');
    expect(updated).not.toContain('Old page');
    expect(updated).toBe(written.replace('\nPage:', '\nRating: bad\nPage:'));
  });

  test('without an answer do not make an answered chat a missed one', () => {
    const alone = later([
      ['visitor', 'Hi?'],
      ['visitor', 'Anybody?'],
      ['visitor', 'Hello?'],
    ]);
    expect(alone.missed).toBe(true);
    const updated = updatedNote(alone, written, trace) ?? '';
    expect(updated).toContain('Anybody?');
    expect(updated).toMatch(/^JivoChat chat\n/);
  });

  test('with fewer messages change nothing', () => {
    expect(updatedNote(leadOf(hello.slice(0, 1)), noteBody(late, trace), trace)).toBeUndefined();
    expect(updatedNote(leadOf([], { event_name: 'chat_accepted' }), written, trace)).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a rating', { 'chat.rate': 'positive' }, 'Rating: positive'],
    ['a description', { 'visitor.description': 'Wants a quote' }, 'About: Wants a quote'],
    ['a phone number', { 'visitor.phone': '+14155550199' }, '+14155550199'],
    [
      'a second number',
      { 'visitor.phone': '+14084987855 or +14155550199' },
      'Phone as typed: +14084987855 or',
    ],
  ])('with %s add it to the note', (_, changes, line) => {
    const lead = leadOf(hello, changes);
    const updated = updatedNote(lead, written, trace) ?? '';
    expect(updated).toContain(line);
    expect(updatedNote(lead, updated, trace)).toBeUndefined();
  });

  test('with a rating and no messages add it, and keep the conversation', () => {
    const updated = updatedNote(leadOf([], { 'chat.rate': 'bad' }), written, trace) ?? '';
    expect(updated).toBe(written.replace('\nPage:', '\nRating: bad\nPage:'));
  });

  test('say when nobody answered', () => {
    const first = leadOf([['visitor', 'Hi?']], { event_name: 'chat_updated' });
    const end = leadOf([['visitor', 'Hi?']]);
    expect(updatedNote(end, noteBody(first, trace), trace)).toMatch(/^JivoChat chat, missed\n/);
    expect(updatedNote(first, noteBody(end, trace), trace)).toBeUndefined();
  });

  test('of a call add its end, and then its recording', () => {
    const call = (changes: object) => leadFrom(readEvent(sample('call_event', { ...changes })));
    const [start, end, recorded] = [
      call({ 'call.status': 'start', 'call.record_url': null }),
      call({ 'call.status': 'end', 'call.record_url': null }),
      call({ 'call.status': 'end', 'call.record_url': 'https://example.com/call.mp3' }),
    ];
    const of = traceOf(start);
    const ended = updatedNote(end, noteBody(start, of), of) ?? '';
    expect(ended).toContain('Status: end');
    const complete = updatedNote(recorded, ended, of) ?? '';
    expect(complete).toContain('Recording: https://example.com/call.mp3');
    for (const lead of [start, end, recorded]) expect(updatedNote(lead, complete, of)).toBeUndefined();
    const rated = call({ 'call.status': 'start', 'chat.rate': 'good' });
    expect(updatedNote(rated, complete, of)).toMatch(/Rating: good[^]*\nStatus: end\n/);
  });
});

describe('A long conversation', () => {
  const long = (count: number) =>
    leadOf(Array.from({ length: count }, (_, index) => ['visitor', `${index} ${'word & '.repeat(60)}`]));

  test('is shortened in the middle so that the whole note fits, including what a person wrote', () => {
    const body = noteBody(long(500), trace);
    expect(body.length).toBeLessThanOrEqual(60_000);
    expect(body.length).toBeGreaterThan(55_000);
    expect(body).toMatch(
      /^JivoChat chat[^\0]*\n\[… \d+ characters left out …\]\n[^\0]*Messages: 500\nJivoChat 3948\/7607$/,
    );
    expect(updatedNote(long(500), body, trace)).toBeUndefined();
    const kept = `<p>CALLED HER</p><p>${escape(noteBody(long(90), trace)).replaceAll('\n', '<br>')}</p>`;
    const updated = updatedNote(long(500), kept, trace) ?? '';
    expect(updated.length).toBeLessThanOrEqual(60_000);
    expect(updated).toMatch(/^<p>CALLED HER<\/p>/);
    expect(ownPart(updated, trace)).toMatchObject({ progress: '500' });
  });
});

describe('A task whose lines an editor joined', () => {
  const joined = 'Call her today. Page: https://example.com/ JivoChat 3948/7607';

  test.each([joined, `<p>${joined}</p>`])('is the task of its chat, and of no other: %s', (body) => {
    expect(endsWithTrace(body, trace, 'something else')).toBe(true);
    expect(endsWithTrace(body, traceOf({ ...early, chatId: '7608' }), 'something else')).toBe(false);
  });

  test('is not the task of a chat that it only mentions', () => {
    expect(endsWithTrace('Ask about JivoChat 3948/7607 first', trace, 'something else')).toBe(false);
  });
});

describe('Without its trace', () => {
  test.each(forms)('a note stored as %s has the rest', (_, kept) => {
    const text = withoutTrace(kept);
    expect(text).not.toMatch(/JivoChat 3948|Messages: 2/);
    expect(text.replace(/\s+/g, ' ')).toContain('Hello! I want 3 < 5 pieces & more');
  });

  test.each([
    [
      'Call back\n\nPage: https://example.com/\n\nJivoChat 3948/7607',
      'Call back\n\nPage: https://example.com/',
    ],
    ['<p>Call back</p><p>JivoChat&nbsp;3948/7607</p><p>Done</p>', 'Call back\nDone'],
    ['JivoChat 3948/7607', ''],
    ['Ask in JivoChat first', 'Ask in JivoChat first'],
  ])('a task %j says %j', (body, text) => {
    expect(withoutTrace(body)).toBe(text);
  });
});
