import * as z from 'zod';
import { contactNames } from './names.ts';
import { withoutMarkup } from '../../base/html.ts';
import { isObject } from '../../base/json.ts';
import {
  contactLink,
  flag,
  id,
  longText,
  maybe,
  optional,
  text,
  userId,
  type Output,
} from '../../schema/fields.ts';

/** The fields of a note that users fill in. */
export const noteFields = {
  body: longText('Note Text', 'Jane asked for the price list of 2026.'),
  title: text('Title', 'Chat of 28 January'),
  userId: userId('Written By'),
  color: text('Color', '#FFAA00'),
  pinned: flag('Pinned', false),
};

/** The inputs that creating and updating a note have in common. */
export const noteInput = {
  body: noteFields.body,
  title: optional(noteFields.title),
  userId: optional(noteFields.userId),
  color: optional(noteFields.color, 'Enter a hex code such as `#FFAA00`.'),
  pinned: optional(noteFields.pinned, 'Choose **Yes** to keep the note at the top.'),
};

const known = {
  id: id('Note ID', 'zZ8oz9TCLMZcMgBzpv4e'),
  title: maybe(noteFields.title),
  body: longText('Note Text', 'Jane asked for the price list of 2026.').catch(''),
  userId: maybe.id('Written By User ID', '0IHuJvc2ofPAAA8GzTRi'),
  userName: maybe.text('Written By Name', 'Maria Keller'),
  userEmail: maybe.text('Written By Email', 'maria@example.com'),
  color: maybe(noteFields.color),
  pinned: maybe(noteFields.pinned),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
  dateAdded: maybe.dateTime('Date Added', '2026-01-28T09:12:41.809Z'),
};

/** A note in HighLevel's responses. It has no update time. Notes written in HighLevel's editor are HTML. */
export const NoteResponse = z.object(known);
export type NoteResponse = z.output<typeof NoteResponse>;

/** A row of the sub-account's notes search. Its contact is one of its relations, whose format is not documented. */
export const FoundNote = z.preprocess(
  (row) => (isObject(row) ? { ...row, contactId: row.contactId ?? contactIn(row.relations) } : row),
  NoteResponse,
);

function contactIn(relations: unknown): unknown {
  const records = Array.isArray(relations) ? relations.filter((one) => isObject(one)) : [];
  const contact = records.find(({ objectKey, type }) => (objectKey ?? type) === 'contact');
  if (!contact) return undefined;
  return contact.recordId ?? (isObject(contact.record) ? contact.record.id : contact.id);
}

/** A note as a Zap receives it, the same from every step. */
export const Note = {
  ...known,
  bodyText: longText('Note Text (Plain Text)', 'Jane asked for the price list of 2026.'),
  url: contactLink,
};
export type Note = Output<typeof Note>;

/** The note for a Zap. `contactUrl` links to a contact in HighLevel; `contactId` is used if the response has none. */
export function noteFrom(
  answer: NoteResponse,
  contactUrl: (contactId: string | null) => string,
  contactId: string | null = answer.contactId,
): Note {
  return { ...answer, contactId, bodyText: withoutMarkup(answer.body), url: contactUrl(contactId) };
}
