import { InputError } from '../lib/base/errors.ts';
import { campaignIdField, contactIdField, contactLink, flag, id, optional } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'remove_from_campaign',
  noun: 'Campaign',
  display: {
    label: 'Remove Contact From Campaign',
    description: 'Removes a contact from one campaign, or from all campaigns.',
  },
  input: {
    contactId: contactIdField,
    campaignId: optional(
      campaignIdField,
      'Choose a campaign, or map its ID. Leave blank and set Remove From All Campaigns to **Yes** to remove the contact from every campaign.',
    ),
    removeFromAllCampaigns: flag('Remove From All Campaigns', false)
      .default(false)
      .describe('Choose **Yes** to remove the contact from every campaign. Leave Campaign blank then.'),
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    campaignId: id('Campaign ID', 'mIVALPYuTD7YjUHnFEx4').nullable(),
    removed: flag('Removed', true),
    url: contactLink,
  },

  async perform(highlevel, { contactId, campaignId, removeFromAllCampaigns }) {
    if (campaignId === undefined && !removeFromAllCampaigns)
      throw new InputError(
        'Please fill in "Campaign", or set "Remove From All Campaigns" to Yes to remove the contact from every campaign.',
      );
    if (campaignId !== undefined && removeFromAllCampaigns)
      throw new InputError(
        '"Campaign" and "Remove From All Campaigns" contradict each other. Leave "Campaign" blank, or set "Remove From All Campaigns" to No.',
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
