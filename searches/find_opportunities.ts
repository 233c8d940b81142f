import { integer, optional, text } from '../lib/schema/fields.ts';
import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import { listOpportunities, opportunityFilters, PAGE_SIZE } from '../lib/resources/opportunities.ts';
import { search } from '../lib/zapier/operation.ts';

export default search({
  key: 'find_opportunities',
  noun: 'Opportunity',
  display: {
    label: 'Find Opportunities',
    description: 'Finds opportunities by contact, pipeline, stage, status, or text, open ones first.',
  },
  input: {
    ...opportunityFilters,
    query: optional(
      text('Search Text', 'Jane Doe, implants'),
      "Enter part of the opportunity's name, or of its contact's name, email, or phone number.",
    ),
    limit: integer('Limit', 50)
      .narrowed((limit) => limit.min(1).max(PAGE_SIZE))
      .default(50)
      .describe(`Maximum number of results, up to ${PAGE_SIZE}.`),
  },
  output: Opportunity,

  perform: (highlevel, { limit, ...filters }) => listOpportunities(highlevel, filters, limit),
});
