import * as z from 'zod';
import { campaignIdField, contactIdField, flag, id } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'remove_from_campaign',
  noun: 'Campaign',
  display: {
    label: 'Remove Contact From Campaign',
    description: 'Removes a contact from one campaign, or from all of them.',
  },
  input: z.object({
    contactId: contactIdField,
    campaignId: campaignIdField
      .optional()
      .describe(
        'Empty removes the contact from **all** campaigns, also when what you map here turns out to be empty.',
      ),
  }),
  output: z.object({
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    campaignId: id('Campaign ID', 'mIVALPYuTD7YjUHnFEx4').nullable(),
    removed: flag('Removed', true),
  }),

  async perform(highlevel, { contactId, campaignId }) {
    if (campaignId) {
      const path = { contactId, campaignId };
      await highlevel.request('DELETE /contacts/{contactId}/campaigns/{campaignId}', { path });
    } else {
      await highlevel.request('DELETE /contacts/{contactId}/campaigns/removeAll', { path: { contactId } });
    }
    return { contactId, campaignId: campaignId ?? null, removed: true };
  },
});
