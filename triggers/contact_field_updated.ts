import { optional, text } from '../lib/schema/fields.ts';
import { contactFilters } from '../lib/resources/contacts.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollFieldUpdates } from '../lib/polling/field_updates.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';

export default trigger({
  key: 'contact_field_updated',
  noun: 'Contact',
  display: {
    label: 'Contact Field Updated',
    description: 'Triggers when one field of a contact gets a new value.',
  },
  input: {
    field: text('Field', 'city')
      .meta({ editor: { type: 'string', dropdown: 'contactFields' } })
      .describe('Choose the field to watch, a standard or a custom one.'),
    value: optional(
      text('Value', 'San Francisco'),
      'Trigger only for updates to this value. Not case-sensitive. Enter the owner and the company as IDs, and Do Not Disturb as `true` or `false`. Leave blank for every update.',
    ),
    tags: contactFilters('Trigger only for').tags,
  },
  output: {
    ...Contact,
    field: text('Field', 'City'),
    value: text('Value', 'San Francisco'),
    valueHash: text('Value Hash', '5f0c9a1be2d3'),
  },
  primary: ['id', 'valueHash'],

  perform: pollFieldUpdates,
});
