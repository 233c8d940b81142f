import { DateTime } from 'luxon';
import { digest } from '../base/digest.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { ifReadable, timeZone } from '../resources/location.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { TaskResponse } from '../highlevel/records/task.ts';
import { settleAll } from '../base/settle.ts';
import type { ChannelMessage } from '../jivochat/channel.ts';
import { cleanText } from '../base/text.ts';
import { withoutTrace } from './own_part.ts';

/** What an update is about: at least one of these. A task or note requires `contactId`. */
export interface Update {
  contactId?: string;
  taskId?: string;
  noteId?: string;
  text?: string;
}

/**
 * Builds the JivoChat message for an update. Reads contact, task and note from HighLevel in parallel, at most 3 requests.
 * All updates of a contact have the same sender; the same content has the same id, so that a repeat can be recognized.
 */
export async function updateMessage(
  highlevel: HighLevel,
  { contactId, taskId, noteId, text }: Update,
): Promise<ChannelMessage> {
  const { request } = highlevel;
  const [contact, task, note] = await settleAll([
    contactId ? request('GET /contacts/{contactId}', { path: { contactId } }) : undefined,
    contactId && taskId
      ? request('GET /contacts/{contactId}/tasks/{taskId}', { path: { contactId, taskId } })
      : undefined,
    contactId && noteId
      ? request('GET /contacts/{contactId}/notes/{id}', { path: { contactId, id: noteId } })
      : undefined,
  ]);
  const parts = [
    text,
    task && taskText(task.task, await ifReadable(timeZone(highlevel), undefined)),
    note && `Note: ${withoutTrace(note.note.body)}`,
    contactId && `In HighLevel: ${highlevel.contactUrl(contactId)}`,
  ];
  const body = cleanText(parts.filter(Boolean).join('\n\n'));
  const [kind, record] = taskId ? ['task', taskId] : noteId ? ['note', noteId] : ['text', contactId ?? 'all'];
  return {
    sender: senderOf(highlevel, contact?.contact),
    message: {
      type: 'text',
      id: `highlevel-${kind}-${record}-${digest(body)}`,
      date: Math.floor(highlevel.now() / 1000),
      text: body,
    },
  };
}

function senderOf(highlevel: HighLevel, contact: ContactResponse | undefined): ChannelMessage['sender'] {
  if (!contact) return { id: `highlevel-${highlevel.locationId}`, name: 'HighLevel' };
  return {
    id: `highlevel-${contact.id}`,
    name: `HighLevel: ${contact.name ?? contact.email ?? contact.phone ?? 'a contact'}`,
    ...(contact.email && { email: contact.email }),
    ...(contact.phone && { phone: contact.phone }),
    crm_link: highlevel.contactUrl(contact.id),
  };
}

function taskText(task: TaskResponse, zone: string | undefined): string {
  const due = DateTime.fromISO(task.dueDate ?? '', { zone: zone ?? 'utc' });
  const time = due.toFormat('yyyy-MM-dd HH:mm') + (zone === undefined ? ' UTC' : '');
  const when = due.isValid && !task.completed ? `, due ${time}` : '';
  const state = task.completed ? 'completed' : 'open';
  return [
    `Task "${task.title ?? 'without a title'}" is ${state}${when}.`,
    task.body !== null && withoutTrace(task.body),
  ]
    .filter(Boolean)
    .join('\n');
}
