import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import { pollOpportunities } from '../lib/polling/opportunities.ts';
import { watchedOpportunities } from '../lib/resources/opportunities.ts';
import { trigger } from '../lib/zapier/operation.ts';

export default trigger({
  key: 'new_opportunity',
  noun: 'Opportunity',
  display: {
    label: 'New Opportunity',
    description: 'Triggers when an opportunity is created.',
  },
  input: watchedOpportunities,
  output: Opportunity,
  primary: ['id'],

  perform: (highlevel, filters, mode) =>
    pollOpportunities(highlevel, { key: 'new_opportunity', by: 'createdAt', filters }, mode),
});
