import * as z from 'zod';
import { ContactAnswer, ContactPage } from './records/contact.ts';
import { NoteAnswer } from './records/note.ts';
import { FoundTask, TaskAnswer } from './records/task.ts';
import { AppointmentAnswer, AppointmentList, FreeSlots } from './records/appointment.ts';
import { Business, CustomField, LocationTag, Named, SubAccount, User } from './records/location.ts';
import type { Scope } from './scopes.ts';
import { isObject } from '../base/json.ts';

/** What this app knows of one HighLevel endpoint. */
interface Endpoint<A = unknown> {
  /** The permission HighLevel asks for. */
  scope: Scope;
  /** What it does, to finish sentences such as "HighLevel did not … ". */
  does: string;
  /** May the request be sent again when nobody knows whether the first one happened? */
  repeatable: boolean;
  /** The shape of a good answer. */
  returns: z.ZodType<A>;
}

const reads = { scope: 'contacts.readonly', repeatable: true } as const;
const writes = { scope: 'contacts.write', repeatable: true } as const;
/** A POST that makes a record: sent again, it would make a second one. */
const writesOnce = { scope: 'contacts.write', repeatable: false } as const;

/**
 * The answer that holds one record, under any name that HighLevel is known to give it, or bare; read under `name`. What is
 * documented, recorded and reported differs, also from one endpoint of a kind to the next.
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

const OneContact = oneRecord('contact', { contact: ContactAnswer });
const OneTask = oneRecord('task', { task: TaskAnswer });
const OneNote = oneRecord('note', { note: NoteAnswer });
// Documented as `event`, recorded as `appointment`; writes answer with it bare.
const OneAppointment = oneRecord('appointment', { appointment: AppointmentAnswer }, 'event');
const Appointments = z.object({ events: AppointmentList });
const Tags = z.object({ tags: z.array(z.string()) });
const Followers = z.object({ followers: z.array(z.string()) });
/** HighLevel's own spelling; newer versions spell it right. */
const Done = z.object({ succeded: z.boolean().optional(), succeeded: z.boolean().optional() });
const BulkTagResult = z.object({
  contactId: z.string(),
  type: z.string().catch('success'),
  message: z.string().nullish().catch(null),
});

const table = {
  'POST /contacts/search': { ...reads, does: 'search the contacts', returns: ContactPage },
  'GET /contacts/search/duplicate': {
    ...reads,
    does: 'look for the contact',
    // No match comes as null or not at all: both are seen in public clients.
    returns: z.object({ contact: ContactAnswer.nullish() }),
  },
  'GET /contacts/{contactId}': { ...reads, does: 'read the contact', returns: OneContact },
  'POST /contacts/': { ...writesOnce, does: 'create the contact', returns: OneContact },
  'POST /contacts/upsert': {
    ...writes,
    does: 'create or update the contact',
    returns: oneRecord('contact', { new: z.boolean().default(false), contact: ContactAnswer }),
  },
  'PUT /contacts/{contactId}': { ...writes, does: 'update the contact', returns: OneContact },
  'DELETE /contacts/{contactId}': { ...writes, does: 'delete the contact', returns: Done },
  'POST /contacts/{contactId}/tags': { ...writes, does: 'add the tags', returns: Tags },
  'DELETE /contacts/{contactId}/tags': { ...writes, does: 'remove the tags', returns: Tags },
  'POST /contacts/bulk/tags/update/{type}': {
    ...writes,
    does: 'change the tags',
    returns: z.object({ responses: z.array(BulkTagResult).catch([]) }),
  },
  'POST /contacts/bulk/business': {
    ...writes,
    does: 'assign the contacts to the business',
    returns: z.object({ success: z.boolean().catch(true), ids: z.array(z.string()).catch([]) }),
  },
  'POST /contacts/{contactId}/followers': { ...writes, does: 'add the followers', returns: Followers },
  'DELETE /contacts/{contactId}/followers': { ...writes, does: 'remove the followers', returns: Followers },
  'POST /contacts/{contactId}/campaigns/{campaignId}': {
    ...writesOnce,
    does: 'add the contact to the campaign',
    returns: Done,
  },
  'DELETE /contacts/{contactId}/campaigns/{campaignId}': {
    ...writes,
    does: 'remove the contact from the campaign',
    returns: Done,
  },
  'DELETE /contacts/{contactId}/campaigns/removeAll': {
    ...writes,
    does: 'remove the contact from all campaigns',
    returns: Done,
  },
  'POST /contacts/{contactId}/workflow/{workflowId}': {
    ...writesOnce,
    does: 'add the contact to the workflow',
    returns: Done,
  },
  'DELETE /contacts/{contactId}/workflow/{workflowId}': {
    ...writes,
    does: 'remove the contact from the workflow',
    returns: Done,
  },
  'GET /contacts/{contactId}/appointments': {
    ...reads,
    does: "read the contact's appointments",
    returns: Appointments,
  },

  'GET /contacts/business/{businessId}': {
    ...reads,
    does: "list the business's contacts",
    returns: ContactPage,
  },

  'GET /contacts/{contactId}/tasks': {
    ...reads,
    does: "read the contact's tasks",
    returns: z.object({ tasks: z.array(TaskAnswer) }),
  },
  'POST /contacts/{contactId}/tasks': { ...writesOnce, does: 'create the task', returns: OneTask },
  'GET /contacts/{contactId}/tasks/{taskId}': { ...reads, does: 'read the task', returns: OneTask },
  'PUT /contacts/{contactId}/tasks/{taskId}': { ...writes, does: 'update the task', returns: OneTask },
  'DELETE /contacts/{contactId}/tasks/{taskId}': { ...writes, does: 'delete the task', returns: Done },
  'PUT /contacts/{contactId}/tasks/{taskId}/completed': {
    ...writes,
    does: 'complete the task',
    returns: OneTask,
  },
  'POST /locations/{locationId}/tasks/search': {
    scope: 'locations/tasks.readonly',
    repeatable: true,
    does: 'search the tasks',
    returns: z.object({ tasks: z.array(FoundTask) }),
  },

  'GET /contacts/{contactId}/notes': {
    ...reads,
    does: "read the contact's notes",
    returns: z.object({ notes: z.array(NoteAnswer) }),
  },
  'POST /contacts/{contactId}/notes': { ...writesOnce, does: 'create the note', returns: OneNote },
  'GET /contacts/{contactId}/notes/{id}': { ...reads, does: 'read the note', returns: OneNote },
  'PUT /contacts/{contactId}/notes/{id}': { ...writes, does: 'update the note', returns: OneNote },
  'DELETE /contacts/{contactId}/notes/{id}': { ...writes, does: 'delete the note', returns: Done },

  'GET /locations/{locationId}': {
    scope: 'locations.readonly',
    repeatable: true,
    does: 'read the sub-account',
    returns: oneRecord('location', { location: SubAccount }),
  },
  'GET /locations/{locationId}/tags': {
    scope: 'locations/tags.readonly',
    repeatable: true,
    does: 'list the tags',
    returns: z.object({ tags: z.array(LocationTag) }),
  },
  'GET /locations/{locationId}/customFields': {
    scope: 'locations/customFields.readonly',
    repeatable: true,
    does: 'list the custom fields',
    returns: z.object({ customFields: z.array(CustomField) }),
  },
  'GET /campaigns/': {
    scope: 'campaigns.readonly',
    repeatable: true,
    does: 'list the campaigns',
    returns: z.object({ campaigns: z.array(Named) }),
  },
  'GET /workflows/': {
    scope: 'workflows.readonly',
    repeatable: true,
    does: 'list the workflows',
    returns: z.object({ workflows: z.array(Named) }),
  },
  'GET /calendars/': {
    scope: 'calendars.readonly',
    repeatable: true,
    does: 'list the calendars',
    returns: z.object({ calendars: z.array(Named) }),
  },
  'GET /calendars/{calendarId}/free-slots': {
    scope: 'calendars.readonly',
    repeatable: true,
    does: 'find free slots',
    returns: FreeSlots,
  },
  'GET /calendars/events': {
    scope: 'calendars/events.readonly',
    repeatable: true,
    does: 'list the appointments',
    returns: Appointments,
  },
  'GET /calendars/events/appointments/{eventId}': {
    scope: 'calendars/events.readonly',
    repeatable: true,
    does: 'read the appointment',
    returns: OneAppointment,
  },
  'POST /calendars/events/appointments': {
    scope: 'calendars/events.write',
    repeatable: false,
    does: 'book the appointment',
    returns: OneAppointment,
  },
  'PUT /calendars/events/appointments/{eventId}': {
    scope: 'calendars/events.write',
    repeatable: true,
    does: 'update the appointment',
    returns: OneAppointment,
  },
  'GET /businesses/': {
    scope: 'businesses.readonly',
    repeatable: true,
    does: 'list the businesses',
    returns: z.object({ businesses: z.array(Business) }),
  },
  'GET /users/': {
    scope: 'users.readonly',
    repeatable: true,
    does: 'list the users',
    returns: z.object({ users: z.array(User) }),
  },
  // GET /users/ is deprecated: this one serves where HighLevel has switched it off.
  'GET /users/search': {
    scope: 'users.readonly',
    repeatable: true,
    does: 'list the users',
    returns: z.object({ users: z.array(User) }),
  },
} satisfies Record<string, Endpoint>;

/** An endpoint by its documented name, such as `POST /contacts/{contactId}/tasks`. */
export type EndpointName = keyof typeof table;

/** What a good answer of the endpoint holds, checked. */
export type Answer<E extends EndpointName> = z.output<(typeof table)[E]['returns']>;

/**
 * Every HighLevel endpoint this app calls, named as HighLevel's documentation names it: its permission, whether it may
 * be repeated, and what it answers. Source: HighLevel's OpenAPI files; the tasks search from reports of live use.
 */
export const endpoints: { [E in EndpointName]: Endpoint<Answer<E>> } = table;

/**
 * The words of those paths, in lower case. None of them is an id, and in an id's place it would make another request: as the
 * id of a campaign, `removeAll` takes a contact out of every campaign.
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
