import * as z from 'zod';
import { businesses } from '../lib/resources/businesses.ts';
import { InputError } from '../lib/base/errors.ts';
import { text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Business } from '../lib/highlevel/records/location.ts';

export default search({
  key: 'find_business',
  noun: 'Company',
  display: { label: 'Find Company', description: 'Finds a company by name or email.' },
  input: z.object({
    name: text('Name', 'Example Ltd')
      .optional()
      .describe('Enter all or part of the name. Name or email is required.'),
    email: text('Email', 'office@example.com')
      .optional()
      .describe('Enter the full email. If filled in, the name is ignored.'),
  }),
  output: Business,

  async perform(highlevel, { email, name }) {
    if (!email && !name) throw new InputError('Please fill in "Name" or "Email".');
    const words = name?.toLowerCase() ?? '';
    const called = (business: Business) => business.name?.toLowerCase() ?? '';
    const found = (await businesses(highlevel)).filter((business) =>
      email ? business.email?.toLowerCase() === email.toLowerCase() : called(business).includes(words),
    );
    return found.toSorted((a, b) => Number(called(b) === words) - Number(called(a) === words));
  },
});
