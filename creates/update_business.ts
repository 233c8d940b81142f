import { InputError } from '../lib/base/errors.ts';
import { businessInput, updateBusiness, WrittenBusiness } from '../lib/resources/businesses.ts';
import { contactDetails } from '../lib/resources/contacts.ts';
import { businessIdField, optional } from '../lib/schema/fields.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'update_business',
  noun: 'Company',
  display: { label: 'Update Company', description: 'Updates a company. Blank fields are left unchanged.' },
  input: {
    businessId: businessIdField,
    ...businessInput,
    name: optional(businessInput.name),
  },
  output: WrittenBusiness,

  async perform(highlevel, { businessId, email, phone, ...fields }) {
    const { details, warnings } = await contactDetails(highlevel, { email, phone });
    const changes = { ...fields, ...details };
    if (Object.keys(changes).length === 0)
      throw new InputError('Nothing to update. Please fill in at least one field besides "Company".');
    return { ...(await updateBusiness(highlevel, businessId, changes)), warnings };
  },
});
