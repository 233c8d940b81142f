import {
  contactIdField,
  eventStartTimeField,
  flag,
  id,
  workflowIdField,
  contactLink,
} from '../lib/schema/fields.ts';
import { createOnce } from '../lib/resources/create_once.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'add_to_workflow',
  noun: 'Workflow',
  display: { label: 'Add Contact to Workflow', description: 'Adds a contact to a workflow.' },
  input: {
    contactId: contactIdField,
    workflowId: workflowIdField,
    eventStartTime: eventStartTimeField,
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    workflowId: id('Workflow ID', '3b1a4e0c-52f7-4a0f-9d52-2f9f1f0e6a11'),
    added: flag('Added', true),
    url: contactLink,
  },

  async perform(highlevel, { contactId, workflowId, ...body }) {
    const path = { contactId, workflowId };
    await createOnce(highlevel, {
      kind: 'workflow',
      identity: [path, body],
      outcome: 'the contact was added to the workflow',
      onPurpose:
        'Check the contact in HighLevel. To add it anyway, do that in HighLevel, or replay this step after 24 hours.',
      send: () => highlevel.request('POST /contacts/{contactId}/workflow/{workflowId}', { path, body }),
    });
    return { contactId, workflowId, added: true, url: highlevel.contactUrl(contactId) };
  },
});
