import nock from 'nock';
import {
  API,
  CONTACT,
  LOCATION,
  connection,
  failure,
  fullAccess,
  type HighLevel,
  type Meta,
} from '../../support/app.ts';
import { finished } from '../../support/jivochat/samples.ts';

/** A finished chat of two messages, and what must be sent for a new lead. */
export const chat = finished([
  ['visitor', 'Hello!'],
  ['agent', 'Hi John'],
]);
export const contactFields = {
  firstName: 'John',
  lastName: 'Smith',
  email: 'email@example.com',
  phone: '+14084987855',
  source: 'JivoChat',
};
export const newContact = { locationId: LOCATION, ...contactFields, tags: ['jivochat'] };
export const noteText = `JivoChat chat
Visitor: John Smith, email@example.com, +14084987855
About: Description text
Agent: Thomas Anderson, agent@jivosite.com
Page: Page title - http://example.com/
From: San Francisco, California, United States
Campaign: google / cpc / campaign_name

[2022-10-10 06:07] John Smith: Hello!
[2022-10-10 06:08] Thomas Anderson: Hi John

Messages: 2
JivoChat 3948/7607`;
export const taskText = 'Description text\n\nPage: http://example.com/\n\nJivoChat 3948/7607';

export const paths = {
  location: `GET /locations/${LOCATION}`,
  duplicate: 'GET /contacts/search/duplicate',
  create: 'POST /contacts/',
  read: `GET /contacts/${CONTACT}`,
  update: `PUT /contacts/${CONTACT}`,
  tag: `POST /contacts/${CONTACT}/tags`,
  notes: `GET /contacts/${CONTACT}/notes`,
  note: `POST /contacts/${CONTACT}/notes`,
  changeNote: `PUT /contacts/${CONTACT}/notes/n1`,
  tasks: `GET /contacts/${CONTACT}/tasks`,
  task: `POST /contacts/${CONTACT}/tasks`,
  users: 'GET /users/',
  opportunities: 'POST /opportunities/search',
  opportunity: 'POST /opportunities/',
  keptOpportunity: 'GET /opportunities/o1',
  customFields: `GET /locations/${LOCATION}/customFields`,
};

/** HighLevel's successful responses. */
export const good: Record<keyof typeof paths, object> = {
  location: location(false),
  duplicate: { contact: null },
  create: { contact: { id: CONTACT, ...contactFields, tags: ['jivochat'] } },
  read: { contact: { id: CONTACT, ...contactFields, name: 'John Smith', tags: ['jivochat'] } },
  update: { succeded: true, contact: { id: CONTACT, ...contactFields, tags: ['jivochat'] } },
  tag: { tags: ['jivochat'] },
  notes: { notes: [] },
  note: { note: { id: 'n1', body: noteText } },
  changeNote: { note: { id: 'n1', body: noteText } },
  tasks: { tasks: [] },
  task: { task: { id: 't1', title: 'Follow up with John Smith', body: taskText, completed: false } },
  users: { users: [] },
  opportunities: { opportunities: [], total: 0 },
  opportunity: opportunity(),
  keptOpportunity: opportunity(),
  customFields: { customFields: [] },
};

/** HighLevel's refusal of a second contact. */
export const duplicateOf = (contactId: string, matchingField?: string) => ({
  statusCode: 400,
  message: 'This location does not allow duplicated contacts.',
  meta: { contactId, matchingField },
});

/** HighLevel's response with the lead's opportunity. */
export function opportunity(more: object = {}): { opportunity: object } {
  const at = '2022-10-10T06:09:00.000Z';
  return {
    opportunity: {
      id: 'o1',
      name: 'John Smith',
      status: 'open',
      monetaryValue: 0,
      pipelineId: 'p1',
      pipelineStageId: 's1',
      contactId: CONTACT,
      createdAt: at,
      updatedAt: at,
      contact: { id: CONTACT, name: 'John Smith' },
      ...more,
    },
  };
}

/** HighLevel's response for a sub-account; without `allowDuplicateContact` its setting is unknown. */
export function location(allowDuplicateContact?: boolean, more: object = {}): object {
  return { location: { id: LOCATION, country: 'US', settings: { allowDuplicateContact }, ...more } };
}

/** Captures leads like a Zap, on a connection with a cached sub-account. */
export async function knowing(
  highlevel: HighLevel,
  answer: object = good.location,
  authData = fullAccess,
  zap = connection(authData),
) {
  const capture = (input: Record<string, unknown> = {}, meta?: Meta) =>
    zap.run(
      'creates',
      'capture_jivochat_lead',
      { payload: JSON.stringify(chat), chatId: '7607', ...input },
      meta,
    );
  if (authData.scope.split(' ').includes('locations.readonly')) {
    highlevel.answers(paths.location, 200, answer);
    await failure(capture({ payload: '{"event_name":"chat_finished"}' }));
    highlevel.sent.length = 0;
  }
  return capture;
}

/** In ms: a round trip is complete when no request arrives for this long. */
const QUIET_MS = 40;

/**
 * Answers requests only after no more arrive, all at once. Returns the round trips of a run: the requests in one list were
 * all sent before any of them got a response.
 */
export function roundTrips(answers: [request: string, status: number, body: object][]): string[][] {
  const trips: string[][] = [];
  let held: { request: string; answer: () => void }[] = [];
  let quiet: NodeJS.Timeout | undefined;
  const answerAll = () => {
    const now = held;
    held = [];
    trips.push(now.map(({ request }) => request));
    for (const { answer } of now) answer();
  };
  for (const [request, status, body] of answers) {
    const [method = '', path = ''] = request.split(' ');
    nock(API)
      .intercept(path, method)
      .query(true)
      .reply((_uri, _body, done) => {
        held.push({
          request,
          answer: () => done(null, [status, JSON.stringify(body), { 'Content-Type': 'application/json' }]),
        });
        clearTimeout(quiet);
        quiet = setTimeout(answerAll, QUIET_MS);
      });
  }
  return trips;
}
