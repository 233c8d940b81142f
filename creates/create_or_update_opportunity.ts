import { contactIdField, pipelineIdField } from '../lib/schema/fields.ts';
import { Opportunity, opportunityFields } from '../lib/highlevel/records/opportunity.ts';
import {
  createOrUpdateOpportunity,
  oneOpportunity,
  opportunityInput,
} from '../lib/resources/opportunities.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'create_or_update_opportunity',
  noun: 'Opportunity',
  display: {
    label: 'Create or Update Opportunity',
    description: "Updates a contact's open opportunity in a pipeline, or creates one.",
  },
  input: {
    contactId: contactIdField,
    pipelineId: pipelineIdField,
    name: opportunityFields.name,
    ...opportunityInput,
    pipelineStageId: opportunityInput.pipelineStageId.describe(
      "Choose a stage of the pipeline above, or map a stage's ID. Leave blank to leave an existing opportunity where it is.",
    ),
    status: opportunityInput.status.describe(
      'Choose a status. Leave blank to create the opportunity as open, or to leave its status unchanged.',
    ),
  },
  customFields: 'opportunity',
  output: Opportunity,
  // Two concurrent runs would both find no opportunity and create one.
  lock: {
    key: 'opportunity-{{bundle.inputData.contactId}}-{{bundle.inputData.pipelineId}}',
    scope: ['auth'],
  },

  async perform(highlevel, fields, { customFields }) {
    const given = { ...fields, ...(customFields.length > 0 && { customFields }) };
    return oneOpportunity(highlevel, await createOrUpdateOpportunity(highlevel, given));
  },
});
