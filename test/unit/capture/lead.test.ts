import { eventOf } from '../../../lib/capture/lead.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { finished } from '../../support/jivochat/samples.ts';

type Input = Parameters<typeof eventOf>[0];

const payload = JSON.stringify(
  finished([
    ['visitor', 'Hello!'],
    ['agent', 'Hi John'],
  ]),
);
const capture = (input: Input) => {
  const { event, warnings } = eventOf({ payload, ...input });
  return { lead: leadFrom(event, { accountCountry: 'US' }), warnings };
};

test('without mapped fields the lead is the payload’s', () => {
  expect(capture({})).toMatchObject({
    lead: { name: 'John Smith', email: 'email@example.com', chatId: '7607', agentName: 'Thomas Anderson' },
    warnings: [],
  });
});

test.each(['n/a', 'N/A', 'null', '-', 'None', 'undefined', ' none ', '[object Object]', '—'])(
  'a mapped %j is ignored',
  (nothing) => {
    const input = Object.fromEntries(
      'chatId name email phone description message transcript pageUrl pageTitle agentName agentEmail'
        .split(' ')
        .map((key) => [key, nothing]),
    );
    expect(capture(input)).toEqual(capture({}));
  },
);

test.each<[Input, object]>([
  [{ phone: 'call me' }, { phone: '+14084987855', phoneRaw: 'call me', leftOver: ['call me'] }],
  [{ phone: '12345' }, { phone: '+14084987855', phoneRaw: '12345' }],
  [{ phone: '1234 5678 9012 3456' }, { phone: '+14084987855', phoneRaw: '1234 5678 9012 3456' }],
  [{ phone: '(415) 555-0132' }, { phone: '+14155550132', phoneRaw: null, leftOver: [] }],
  [{ email: 'jane at work' }, { email: 'email@example.com', emailRaw: 'jane at work' }],
  [{ email: 'jane@example.com' }, { email: 'jane@example.com', emailRaw: null, leftOver: [] }],
  [{ name: 'Visitor 77' }, { name: 'John Smith' }],
  [{ name: 'Jane Doe' }, { name: 'Jane Doe', firstName: 'Jane' }],
  [
    { name: 'Jane 415 555 0132', phone: 'x' },
    { name: 'Jane', phone: '+14155550132' },
  ],
])('the mapped %j gives %j', (input, expected) => {
  expect(capture(input).lead).toMatchObject(expected);
});

test.each<[Input, object]>([
  [{ agentName: 'Maria' }, { agentName: 'Maria', agentEmail: 'agent@jivosite.com' }],
  [
    { agentEmail: 'Maria <maria@example.com>, ada@example.com' },
    { agentEmail: 'maria@example.com', agentEmails: ['maria@example.com', 'ada@example.com'] },
  ],
  [{ agentEmail: 'Agent@Jivosite.com' }, { agentEmails: ['agent@jivosite.com'] }],
])('the mapped agent %j gives %j', (input, expected) => {
  const { lead } = capture(input);
  expect(lead).toMatchObject(expected);
  expect(lead.transcript).toContain('Thomas Anderson: Hi John');
});

test('an agent mapped from the trigger precedes the chat’s other agents', () => {
  const agents = [
    { id: 1, name: 'Ada', email: 'ada@example.com' },
    { id: 2, name: 'Bert', email: 'bert@example.com' },
  ];
  const input = { payload: JSON.stringify(finished([], { agents })), agentEmail: 'ada@example.com' };
  expect(capture(input).lead.agentEmails).toEqual(['ada@example.com', 'bert@example.com']);
});

describe('An invalid payload', () => {
  test.each<[string, Input]>([
    [
      '"JivoChat Event Data" is not JSON.',
      { payload: '{"event_name": "chat_fin', email: 'jane@example.com' },
    ],
    ['"JivoChat Event Data" is not JSON.', { payload: 'Hello', phone: '(415) 555-0132' }],
    [
      '"JivoChat Event Data" is not a JivoChat event',
      { payload: '{"visitor":{}}', email: 'jane@example.com' },
    ],
  ])('is left out with the warning %j when %j', (warning, input) => {
    const { lead, warnings } = capture(input);
    expect(warnings).toEqual([expect.stringContaining(warning)]);
    expect(warnings[0]).toMatch(/Only the mapped fields were used\.$/);
    expect(lead.email ?? lead.phone).toBe(input.email ?? '+14155550132');
    expect(lead.event).toBe('mapped_fields');
  });

  test.each([{}, { name: 'Jane' }, { email: 'n/a' }, { phone: 'call me' }])(
    'is refused when the mapped fields are %j',
    (input) => {
      expect(() => eventOf({ payload: 'Hello', ...input })).toThrow(/^"JivoChat Event Data" is not JSON/);
    },
  );

  test.each(['null', '-', 'None'])('is not needed if it is %j', (nothing) => {
    expect(capture({ payload: nothing, email: 'jane@example.com' })).toMatchObject({
      lead: { email: 'jane@example.com' },
      warnings: [],
    });
  });
});
