import * as z from 'zod';
import { businesses } from '../lib/resources/businesses.ts';
import { InputError } from '../lib/base/errors.ts';
import { text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Business } from '../lib/highlevel/records/location.ts';

export default search({
  key: 'find_business',
  noun: 'Business',
  display: { label: 'Find Business', description: 'Finds a business of the sub-account by email or name.' },
  input: z.object({
    name: text('Name', 'Example Ltd').optional().describe('Or a part of it.'),
    email: text('Email', 'office@example.com')
      .optional()
      .describe('The whole address. Name is not looked at then.'),
  }),
  output: Business,

  async perform(highlevel, { email, name }) {
    if (!email && !name) throw new InputError('Name or Email is required. Please fill one of them.');
    const words = name?.toLowerCase() ?? '';
    const called = (business: Business) => business.name?.toLowerCase() ?? '';
    const found = (await businesses(highlevel)).filter((business) =>
      email ? business.email?.toLowerCase() === email.toLowerCase() : called(business).includes(words),
    );
    return found.toSorted((a, b) => Number(called(b) === words) - Number(called(a) === words));
  },
});
