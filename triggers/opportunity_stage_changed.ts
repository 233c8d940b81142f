import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import { pollOpportunities } from '../lib/polling/opportunities.ts';
import { watchedOpportunities } from '../lib/resources/opportunities.ts';
import { trigger } from '../lib/zapier/operation.ts';

export default trigger({
  key: 'opportunity_stage_changed',
  noun: 'Opportunity',
  display: {
    label: 'Opportunity Stage Changed',
    description: 'Triggers when an opportunity is moved to another stage.',
  },
  input: {
    pipelineId: watchedOpportunities.pipelineId,
    pipelineStageId: watchedOpportunities.pipelineStageId,
  },
  output: Opportunity,
  primary: ['id', 'lastStageChangeAt'],

  perform: (highlevel, filters, mode) =>
    pollOpportunities(
      highlevel,
      { key: 'opportunity_stage_changed', by: 'lastStageChangeAt', filters },
      mode,
    ),
});
