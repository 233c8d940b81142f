import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { sample } from '../../support/jivochat/samples.ts';

const [ada, bert, carl] = ['ada', 'bert', 'carl'].map((name, index) => ({
  id: index + 1,
  name,
  email: `${name}@example.com`,
}));
const responsible = { id: 9, name: 'dora', email: 'dora@example.com' };
const wrote = (...ids: unknown[]) =>
  ids.map((agent_id, index) => ({ message: 'x', type: 'agent', agent_id, timestamp: index + 1 }));
const read = (changes: Record<string, unknown>) => {
  const { agentName, agentEmail, agentEmails } = leadFrom(readEvent(sample('chat_finished', changes)));
  expect(agentEmails[0] ?? null).toBe(agentEmail);
  return { agentName, emails: agentEmails.map((email) => email.replace('@example.com', '')).join(' ') };
};

describe('The agent of a chat', () => {
  test.each<[string, Record<string, unknown>, string | null, string]>([
    [
      'who wrote last',
      { agents: [ada, bert], 'chat.messages': wrote(2, 1), assigned_agent: responsible },
      'ada',
      'ada bert dora',
    ],
    [
      'who wrote last by the time, whatever the order of the messages',
      { agents: [ada, bert], 'chat.messages': wrote(2, 1).toReversed() },
      'ada',
      'ada bert',
    ],
    [
      'the last of the agents, when nobody wrote',
      { agents: [ada, bert, carl], 'chat.messages': [], assigned_agent: responsible },
      'carl',
      'carl dora bert ada',
    ],
    [
      'the last of the agents, when it is unknown who wrote',
      { agents: [ada, bert], 'chat.messages': wrote(77) },
      'bert',
      'bert ada',
    ],
    [
      'not the one of the invitation, which JivoChat sends by itself',
      {
        agents: [ada, bert],
        'chat.invitation': 'x',
        'chat.messages': wrote(1),
      },
      'bert',
      'bert ada',
    ],
    [
      'the responsible one, when there is no other',
      { agents: [], assigned_agent: responsible },
      'dora',
      'dora',
    ],
    [
      'the responsible one who wrote',
      { agents: [ada], assigned_agent: responsible, 'chat.messages': wrote(1, 9) },
      'dora',
      'dora ada',
    ],
    ['the agent of the event', { agents: [], agent: ada }, 'ada', 'ada'],
    ['nobody', { agents: [], agent: {}, assigned_agent: null }, null, ''],
  ])('is %s', (_, changes, name, emails) => {
    expect(read(changes)).toEqual({ agentName: name, emails });
  });

  test.each<[string, unknown]>([
    ['a map', { a: ada, b: bert }],
    ['a map by ids', { 1: { ...ada, id: undefined }, 2: { ...bert, id: undefined } }],
    ['JSON text', JSON.stringify([ada, bert])],
    ['other names of the id', [{ ...ada, id: undefined, agent_id: 1 }, bert]],
  ])('is found in %s', (_, agents) => {
    expect(read({ agents, 'chat.messages': wrote(2, 1) })).toEqual({ agentName: 'ada', emails: 'ada bert' });
  });

  test('is found in a single object, and in texts', () => {
    expect(read({ agents: ada })).toEqual({ agentName: 'ada', emails: 'ada' });
    expect(read({ agents: ['bert', 'ada@example.com'] })).toEqual({ agentName: null, emails: 'ada' });
    expect(read({ agents: { 1: 'ada@example.com', 7: 'Bert' }, 'chat.messages': wrote(7, 1) })).toEqual({
      agentName: null,
      emails: 'ada',
    });
  });
});

test.each([
  ['Ada <ADA@example.com>', 'ada'],
  ['ada@example.com, bert@example.com', 'ada bert'],
  ['ada@example.com;bert@example.com', 'ada bert'],
  ['Ada <ada@example.com>, Bert <bert@example.com>', 'ada bert'],
  ['ada@example.com bert@example.com ada@example.com', 'ada bert'],
  ['ada at work', ''],
])('the email field %j has %j', (email, emails) => {
  expect(read({ agents: [{ id: 1, name: 'x', email }] }).emails).toBe(emails);
});
