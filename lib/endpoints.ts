import * as z from 'zod';
import { ContactAnswer, ContactPage } from './records/contact.ts';
import { NoteAnswer } from './records/note.ts';
import { TaskAnswer } from './records/task.ts';
import { CustomField, LocationTag, SubAccount, User } from './records/location.ts';
import type { Scope } from './scopes.ts';

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

const OneContact = z.object({ contact: ContactAnswer });
const OneTask = z.object({ task: TaskAnswer });
const OneNote = z.object({ note: NoteAnswer });
const Tags = z.object({ tags: z.array(z.string()) });

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
    returns: z.object({ new: z.boolean().default(false), contact: ContactAnswer }),
  },
  'PUT /contacts/{contactId}': { ...writes, does: 'update the contact', returns: OneContact },
  'POST /contacts/{contactId}/tags': { ...writes, does: 'add the tags', returns: Tags },

  'GET /contacts/{contactId}/tasks': {
    ...reads,
    does: "read the contact's tasks",
    returns: z.object({ tasks: z.array(TaskAnswer) }),
  },
  'POST /contacts/{contactId}/tasks': { ...writesOnce, does: 'create the task', returns: OneTask },
  'PUT /contacts/{contactId}/tasks/{taskId}/completed': {
    ...writes,
    does: 'complete the task',
    returns: OneTask,
  },
  'POST /locations/{locationId}/tasks/search': {
    scope: 'locations/tasks.readonly',
    repeatable: true,
    does: 'search the tasks',
    returns: z.object({ tasks: z.array(TaskAnswer) }),
  },

  'GET /contacts/{contactId}/notes': {
    ...reads,
    does: "read the contact's notes",
    returns: z.object({ notes: z.array(NoteAnswer) }),
  },
  'POST /contacts/{contactId}/notes': { ...writesOnce, does: 'create the note', returns: OneNote },
  'PUT /contacts/{contactId}/notes/{noteId}': { ...writes, does: 'update the note', returns: OneNote },

  'GET /locations/{locationId}': {
    scope: 'locations.readonly',
    repeatable: true,
    does: 'read the sub-account',
    returns: z.object({ location: SubAccount }),
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
