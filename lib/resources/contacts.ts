import { isSameText } from '../base/text.ts';
import type { KeyOf } from '../highlevel/endpoints.ts';
import { contactsOfBusiness } from './businesses.ts';
import { createOnce, likeRecord } from './create_once.ts';
import type { CustomName } from '../highlevel/records/contact.ts';
import { customNames } from './custom_fields.ts';
import { newestBy } from '../base/dates.ts';
import { ApiError, InputError, quoted } from '../base/errors.ts';
import { businessIdField, choice, optional, PHONE_FORMAT, textList } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { ifServed } from './optional.ts';
import { country, ifAllowed } from './location.ts';
import { readContactDetails } from '../base/contact_details.ts';
import { isEmail, readEmail } from '../base/email.ts';
import { mayBePhone, readPhone } from '../base/phone.ts';
import {
  Contact,
  contactFields,
  contactFrom,
  DND_CHANNELS,
  permanentStops,
  type ContactResponse,
} from '../highlevel/records/contact.ts';

/** The inputs of Create Contact and Create or Update Contact; all optional, the most important first. */
export const contactInput = {
  email: optional(
    contactFields.email,
    "Email or phone number is required. If they match two different contacts, HighLevel's duplicate settings decide which one is updated.",
  ),
  phone: optional(contactFields.phone, `Email or phone number is required. ${PHONE_FORMAT}`),
  firstName: optional(contactFields.firstName),
  lastName: optional(contactFields.lastName),
  name: optional(contactFields.name, "Use only if you don't have first and last name separately."),
  companyName: optional(contactFields.companyName),
  tags: optional(
    contactFields.tags,
    'Choose or type tags. These are added to the tags the contact already has.',
  ),
  source: optional(contactFields.source, 'Where the contact came from. Replaces the existing source.'),
  assignedTo: optional(contactFields.assignedTo, "Choose a user, or map a user's ID or email."),
  address1: optional(contactFields.address1),
  city: optional(contactFields.city),
  state: optional(contactFields.state),
  postalCode: optional(contactFields.postalCode),
  country: optional(
    contactFields.country,
    'Choose a country, or enter its English name or two-letter code such as `US`.',
  ),
  website: optional(contactFields.website),
  timezone: optional(contactFields.timezone, 'Choose a time zone such as `America/New_York`.'),
  dateOfBirth: optional(contactFields.dateOfBirth, 'Enter a date such as `1990-04-23`.'),
  gender: optional(contactFields.gender, 'Choose Male, Female, or Other.'),
  dnd: optional(contactFields.dnd, 'Choose **Yes** to stop all messages to this contact, on every channel.'),
  dndChannels: optional(
    textList('Do Not Disturb Channels', ['SMS']).meta({
      editor: { type: 'string', list: true, choices: DND_CHANNELS },
    }),
    'Choose channels to stop messages on. The settings of other channels stay the same.',
  ),
  allowChannels: optional(
    textList('Channels to Allow Again', ['Email']).meta({
      editor: { type: 'string', list: true, choices: DND_CHANNELS },
    }),
    'Choose channels to allow messages on again. A channel that the contact opted out of stays stopped, with a warning.',
  ),
  refusedDetail: choice(
    'If HighLevel Refuses Email or Phone',
    { stop: 'Stop with an error', leave_out: 'Save the contact without it' },
    'stop',
  )
    .default('stop')
    .describe('Choose what happens when HighLevel refuses the email or phone number.'),
};

/** The Do Not Disturb inputs of a contact form. */
interface DndInput {
  dnd?: boolean | undefined;
  dndChannels?: string[] | undefined;
  allowChannels?: string[] | undefined;
}

/** Throws InputError if the Do Not Disturb inputs contradict each other. */
export function checkChannels({ dnd, dndChannels = [], allowChannels = [] }: DndInput): void {
  const both = dndChannels.filter((channel) => allowChannels.includes(channel));
  if (both.length > 0)
    throw new InputError(
      `"Do Not Disturb Channels" and "Channels to Allow Again" contradict each other: both have ${channelNames(both)}. Choose each channel in one of them.`,
    );
  if (dnd && allowChannels.length > 0)
    throw new InputError(
      '"Do Not Disturb" and "Channels to Allow Again" contradict each other. Set "Do Not Disturb" to No, or leave "Channels to Allow Again" blank.',
    );
}

/** Warnings about channels that were not allowed again, by the contact's settings and those of the channels before the write. */
export function stillStopped(
  { dnd, allowChannels = [] }: { dnd: boolean | null; allowChannels?: string[] | undefined },
  settings: unknown,
): string[] {
  const permanent = permanentStops(allowChannels, settings);
  return [
    ...(permanent.length > 0
      ? [
          `Messages stay stopped on ${channelNames(permanent)}, because the contact opted out or the channel refuses messages for good. This step doesn't change that.`,
        ]
      : []),
    ...(dnd && allowChannels.length > 0
      ? [
          'Do Not Disturb is on for this contact, which stops messages on every channel. Set "Do Not Disturb" to No to allow them.',
        ]
      : []),
  ];
}

function channelNames(channels: string[]): string {
  const labels = new Map<string, string>(Object.entries(DND_CHANNELS));
  return channels.map((channel) => quoted(labels.get(channel) ?? channel)).join(', ');
}

/** A contact after a write, with warnings about what was not written. */
export const WrittenContact = { ...Contact, warnings: textList('Warnings', []) };

/** HighLevel refuses longer search texts. Source: mirrors of HighLevel's search documentation. */
export const QUERY_LENGTH = 75;

/** The groups of the contact forms in the Zap editor. */
export const contactGroups = [
  {
    key: 'details',
    label: 'Name and Details',
    fields: [
      'contactId',
      'email',
      'phone',
      'firstName',
      'lastName',
      'name',
      'companyName',
      'tags',
      'source',
      'assignedTo',
    ],
  },
  {
    key: 'address',
    label: 'Address',
    fields: ['address1', 'city', 'state', 'postalCode', 'country'],
    emphasize: false,
  },
  {
    key: 'more',
    label: 'More',
    fields: [
      'website',
      'timezone',
      'dateOfBirth',
      'gender',
      'dnd',
      'dndChannels',
      'allowChannels',
      'refusedDetail',
      'clear',
    ],
    emphasize: false,
  },
  { key: 'custom', label: 'Custom Fields', fields: [], hasCustomFields: true as const, emphasize: false },
];

/** Truncates a search text to HighLevel's limit, in UTF-16 units, without splitting a surrogate pair. */
export function searchText(query: string): string {
  return query.slice(0, QUERY_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}

/** The filter inputs of the contact triggers and searches. `begin` is how their help texts begin. */
export const contactFilters = (begin: 'Trigger only for' | 'Return only') => ({
  tags: optional(contactFields.tags, `${begin} contacts that have all of these tags. Choose or type tags.`),
  businessId: optional(
    businessIdField,
    `${begin} contacts of this company. Choose a company, or map a company's ID.`,
  ),
  assignedTo: optional(
    contactFields.assignedTo,
    `${begin} contacts with this owner. Choose a user, or map a user's ID or email.`,
  ),
});

/** The values of the inputs Email and Phone. */
interface TypedDetails {
  email?: string | undefined;
  phone?: string | undefined;
}

/** The email address and phone number of a contact in HighLevel's format, and what else was typed. */
export interface ContactDetails {
  details: { email?: string; phone?: string };
  /** A sentence for each input that has neither. */
  problems: string[];
  /** Warnings about text that is in no field. */
  warnings: string[];
}

/**
 * Parses the inputs Email and Phone. Each detail is extracted from surrounding text, or from the other input if it is
 * unambiguous. A number without a country code is read in the sub-account's country, which is looked up (cached) only if
 * needed. A number with a plus is accepted even outside every numbering plan. Throws ApiError.
 */
export async function readDetails(highlevel: HighLevel, given: TypedDetails): Promise<ContactDetails> {
  // A valid address is used unchanged: o'hara&co=x@example.com.
  const address = given.email?.trim() ?? '';
  const whole = isEmail(address) ? address.toLowerCase() : null;
  const typed = whole === null ? given : { phone: given.phone };
  const account = needsCountry(typed) ? await country(highlevel) : undefined;
  const inEmail = readContactDetails({ email: typed.email }, { account });
  const inPhone = readContactDetails({ phone: typed.phone }, { account });
  const email = whole ?? inEmail.email ?? inPhone.email;
  const ownPhone = inPhone.phone ?? inPhone.unlikelyPhone;
  const phone = ownPhone ?? (inEmail.phoneCertain ? inEmail.phone : null);

  const problems: string[] = [];
  const hasPhoneInEmail = inEmail.phone !== null && inEmail.phone === phone;
  if (isTyped(typed.email) && inEmail.email === null && !hasPhoneInEmail)
    problems.push(`"Email" isn't a valid email address: ${quoted(typed.email)}.`);
  const hasEmailInPhone = inPhone.email !== null && inPhone.email === email;
  if (isTyped(typed.phone) && ownPhone === null && !hasEmailInPhone)
    problems.push(
      `"Phone" isn't a valid phone number: ${quoted(typed.phone)}. Include the country code, such as +14155550132.`,
    );
  const { leftOver, unlikelyPhone } = readContactDetails(typed, { account });
  const rest = leftOver.filter((text) => unlikelyPhone === null || text !== typed.phone?.trim());
  const warnings = rest.map((text) => `Email and Phone also say ${quoted(text)}, which was not saved.`);
  return { details: { ...(email && { email }), ...(phone && { phone }) }, problems, warnings };
}

/** The details in the inputs Email and Phone (see `readDetails`). Throws InputError when one of them cannot be read. */
export async function contactDetails(
  highlevel: HighLevel,
  typed: TypedDetails,
): Promise<Pick<ContactDetails, 'details' | 'warnings'>> {
  const { details, problems, warnings } = await readDetails(highlevel, typed);
  if (problems.length > 0) throw new InputError(problems.join(' '));
  return { details, warnings };
}

/** Whether a value was given, other than a word for "nothing". */
function isTyped(text: string | undefined): text is string {
  return text !== undefined && !/^[-–—.?_*\s]*$/.test(text);
}

/** Whether the meaning of a phone number depends on the country. */
function needsCountry({ email = '', phone = '' }: TypedDetails): boolean {
  return [phone, readEmail(email).email === null ? email : ''].some(
    // +8 is also how Russians write their 8.
    (text) => mayBePhone(text) && !(/^\s*\+(?!8[ (-])/.test(text) && readPhone(text).certain),
  );
}

/** The maximum number of contacts of one lookup. Source: HighLevel's documentation of version v3. */
const MAX_LOOKED_UP = 20;

/**
 * The contacts with this email, else with this phone number (E.164), including additional ones, which no other endpoint
 * finds. Empty if there is none, and if HighLevel does not serve the lookup (according to its documentation never to Private
 * Integration Tokens). Up to 2 requests.
 */
export async function lookUpContacts(
  highlevel: HighLevel,
  { email, phone }: { email?: string; phone?: string },
): Promise<ContactResponse[]> {
  if (!highlevel.isOAuth) return [];
  for (const detail of [email && { email }, phone && { phone }]) {
    if (!detail) continue;
    const found = await ifServed(highlevel, 'GET /contacts/lookup', async () => {
      const query = { locationId: highlevel.locationId, ...detail, limit: MAX_LOOKED_UP };
      return (await highlevel.request('GET /contacts/lookup', { query })).contacts;
    });
    if (found === undefined || found.length > 0) return found ?? [];
  }
  return [];
}

/** Contacts for a Zap, with their custom fields by name. One lookup (cached), and only when any has custom fields. */
export async function contactsFrom(highlevel: HighLevel, answers: ContactResponse[]): Promise<Contact[]> {
  return contactReader(highlevel)(answers);
}

/** The same for contacts that come page by page: one lookup for all pages. */
export function contactReader(highlevel: HighLevel): (answers: ContactResponse[]) => Promise<Contact[]> {
  let names: Promise<ReadonlyMap<string, CustomName>> | undefined;
  return async (answers) => {
    const anyCustom = answers.some((answer) => answer.customFields.length > 0);
    if (anyCustom) names ??= ifAllowed<ReadonlyMap<string, CustomName>>(customNames(highlevel), new Map());
    const known = (await names) ?? new Map<string, CustomName>();
    return answers.map((answer) => contactFrom(answer, highlevel.contactUrl, known));
  };
}

/** The fields of a new contact, under HighLevel's names. */
export type NewContact = {
  email?: string | null;
  phone?: string | null;
  firstName?: string;
  lastName?: string | null;
  name?: string;
} & Partial<Record<KeyOf<'POST /contacts/', 'body'>, unknown>>;

/**
 * Creates a contact, once (create_once.ts). Throws ApiError `duplicate` if the contact exists and HighLevel refuses another.
 */
export function createContact(highlevel: HighLevel, contact: NewContact): Promise<ContactResponse> {
  const body = { locationId: highlevel.locationId, ...contact };
  return createOnce(highlevel, {
    kind: 'contact',
    identity: contact,
    send: async () => (await highlevel.request('POST /contacts/', { body })).contact,
    findLike: async (since) =>
      (await contactsLike(highlevel, contact, since)).map((record) => likeRecord(record)),
  });
}

/**
 * The contacts that may have been created since `since` (epoch ms): by email or phone, else by name. Throws ApiError if more
 * contacts were added since than can be checked.
 */
async function contactsLike(
  highlevel: HighLevel,
  { email, phone, firstName, lastName, name }: NewContact,
  since: number,
): Promise<ContactResponse[]> {
  const isNew = (row: ContactResponse) => !(Date.parse(row.dateAdded ?? '') < since);
  const newestFirst = {
    locationId: highlevel.locationId,
    pageLimit: PAGE_SIZE,
    sort: [{ field: 'dateAdded', direction: 'desc' }],
  };
  if (email || phone) {
    const found = await findDuplicate(highlevel, { email, phone });
    if (!found || isNew(found)) return found ? [found] : [];
    // If duplicates are allowed, the lookup may return an older contact.
    const body = { ...newestFirst, filters: [emailOrPhone(email, phone)] };
    return (await highlevel.request('POST /contacts/search', { body })).contacts;
  }
  const { contacts } = await highlevel.request('POST /contacts/search', { body: newestFirst });
  if (contacts.length >= PAGE_SIZE && contacts.every(isNew)) {
    throw new ApiError(
      'unavailable',
      `More than ${PAGE_SIZE} contacts were added since, too many to look through. Check HighLevel for the contact.`,
    );
  }
  const fullName = (name ?? [firstName, lastName].filter(Boolean).join(' ')).toLowerCase();
  return contacts.filter(
    (row) =>
      !row.email && !row.phone && (fullName === '' || isSameText((row.name ?? '').toLowerCase(), fullName)),
  );
}

/** The search's filter for contacts that have this email or this phone number. */
export function emailOrPhone(email?: string | null, phone?: string | null): Record<string, unknown> {
  const filters = [
    ...(email ? [{ field: 'email', operator: 'eq', value: email }] : []),
    ...(phone ? [{ field: 'phone', operator: 'eq', value: phone }] : []),
  ];
  return { group: 'OR', filters };
}

/** The contact that has an email or phone number; this lookup has no index lag, unlike the search. */
export async function findDuplicate(
  highlevel: HighLevel,
  { email, phone }: { email?: string | null; phone?: string | null },
): Promise<ContactResponse | undefined> {
  const { locationId } = highlevel;
  const query = { locationId, email: email ?? undefined, number: phone ?? undefined };
  return (await highlevel.request('GET /contacts/search/duplicate', { query })).contact ?? undefined;
}

/**
 * A contact as a Zap receives it, after a write. Never throws: the contact was written, and Zapier would run a failed step
 * again and write it twice.
 */
export async function writtenContact(highlevel: HighLevel, response: ContactResponse): Promise<Contact> {
  const [written] = await contactsFrom(highlevel, [response]).catch(() => []);
  return written ?? contactFrom(response, highlevel.contactUrl, new Map());
}

/** The most contacts on one page of the search. */
export const PAGE_SIZE = 500;

/** The filters of a contact search, and the most contacts to return. */
export interface ContactSearch {
  tags?: string[];
  businessId?: string;
  assignedTo?: string;
  query?: string;
  updatedAfter?: string;
  limit: number;
}

/**
 * The matching contacts, last updated first, at most `limit` and one page of 500. One request; with a business its list of
 * contacts is read instead, at most 10 requests for 1,000 contacts, and the other filters are applied here.
 */
export async function listContacts(highlevel: HighLevel, search: ContactSearch): Promise<ContactResponse[]> {
  const { businessId, limit, query, updatedAfter } = search;
  const recent = (row: ContactResponse) =>
    updatedAfter === undefined || Date.parse(row.dateUpdated ?? '') > Date.parse(updatedAfter);
  if (businessId) {
    const rows = (await contactsOfBusiness(highlevel, businessId, query)).filter(
      (row) => recent(row) && matches(row, search),
    );
    return rows.toSorted(newestBy(({ dateUpdated }) => dateUpdated)).slice(0, limit);
  }
  const { contacts } = await highlevel.request('POST /contacts/search', {
    body: {
      locationId: highlevel.locationId,
      pageLimit: Math.min(limit, PAGE_SIZE),
      sort: [{ field: 'dateUpdated', direction: 'desc' }],
      ...searchFilters(search),
      ...(query && { query }),
    },
  });
  // Filtered here, because sources disagree on the format of HighLevel's date filter.
  return contacts.filter(recent);
}

function matches(row: ContactResponse, { tags = [], assignedTo }: ContactSearch): boolean {
  return (
    tags.every((tag) => row.tags.includes(tag)) && (assignedTo === undefined || row.assignedTo === assignedTo)
  );
}

/** The `filters` of HighLevel's contact search. Each tag is a filter of its own, so a contact must have all of them. */
export function searchFilters({ tags = [], assignedTo }: { tags?: string[]; assignedTo?: string }): {
  filters?: Record<string, unknown>[];
} {
  const filters = [
    ...tags.map((tag) => ({ field: 'tags', operator: 'eq', value: tag })),
    ...(assignedTo ? [{ field: 'assignedTo', operator: 'eq', value: assignedTo }] : []),
  ];
  return filters.length > 0 ? { filters } : {};
}
