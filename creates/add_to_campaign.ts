import { campaignIdField, contactIdField, contactLink, flag, id } from '../lib/schema/fields.ts';
import { createOnce } from '../lib/resources/create_once.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'add_to_campaign',
  noun: 'Campaign',
  display: { label: 'Add Contact to Campaign', description: 'Adds a contact to a campaign.' },
  input: { contactId: contactIdField, campaignId: campaignIdField },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    campaignId: id('Campaign ID', 'mIVALPYuTD7YjUHnFEx4'),
    added: flag('Added', true),
    url: contactLink,
  },

  async perform(highlevel, { contactId, campaignId }) {
    const path = { contactId, campaignId };
    await createOnce(highlevel, {
      kind: 'campaign',
      identity: path,
      outcome: 'the contact was added to the campaign',
      onPurpose:
        'Check the contact in HighLevel. To add it anyway, do that in HighLevel, or replay this step after 24 hours.',
      send: () => highlevel.request('POST /contacts/{contactId}/campaigns/{campaignId}', { path, body: {} }),
    });
    return { contactId, campaignId, added: true, url: highlevel.contactUrl(contactId) };
  },
});
