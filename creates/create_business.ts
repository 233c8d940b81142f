import { businessInput, createBusiness, WrittenBusiness } from '../lib/resources/businesses.ts';
import { contactDetails } from '../lib/resources/contacts.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'create_business',
  noun: 'Company',
  display: { label: 'Create Company', description: 'Creates a company.' },
  input: businessInput,
  output: WrittenBusiness,

  async perform(highlevel, { email, phone, ...fields }) {
    const { details, warnings } = await contactDetails(highlevel, { email, phone });
    return { ...(await createBusiness(highlevel, { ...fields, ...details })), warnings };
  },
});
