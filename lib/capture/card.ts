import { DateTime } from 'luxon';
import { truncate } from '../base/text.ts';
import type { Contact } from '../highlevel/records/contact.ts';
import type { Note } from '../highlevel/records/note.ts';
import type { Opportunity } from '../highlevel/records/opportunity.ts';
import type { Task } from '../highlevel/records/task.ts';
import { withoutTrace } from './own_part.ts';

/** A line of the card that JivoChat shows to agents. The key stays the same, so that a later line replaces it. */
export interface CardLine {
  key: string;
  title: string;
  /** Null removes the line. */
  content: string | null;
}

/** JivoChat documents no limit; longer lines would hide the others. */
const MAX_CONTENT = 300;
const MAX_TASKS = 5;

/** What every card has: the link, and what the contact is known by. */
export function cardOf(contact: Contact): {
  contactId: string;
  crmLink: string;
  emails: string[];
  phones: string[];
} {
  return {
    contactId: contact.id,
    crmLink: contact.url,
    emails: contact.email ? [contact.email] : [],
    phones: contact.phone ? [contact.phone] : [],
  };
}

/** The contact's tags. */
export function tagsLine({ tags }: Contact): CardLine {
  return line('tags', 'Tags', tags.join(', '));
}

/** The contact's owner. */
export function ownerLine({ assignedToName, assignedToEmail, assignedTo }: Contact): CardLine {
  return line('owner', 'Owner', assignedToName ?? assignedToEmail ?? assignedTo ?? '');
}

/** The open tasks, the one due first at the top; without any, the task that was changed last. `zone` is for due dates. */
export function tasksLine(tasks: readonly Task[], zone: string): CardLine {
  const open = tasks
    .filter(({ completed }) => !completed)
    .toSorted((a, b) => (a.dueDate ?? '9').localeCompare(b.dueDate ?? '9'))
    .slice(0, MAX_TASKS);
  const last = tasks.toSorted((a, b) =>
    (b.dateUpdated ?? b.dueDate ?? '').localeCompare(a.dateUpdated ?? a.dueDate ?? ''),
  )[0];
  const texts =
    open.length > 0 ? open.map((task) => taskText(task, zone)) : last ? [`${titleOf(last)}: completed`] : [];
  return line('tasks', 'Tasks', texts.join('\n'));
}

function taskText(task: Task, zone: string): string {
  const due = DateTime.fromISO(task.dueDate ?? '', { zone });
  return due.isValid ? `${titleOf(task)}: due ${due.toFormat('LLL d, h:mm a')}` : titleOf(task);
}

function titleOf({ title }: Task): string {
  return title ?? 'Task without a title';
}

/** The open opportunity, with its stage or else its pipeline. */
export function opportunityLine(opportunity: Opportunity | undefined): CardLine {
  const { name, pipelineStageName, pipelineName } = opportunity ?? {};
  const place = pipelineStageName ?? pipelineName;
  const parts = opportunity ? [name ?? 'Opportunity without a name', ...(place ? [place] : [])] : [];
  return line('opportunity', 'Opportunity', parts.join(': '));
}

/** The newest note, as plain text. */
export function noteLine(note: Note | undefined): CardLine {
  return line('note', 'Latest Note', note ? withoutTrace(note.body) : '');
}

/** A text of the user's own. */
export function textLine(text: string): CardLine {
  return line('text', 'Message', text);
}

function line(key: string, title: string, content: string): CardLine {
  const short = truncate(content.trim(), MAX_CONTENT);
  return { key, title, content: short === '' ? null : short === content.trim() ? short : `${short}…` };
}
