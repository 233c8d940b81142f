import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import { pollOpportunities } from '../lib/polling/opportunities.ts';
import { watchedOpportunities } from '../lib/resources/opportunities.ts';
import { trigger } from '../lib/zapier/operation.ts';

export default trigger({
  key: 'opportunity_status_changed',
  noun: 'Opportunity',
  display: {
    label: 'Opportunity Status Changed',
    description: 'Triggers when the status of an opportunity changes, for example to Won.',
  },
  input: { pipelineId: watchedOpportunities.pipelineId, status: watchedOpportunities.status },
  output: Opportunity,
  primary: ['id', 'lastStatusChangeAt'],

  perform: (highlevel, filters, mode) =>
    pollOpportunities(
      highlevel,
      { key: 'opportunity_status_changed', by: 'lastStatusChangeAt', filters },
      mode,
    ),
});
