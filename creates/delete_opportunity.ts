import { dateTime, flag, id, notice, opportunityIdField } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'delete_opportunity',
  noun: 'Opportunity',
  display: { label: 'Delete Opportunity', description: 'Deletes an opportunity.' },
  input: {
    opportunityId: opportunityIdField,
    warning: notice("**This can't be undone.** To keep a record, use Set Opportunity Status instead."),
  },
  output: {
    id: id('Opportunity ID', 'yWQobCRIhRguQtD2llvk'),
    deleted: flag('Deleted', true),
    deletedAt: dateTime('Deleted At', '2026-01-28T09:12:41.000Z'),
  },

  async perform(highlevel, { opportunityId }) {
    await highlevel.request('DELETE /opportunities/{id}', { path: { id: opportunityId } });
    return { id: opportunityId, deleted: true, deletedAt: new Date(highlevel.now()).toISOString() };
  },
});
