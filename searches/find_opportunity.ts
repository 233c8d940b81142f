import { InputError } from '../lib/base/errors.ts';
import { opportunityIdField, optional, text } from '../lib/schema/fields.ts';
import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import {
  listOpportunities,
  oneOpportunity,
  opportunityById,
  opportunityFilters,
} from '../lib/resources/opportunities.ts';
import { search } from '../lib/zapier/operation.ts';

const MATCHES = 10;

export default search({
  key: 'find_opportunity',
  noun: 'Opportunity',
  display: {
    label: 'Find Opportunity',
    description: 'Finds an opportunity by contact, pipeline, stage, text, or ID, open ones first.',
  },
  input: {
    ...opportunityFilters,
    query: optional(
      text('Search Text', 'Jane Doe, implants'),
      "Enter part of the opportunity's name, or of its contact's name, email, or phone number.",
    ),
    opportunityId: optional(
      opportunityIdField.meta({
        title: 'Opportunity',
        editor: { type: 'string', dropdown: 'opportunities' },
      }),
      'Choose an open opportunity, or map an Opportunity ID. The other fields are then ignored.',
    ),
  },
  output: Opportunity,

  async perform(highlevel, { opportunityId, ...filters }) {
    if (opportunityId)
      return [await oneOpportunity(highlevel, await opportunityById(highlevel, opportunityId))];
    if (Object.values(filters).every((value) => value === undefined))
      throw new InputError('Please fill in at least one field to find an opportunity by.');
    return listOpportunities(highlevel, filters, MATCHES);
  },
});
