import { businesses } from '../lib/resources/businesses.ts';
import { InputError } from '../lib/base/errors.ts';
import { businessIdField, optional, text } from '../lib/schema/fields.ts';
import { search } from '../lib/zapier/operation.ts';
import { Business } from '../lib/highlevel/records/location.ts';

export default search({
  key: 'find_business',
  noun: 'Company',
  display: { label: 'Find Company', description: 'Finds a company by name, email, or ID.' },
  input: {
    name: optional(text('Name', 'Example Ltd'), 'Enter all or part of the name. Fill in at least one field.'),
    email: optional(
      text('Email', 'office@example.com'),
      'Enter the full email. If filled in, the name is ignored. Fill in at least one field.',
    ),
    // Without "add a search step", because this is the search.
    businessId: optional(
      businessIdField.meta({ editor: { type: 'string', dropdown: 'businesses' } }),
      "Choose a company, or map a company's ID. Finds exactly this company and ignores the other fields.",
    ),
  },
  output: Business,

  async perform(highlevel, { email, name, businessId }) {
    if (!email && !name && !businessId) throw new InputError('Please fill in "Name", "Email", or "Company".');
    if (businessId) return (await businesses(highlevel)).filter(({ id }) => id === businessId);
    const words = name?.toLowerCase() ?? '';
    const called = (business: Business) => business.name?.toLowerCase() ?? '';
    const found = (await businesses(highlevel)).filter((business) =>
      email ? business.email?.toLowerCase() === email.toLowerCase() : called(business).includes(words),
    );
    return found.toSorted((a, b) => Number(called(b) === words) - Number(called(a) === words));
  },
});
