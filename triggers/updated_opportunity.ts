import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import { pollOpportunities } from '../lib/polling/opportunities.ts';
import { watchedOpportunities } from '../lib/resources/opportunities.ts';
import { trigger } from '../lib/zapier/operation.ts';

export default trigger({
  key: 'updated_opportunity',
  noun: 'Opportunity',
  display: {
    label: 'New or Updated Opportunity',
    description: 'Triggers when an opportunity is created or updated.',
  },
  input: watchedOpportunities,
  output: Opportunity,
  primary: ['id', 'updatedAt'],

  perform: (highlevel, filters, mode) =>
    pollOpportunities(highlevel, { key: 'updated_opportunity', by: 'updatedAt', filters }, mode),
});
