import { lostReasonIdField, opportunityIdField, optional } from '../lib/schema/fields.ts';
import { Opportunity, opportunityFields } from '../lib/highlevel/records/opportunity.ts';
import {
  checkLostReason,
  oneOpportunity,
  opportunityById,
  setStatus,
} from '../lib/resources/opportunities.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'set_opportunity_status',
  noun: 'Opportunity',
  display: {
    label: 'Set Opportunity Status',
    description: 'Marks an opportunity as open, won, lost, or abandoned.',
  },
  input: {
    opportunityId: opportunityIdField,
    status: opportunityFields.status.describe('Choose Open, Won, Lost, or Abandoned.'),
    lostReasonId: optional(lostReasonIdField),
  },
  output: Opportunity,

  async perform(highlevel, { opportunityId, status, lostReasonId }) {
    checkLostReason(status, lostReasonId);
    await setStatus(highlevel, opportunityId, { status, ...(lostReasonId && { lostReasonId }) });
    const now = await opportunityById(highlevel, opportunityId);
    return oneOpportunity(highlevel, { ...now, status, lostReasonId: lostReasonId ?? now.lostReasonId });
  },
});
