import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { campaignIdField, contactIdField, contactLink, flag, id } from '../lib/schema/fields.ts';
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
        'Leave blank and set Remove From All Campaigns to **Yes** to remove the contact from every campaign.',
      ),
    removeFromAllCampaigns: flag('Remove From All Campaigns', false)
      .default(false)
      .describe('Choose **Yes** to remove the contact from every campaign it is in.'),
  }),
  output: z.object({
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    campaignId: id('Campaign ID', 'mIVALPYuTD7YjUHnFEx4').nullable(),
    removed: flag('Removed', true),
    url: contactLink,
  }),

  async perform(highlevel, { contactId, campaignId, removeFromAllCampaigns }) {
    // A campaign that turns out to be blank must not end all of them.
    if (removeFromAllCampaigns === (campaignId !== undefined))
      throw new InputError(
        removeFromAllCampaigns
          ? '"Campaign" is filled in, and "Remove From All Campaigns" is Yes. Leave one of them out.'
          : 'Please fill in "Campaign". To remove the contact from every campaign, set "Remove From All Campaigns" to Yes.',
      );
    if (campaignId) {
      const path = { contactId, campaignId };
      await highlevel.request('DELETE /contacts/{contactId}/campaigns/{campaignId}', { path });
    } else {
      await highlevel.request('DELETE /contacts/{contactId}/campaigns/removeAll', { path: { contactId } });
    }
    return { contactId, campaignId: campaignId ?? null, removed: true, url: highlevel.contactUrl(contactId) };
  },
});
