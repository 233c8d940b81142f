import { ApiError } from '../lib/base/errors.ts';
import { contactIdField, pipelineIdField } from '../lib/schema/fields.ts';
import { Opportunity, opportunityFields } from '../lib/highlevel/records/opportunity.ts';
import {
  createOpportunity,
  oneOpportunity,
  opportunityById,
  opportunityInput,
} from '../lib/resources/opportunities.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'create_opportunity',
  noun: 'Opportunity',
  display: {
    label: 'Create Opportunity',
    description: 'Creates an opportunity for a contact. Stops without an error if no second one is allowed.',
  },
  input: {
    contactId: contactIdField,
    pipelineId: pipelineIdField,
    name: opportunityFields.name,
    ...opportunityInput,
    pipelineStageId: opportunityInput.pipelineStageId.describe(
      "Choose a stage of the pipeline above, or map a stage's ID. Leave blank for the first stage.",
    ),
    status: opportunityFields.status.default('open').describe('Choose Open, Won, Lost, or Abandoned.'),
  },
  customFields: 'opportunity',
  output: Opportunity,

  async perform(highlevel, fields, { customFields, afterSearch }) {
    const made = async () => {
      try {
        return await createOpportunity(highlevel, {
          ...fields,
          ...(customFields.length > 0 && { customFields }),
        });
      } catch (error) {
        // In Find or Create, it was created after the search, so it is the one to return.
        const existing = afterSearch && error instanceof ApiError && error.existingId;
        if (!existing) throw error;
        return opportunityById(highlevel, existing);
      }
    };
    return oneOpportunity(highlevel, await made());
  },
});
