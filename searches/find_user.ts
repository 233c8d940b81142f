import { InputError } from '../lib/base/errors.ts';
import { optional, text, userId } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { User } from '../lib/highlevel/records/location.ts';
import { users } from '../lib/resources/users.ts';

export default search({
  key: 'find_user',
  noun: 'User',
  display: { label: 'Find User', description: 'Finds a user by email, name, or ID.' },
  input: {
    email: optional(
      text('Email', 'maria@example.com'),
      'Enter the full email. If filled in, the name is ignored. Fill in at least one field.',
    ),
    name: optional(
      text('Name', 'Maria Keller'),
      'Enter all or part of the name. Fill in at least one field.',
    ),
    // Without "add a search step", because this is the search.
    userId: optional(
      userId('User').meta({ editor: { type: 'string', dropdown: 'users' } }),
      "Choose a user, or map a user's ID or email. Finds exactly this user and ignores the other fields.",
    ),
  },
  output: User,

  async perform(highlevel, { email, name, userId: chosen }) {
    if (!email && !name && !chosen) throw new InputError('Please fill in "Email", "Name", or "User".');
    const candidates = await users(highlevel);
    if (chosen) return candidates.filter(({ id }) => id === chosen);
    if (email) return candidates.filter((user) => user.email?.toLowerCase() === email.toLowerCase());
    const words = name?.toLowerCase() ?? '';
    const nameOf = (user: User) =>
      (user.name ?? [user.firstName, user.lastName].filter(Boolean).join(' ')).toLowerCase();
    const found = candidates.filter((user) => nameOf(user).includes(words));
    return found.toSorted((a, b) => Number(nameOf(b) === words) - Number(nameOf(a) === words));
  },
});
