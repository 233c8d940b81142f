import {
  contactIdField,
  eventStartTimeField,
  flag,
  id,
  workflowIdField,
  contactLink,
} from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'remove_from_workflow',
  noun: 'Workflow',
  display: { label: 'Remove Contact From Workflow', description: 'Removes a contact from a workflow.' },
  input: {
    contactId: contactIdField,
    workflowId: workflowIdField,
    eventStartTime: eventStartTimeField,
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    workflowId: id('Workflow ID', '3b1a4e0c-52f7-4a0f-9d52-2f9f1f0e6a11'),
    removed: flag('Removed', true),
    url: contactLink,
  },

  async perform(highlevel, { contactId, workflowId, ...body }) {
    const path = { contactId, workflowId };
    await highlevel.request('DELETE /contacts/{contactId}/workflow/{workflowId}', { path, body });
    return { contactId, workflowId, removed: true, url: highlevel.contactUrl(contactId) };
  },
});
