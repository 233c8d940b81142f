import * as z from 'zod';
import { dayOf } from '../../base/dates.ts';
import {
  choice,
  contactLink,
  country,
  customByName,
  day,
  Field,
  flag,
  id,
  maybe,
  raw,
  tagsField,
  text,
  textList,
  timeZone,
  userId,
  type Output,
} from '../../schema/fields.ts';
import { isObject } from '../../base/json.ts';
import { userNames } from './names.ts';
import { counted, rows } from '../rows.ts';

/** The fields of a contact that users fill in, under HighLevel's names. */
export const contactFields = {
  email: text('Email', 'jane@example.com').meta({ format: 'email' }),
  phone: text('Phone', '+14155550132').meta({ format: 'phone' }),
  firstName: text('First Name', 'Jane'),
  lastName: text('Last Name', 'Doe'),
  name: text('Full Name', 'Jane Doe'),
  companyName: text('Business Name', 'Example Ltd'),
  address1: text('Street Address', '12 Main Street'),
  city: text('City', 'San Francisco'),
  state: text('State', 'California'),
  postalCode: text('Postal Code', '94103'),
  country: country('Country', 'US'),
  website: text('Website', 'https://example.com'),
  timezone: timeZone('Time Zone', 'America/Los_Angeles'),
  source: text('Source', 'JivoChat'),
  dateOfBirth: day('Date of Birth', '1990-04-23'),
  gender: choice('Gender', { male: 'Male', female: 'Female', other: 'Other' }, 'female'),
  assignedTo: userId('Owner'),
  dnd: flag('Do Not Disturb', false),
  tags: tagsField,
};

/** The channels of Do Not Disturb, by HighLevel's names. Source: HighLevel's OpenAPI files. */
export const DND_CHANNELS = {
  Call: 'Calls',
  Email: 'Emails',
  SMS: 'Text Messages (SMS)',
  WhatsApp: 'WhatsApp',
  GMB: 'Google Business',
  FB: 'Facebook and Instagram',
};

/** The channels to stop messages on, and those to allow them on again. */
interface ChannelChanges {
  stop?: readonly string[] | undefined;
  allow?: readonly string[] | undefined;
}

/**
 * HighLevel's Do Not Disturb settings with these changes, beside the contact's other `present` settings: it is not
 * documented whether HighLevel replaces the settings as a whole, and a lost one would message somebody who opted out. What
 * is permanent stays (`permanentStops`). Undefined if nothing changes.
 */
export function dndSettings(
  { stop = [], allow = [] }: ChannelChanges,
  present: unknown,
): Record<string, unknown> | undefined {
  const stopped = stoppedChannels(present);
  const changes = [
    ...stop.filter((channel) => !stopped.includes(channel)).map((one) => [one, { status: 'active' }]),
    ...channelsWith(present, 'active')
      .filter((channel) => allow.includes(channel))
      .map((one) => [one, { status: 'inactive' }]),
  ];
  if (changes.length === 0) return undefined;
  return { ...(isObject(present) && present), ...Object.fromEntries(changes) };
}

/** Those of the channels on which messages are stopped for good: the contact opted out, or the channel refuses messages. */
export function permanentStops(channels: readonly string[], present: unknown): string[] {
  return channelsWith(present, 'permanent').filter((channel) => channels.includes(channel));
}

function stoppedChannels(settings: unknown): string[] {
  return channelsWith(settings, 'active', 'permanent');
}

function channelsWith(settings: unknown, ...statuses: unknown[]): string[] {
  if (!isObject(settings)) return [];
  return Object.entries(settings).flatMap(([channel, setting]) =>
    isObject(setting) && statuses.includes(setting.status) ? [channel] : [],
  );
}

/** The fields that can be emptied. HighLevel does not accept null for country and postal code. */
export const clearable = [
  'email',
  'phone',
  'firstName',
  'lastName',
  'name',
  'source',
  'assignedTo',
  'address1',
  'city',
  'state',
  'website',
  'timezone',
  'dateOfBirth',
] as const satisfies (keyof typeof contactFields)[];

/** The value of a custom field, under any of HighLevel's names for it. */
const customFieldValue = z.preprocess(
  (row) => (isObject(row) ? { ...row, value: row.value ?? row.fieldValue ?? row.field_value ?? null } : row),
  z.object({ id: z.string(), value: z.unknown() }),
);

/** The values of a record's custom fields, as HighLevel sends them. */
export const rawCustomFields = new Field(() => z.array(customFieldValue).catch([]), {
  title: 'Custom Fields (Raw)',
  example: [],
});

const known = {
  id: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  name: maybe(contactFields.name),
  firstName: maybe(contactFields.firstName),
  lastName: maybe(contactFields.lastName),
  email: maybe.text('Email', 'jane@example.com'),
  phone: maybe(contactFields.phone),
  companyName: maybe(contactFields.companyName),
  tags: textList('Tags', ['jivochat', 'pricing']).catch([]),
  source: maybe(contactFields.source),
  type: maybe.text('Contact Type', 'lead'),
  assignedTo: maybe.id('Owner User ID', '0IHuJvc2ofPAAA8GzTRi'),
  ...userNames,
  followers: textList('Follower User IDs', []).catch([]),
  businessId: maybe.id('Company ID', '63771dcac1116f0e21de8e12'),
  businessName: maybe.text('Company', 'Example Ltd'),
  address1: maybe(contactFields.address1),
  city: maybe(contactFields.city),
  state: maybe(contactFields.state),
  postalCode: maybe(contactFields.postalCode),
  country: maybe.text('Country', 'US'),
  website: maybe(contactFields.website),
  timezone: maybe(contactFields.timezone),
  dateOfBirth: maybe.text('Date of Birth', '1990-04-23'),
  gender: maybe.text('Gender', 'female'),
  dnd: maybe(contactFields.dnd),
  dndChannels: textList('Do Not Disturb Channels', []).catch([]),
  dndSettings: raw('Do Not Disturb Settings'),
  additionalEmails: raw('Additional Emails'),
  additionalPhones: raw('Additional Phones'),
  attributionSource: raw('First Attribution'),
  lastAttributionSource: raw('Latest Attribution'),
  dateAdded: maybe.dateTime('Date Added', '2026-01-28T09:12:41.809Z'),
  dateUpdated: maybe.dateTime('Date Updated', '2026-01-28T09:15:02.113Z'),
  locationId: maybe.id('Location ID', 've9EPM428h8vShlRW1KT'),
  customFields: rawCustomFields,
};
const passedOn = [
  'dndSettings',
  'additionalEmails',
  'additionalPhones',
  'attributionSource',
  'lastAttributionSource',
];

/**
 * A contact in HighLevel's responses, from any endpoint: a search row has `address` for `address1`, `contactName` for
 * `name`, lowercase names next to or instead of the real ones, and null where a single read omits the key.
 */
export const ContactResponse = z.preprocess(
  oneShape,
  z.object({ ...known, searchAfter: z.array(z.unknown()).nullish().catch(null) }),
);
export type ContactResponse = z.output<typeof ContactResponse>;

/** A page of the contact search. The cursor is not part of the page: each row has its own. */
export const ContactPage = counted(
  'contacts',
  z.object({
    contacts: rows(ContactResponse, { isPage: true }),
    total: z.number().nullish().catch(null),
    count: z.number().nullish().catch(null),
    received: z.number(),
  }),
);
export type ContactPage = z.output<typeof ContactPage>;

/** A contact as a Zap receives it: the same keys from every trigger, action and search. */
export const Contact = {
  ...known,
  custom: customByName('contact'),
  url: contactLink,
};
export type Contact = Output<typeof Contact>;

/** The name of a custom field in a Zap, and whether it is a date. */
export interface CustomName {
  key: string;
  isDay: boolean;
}

/** The contact for a Zap. `names` is by custom field id. `contactUrl` links to it in HighLevel. */
export function contactFrom(
  { searchAfter: _searchAfter, ...answer }: ContactResponse,
  contactUrl: (contactId: string) => string,
  names: ReadonlyMap<string, CustomName>,
): Contact {
  const named = answer.customFields.flatMap(({ id: fieldId, value }) => {
    const name = names.get(fieldId);
    return name ? [[name.key, name.isDay ? (dayOf(value) ?? value) : value] as const] : [];
  });
  return { ...answer, custom: Object.fromEntries(named), url: contactUrl(answer.id) };
}

function oneShape(row: unknown): unknown {
  if (!isObject(row)) return row;
  // Some lists have the names in lower case, and the real ones in separate keys.
  const firstName = row.firstNameRaw ?? row.firstName ?? row.firstNameLowerCase;
  const lastName = row.lastNameRaw ?? row.lastName ?? row.lastNameLowerCase;
  const fullName = [firstName, lastName].filter((part) => typeof part === 'string' && part !== '').join(' ');
  return {
    ...Object.fromEntries(passedOn.map((key) => [key, row[key] ?? null])),
    ...row,
    // One invalid value must not discard the others.
    customFields: Array.isArray(row.customFields)
      ? row.customFields.filter((field) => isObject(field) && typeof field.id === 'string')
      : [],
    firstName,
    lastName,
    // A search row's contactName is lower-cased.
    name: row.name ?? (fullName || row.contactName),
    address1: row.address1 ?? row.address,
    dndChannels: stoppedChannels(row.dndSettings),
    // Epoch ms in a search row, ISO 8601 with a time elsewhere.
    dateOfBirth: dayOf(row.dateOfBirth) ?? row.dateOfBirth,
    dateUpdated: row.dateUpdated ?? row.dateAdded,
  };
}
