import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { User } from '../lib/highlevel/records/location.ts';
import { users } from '../lib/resources/users.ts';

export default search({
  key: 'find_user',
  noun: 'User',
  display: { label: 'Find User', description: 'Finds a user by email or name.' },
  input: z.object({
    email: text('Email', 'maria@example.com')
      .optional()
      .describe('Enter the full email. If filled in, the name is ignored.'),
    name: text('Name', 'Maria Keller')
      .optional()
      .describe('Enter all or part of the name. Name or email is required.'),
  }),
  output: User,

  async perform(highlevel, { email, name }) {
    if (!email && !name) throw new InputError('Please fill in "Email" or "Name".');
    const candidates = await users(highlevel);
    if (email) return candidates.filter((user) => user.email?.toLowerCase() === email.toLowerCase());
    const words = name?.toLowerCase() ?? '';
    const nameOf = (user: User) =>
      (user.name ?? [user.firstName, user.lastName].filter(Boolean).join(' ')).toLowerCase();
    const found = candidates.filter((user) => nameOf(user).includes(words));
    return found.toSorted((a, b) => Number(nameOf(b) === words) - Number(nameOf(a) === words));
  },
});
