import * as z from 'zod';
import { id, maybe, text } from '../fields.ts';

/** A sub-account ("location") as HighLevel answers; only what this app reads. */
export const SubAccount = z.object({
  id: id('Location ID', 've9EPM428h8vShlRW1KT'),
  name: maybe(text('Name', 'Bright Smile Dental')),
  companyId: maybe(id('Company ID', '5DP4iH6HLkQsiKESj6rh')),
  timezone: maybe(text('Time Zone', 'America/New_York')),
  country: maybe(text('Country', 'US')),
  settings: maybe(z.object({ allowDuplicateContact: z.boolean().nullish().catch(null) })),
});
export type SubAccount = z.output<typeof SubAccount>;

/** A tag that the sub-account knows. */
export const LocationTag = z.object({ id: z.string().catch(''), name: z.string() });

/** A custom field's definition. `fieldKey` is `contact.` and the key; `dataType` such as TEXT or MULTIPLE_OPTIONS. */
export const CustomField = z.object({
  id: z.string(),
  name: z.string().catch('Custom field'),
  fieldKey: z.string().catch(''),
  dataType: z.string().catch('TEXT'),
  picklistOptions: z.array(z.coerce.string()).nullish().catch(null),
  model: z.string().nullish().catch(null),
});
export type CustomField = z.output<typeof CustomField>;

/** A user of the sub-account. */
export const User = z.object({
  id: id('User ID', '0IHuJvc2ofPAAA8GzTRi'),
  name: maybe(text('Name', 'Maria Keller')),
  firstName: maybe(text('First Name', 'Maria')),
  lastName: maybe(text('Last Name', 'Keller')),
  email: maybe(text('Email', 'maria@example.com')),
  phone: maybe(text('Phone', '+14155550132')),
  deleted: z.boolean().catch(false),
});
export type User = z.output<typeof User>;
