import * as z from 'zod';
import { ContactResponse, ContactPage } from './records/contact.ts';
import { FoundNote, NoteResponse } from './records/note.ts';
import { Conversation, ConversationPage, MessagePage, SentMessage } from './records/message.ts';
import { OpportunityResponse, Pipeline } from './records/opportunity.ts';
import { pageMeta, SubmissionResponse } from './records/submission.ts';
import { FoundTask, TaskResponse } from './records/task.ts';
import { AppointmentResponse, AppointmentList, FreeSlots } from './records/appointment.ts';
import {
  BusinessResponse,
  CustomField,
  LocationTag,
  Named,
  PhoneNumberList,
  SubAccount,
  User,
} from './records/location.ts';
import { counted, rows } from './rows.ts';
import type { Scope } from './scopes.ts';
import { isObject } from '../base/json.ts';

/** What this app knows of one HighLevel endpoint. */
interface Endpoint<A = unknown> {
  /** The permission that HighLevel requires. */
  scope: Scope;
  /** What it does, as the end of sentences such as "HighLevel did not …". */
  action: string;
  /** The version of HighLevel's API; 2021-07-28 by default. */
  version?: '2021-04-15' | 'v3';
  /** The app works without it: it is not known which connections it serves. */
  optional?: true;
  /** Whether the request may be repeated when its outcome is unknown. */
  idempotent: boolean;
  /** The query parameters and the keys of the JSON body that the app may send; none by default. */
  query?: readonly string[];
  body?: readonly string[];
  /** Makes the schema of a successful response: only what a run asks of is built. */
  response: () => z.ZodType<A>;
}

/** Keys as literal types, so that a misspelled one does not compile. */
const keys = <const K extends string>(...names: K[]): readonly K[] => names;

const reads = { scope: 'contacts.readonly', idempotent: true } as const;
const writes = { scope: 'contacts.write', idempotent: true } as const;
/** Source of the versions: HighLevel's OpenAPI files. */
const calendars = { version: '2021-04-15' } as const;
const conversations = { version: '2021-04-15' } as const;
const readsOpportunities = { scope: 'opportunities.readonly', idempotent: true } as const;
const writesOpportunities = { scope: 'opportunities.write', idempotent: true } as const;
/** A POST that creates a record: a repeat would create another. */
const writesOnce = { scope: 'contacts.write', idempotent: false } as const;

const CONTACT_KEYS = keys(
  'email',
  'phone',
  'firstName',
  'lastName',
  'name',
  'companyName',
  'tags',
  'source',
  'assignedTo',
  'address1',
  'city',
  'state',
  'postalCode',
  'country',
  'website',
  'timezone',
  'dateOfBirth',
  'dnd',
  'dndSettings',
  'customFields',
);
const NEW_CONTACT_KEYS = keys('locationId', 'gender', ...CONTACT_KEYS);
const TASK_KEYS = keys('title', 'body', 'dueDate', 'completed', 'assignedTo');
const NOTE_KEYS = keys('body', 'title', 'userId', 'color', 'pinned');
const OPPORTUNITY_KEYS = keys(
  'pipelineId',
  'pipelineStageId',
  'name',
  'status',
  'monetaryValue',
  'assignedTo',
  'source',
  'customFields',
);
const BUSINESS_KEYS = keys(
  'name',
  'email',
  'phone',
  'website',
  'address',
  'city',
  'state',
  'postalCode',
  'country',
  'description',
);
const APPOINTMENT_KEYS = keys(
  'calendarId',
  'startTime',
  'endTime',
  'title',
  'appointmentStatus',
  'assignedUserId',
  'description',
  'address',
  'meetingLocationType',
  'overrideLocationConfig',
  'ignoreDateRange',
  'ignoreFreeSlotValidation',
  'toNotify',
);

/**
 * A response with one record, under any of the names that HighLevel uses, or bare; parsed under `name`. Documentation,
 * recordings and reports disagree, even between endpoints for the same kind of record.
 */
function oneRecord<S extends z.ZodRawShape>(
  name: string & keyof S,
  shape: S,
  ...otherNames: string[]
): z.ZodPreprocess<z.ZodObject<S>> {
  return z.preprocess((answer) => {
    if (!isObject(answer)) return answer;
    const wrapped = [name, ...otherNames].map((one) => answer[one]).find((one) => isObject(one));
    return { ...answer, [name]: wrapped ?? ('id' in answer ? answer : undefined) };
  }, z.object(shape));
}

const oneContact = () => oneRecord('contact', { contact: ContactResponse });
const oneTask = () => oneRecord('task', { task: TaskResponse });
const oneNote = () => oneRecord('note', { note: NoteResponse });
// Documented as `event`, recorded as `appointment`; writes return it bare.
const oneAppointment = () => oneRecord('appointment', { appointment: AppointmentResponse }, 'event');
// `buiseness` is HighLevel's spelling in the responses to writes.
const oneBusiness = () => oneRecord('business', { business: BusinessResponse }, 'buiseness');
const appointments = () => z.object({ events: AppointmentList });
// Documented as `note`, read by clients as `notes`.
const foundNotes = () =>
  z.preprocess(
    (answer) =>
      isObject(answer) && !Array.isArray(answer.notes) && answer.note !== undefined
        ? { notes: [answer.note].flat() }
        : answer,
    z.object({ notes: z.array(FoundNote) }),
  );
const oneOpportunity = () => oneRecord('opportunity', { opportunity: OpportunityResponse });
const tags = () => z.object({ tags: z.array(z.string()) });
const followers = () => z.object({ followers: z.array(z.string()) });
/** HighLevel's spelling; newer versions use the correct one. */
const done = () => z.object({ succeded: z.boolean().optional(), succeeded: z.boolean().optional() });
const BulkTagResult = z.object({
  contactId: z.string(),
  type: z.string().catch('success'),
  message: z.string().nullish().catch(null),
});

/** The total number of records, if the response has it. */
const total = z.number().nullish().catch(null);

/** The submissions of forms and those of surveys: HighLevel's two endpoints are alike. */
const submissions = {
  idempotent: true,
  response: () =>
    counted(
      'submissions',
      z.object({
        submissions: rows(SubmissionResponse, { isPage: true }),
        meta: pageMeta,
        received: z.number(),
      }),
    ),
} as const;
const SUBMISSION_QUERY = keys('locationId', 'page', 'limit', 'startAt', 'endAt');

const table = {
  'POST /contacts/search': {
    ...reads,
    action: 'search the contacts',
    body: keys('locationId', 'page', 'pageLimit', 'searchAfter', 'sort', 'filters', 'query'),
    response: () => ContactPage,
  },
  'GET /contacts/search/duplicate': {
    ...reads,
    action: 'look for the contact',
    // Without a match the contact is null or missing: public clients handle both.
    query: keys('locationId', 'email', 'number'),
    response: () => z.object({ contact: ContactResponse.nullish() }),
  },
  // Source: HighLevel's documentation of version v3, which says that it accepts OAuth tokens only.
  'GET /contacts/lookup': {
    ...reads,
    version: 'v3',
    optional: true,
    action: 'look up the contact',
    query: keys('locationId', 'email', 'phone', 'limit'),
    response: () => ContactPage,
  },
  'GET /contacts/{contactId}': { ...reads, action: 'read the contact', response: oneContact },
  'POST /contacts/': {
    ...writesOnce,
    action: 'create the contact',
    body: NEW_CONTACT_KEYS,
    response: oneContact,
  },
  'POST /contacts/upsert': {
    ...writes,
    action: 'create or update the contact',
    body: NEW_CONTACT_KEYS,
    response: () => oneRecord('contact', { new: z.boolean().default(false), contact: ContactResponse }),
  },
  'PUT /contacts/{contactId}': {
    ...writes,
    action: 'update the contact',
    body: CONTACT_KEYS,
    response: oneContact,
  },
  'DELETE /contacts/{contactId}': { ...writes, action: 'delete the contact', response: done },
  'POST /contacts/{contactId}/tags': {
    ...writes,
    action: 'add the tags',
    body: keys('tags'),
    response: tags,
  },
  'DELETE /contacts/{contactId}/tags': {
    ...writes,
    action: 'remove the tags',
    body: keys('tags'),
    response: tags,
  },
  'POST /contacts/bulk/tags/update/{type}': {
    ...writes,
    action: 'change the tags',
    body: keys('contacts', 'tags', 'locationId'),
    response: () => z.object({ responses: z.array(BulkTagResult).catch([]) }),
  },
  'POST /contacts/bulk/business': {
    ...writes,
    action: 'assign the contacts to the business',
    body: keys('locationId', 'ids', 'businessId'),
    response: () => z.object({ success: z.boolean().catch(true), ids: z.array(z.string()).catch([]) }),
  },
  'POST /contacts/{contactId}/followers': {
    ...writes,
    action: 'add the followers',
    body: keys('followers'),
    response: followers,
  },
  'DELETE /contacts/{contactId}/followers': {
    ...writes,
    action: 'remove the followers',
    body: keys('followers'),
    response: followers,
  },
  'POST /contacts/{contactId}/campaigns/{campaignId}': {
    ...writesOnce,
    action: 'add the contact to the campaign',
    body: keys(),
    response: done,
  },
  'DELETE /contacts/{contactId}/campaigns/{campaignId}': {
    ...writes,
    action: 'remove the contact from the campaign',
    response: done,
  },
  'DELETE /contacts/{contactId}/campaigns/removeAll': {
    ...writes,
    action: 'remove the contact from all campaigns',
    response: done,
  },
  'POST /contacts/{contactId}/workflow/{workflowId}': {
    ...writesOnce,
    action: 'add the contact to the workflow',
    body: keys('eventStartTime'),
    response: done,
  },
  'DELETE /contacts/{contactId}/workflow/{workflowId}': {
    ...writes,
    action: 'remove the contact from the workflow',
    body: keys('eventStartTime'),
    response: done,
  },
  'GET /contacts/{contactId}/appointments': {
    ...reads,
    action: "read the contact's appointments",
    response: appointments,
  },

  'GET /contacts/business/{businessId}': {
    ...reads,
    action: "list the business's contacts",
    query: keys('locationId', 'skip', 'limit', 'query'),
    response: () => ContactPage,
  },

  'GET /contacts/{contactId}/tasks': {
    ...reads,
    action: "read the contact's tasks",
    response: () => z.object({ tasks: rows(FoundTask) }),
  },
  'POST /contacts/{contactId}/tasks': {
    ...writesOnce,
    action: 'create the task',
    body: TASK_KEYS,
    response: oneTask,
  },
  'GET /contacts/{contactId}/tasks/{taskId}': { ...reads, action: 'read the task', response: oneTask },
  'PUT /contacts/{contactId}/tasks/{taskId}': {
    ...writes,
    action: 'update the task',
    body: TASK_KEYS,
    response: oneTask,
  },
  'DELETE /contacts/{contactId}/tasks/{taskId}': { ...writes, action: 'delete the task', response: done },
  'PUT /contacts/{contactId}/tasks/{taskId}/completed': {
    ...writes,
    action: 'complete the task',
    body: keys('completed'),
    response: oneTask,
  },
  'POST /locations/{locationId}/tasks/search': {
    scope: 'locations/tasks.readonly',
    idempotent: true,
    action: 'search the tasks',
    body: keys('contactId', 'assignedTo', 'completed', 'query', 'limit', 'searchAfter'),
    response: () =>
      counted('tasks', z.object({ tasks: rows(FoundTask, { isPage: true }), total, received: z.number() })),
  },

  'GET /contacts/{contactId}/notes': {
    ...reads,
    action: "read the contact's notes",
    response: () => z.object({ notes: rows(NoteResponse) }),
  },
  'POST /contacts/{contactId}/notes': {
    ...writesOnce,
    action: 'create the note',
    body: NOTE_KEYS,
    response: oneNote,
  },
  'GET /contacts/{contactId}/notes/{id}': { ...reads, action: 'read the note', response: oneNote },
  'PUT /contacts/{contactId}/notes/{id}': {
    ...writes,
    action: 'update the note',
    body: NOTE_KEYS,
    response: oneNote,
  },
  'DELETE /contacts/{contactId}/notes/{id}': { ...writes, action: 'delete the note', response: done },

  // Source: HighLevel's documentation of version v3. Its permission is not documented.
  'POST /notes/search': {
    ...reads,
    version: 'v3',
    optional: true,
    action: 'search the notes',
    body: keys('locationId', 'limit', 'skip', 'sortBy', 'sortOrder', 'includeRelationRecords'),
    response: foundNotes,
  },

  'GET /locations/{locationId}': {
    scope: 'locations.readonly',
    idempotent: true,
    action: 'read the sub-account',
    response: () => oneRecord('location', { location: SubAccount }),
  },
  'GET /locations/{locationId}/tags': {
    scope: 'locations/tags.readonly',
    idempotent: true,
    action: 'list the tags',
    response: () => z.object({ tags: rows(LocationTag) }),
  },
  'GET /locations/{locationId}/customFields': {
    scope: 'locations/customFields.readonly',
    idempotent: true,
    action: 'list the custom fields',
    query: keys('model'),
    response: () => z.object({ customFields: rows(CustomField) }),
  },
  'GET /campaigns/': {
    scope: 'campaigns.readonly',
    idempotent: true,
    action: 'list the campaigns',
    query: keys('locationId'),
    response: () => z.object({ campaigns: rows(Named) }),
  },
  'GET /workflows/': {
    scope: 'workflows.readonly',
    idempotent: true,
    action: 'list the workflows',
    query: keys('locationId'),
    response: () => z.object({ workflows: rows(Named) }),
  },
  'GET /calendars/': {
    ...calendars,
    scope: 'calendars.readonly',
    idempotent: true,
    action: 'list the calendars',
    query: keys('locationId'),
    response: () => z.object({ calendars: rows(Named) }),
  },
  'GET /calendars/{calendarId}/free-slots': {
    ...calendars,
    scope: 'calendars.readonly',
    idempotent: true,
    action: 'find free slots',
    query: keys('startDate', 'endDate', 'timezone'),
    response: () => FreeSlots,
  },
  'GET /calendars/events': {
    ...calendars,
    scope: 'calendars/events.readonly',
    idempotent: true,
    action: 'list the appointments',
    query: keys('locationId', 'calendarId', 'userId', 'startTime', 'endTime'),
    response: appointments,
  },
  'GET /calendars/events/appointments/{eventId}': {
    ...calendars,
    scope: 'calendars/events.readonly',
    idempotent: true,
    action: 'read the appointment',
    response: oneAppointment,
  },
  'POST /calendars/events/appointments': {
    ...calendars,
    scope: 'calendars/events.write',
    idempotent: false,
    action: 'book the appointment',
    body: keys('locationId', 'contactId', ...APPOINTMENT_KEYS),
    response: oneAppointment,
  },
  'PUT /calendars/events/appointments/{eventId}': {
    ...calendars,
    scope: 'calendars/events.write',
    idempotent: true,
    action: 'update the appointment',
    body: APPOINTMENT_KEYS,
    response: oneAppointment,
  },
  'GET /businesses/': {
    scope: 'businesses.readonly',
    idempotent: true,
    action: 'list the businesses',
    query: keys('locationId', 'limit', 'skip'),
    response: () =>
      counted(
        'businesses',
        z.object({ businesses: rows(BusinessResponse, { isPage: true }), total, received: z.number() }),
      ),
  },
  'POST /opportunities/search': {
    ...readsOpportunities,
    action: 'search the opportunities',
    // Documented to take no page with a cursor, and recorded with `page` 1 and an empty cursor.
    body: keys('locationId', 'limit', 'page', 'searchAfter', 'query', 'filters', 'sort'),
    response: () =>
      counted(
        'opportunities',
        z.object({
          opportunities: rows(OpportunityResponse, { isPage: true }),
          total,
          received: z.number(),
        }),
      ),
  },
  'GET /opportunities/pipelines': {
    ...readsOpportunities,
    action: 'list the pipelines',
    query: keys('locationId'),
    response: () => z.object({ pipelines: rows(Pipeline) }),
  },
  'GET /opportunities/lost-reason': {
    ...readsOpportunities,
    action: 'list the lost reasons',
    query: keys('locationId', 'skip', 'limit'),
    response: () =>
      counted(
        'lostReasons',
        z.object({ lostReasons: rows(Named, { isPage: true }), total, received: z.number() }),
      ),
  },
  'GET /opportunities/{id}': {
    ...readsOpportunities,
    action: 'read the opportunity',
    response: oneOpportunity,
  },
  // A repeat would create another, where the sub-account allows several for a contact.
  'POST /opportunities/': {
    scope: 'opportunities.write',
    idempotent: false,
    action: 'create the opportunity',
    body: keys('locationId', 'contactId', ...OPPORTUNITY_KEYS),
    response: oneOpportunity,
  },
  'PUT /opportunities/{id}': {
    ...writesOpportunities,
    action: 'update the opportunity',
    body: OPPORTUNITY_KEYS,
    response: oneOpportunity,
  },
  'PUT /opportunities/{id}/status': {
    ...writesOpportunities,
    action: 'set the status of the opportunity',
    body: keys('status', 'lostReasonId'),
    response: done,
  },
  'DELETE /opportunities/{id}': {
    ...writesOpportunities,
    action: 'delete the opportunity',
    response: done,
  },
  'POST /businesses/': {
    scope: 'businesses.write',
    idempotent: false,
    action: 'create the company',
    body: keys('locationId', ...BUSINESS_KEYS),
    response: oneBusiness,
  },
  'PUT /businesses/{businessId}': {
    scope: 'businesses.write',
    idempotent: true,
    action: 'update the company',
    body: BUSINESS_KEYS,
    response: oneBusiness,
  },
  'GET /conversations/search': {
    ...conversations,
    scope: 'conversations.readonly',
    idempotent: true,
    action: 'look for the conversation',
    query: keys('locationId', 'contactId', 'sortBy', 'sort', 'limit'),
    response: () => z.object({ conversations: rows(Conversation) }),
  },
  'GET /conversations/{conversationId}/messages': {
    ...conversations,
    scope: 'conversations/message.readonly',
    idempotent: true,
    action: 'read the conversation',
    query: keys('limit', 'lastMessageId'),
    response: () => ConversationPage,
  },
  'GET /conversations/messages/export': {
    ...conversations,
    scope: 'conversations/message.readonly',
    idempotent: true,
    action: 'read the messages',
    query: keys('locationId', 'limit', 'cursor', 'sortBy', 'sortOrder', 'contactId', 'channel', 'endDate'),
    response: () => MessagePage,
  },
  // A repeat would send the message a second time.
  'POST /conversations/messages': {
    ...conversations,
    scope: 'conversations/message.write',
    idempotent: false,
    action: 'send the message',
    body: keys(
      'type',
      'contactId',
      'message',
      'html',
      'subject',
      'fromNumber',
      'attachments',
      'emailFrom',
      'emailCc',
      'emailBcc',
    ),
    response: () => SentMessage,
  },
  'GET /forms/': {
    scope: 'forms.readonly',
    idempotent: true,
    action: 'list the forms',
    query: keys('locationId', 'skip', 'limit'),
    response: () =>
      counted('forms', z.object({ forms: rows(Named, { isPage: true }), total, received: z.number() })),
  },
  'GET /forms/submissions': {
    ...submissions,
    scope: 'forms.readonly',
    action: 'read the form submissions',
    query: keys('formId', ...SUBMISSION_QUERY),
  },
  'GET /surveys/': {
    scope: 'surveys.readonly',
    idempotent: true,
    action: 'list the surveys',
    query: keys('locationId', 'skip', 'limit'),
    response: () =>
      counted('surveys', z.object({ surveys: rows(Named, { isPage: true }), total, received: z.number() })),
  },
  'GET /surveys/submissions': {
    ...submissions,
    scope: 'surveys.readonly',
    action: 'read the survey submissions',
    query: keys('surveyId', ...SUBMISSION_QUERY),
  },
  'GET /phone-system/numbers/location/{locationId}': {
    scope: 'phonenumbers.read',
    idempotent: true,
    action: 'list the phone numbers',
    query: keys('page', 'pageSize'),
    response: () => PhoneNumberList,
  },
  'GET /users/': {
    scope: 'users.readonly',
    idempotent: true,
    action: 'list the users',
    query: keys('locationId'),
    response: () => z.object({ users: rows(z.object(User)) }),
  },
  // GET /users/ is deprecated: this endpoint replaces it once HighLevel removes it.
  'GET /users/search': {
    scope: 'users.readonly',
    idempotent: true,
    action: 'list the users',
    query: keys('companyId', 'locationId', 'skip', 'limit'),
    response: () =>
      counted(
        'users',
        z.object({ users: rows(z.object(User), { isPage: true }), total, received: z.number() }),
      ),
  },
} satisfies Record<string, Endpoint>;

/** The documented name of an endpoint, such as `POST /contacts/{contactId}/tasks`. */
export type EndpointName = keyof typeof table;

/** The parsed response of an endpoint. */
export type Answer<E extends EndpointName> = z.output<ReturnType<(typeof table)[E]['response']>>;

/** The names of an endpoint's query parameters, or of the keys of its body. */
export type KeyOf<E extends EndpointName, P extends 'query' | 'body'> =
  (typeof table)[E] extends Record<P, readonly (infer K extends string)[]> ? K : never;

/**
 * Every HighLevel endpoint that this app calls, by its documented name: its permission, whether it may be repeated, and its
 * response. Source: HighLevel's OpenAPI files; the tasks search from reports of live use.
 */
export const endpoints: { [E in EndpointName]: Endpoint<Answer<E>> } = table;

/** The version of HighLevel's API for a request by its documented name. */
export function versionOf(name: string): string {
  return versions.get(name) ?? '2021-07-28';
}

const versions = new Map(
  Object.entries(endpoints).map(([name, { version }]: [string, Endpoint]) => [name, version]),
);

/**
 * The words of those paths, in lower case. None of them is valid as an id, because it would address another endpoint:
 * `removeAll` as the id of a campaign would remove a contact from every campaign.
 */
export const pathWords: ReadonlySet<string> = new Set(
  Object.keys(table).flatMap((name) =>
    name
      .toLowerCase()
      .split('/')
      .slice(1)
      .filter((part) => /^\w/.test(part)),
  ),
);
