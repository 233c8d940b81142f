import { InputError } from '../lib/base/errors.ts';
import { lostReasonIdField, opportunityIdField, optional, pipelineIdField } from '../lib/schema/fields.ts';
import { Opportunity, opportunityFields } from '../lib/highlevel/records/opportunity.ts';
import {
  checkLostReason,
  oneOpportunity,
  opportunityInput,
  stageWithPipeline,
  updateOpportunity,
} from '../lib/resources/opportunities.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'update_opportunity',
  noun: 'Opportunity',
  display: {
    label: 'Update Opportunity',
    description: 'Updates an opportunity. Blank fields are left unchanged.',
  },
  input: {
    opportunityId: opportunityIdField,
    pipelineId: optional(
      pipelineIdField,
      "Choose a pipeline, or map a pipeline's ID, to move the opportunity to one of its stages.",
    ),
    ...opportunityInput,
    status: opportunityInput.status.describe('Choose Open, Won, Lost, or Abandoned.'),
    lostReasonId: optional(lostReasonIdField),
    name: optional(opportunityFields.name),
  },
  customFields: 'opportunity',
  output: Opportunity,

  async perform(
    highlevel,
    { opportunityId, lostReasonId, pipelineId, pipelineStageId, ...given },
    { customFields },
  ) {
    checkLostReason(given.status, lostReasonId);
    const stage = await stageWithPipeline(highlevel, { pipelineId, pipelineStageId });
    const fields = { ...stage, ...given, ...(customFields.length > 0 && { customFields }) };
    if (Object.values(fields).every((value) => value === undefined))
      throw new InputError('Nothing to update. Please fill in at least one field besides "Opportunity".');
    return oneOpportunity(highlevel, await updateOpportunity(highlevel, opportunityId, fields, lostReasonId));
  },
});
