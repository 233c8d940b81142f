import * as z from 'zod';
import {
  choice,
  contactLink,
  dateTime,
  flag,
  id,
  longText,
  maybe,
  optional,
  text,
  userId,
  type Output,
} from '../../schema/fields.ts';
import { contactNames, personIn, userNames } from './names.ts';
import { withoutMarkup } from '../../base/html.ts';
import { isObject } from '../../base/json.ts';

const STATUSES = { open: 'Open', completed: 'Completed' };

/** The fields of a task that users fill in. */
export const taskFields = {
  title: text('Title', 'Call Jane back'),
  dueDate: dateTime('Due Date', '2026-01-30T15:00:00Z').describe(
    "Date and time, such as `2026-01-31 15:00`. A date without a time becomes 9:00 AM in the Zap's time zone.",
  ),
  body: longText('Description', 'She asked about pricing.'),
  assignedTo: userId('Owner'),
  completed: flag('Completed', false),
};

/** The filter of triggers and searches by a task's status. */
export const completedFilter = optional(
  taskFields.completed,
  'Choose **Yes** for completed tasks or **No** for open ones. Leave blank for both.',
);

const known = {
  id: id('Task ID', 'fa0ldVuKMz4BySvUBSJx'),
  title: maybe(taskFields.title),
  body: maybe(taskFields.body),
  completed: flag('Completed', false).catch(false),
  dueDate: maybe(taskFields.dueDate),
  assignedTo: maybe.id('Owner User ID', '0IHuJvc2ofPAAA8GzTRi'),
  ...userNames,
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
  dateAdded: maybe.dateTime('Date Added', '2026-01-28T09:12:41.809Z'),
  dateUpdated: maybe.dateTime('Date Updated', '2026-01-28T09:12:41.809Z'),
};

/** A task in HighLevel's responses: a contact's own list has no dates; the sub-account's search has the id as `_id`. */
export const TaskResponse = z.preprocess(
  (row) =>
    isObject(row)
      ? {
          ...row,
          id: row.id ?? row._id,
          dateUpdated: row.dateUpdated ?? row.updatedAt ?? row.dateAdded,
          ...namesIn(row),
        }
      : row,
  z.object({
    ...known,
    deleted: z.boolean().catch(false),
    searchAfter: z.array(z.unknown()).optional().catch(undefined),
  }),
);
export type TaskResponse = z.output<typeof TaskResponse>;

/** The names in a row of the sub-account's tasks search. */
function namesIn({ contactDetails, assignedToUserDetails }: Record<string, unknown>) {
  const [contact, user] = [personIn(contactDetails), personIn(assignedToUserDetails)];
  return {
    contactName: contact.name,
    contactEmail: contact.email,
    contactPhone: contact.phone,
    assignedToName: user.name,
    assignedToEmail: user.email,
  };
}

/**
 * A row of the sub-account's tasks search. The search still returns deleted tasks, as open and not deleted, but without
 * their contact.
 */
export const FoundTask = z.preprocess(
  (row) => (isObject(row) && hasLostContact(row) ? { ...row, deleted: true } : row),
  TaskResponse,
);

// A row without any contact field is a short row, not a deleted task.
function hasLostContact({ contactId, contactDetails, ...row }: Record<string, unknown>): boolean {
  if (contactId !== undefined && contactId !== null) return false;
  if (contactId === undefined && contactDetails === undefined && !('deleted' in row)) return false;
  return !isObject(contactDetails) || Object.values(contactDetails).every((value) => value === null);
}

/** A task as a Zap receives it, the same from every step. */
export const Task = {
  ...known,
  bodyText: maybe.longText('Description (Plain Text)', 'She asked about pricing.'),
  status: choice('Status', STATUSES, 'open'),
  url: contactLink,
};
export type Task = Output<typeof Task>;

/** The same with a completed sample, for steps that complete a task or trigger on completion. */
export const CompletedTask = {
  ...Task,
  completed: flag('Completed', true).catch(false),
  status: choice('Status', STATUSES, 'completed'),
};

/** The task for a Zap. `contactUrl` links to a contact in HighLevel; `contactId` is used if the response has none. */
export function taskFrom(
  { deleted: _deleted, searchAfter: _searchAfter, ...answer }: TaskResponse,
  contactUrl: (contactId: string | null) => string,
  contactId: string | null = answer.contactId,
): Task {
  return {
    ...answer,
    contactId,
    // HighLevel's editor writes HTML. Rows that only fill the dedupe table have no body.
    bodyText: answer.body ? withoutMarkup(answer.body) : null,
    status: answer.completed ? 'completed' : 'open',
    url: contactUrl(contactId),
  };
}
