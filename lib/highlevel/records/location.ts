import * as z from 'zod';
import { isObject } from '../../base/json.ts';
import { country, flag, id, longText, maybe, text, type Output } from '../../schema/fields.ts';
import { rows } from '../rows.ts';

/** A sub-account ("location") in HighLevel's responses; only what this app reads. */
export const SubAccount = z.object({
  id: id('Location ID', 've9EPM428h8vShlRW1KT'),
  name: maybe.text('Name', 'Bright Smile Dental'),
  companyId: maybe.id('Company ID', '5DP4iH6HLkQsiKESj6rh'),
  timezone: maybe.text('Time Zone', 'America/New_York'),
  country: maybe.text('Country', 'US'),
  settings: z
    .object({
      allowDuplicateContact: z.boolean().nullish().catch(null),
      /** The fields by which HighLevel recognizes a contact, in the order of its check: `email`, `phone`. */
      contactUniqueIdentifiers: z.array(z.string()).nullish().catch(null),
    })
    .nullable()
    .catch(null),
});
export type SubAccount = z.output<typeof SubAccount>;

/** A tag that the sub-account knows. */
export const LocationTag = z.object({ id: z.string().catch(''), name: z.string() });

/** An option of a custom field: the value that a contact stores, and the label that users see. */
export interface FieldOption {
  value: string;
  label: string;
}

/** An option in HighLevel's responses: a text, or an object with value and label under one of several names. */
function optionsIn(option: unknown): FieldOption[] {
  const named = isObject(option) ? option : { value: option };
  const first = (...keys: string[]) =>
    keys.flatMap((key) => textIn(named[key]) ?? []).find((found) => found.trim() !== '');
  const value = first('value', 'key', 'id', 'label', 'name', 'text');
  if (value === undefined) return [];
  return [{ value, label: first('label', 'name', 'text', 'value', 'key') ?? value }];
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** A custom field's definition. `fieldKey` is `contact.` and the key; `dataType` such as TEXT or MULTIPLE_OPTIONS. */
export const CustomField = z.object({
  id: z.string(),
  name: z.string().catch('Custom field'),
  fieldKey: z.string().catch(''),
  dataType: z.string().catch('TEXT'),
  picklistOptions: z
    .array(z.unknown())
    .transform((options) => options.flatMap(optionsIn))
    .nullish()
    .catch(null),
  /** Whether values other than the options are accepted. */
  isAllowedCustomOption: z.boolean().catch(false),
  model: z.string().nullish().catch(null),
});
export type CustomField = z.output<typeof CustomField>;

/** A user of the sub-account. */
export const User = {
  id: id('User ID', '0IHuJvc2ofPAAA8GzTRi'),
  name: maybe.text('Name', 'Maria Keller'),
  firstName: maybe.text('First Name', 'Maria'),
  lastName: maybe.text('Last Name', 'Keller'),
  email: maybe.text('Email', 'maria@example.com'),
  phone: maybe.text('Phone', '+14155550132'),
  deleted: flag('Deleted', false).catch(false),
};
export type User = Output<typeof User>;

/**
 * A record with an id and a name: a campaign, a workflow, a calendar. Campaigns and workflows have a `status`, such as
 * published or draft; calendars may be inactive.
 */
export const Named = z.object({
  id: z.string(),
  name: z.string().nullable().catch(null),
  status: z.string().nullable().catch(null).optional(),
  isActive: z.boolean().nullable().catch(null).optional(),
});
export type Named = z.output<typeof Named>;

/** The fields of a company that users fill in, under HighLevel's names. */
export const businessFields = {
  name: text('Name', 'Example Ltd'),
  email: text('Email', 'office@example.com').meta({ format: 'email' }),
  phone: text('Phone', '+14155550132').meta({ format: 'phone' }),
  website: text('Website', 'https://example.com'),
  address: text('Street Address', '12 Main Street'),
  city: text('City', 'San Francisco'),
  state: text('State', 'California'),
  postalCode: text('Postal Code', '94103'),
  country: country('Country', 'US'),
  description: longText('Description', 'Dental supplies'),
};

/** A business (company) that contacts belong to. */
export const Business = {
  id: id('Company ID', '63771dcac1116f0e21de8e12'),
  name: maybe(businessFields.name),
  email: maybe.text('Email', 'office@example.com'),
  phone: maybe.text('Phone', '+14155550132'),
  website: maybe(businessFields.website),
  address: maybe(businessFields.address),
  city: maybe(businessFields.city),
  state: maybe(businessFields.state),
  postalCode: maybe(businessFields.postalCode),
  country: maybe.text('Country', 'US'),
  description: maybe(businessFields.description),
  dateAdded: maybe.dateTime('Date Added', '2026-01-28T09:12:41.809Z'),
  dateUpdated: maybe.dateTime('Date Updated', '2026-01-28T09:15:02.113Z'),
};
export type Business = Output<typeof Business>;

/** A business in HighLevel's responses, which name its dates differently from those of other records. */
export const BusinessResponse = z.preprocess(
  (row) => (isObject(row) ? { ...row, dateAdded: row.createdAt, dateUpdated: row.updatedAt } : row),
  z.object(Business),
);

/** A phone number of the sub-account. */
const PhoneNumber = z.object({
  phoneNumber: z.string(),
  friendlyName: z.string().nullable().catch(null).optional(),
});

/** The sub-account's phone numbers. Clients read them at the top, in `data`, or as the response itself. */
export const PhoneNumberList = z.preprocess(
  (answer) => {
    const inner = isObject(answer) && isObject(answer.data) ? answer.data : answer;
    return Array.isArray(inner) ? { numbers: inner } : inner;
  },
  z.object({ numbers: rows(PhoneNumber) }),
);
