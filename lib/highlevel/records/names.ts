import { isObject } from '../../base/json.ts';
import { maybe } from '../../schema/fields.ts';

/**
 * The names beside a record's ids, which save the users of a Zap a search step. HighLevel's responses have few of them;
 * lib/resources/names.ts fills in the others. Null where a name is unknown.
 */

/** The names of the record's contact. */
export const contactNames = {
  contactName: maybe.text('Contact Name', 'Jane Doe'),
  contactEmail: maybe.text('Contact Email', 'jane@example.com'),
  contactPhone: maybe.text('Contact Phone', '+14155550132'),
};

/** The names of the user that the record is assigned to, whom the editor calls its owner. */
export const userNames = {
  assignedToName: maybe.text('Owner Name', 'Maria Keller'),
  assignedToEmail: maybe.text('Owner Email', 'maria@example.com'),
};

/** The name, email and phone of a person inside a response, such as a row's `contactDetails`; null where it has none. */
export function personIn(value: unknown): {
  name: string | null;
  email: string | null;
  phone: string | null;
} {
  const person = isObject(value) ? value : {};
  const filled = (found: unknown) => (typeof found === 'string' && found.trim() !== '' ? found.trim() : null);
  const parts = [person.firstName, person.lastName].map(filled).filter((part) => part !== null);
  return {
    name: filled(person.name) ?? filled(person.fullName) ?? (parts.join(' ') || null),
    email: filled(person.email),
    phone: filled(person.phone),
  };
}
