import { isObject } from '../../../lib/base/json.ts';
import type { EndpointName } from '../../../lib/highlevel/endpoints.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Values of ours for the keys of a recorded body. */
const values: Record<string, unknown> = {
  firstName: 'Ida',
  lastName: 'Falk',
  email: 'ida.falk@example.com',
  phone: '+14155550163',
  tags: ['garden'],
  body: 'Wants to hear from us in May.',
  title: 'Ring Ida',
  dueDate: '2027-05-03T08:00:00Z',
  pageLimit: 20,
  page: 1,
  searchAfter: [0, 'a'],
  sort: [{ field: 'dateUpdated', direction: 'asc' }],
  startTime: '2027-05-03T10:00:00+02:00',
  endTime: '2027-05-03T10:30:00+02:00',
  toNotify: false,
  ignoreFreeSlotValidation: true,
  type: 'SMS',
  subType: 'SMS',
  status: 'pending',
  message: 'See you in May.',
  limit: 20,
  query: '',
  name: 'Ida Falk',
  additionalDetails: { notes: false, tasks: false, calendarEvents: false },
};

/**
 * Sends the sandbox the recorded request: the same endpoint and body keys, for records that an integration created like the
 * recorded ones. The sandbox must be new.
 */
export async function sandboxAnswer(
  sandbox: Sandbox,
  endpoint: EndpointName,
  sent: readonly string[],
): Promise<unknown> {
  const { store, locationId } = sandbox;
  const calendarId = store.calendars[0]?.id ?? '';
  // Those that were recorded hold texts.
  const texts = store.customFields.filter(({ dataType }) => dataType === 'TEXT');
  store.customFields.splice(0, store.customFields.length, ...texts);

  const { accessToken } = sandbox.token();
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const call = await fetch(sandbox.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${accessToken}`,
        Version: '2021-07-28',
        'Content-Type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await call.json();
    if (!call.ok) throw new Error(`The sandbox refused ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { email, firstName, lastName, title, dueDate, body: text } = values;
  const idIn = (answer: unknown, name: string) => {
    const record = isObject(answer) ? (answer[name] ?? answer) : {};
    return isObject(record) ? String(record.id) : '';
  };
  const person = { locationId, firstName, lastName, phone: '+14155550165', email: 'old@example.com' };
  const contactId = idIn(await ask('POST', '/contacts/', person), 'contact');
  const contact = store.contacts.get(contactId);
  Object.assign(contact ?? {}, { additionalEmails: [String(email)], additionalPhones: ['+14155550164'] });
  const task = { title, dueDate, completed: false, body: text };
  const booking = { locationId, calendarId, contactId, startTime: values.startTime };
  const [pipeline] = store.pipelines;
  const stage = { pipelineId: pipeline?.id ?? '', pipelineStageId: pipeline?.stages[0]?.id ?? '' };
  const opportunity = { locationId, contactId, ...stage, name: 'Ida Falk', status: 'open' };
  const ids: Record<string, string> = {
    locationId,
    contactId,
    calendarId,
    taskId: idIn(await ask('POST', `/contacts/${contactId}/tasks`, task), 'task'),
    id: idIn(await ask('POST', `/contacts/${contactId}/notes`, { body: text }), 'note'),
    eventId: idIn(
      await ask('POST', '/calendars/events/appointments', { ...booking, ignoreFreeSlotValidation: true }),
      'appointment',
    ),
    // POST creates the contact's first.
    ...(endpoint.includes(' /opportunities/') && {
      ...stage,
      id: endpoint.startsWith('POST')
        ? ''
        : idIn(await ask('POST', '/opportunities/', opportunity), 'opportunity'),
    }),
    workflowId: store.workflows[0]?.id ?? '',
    conversationId: store.conversationId(contactId),
    email: person.email,
  };
  // Those that were recorded hold one event, or nothing.
  store.messages.clear();
  if (endpoint === 'GET /conversations/{conversationId}/messages') {
    store.addMessage({
      contactId,
      direction: 'outbound',
      messageType: 'TYPE_ACTIVITY_APPOINTMENT',
      body: 'Booked',
      source: 'app',
      from: '',
      to: '',
      activity: {
        data: {
          appointmentTitle: 'Garden plan',
          timestamp: '2027-05-03T10:00:00.000Z',
          members: {},
          id: 'eV1',
          serviceBookingId: null,
          industryType: null,
        },
        title: 'New appointment',
        type: 'appointment_created',
      },
    });
  }
  // Seeded records were created by hand.
  store.appointments.delete([...store.appointments.keys()][0] ?? '');

  const [method = '', path = ''] = endpoint.split(' ');
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'unknown');
  const query = new URLSearchParams(queryOf(endpoint, ids));
  const own: Record<string, unknown> = endpoint.includes(' /opportunities/')
    ? { status: 'open', searchAfter: [] }
    : {};
  const body = Object.fromEntries(
    sent.map((key) => [key, key === 'email' ? email : (own[key] ?? ids[key] ?? values[key] ?? false)]),
  );
  // Documented with a body, be it an empty one.
  const hasBody = sent.length > 0 || path.includes('/workflow/');
  return ask(method, `${filled}${query.size > 0 ? `?${query.toString()}` : ''}`, hasBody ? body : undefined);
}

function queryOf(
  endpoint: EndpointName,
  { locationId = '', calendarId = '', email = '' }: Record<string, string | undefined>,
): Record<string, string> {
  switch (endpoint) {
    case 'GET /calendars/events':
      return { locationId, calendarId, startTime: '0', endTime: '4102444800000' };
    case 'GET /contacts/search/duplicate':
      return { locationId, email };
    case 'GET /conversations/search':
    case 'GET /calendars/':
    case 'GET /users/':
    case 'GET /workflows/':
    case 'GET /campaigns/':
    case 'GET /businesses/':
    case 'GET /opportunities/pipelines':
      return { locationId };
    default:
      return {};
  }
}
