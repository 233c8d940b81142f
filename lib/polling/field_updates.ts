import * as z from 'zod';
import { DAY, epochOf } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Contact } from '../highlevel/records/contact.ts';
import { filterFor, hashOf, isValue, valueOf, watchedField } from '../resources/contact_values.ts';
import { pollContacts, TooManyContacts } from './contacts.ts';
import type { PollMode } from './window.ts';

/** The new contacts that are remembered, the newest ones: those without a value, and those that have had one. */
const MAX_REMEMBERED = 2_000;
const HAD_VALUE = '+';
const KEPT_SECONDS = (365 * DAY) / 1000;

/** Which contacts Contact Field Updated watches. */
export interface FieldPoll {
  field: string;
  value?: string;
  tags?: string[];
}

/** A contact with the watched field, its value as text, and a hash of the value. */
export type FieldUpdate = Contact & { field: string; value: string; valueHash: string };

/**
 * The contacts whose field has a new value, last updated first. HighLevel does not say which field of a contact was updated, so Zapier's
 * dedupe table holds the value of every contact: filling it fails if the contacts cannot all be read. A blank value of a contact that was created later
 * and has had none so far is no update; such contacts are remembered (z.cache).
 */
export async function pollFieldUpdates(
  highlevel: HighLevel,
  { field: given, value: wanted, tags }: FieldPoll,
  mode: PollMode,
): Promise<FieldUpdate[]> {
  const field = await watchedField(highlevel, given);
  const update = (contact: Contact): FieldUpdate => {
    const value = valueOf(contact, field);
    return { ...contact, field: field.label, value, valueHash: hashOf(value) };
  };
  const isWanted = ({ value }: FieldUpdate) => wanted === undefined || isValue(value, wanted);
  const filters = JSON.stringify([field.key, wanted, tags]);
  // Polls with different fields must not share a position.
  const key = `contact_field_updated:${digest(filters)}`;
  const poll = { key, by: 'dateUpdated' as const, ...(tags && { tags }) };
  const [since, blanks] = [`on:${key}`, `blank:${key}`];

  if (mode === 'fill') {
    // The dedupe table needs only the id and the value, but the value is in the contact.
    const keep = ({ id, customFields, ...contact }: Contact): Contact => {
      const needed = customFields.filter((one) => field.key.endsWith(one.id));
      return { ...contact, id, customFields: needed, custom: {} };
    };
    const contacts = await pollContacts(highlevel, { ...poll, keep }, mode).catch((error: unknown) => {
      const filter = wanted === undefined ? undefined : filterFor(field, wanted);
      if (!filter || !(error instanceof TooManyContacts)) throw error;
      return pollContacts(highlevel, { ...poll, keep, filters: [filter] }, mode);
    });
    await highlevel.cache.set(since, highlevel.now(), KEPT_SECONDS);
    return contacts.map(update).filter(isWanted);
  }
  const found = (await pollContacts(highlevel, poll, mode)).map(update);
  if (mode === 'sample') return found;
  if (wanted !== undefined && wanted !== '') return found.filter(isWanted);

  const on = (await highlevel.cache.get(since, z.number())) ?? highlevel.now() - DAY;
  const before = (await highlevel.cache.get(blanks, z.array(z.string()))) ?? [];
  const known = new Set(before);
  const updates = found.filter(({ id, value, dateAdded }) => {
    const mark = digest(id).slice(0, 8);
    const added = epochOf(dateAdded);
    const isNew = added > on && added > highlevel.now() - DAY;
    if (value !== '') {
      known.delete(mark);
      // If it is emptied now, that is an update.
      if (isNew) known.add(HAD_VALUE + mark);
      return true;
    }
    if (known.has(mark)) return false;
    if (!isNew || known.has(HAD_VALUE + mark)) return true;
    known.add(mark);
    return false;
  });
  const marks = [...known].slice(-MAX_REMEMBERED);
  if (marks.join() !== before.join()) await highlevel.cache.set(blanks, marks, KEPT_SECONDS);
  return updates;
}
